use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{ApiClientId, ApiClientSecretId, BoardId};

/// A secret of a client, hashed. Two may be live, for rotation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_client_secret")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiClientSecretId,
    pub board_id: BoardId,
    pub client_id: ApiClientId,
    /// SHA-256; the secret has 256 bits of its own.
    pub secret_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub last_used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
