use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Rsvp;
use crate::ids::{BoardId, EventId, PersonId};

/// What somebody answered to an event, and whether they came.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "event_response")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub board_id: BoardId,
    pub answer: Rsvp,
    /// With how many they come, themselves counted; 0 for who does not, or may.
    pub guest_count: i32,
    /// Where it stands among all that ever waited; none for who has a place.
    pub waiting_position: Option<i32>,
    pub answered_at: DateTimeUtc,
    pub checked_in_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
