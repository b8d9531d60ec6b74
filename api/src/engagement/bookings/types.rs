//! The round and the slot.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, booking_round, slot, slot_booking};
use glans_entity::ids::ClassGroupId;

use super::loaders::{BookingOf, GroupsOf, IsFree, OwnChildrenIn, SlotsOf, UnbookedIn};
use super::rules;
use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::engagement::conversations::types::ConversationMode;
use crate::engagement::partnerships::types::StepKind;
use crate::loaders;
use crate::organisation::class_groups::ClassGroup;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// Whether guardians can book in a round.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::BookingRoundStatus")]
pub enum BookingRoundStatus {
    /// Between its opening and its closing, guardians book.
    Open,
    /// The school cancelled it, with the conversations in it that were to come.
    Cancelled,
}

pub struct BookingRound(pub booking_round::Model);

impl From<booking_round::Model> for BookingRound {
    fn from(row: booking_round::Model) -> Self {
        Self(row)
    }
}

/// A time in which guardians book a conversation with a teacher of their child (*inschrijfronde*). Seen by the leaders of
/// the school, the teachers of its class groups, and the guardians of the children in them who may have everything of
/// their child.
#[Object]
impl BookingRound {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the conversations are; never GOALS.
    pub async fn kind(&self) -> StepKind {
        self.0.kind.into()
    }

    /// The class groups whose guardians book: all of them for staff, those of the own children for a guardian.
    #[graphql(directive = list_size::apply(5))]
    pub async fn class_groups(&self, ctx: &Context<'_>) -> Result<Vec<ClassGroup>> {
        let groups = loaders::one(ctx, GroupsOf(self.0.id)).await?.unwrap_or_default();
        let mut found: Vec<_> = loaders::many(ctx, groups).await?.into_values().collect();
        found.sort_by(|left, right| (&left.name, left.id).cmp(&(&right.name, right.id)));
        Ok(found.into_iter().map(ClassGroup).collect())
    }

    /// From when on guardians book.
    pub async fn opens_at(&self) -> DateTime<Utc> {
        self.0.opens_at
    }

    /// So many hours before `opensAt`, families with more than one child in the round book; 0 to 168.
    pub async fn siblings_early_hours(&self) -> i32 {
        self.0.siblings_early_hours
    }

    /// From when on the viewer books as a guardian; null for who has no child in the round.
    pub async fn viewer_opens_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let own = loaders::one(ctx, OwnChildrenIn(self.0.id)).await?.unwrap_or_default();
        Ok((!own.is_empty()).then(|| rules::opening(&self.0, own.len())))
    }

    /// From then on guardians neither book, move nor release; staff does.
    pub async fn closes_at(&self) -> DateTime<Utc> {
        self.0.closes_at
    }

    /// How long a slot is, 5 to 120 minutes.
    pub async fn slot_minutes(&self) -> i32 {
        self.0.slot_minutes
    }

    /// How the conversations are held.
    pub async fn mode(&self) -> ConversationMode {
        self.0.mode.into()
    }

    /// Where they are held, 1 to 200 characters; null where nobody said.
    pub async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Whether it goes on.
    pub async fn status(&self) -> BookingRoundStatus {
        self.0.status.into()
    }

    /// The slots, earliest first: all for staff; for a guardian those of the teachers of the own children, and those that
    /// are booked for the guardian. Of a round that was cancelled only those that had begun.
    #[graphql(directive = list_size::apply(60))]
    pub async fn slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that can be booked; false when absent.")] available_only: Option<bool>,
    ) -> Result<Vec<Slot>> {
        let mut slots: Vec<Slot> = loaders::list(ctx, SlotsOf(self.0.id), Slot).await?;
        if available_only.unwrap_or_default() {
            let keys = slots.iter().map(|slot| IsFree((&slot.0).into())).collect();
            let free = loaders::many(ctx, keys).await?;
            slots.retain(|slot| free.get(&IsFree((&slot.0).into())).copied().unwrap_or_default());
        }
        Ok(slots)
    }

    /// The children in the round for whom a guardian is still to book, by name: those whom a leader of the school or a teacher
    /// of their class group sees; empty for others.
    #[graphql(directive = list_size::apply(30))]
    pub async fn unbooked_students(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        let students = loaders::list(ctx, UnbookedIn(self.0.id), Student).await?;
        for Student(student) in &students {
            Opens::child(student.board_id, student.id).note(Call::of(ctx))?;
        }
        Ok(students)
    }

    /// Whether the viewer may change or cancel it: who leads the school, or teaches all of its class groups. False once it was
    /// cancelled; what is for groups that were closed since is cancelled only.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if rules::must_be_open(&self.0).is_err() {
            return Ok(false);
        }
        let groups = loaders::one(ctx, GroupsOf(self.0.id)).await?.unwrap_or_default();
        let actor = Call::of(ctx).standing().actor.clone();
        let may_write = |group: &ClassGroupId| {
            let place =
                Place { school: Some(self.0.school_id), class_groups: vec![*group], ..Place::board(self.0.board_id) };
            access::allows(&actor, Action::BookingRoundWrite, &place)
        };
        Ok(!groups.is_empty() && groups.iter().all(may_write))
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

pub struct Slot(pub slot::Model);

impl From<slot::Model> for Slot {
    fn from(row: slot::Model) -> Self {
        Self(row)
    }
}

/// A time that a teacher gives to a round. Seen by staff who sees the round, by guardians whose child the teacher teaches,
/// and by those for whom it is booked.
#[Object]
impl Slot {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The round.
    pub async fn round(&self, ctx: &Context<'_>) -> Result<BookingRound> {
        loaders::present(ctx, self.0.round_id).await.map(BookingRound)
    }

    /// Who gives it.
    pub async fn teacher(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.teacher_id).await.map(Person)
    }

    /// When it begins.
    pub async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// When it ends. A conversation with an interpreter takes half as long again, and the next slot with it.
    pub async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// Whether it can be booked: nobody has it, the teacher has no other conversation then, and it has not begun.
    pub async fn is_available(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(loaders::one(ctx, IsFree((&self.0).into())).await?.unwrap_or_default())
    }

    /// The child for whom it is booked: for staff of the child, for who booked it, and for the other guardians of the child
    /// unless the family talks apart. Null for others, and where it is not booked.
    pub async fn booked_for(&self, ctx: &Context<'_>) -> Result<Option<Student>> {
        let Some(booking) = loaders::one(ctx, BookingOf(self.0.id)).await? else { return Ok(None) };
        let Some(student) = loaders::one(ctx, booking.student_id).await? else { return Ok(None) };
        note(ctx, &booking)?;
        Ok(Some(Student(student)))
    }

    /// The guardian who booked it, or for whom it was booked: for staff of the child, and for the guardian. Null for others,
    /// and where it is not booked.
    pub async fn booked_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(booking) = loaders::one(ctx, BookingOf(self.0.id)).await? else { return Ok(None) };
        let scope = Call::of(ctx).scope();
        if scope.kin.contains(&booking.student_id) && !scope.persons.contains(&booking.guardian_id) {
            return Ok(None);
        }
        let Some(guardian) = loaders::one(ctx, booking.guardian_id).await? else { return Ok(None) };
        note(ctx, &booking)?;
        Ok(Some(Person(guardian)))
    }
}

/// Notes that the caller is told of a conversation, which is of the records of the child and of the guardian.
fn note(ctx: &Context<'_>, booking: &slot_booking::Model) -> Result<()> {
    let booked = Opens::child(booking.board_id, booking.student_id).with_guardian(booking.guardian_id);
    booked.note(Call::of(ctx))
}
