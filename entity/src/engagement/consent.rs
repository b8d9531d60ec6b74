use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::ConsentAnswer;
use crate::ids::{BoardId, ConsentId, ConsentPurposeId, PersonId, SchoolYearId, StudentId};

/// An answer of a guardian to a purpose for a child. Never changed; a later one of the same school year counts in its place.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub board_id: BoardId,
    pub purpose_id: ConsentPurposeId,
    pub student_id: StudentId,
    pub guardian_id: PersonId,
    pub school_year_id: SchoolYearId,
    pub answer: ConsentAnswer,
    pub answered_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
