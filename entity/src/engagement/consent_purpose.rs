use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ConsentPurposeId, SchoolId};
use crate::localized::Localized;

/// What a school asks consent for, as photos on its website.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "consent_purpose")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentPurposeId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub text: Localized,
    pub asked_from: Date,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
