use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A trusted or automatically persisted document.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "persisted_document")]
pub struct Model {
    /// `sha256:` and 64 hexadecimal digits.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub hash: String,
    /// The app and release that brought it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub client: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
