use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The answer to a mutation, kept for seven days under its key.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// TypeID of the account or client.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub actor: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    #[sea_orm(column_type = "Text")]
    pub field: String,
    /// SHA-256 of the canonical input.
    pub input_hash: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub answer: Json,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
