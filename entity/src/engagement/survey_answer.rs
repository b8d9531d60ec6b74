use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, SurveyId, SurveyQuestionId, SurveyResponseId};

/// An answer to a question: one row per option that was chosen.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "survey_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub response_id: SurveyResponseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: SurveyQuestionId,
    /// The place of an option from 0, or a score from 1; 0 for a text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: i32,
    pub board_id: BoardId,
    pub survey_id: SurveyId,
    #[sea_orm(column_type = "Text", nullable)]
    pub text: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
