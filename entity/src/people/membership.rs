use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Role, ScopeKind};
use crate::ids::{BoardId, MembershipId, PersonId, SchoolId};

/// A role of a person in a scope. Guardians have none: their guardianships are their memberships.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub role: Role,
    pub scope_kind: ScopeKind,
    /// Of the board, cluster, school, class group or cohort that `scope_kind` names.
    pub scope_id: Uuid,
    /// The school under which the scope lies, if it lies under one.
    pub school_id: Option<SchoolId>,
    pub starts_on: Option<Date>,
    /// Inclusive.
    pub ends_on: Option<Date>,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
