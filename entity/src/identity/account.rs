use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// A login. It belongs to a human being and may serve persons of several boards.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Lower case, NFC; unique.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// PHC string; null until the first password is set.
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    /// BCP 47.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub first_signed_in_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
