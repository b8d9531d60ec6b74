use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, UploadId};

/// Bytes that are sent to an address of their own, for a mutation to take.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadId,
    pub board_id: BoardId,
    /// SHA-256 of the secret part of the address; none once the bytes are here.
    pub address_hash: Option<Vec<u8>>,
    /// None until they arrive.
    pub bytes: Option<Vec<u8>>,
    pub created_at: DateTimeUtc,
    /// From then on neither the address nor the bytes are of use.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
