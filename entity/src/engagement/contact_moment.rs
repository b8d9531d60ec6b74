use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ContactKind, ContactTone};
use crate::ids::{BoardId, ContactMomentId, PersonId, SchoolId, StudentId};

/// A short contact of staff with a guardian.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "contact_moment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactMomentId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub student_id: StudentId,
    /// None: no guardian in particular.
    pub guardian_id: Option<PersonId>,
    pub author_id: PersonId,
    pub kind: ContactKind,
    pub tone: ContactTone,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub occurred_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
