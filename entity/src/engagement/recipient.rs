use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::RecipientKind;
use crate::ids::{BoardId, PersonId, StudentId};
use crate::people::GuardianAccess;

/// Something that is addressed to a person about a child, and what the person did with it. One row per child, so that
/// what somebody sees of it follows what they see of the child.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "recipient")]
pub struct Model {
    /// Of an announcement, event, survey, booking round or thread, as `kind` says.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// [`AS_STAFF`] for who is addressed as a member of staff.
    #[sea_orm(primary_key, auto_increment = false)]
    pub student_id: StudentId,
    pub board_id: BoardId,
    pub kind: RecipientKind,
    /// The least that the guardian must have of the child.
    pub least: GuardianAccess,
    /// Where it stands in the list of the person.
    pub at: DateTimeUtc,
    pub delivered_at: Option<DateTimeUtc>,
    pub read_at: Option<DateTimeUtc>,
    pub acknowledged_at: Option<DateTimeUtc>,
}

/// In place of a child, for who is addressed as a member of staff.
pub const AS_STAFF: StudentId = StudentId(Uuid::nil());

impl ActiveModelBehavior for ActiveModel {}
