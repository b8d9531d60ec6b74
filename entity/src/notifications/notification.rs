use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Category;
use crate::ids::{BoardId, NotificationId, PersonId};

/// That a person is told of something. One row, however many children it concerns.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    /// What it comes from, as `event.1204`: of one source a person is told once.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// The key of its text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub category: Category,
    /// Passes quiet hours.
    pub urgent: bool,
    /// Prefix of the id of what to open.
    #[sea_orm(column_type = "Text", nullable)]
    pub about_kind: Option<String>,
    pub about_id: Option<Uuid>,
    /// The person is told as a member of staff, not as a guardian.
    pub as_staff: bool,
    /// When what it is about takes place, or is due.
    pub happens_at: Option<DateTimeUtc>,
    /// When what it tells of came about; it can be told later.
    pub occurred_at: DateTimeUtc,
    /// The number of the event in the outbox of which it tells; none of a reminder.
    pub event_seq: Option<i64>,
    /// What its text counts, as JSON; none of a text that counts nothing.
    #[sea_orm(column_type = "Text", nullable)]
    pub figures: Option<String>,
    /// It can wait for a digest.
    pub bundled: bool,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    /// What it tells does not hold any more.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// When a digest told of it.
    pub digested_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
