use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::SessionId;

/// A refresh token, hashed. One row each; the newest of a session is the live one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    pub session_id: SessionId,
    /// From 0, one more with each rotation.
    pub generation: i32,
    pub created_at: DateTimeUtc,
    pub rotated_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
