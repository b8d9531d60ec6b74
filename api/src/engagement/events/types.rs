//! The event and the answers to it.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, event, event_response};

use super::loaders::{AnswersTo, OwnAnswer, WaitingUpTo};
use super::rules::Tally;
use super::{rules, store};
use crate::call::Call;
use crate::engagement::audience::{AudienceTarget, MayAddress, TargetsOf, audience_of};
use crate::loaders;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;

/// Whether somebody comes.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::Rsvp")]
pub enum Rsvp {
    /// Comes, or waits for a place.
    Yes,
    /// Does not come.
    No,
    /// Does not know yet. It holds no place.
    Maybe,
}

/// Whether an event takes place.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::EventStatus")]
pub enum EventStatus {
    /// It is to come, or was.
    Planned,
    /// It does not take place. It stays, so that calendars can show it.
    Cancelled,
}

/// How many answered what. For staff of the places for which an event is: all answers. For who is invited only: the own
/// answer, so that nobody can tell what another one answered.
#[derive(SimpleObject, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RsvpSummary {
    /// Answers of who comes and has a place.
    pub yes: i32,
    /// Answers of who does not come.
    pub no: i32,
    /// Answers of who does not know yet.
    pub maybe: i32,
    /// Answers of who waits for a place.
    pub waiting: i32,
    /// Guests who have a place: `yes` and whom they bring.
    pub guest_count: i32,
    /// Answers of who was let in.
    pub checked_in_count: i32,
}

impl RsvpSummary {
    fn of(tallies: &[Tally]) -> Self {
        use engagement::Rsvp as R;
        let sum = |of: &dyn Fn(&Tally) -> i64| i32::try_from(tallies.iter().map(of).sum::<i64>()).unwrap_or(i32::MAX);
        let answered = |answer: R| sum(&|tally| if tally.answer == answer { tally.answers - tally.waiting } else { 0 });
        Self {
            yes: answered(R::Yes),
            no: answered(R::No),
            maybe: answered(R::Maybe),
            waiting: sum(&|tally| tally.waiting),
            guest_count: rules::seated(tallies),
            checked_in_count: sum(&|tally| tally.checked_in),
        }
    }
}

pub struct Event(pub event::Model);

impl From<event::Model> for Event {
    fn from(row: event::Model) -> Self {
        Self(row)
    }
}

/// Something to come to (*activiteit*). Seen by who is invited, and by staff of the places for which it is.
#[Object]
impl Event {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is, 1 to 200 characters.
    pub async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it, 1 to 4,000 characters, with line breaks; null where nobody said.
    pub async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// When it begins.
    pub async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// When it ends.
    pub async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// Where it is, 1 to 200 characters; null where nobody said.
    pub async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Whether it takes place.
    pub async fn status(&self) -> EventStatus {
        self.0.status.into()
    }

    /// Why it was cancelled, 1 to 200 characters; null where nobody said.
    pub async fn cancel_reason(&self) -> Option<&str> {
        self.0.cancel_reason.as_deref()
    }

    /// For whom it is: the places and children that the viewer answers for or works with; empty for who is invited only.
    #[graphql(directive = list_size::apply(5))]
    pub async fn audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        audience_of(ctx, self.0.id.0, false).await
    }

    /// Who is left out of it, as for `audience`.
    #[graphql(directive = list_size::apply(2))]
    pub async fn excluded_audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        audience_of(ctx, self.0.id.0, true).await
    }

    /// Guests at most, 1 to 100,000; null where there is place for all.
    pub async fn capacity(&self) -> Option<i32> {
        self.0.capacity
    }

    /// Places that nobody has yet; null where there is place for all. While somebody waits, they are for who waits.
    pub async fn free_place_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let Some(capacity) = self.0.capacity else { return Ok(None) };
        let answers = loaders::one(ctx, AnswersTo(self.0.id)).await?.unwrap_or_default();
        Ok(Some((capacity - rules::seated(&answers)).max(0)))
    }

    /// Until when answers are taken; until it begins where null.
    pub async fn respond_by(&self) -> Option<DateTime<Utc>> {
        self.0.respond_by
    }

    /// How many answered what.
    pub async fn responses(&self, ctx: &Context<'_>) -> Result<RsvpSummary> {
        if loaders::one(ctx, TargetsOf(self.0.id.0)).await?.is_some() {
            let answers = loaders::one(ctx, AnswersTo(self.0.id)).await?.unwrap_or_default();
            return Ok(RsvpSummary::of(&answers));
        }
        let own = loaders::one(ctx, OwnAnswer(self.0.id)).await?;
        Ok(RsvpSummary::of(own.as_ref().map(Tally::from).as_slice()))
    }

    /// The answers by name, in the order in which they were given: those of guardians of the children whom the viewer leads
    /// or teaches, those of the own team, and the own one.
    pub async fn guests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<EventGuest>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let page = store::guests(&*call.read().await?, &call.scope(), self.0.id, &args).await?;
        Ok(page.into_page(EventGuest))
    }

    /// What the viewer answered; null where they did not.
    pub async fn viewer_rsvp(&self, ctx: &Context<'_>) -> Result<Option<Rsvp>> {
        Ok(loaders::one(ctx, OwnAnswer(self.0.id)).await?.map(|own| own.answer.into()))
    }

    /// With how many the viewer comes, themselves counted; null where they do not.
    pub async fn viewer_guest_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let own = loaders::one(ctx, OwnAnswer(self.0.id)).await?;
        Ok(own.map(|own| own.guest_count).filter(|count| *count > 0))
    }

    /// Where the viewer stands among those who wait for a place, from 1; null for who does not wait.
    pub async fn viewer_waiting_position(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let own = loaders::one(ctx, OwnAnswer(self.0.id)).await?.and_then(|own| own.waiting_position);
        let Some(own) = own else { return Ok(None) };
        let before = loaders::one(ctx, WaitingUpTo(self.0.id, own)).await?;
        Ok(before.and_then(|before| i32::try_from(before).ok()))
    }

    /// Whether the viewer may change or cancel it: who may address all for whom it is. False once it was cancelled or is over;
    /// what has begun is cancelled only, and so is what is for places that were closed since.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_over = rules::must_not_be_over(&self.0, Call::of(ctx).now()).is_err();
        if is_over || rules::must_take_place(&self.0, "id").is_err() {
            return Ok(false);
        }
        Ok(loaders::one(ctx, MayAddress(self.0.id.0)).await?.is_some())
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

pub struct EventGuest(pub event_response::Model);

/// What somebody answered to an event, and whether they came.
#[Object]
impl EventGuest {
    /// Who; null for who left since.
    pub async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(loaders::one(ctx, self.0.person_id).await?.map(Person))
    }

    /// What they answered.
    pub async fn answer(&self) -> Rsvp {
        self.0.answer.into()
    }

    /// With how many they come, themselves counted; 0 for who does not come or does not know yet.
    pub async fn guest_count(&self) -> i32 {
        self.0.guest_count
    }

    /// Whether they wait for a place.
    pub async fn is_waiting(&self) -> bool {
        self.0.waiting_position.is_some()
    }

    /// When they answered last.
    pub async fn answered_at(&self) -> DateTime<Utc> {
        self.0.answered_at
    }

    /// When they were let in; null where they were not.
    pub async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.checked_in_at
    }
}
