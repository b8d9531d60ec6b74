use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Channel, DeliveryState, LetterKind};
use crate::ids::{AccountId, BoardId, DeliveryId, NotificationId};

/// What carries a notification, a digest or a letter to one address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub board_id: Option<BoardId>,
    pub notification_id: Option<NotificationId>,
    /// Of a digest: the end of the time that it covers.
    pub digest_until: Option<DateTimeUtc>,
    pub letter: Option<LetterKind>,
    /// Of a letter that is not sent yet: its code, sealed.
    #[sea_orm(column_type = "Text", nullable)]
    pub secret: Option<String>,
    /// None of who is invited.
    pub account_id: Option<AccountId>,
    pub channel: Channel,
    /// A device, an account, or what a letter is about.
    pub address_id: Uuid,
    /// What goes first. Letters have 0; push has 1 where it is urgent and else 2; e-mail 3 and 4, and digests 5; push to a
    /// browser 6 and 7.
    pub lane: i32,
    pub state: DeliveryState,
    pub attempts: i32,
    /// How many times whoever had it did not come back, since a try of it ended in an answer.
    pub cut_off: i32,
    pub due_at: DateTimeUtc,
    /// Later than this it is of no use.
    pub expires_at: DateTimeUtc,
    /// When what it tells of is over, or its code runs out: whoever tries it again does so until then. None of what
    /// never ends.
    pub over_at: Option<DateTimeUtc>,
    /// Who sends it proves by this that it is still theirs to send.
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    /// Why it was not sent: never an address or a text.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
