use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, PartnershipId, SchoolYearId, StudentId};

/// Child, guardians and teacher in one school year. Made with the first enrolment of the year.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnershipId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub school_year_id: SchoolYearId,
    /// Whether the student is new, so that it begins with an intake.
    pub needs_intake: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
