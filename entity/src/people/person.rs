use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, BoardId, PersonId};

/// A person as one board knows it. Its login, if it has one, is an account that may span boards.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub board_id: BoardId,
    /// Set once the person proved to be the owner of the account.
    pub account_id: Option<AccountId>,
    #[sea_orm(column_type = "Text")]
    pub given_name: String,
    #[sea_orm(column_type = "Text")]
    pub family_name: String,
    #[sea_orm(column_type = "Text")]
    pub display_name: String,
    /// As the board knows it; never used to sign in.
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// BCP 47.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub interpreter_needed: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
    pub erased_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
