//! Following how far lessons are.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::CohortId;
use glans_entity::practice::{lesson_event, lesson_progress};

use super::store;
use super::types::LessonProgress;
use crate::call::Call;
use crate::loaders;
use crate::platform::bus::Wakes;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::following::{Rests, must_be_kept};
use crate::platform::page;
use crate::practice::cohorts;

/// Changes are looked for after this long, in case that a wake-up call was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// What was read longer ago, for a client that takes slowly, is read again under the rights of then.
const FRESH: TimeDelta = TimeDelta::seconds(2);

/// How far a lesson is now, and where to go on after a lost connection.
pub struct LessonProgressChanged {
    cursor: String,
    row: Option<lesson_progress::Model>,
}

/// A change of how far a lesson is at a school, in the order in which they happened in the cohort.
#[Object]
impl LessonProgressChanged {
    /// Opaque. Give the last one as `after` when you follow again: what happened meanwhile comes first.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// How far the lesson was after the change; null in the first event, which says that following has begun.
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<LessonProgress>> {
        let Some(row) = &self.row else { return Ok(None) };
        let school = loaders::present(ctx, row.cohort_school_id).await?;
        let lesson = cohorts::lesson(ctx, row.lesson_id).await?;
        Ok(Some(LessonProgress { lesson, school, row: Some(row.clone()) }))
    }
}

/// The root fields that follow how far lessons are.
#[derive(Default)]
pub struct ProgressSubscription;

#[Subscription]
impl ProgressSubscription {
    /// How far the lessons of a cohort are: first an event without progress, then one for every change that the viewer may
    /// see, in order and none left out. A teacher hears of the own school. `NOT_FOUND` when there is no such cohort that the
    /// viewer may see, or may see no longer.
    async fn lesson_progress_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the cohort.")] cohort: ID,
        #[graphql(
            desc = "The cursor of the last event that arrived: what happened since is told first. `RESYNC_REQUIRED` \
                          when it is older than seven days: read the grid anew."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<LessonProgressChanged>> + use<>> {
        let call = Call::shared(ctx);
        call.signed_in()?;
        let cohort: CohortId = cohort.parse().map_err(|_| unknown())?;
        // Every event is of its own moment: what was read for one must not stand in the next.
        loaders::in_context(ctx).enable_all_cache(false);
        let wakes = call.app().bus.subscribe(cohort.to_string());
        let following = Box::pin(Following::begin(call, cohort, wakes, after)).await?;
        Ok(stream::unfold(Some(following), async |following| following?.next().await))
    }
}

fn unknown() -> Error {
    coded(Code::NotFound, "There is no such cohort.")
}

/// Where a follower is: the last change that was told, and when that was.
type Position = (i64, DateTime<Utc>);

/// One cohort, and what was told of it.
struct Following {
    call: Arc<Call>,
    cohort: CohortId,
    wakes: Wakes,
    after: i64,
    begun: bool,
    ahead: VecDeque<lesson_event::Model>,
    /// When `ahead` was.
    read_at: DateTime<Utc>,
    rests: Rests,
}

impl Following {
    /// Waits for a database that cannot be asked just now.
    async fn begin(call: Arc<Call>, cohort: CohortId, wakes: Wakes, after: Option<String>) -> Result<Self> {
        let read_at = call.now();
        let (ahead, rests) = (VecDeque::new(), Rests::default());
        let mut following = Self { call, cohort, wakes, after: 0, begun: false, ahead, read_at, rests };
        loop {
            let placed = following.place(after.as_deref()).await;
            if following.call.heed(&mut following.rests, placed).await?.is_some() {
                return Ok(following);
            }
        }
    }

    /// Goes to where it begins.
    async fn place(&mut self, after: Option<&str>) -> Result<()> {
        self.must_be_in_sight().await?;
        self.after = match after {
            None => {
                let (db, scope) = (self.call.read().await?, self.call.scope());
                store::last_event(&*db, &scope, self.cohort).await?
            }
            Some(after) => {
                let (seq, at): Position = page::position(after, &self.order())?;
                must_be_kept(at, self.call.now(), "how far the lessons are")?;
                seq
            }
        };
        Ok(())
    }

    fn order(&self) -> String {
        format!("progress.{}", self.cohort)
    }

    /// The next that is to be told; nothing follows an error. A database that cannot be asked just now is none.
    async fn next(mut self) -> Option<(async_graphql::Result<LessonProgressChanged>, Option<Self>)> {
        match self.told().await {
            Ok(told) => Some((Ok(told), Some(self))),
            Err(error) => Some((Err(error.into()), None)),
        }
    }

    /// Reads on, where nothing fresh lies ahead; whether there is nothing more yet.
    async fn look(&mut self) -> Result<bool> {
        if !self.ahead.is_empty() && self.call.now() < self.read_at + FRESH {
            return Ok(false);
        }
        self.must_be_in_sight().await?;
        let now = self.call.now();
        let (db, scope) = (self.call.read().await?, self.call.scope());
        self.ahead = store::events_after(&*db, &scope, self.cohort, self.after).await?.into();
        // Not before: what could not be read again is no fresher.
        self.read_at = now;
        drop(db);
        if self.ahead.is_empty() {
            // Whoever waits gives the snapshot back.
            self.call.look_again().await;
        }
        Ok(self.ahead.is_empty())
    }

    async fn told(&mut self) -> Result<LessonProgressChanged> {
        if !self.begun {
            self.begun = true;
            let cursor = page::mark(&self.order(), &(self.after, self.call.now()))?;
            return Ok(LessonProgressChanged { cursor, row: None });
        }
        // In a box that lasts as long as it takes: who waits for hours keeps no room for reading.
        loop {
            let looked = Box::pin(self.look()).await;
            match self.call.heed(&mut self.rests, looked).await? {
                Some(true) => {
                    let _ = tokio::time::timeout(LOOK_AGAIN, self.wakes.next()).await;
                }
                Some(false) => break,
                None => {}
            }
        }
        let event = self.ahead.pop_front().ok_or_else(|| Error::fault("a list that is not empty has a first"))?;
        self.after = event.seq;
        let row = serde_json::from_value(event.progress).map_err(Error::fault)?;
        Ok(LessonProgressChanged { cursor: page::mark(&self.order(), &(event.seq, event.at))?, row: Some(row) })
    }

    /// A new snapshot, in which the cohort is still there for the viewer.
    async fn must_be_in_sight(&self) -> Result<()> {
        self.call.stand_anew().await?;
        let db = self.call.read().await?;
        if cohorts::is_in_sight(&*db, &self.call.scope(), self.cohort).await? { Ok(()) } else { Err(unknown()) }
    }
}
