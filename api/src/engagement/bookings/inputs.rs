//! The inputs and payloads of rounds and slots.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use glans_entity::engagement::{booking_round, slot};
use glans_entity::ids::SlotId;

use super::types::{BookingRound, Slot};
use super::{rules, store};
use crate::call::Call;
use crate::engagement::conversations::types::ConversationMode;
use crate::engagement::partnerships::types::StepKind;
use crate::payload;
use crate::platform::error::{Result, UserError, UserErrorCode, outcome};
use crate::platform::scalars::Instant;
use crate::platform::size::list_size;
use crate::sync_cursor;

/// Times between which a teacher gives slots, one after the other.
#[derive(InputObject, Clone, Debug)]
pub struct SlotWindowInput {
    /// When the first slot begins.
    pub starts_at: Instant,
    /// When the last slot has ended.
    pub ends_at: Instant,
}

/// The slots of one teacher. Those of one teacher do not overlap, in this round and in others.
#[derive(InputObject, Clone, Debug)]
pub struct TeacherSlotsInput {
    /// Who gives them: a teacher of one of the class groups of the round.
    pub teacher: ID,
    /// When slots begin; absent for none.
    pub times: Option<Vec<Instant>>,
    /// Times that the server cuts into slots; absent for none.
    pub windows: Option<Vec<SlotWindowInput>>,
}

/// A new round.
#[derive(InputObject)]
pub struct BookingRoundOpenInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The class groups whose guardians book, 1 to 60, of one school and school year.
    pub class_groups: Vec<ID>,
    /// What the conversations are; not GOALS. An INTAKE is for new children only.
    pub kind: StepKind,
    /// From when on guardians book; from now on when absent.
    pub opens_at: Option<Instant>,
    /// So many hours before it opens, families with more than one child in it book; 0 to 168, 0 when absent.
    pub siblings_early_hours: Option<i32>,
    /// From then on guardians neither book, move nor release; after it opens.
    pub closes_at: Instant,
    /// How long a slot is, 5 to 120 minutes.
    pub slot_minutes: i32,
    /// How the conversations are held; at school when absent.
    pub mode: Option<ConversationMode>,
    /// Where they are held, 1 to 200 characters; absent where nobody says.
    pub location: Option<String>,
    /// The slots, at most 2,000; more can be added later.
    pub slots: Vec<TeacherSlotsInput>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a round. What is absent stays.
#[derive(InputObject)]
pub struct BookingRoundUpdateInput {
    /// Which round.
    pub id: ID,
    /// From then on guardians neither book, move nor release; a time that is to come.
    pub closes_at: Option<Instant>,
    /// Slots to add, at most 2,000 in the round.
    pub slots: Option<Vec<TeacherSlotsInput>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Cancels a round.
#[derive(InputObject)]
pub struct BookingRoundCancelInput {
    /// Which round.
    pub id: ID,
    /// Why, for those who booked, 1 to 200 characters; absent where nobody says.
    pub reason: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Reminds the guardians who are still to book.
#[derive(InputObject)]
pub struct BookingRoundRemindInput {
    /// Which round.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Books a slot.
#[derive(InputObject)]
pub struct SlotBookInput {
    /// Which slot.
    pub slot: ID,
    /// For which child: the own one, or for staff one of the class group.
    pub student: ID,
    /// For staff: the guardian for whom it is booked, with or without a login, who may have everything of the child. Absent
    /// for who books for themselves.
    pub guardian: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Moves a booking to another slot of the same round.
#[derive(InputObject)]
pub struct SlotMoveInput {
    /// The slot that is booked now.
    pub slot: ID,
    /// The slot to have in its place.
    pub to: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Gives a booked slot back.
#[derive(InputObject)]
pub struct SlotReleaseInput {
    /// Which slot.
    pub slot: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `bookingRoundOpen`.
    BookingRoundOpenPayload {
        /// The new round; null when refused.
        booking_round: BookingRound,
        booking_round_edge
    }
}

payload! {
    /// The answer to `bookingRoundUpdate`.
    BookingRoundUpdatePayload {
        /// The round as it is now; on a conflict, as it was left; null when refused otherwise.
        booking_round: BookingRound
    }
}

payload! {
    /// The answer to `bookingRoundCancel`.
    BookingRoundCancelPayload {
        /// The cancelled round; on a conflict, as it was left; null when refused otherwise.
        booking_round: BookingRound
    }
}

payload! {
    /// The answer to `slotRelease`.
    SlotReleasePayload {
        /// The slot, which is free again; null when refused.
        slot: Slot
    }
}

/// The answer to `bookingRoundRemind`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct BookingRoundRemindPayload {
    /// The round; null when refused.
    pub booking_round: Option<BookingRound>,
    /// How many guardians are reminded; 0 when all have booked; null when refused.
    pub reminded_count: Option<i32>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(BookingRoundRemindPayload);

impl BookingRoundRemindPayload {
    /// The payload of a finished act.
    pub fn of(done: Result<(booking_round::Model, i32)>) -> Result<Self> {
        let (done, user_errors) = outcome(done)?;
        let (booking_round, reminded_count) = done.map(|(row, count)| (BookingRound(row), count)).unzip();
        Ok(Self { booking_round, reminded_count, user_errors })
    }
}

/// Payloads of mutations for which others may have been first.
macro_rules! contested {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            /// The slot that is booked; null when refused.
            pub slot: Option<Slot>,
            /// After a CONFLICT: the slots of the round that can still be booked and that the viewer sees, earliest first; empty
            /// otherwise.
            #[graphql(directive = list_size::apply(60))]
            pub free_slots: Vec<Slot>,
            /// What the user can mend, every problem at once; empty when it is done.
            pub user_errors: Vec<UserError>,
        }

        sync_cursor!($name);

        impl $name {
            /// The payload of a finished act on the slot `wanted`.
            pub async fn of(ctx: &Context<'_>, wanted: &ID, done: Result<slot::Model>) -> Result<Self> {
                let (row, user_errors) = outcome(done)?;
                let free_slots = left(ctx, wanted, &user_errors).await?;
                Ok(Self { slot: row.map(Slot), free_slots, user_errors })
            }
        }
    )+};
}

contested! {
    /// The answer to `slotBook`.
    SlotBookPayload,
    /// The answer to `slotMove`.
    SlotMovePayload,
}

/// What can still be booked where somebody else was first.
async fn left(ctx: &Context<'_>, wanted: &ID, problems: &[UserError]) -> Result<Vec<Slot>> {
    let Ok(wanted) = wanted.parse::<SlotId>() else { return Ok(Vec::new()) };
    if !problems.iter().any(|problem| problem.code == UserErrorCode::Conflict) {
        return Ok(Vec::new());
    }
    let call = Call::of(ctx);
    call.look_again().await;
    let db = call.read().await?;
    let Some(slot) = store::slots(&*db, &call.scope(), &[wanted]).await?.pop() else { return Ok(Vec::new()) };
    let mut slots = store::slots_of(&*db, &call.scope(), &[slot.round_id]).await?;
    let times: Vec<rules::Time> = slots.iter().map(Into::into).collect();
    let free = store::free_among(&*db, call.today(), &times, call.now()).await?;
    slots.retain(|slot| free.contains(&slot.id));
    Ok(slots.into_iter().map(Slot).collect())
}
