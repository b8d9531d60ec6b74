use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AccessLogEntryId, BoardId, PersonId, StudentId};
use crate::localized::Strings;

/// That a member of staff opened the record of a child or guardian. Append-only; it holds ids.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "access_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessLogEntryId,
    pub board_id: BoardId,
    /// TypeID of the person who opened it. No key: the line is of whom it is about, and stays when this one goes.
    #[sea_orm(column_type = "Text")]
    pub reader: String,
    /// Names of [`super::Role`].
    pub roles: Strings,
    /// Whose record; none where it is that of a guardian.
    pub student_id: Option<StudentId>,
    /// Whose record; none where it is that of a child.
    pub guardian_id: Option<PersonId>,
    /// The beginning of the hour in which it counts once.
    pub hour: DateTimeUtc,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub request_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
