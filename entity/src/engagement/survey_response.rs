use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, PersonId, StudentId, SurveyId, SurveyResponseId};

/// What somebody answered. Of an anonymous survey it has a random id, and neither person nor time.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "survey_response")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SurveyResponseId,
    pub board_id: BoardId,
    pub survey_id: SurveyId,
    pub person_id: Option<PersonId>,
    /// Of a pulse, the child that it is about.
    pub student_id: Option<StudentId>,
    /// Whether a teacher answered it, and not a guardian.
    pub as_staff: bool,
    pub submitted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
