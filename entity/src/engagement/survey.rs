use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{SurveyKind, SurveyStatus};
use crate::ids::{BoardId, PersonId, SchoolId, SurveyId};
use crate::localized::Strings;

/// Questions to many. Whom it reaches stands in `recipient`, what it is for in `audience_target`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SurveyId,
    pub board_id: BoardId,
    /// The one school in which all of its places lie, if they lie in one.
    pub school_id: Option<SchoolId>,
    pub author_id: PersonId,
    pub kind: SurveyKind,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub intro: Option<String>,
    pub anonymous: bool,
    /// Names of roles.
    pub roles: Strings,
    /// As it was set; one whose time is over is closed whatever it says.
    pub status: SurveyStatus,
    /// When it opened; of a draft, when it was made.
    pub opens_at: DateTimeUtc,
    pub closes_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
