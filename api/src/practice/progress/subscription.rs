//! Following how far lessons are.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use glans_entity::ids::CohortId;
use glans_entity::practice::{lesson_event, lesson_progress};

use super::store;
use super::types::LessonProgress;
use crate::call::{Call, Events, Follow};
use crate::loaders;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::following::must_be_kept;
use crate::platform::page;
use crate::practice::cohorts;

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
    ) -> Result<Events<LessonProgressChanged>> {
        Call::of(ctx).signed_in()?;
        let cohort: CohortId = cohort.parse().map_err(|_| unknown())?;
        Call::follow(ctx, cohort.to_string(), after, Following { cohort, after: 0 }).await
    }
}

fn unknown() -> Error {
    coded(Code::NotFound, "There is no such cohort.")
}

/// Where a follower is: the last change that was told, and when that was.
type Position = (i64, DateTime<Utc>);

/// One cohort, and the last change that was told of it.
struct Following {
    cohort: CohortId,
    after: i64,
}

#[async_trait::async_trait]
impl Follow for Following {
    type Found = lesson_event::Model;
    type Event = LessonProgressChanged;

    async fn begin(&mut self, call: &Call, after: Option<&str>) -> Result<LessonProgressChanged> {
        self.must_be_in_sight(call).await?;
        self.after = match after {
            None => {
                let (db, scope) = (call.read().await?, call.scope());
                store::last_event(&*db, &scope, self.cohort).await?
            }
            Some(after) => {
                let (seq, at): Position = page::position(after, &self.order())?;
                must_be_kept(at, call.now(), "how far the lessons are")?;
                seq
            }
        };
        self.event(call.now(), None)
    }

    async fn look(&mut self, call: &Call) -> Result<Vec<lesson_event::Model>> {
        self.must_be_in_sight(call).await?;
        let (db, scope) = (call.read().await?, call.scope());
        let found = store::events_after(&*db, &scope, self.cohort, self.after).await?;
        Ok(found)
    }

    fn tell(&mut self, _call: &Call, event: lesson_event::Model) -> Result<LessonProgressChanged> {
        self.after = event.seq;
        let row = serde_json::from_value(event.progress).map_err(Error::fault)?;
        self.event(event.at, Some(row))
    }
}

impl Following {
    fn order(&self) -> String {
        format!("progress.{}", self.cohort)
    }

    fn event(&self, at: DateTime<Utc>, row: Option<lesson_progress::Model>) -> Result<LessonProgressChanged> {
        Ok(LessonProgressChanged { cursor: page::mark(&self.order(), &(self.after, at))?, row })
    }

    /// The cohort is still there for the viewer.
    async fn must_be_in_sight(&self, call: &Call) -> Result<()> {
        let db = call.read().await?;
        if cohorts::is_in_sight(&*db, &call.scope(), self.cohort).await? { Ok(()) } else { Err(unknown()) }
    }
}
