use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{AnnouncementStatus, Priority};
use crate::ids::{AnnouncementId, BoardId, PersonId, SchoolId};
use crate::localized::Strings;

/// A word of the school to many. Whom it reaches stands in `recipient`, what it is for in `audience_target`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "announcement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AnnouncementId,
    pub board_id: BoardId,
    /// The one school in which all of its places lie, if they lie in one.
    pub school_id: Option<SchoolId>,
    pub author_id: PersonId,
    /// BCP 47, of `title` and `body`.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Names of roles.
    pub roles: Strings,
    pub priority: Priority,
    #[sea_orm(column_type = "Text", nullable)]
    pub urgent_reason: Option<String>,
    /// Whether it also reaches guardians without parental authority.
    pub important_facts: bool,
    pub requires_acknowledgement: bool,
    pub acknowledge_by: Option<DateTimeUtc>,
    pub status: AnnouncementStatus,
    /// When it is to appear or appeared; of a draft, when it was made.
    pub publish_at: DateTimeUtc,
    pub published_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub corrected_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub correction_note: Option<String>,
    pub withdrawn_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
