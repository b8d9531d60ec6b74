use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::QuestionKind;
use crate::ids::{BoardId, SurveyId, SurveyQuestionId};
use crate::localized::Strings;

/// A question of a survey.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "survey_question")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SurveyQuestionId,
    pub board_id: BoardId,
    pub survey_id: SurveyId,
    /// From 0.
    pub position: i32,
    pub kind: QuestionKind,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub required: bool,
    /// To choose from; empty where nothing is chosen.
    pub options: Strings,
}

impl ActiveModelBehavior for ActiveModel {}
