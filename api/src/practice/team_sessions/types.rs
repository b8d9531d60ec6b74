//! The team session, and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use glans_entity::people::Role;
use glans_entity::practice::{self as stored, team_session};

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::payload;
use crate::platform::error::Result;
use crate::platform::scalars::Instant;
use crate::platform::size::list_size;
use crate::practice::cohorts::{self, SchoolCohort};
use crate::practice::experiences::{Experience, ExperiencesOf};
use crate::practice::occasions::types::attendance;
use crate::practice::occasions::{Attendance, AttendanceInput, Occasion, OccasionStatus, RollOf};
use crate::practice::progress::{self, ProgressOf};
use crate::programme::types::Lesson;

pub struct TeamSession(pub team_session::Model);

impl From<team_session::Model> for TeamSession {
    fn from(row: team_session::Model) -> Self {
        Self(row)
    }
}

/// A team session (*teambijeenkomst*): a school leader gives a lesson to the own team. A lesson can have several, for
/// part-timers. Seen by the staff of the school, its directors, the trainers of the cohort, and who administers the board.
#[Object]
impl TeamSession {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The lesson that the team gets.
    pub async fn lesson(&self, ctx: &Context<'_>) -> Result<Lesson> {
        cohorts::lesson(ctx, self.0.lesson_id).await
    }

    /// The school in its cohort.
    pub async fn school_cohort(&self, ctx: &Context<'_>) -> Result<SchoolCohort> {
        loaders::present(ctx, self.0.cohort_school_id).await.map(SchoolCohort)
    }

    /// When it begins.
    pub async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// When it ends.
    pub async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// Whether it comes too late: when it begins, the next meeting after the one that prepares the lesson has begun, and
    /// cannot look back on it. The plan stands all the same. False where no next meeting is planned, and for a cancelled one.
    #[graphql(name = "isLate")]
    pub async fn late(&self, ctx: &Context<'_>) -> Result<bool> {
        let lessons = loaders::one(ctx, ProgressOf(self.0.cohort_school_id)).await?.unwrap_or_default();
        let due = lessons.iter().find(|row| row.lesson_id == self.0.lesson_id).and_then(|row| row.due_at);
        let cancelled = self.0.status == stored::OccasionStatus::Cancelled;
        Ok(!cancelled && due.is_some_and(|due| progress::rules::is_late(self.0.starts_at, due)))
    }

    /// Where it is, in words; null when nobody said.
    pub async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The teachers of the school, by name, and who else was there.
    #[graphql(directive = list_size::apply(20))]
    pub async fn attendance(&self, ctx: &Context<'_>) -> Result<Vec<Attendance>> {
        let roll = RollOf { school: self.0.school_id, role: Role::Teacher };
        attendance(ctx, Occasion::TeamSession(self.0.id), self.0.status, vec![roll]).await
    }

    /// How far it is.
    pub async fn status(&self) -> OccasionStatus {
        self.0.status.into()
    }

    /// What was noted when it was recorded; null when nothing was.
    pub async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// The experiences of the school with this lesson that the viewer may see, oldest first.
    #[graphql(directive = list_size::apply(5))]
    pub async fn experiences(&self, ctx: &Context<'_>) -> Result<Vec<Experience>> {
        let mut experiences = loaders::list(ctx, ExperiencesOf(self.0.cohort_school_id), Experience).await?;
        experiences.retain(|experience| experience.0.lesson_id == self.0.lesson_id);
        Ok(experiences)
    }

    /// Whether the viewer may change, record or cancel it, as far as it is to come or was held; false once it was cancelled.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let place =
            Place { school: Some(self.0.school_id), cohort: Some(self.0.cohort_id), ..Place::board(self.0.board_id) };
        self.0.status != stored::OccasionStatus::Cancelled
            && access::allows(&Call::of(ctx).standing().actor, Action::TeamSessionWrite, &place)
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

/// A new team session.
#[derive(InputObject)]
pub struct TeamSessionPlanInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The school in its cohort.
    pub school_cohort: ID,
    /// The lesson that the team gets, of the edition that the cohort follows: prepared by the school, or by a meeting that
    /// is planned before the session. A session that has begun already needs no preparation.
    pub lesson: ID,
    /// When it begins, from 2000 to 2099.
    pub starts_at: Instant,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Instant,
    /// Where it is, at most 200 characters.
    pub location: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a planned team session. What is absent stays.
#[derive(InputObject)]
pub struct TeamSessionUpdateInput {
    /// Which session.
    pub id: ID,
    /// When it begins, from 2000 to 2099. Without `endsAt` it stays as long as it was.
    pub starts_at: Option<Instant>,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Option<Instant>,
    /// Where it is, at most 200 characters; null or empty to take it away.
    pub location: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How a team session went.
#[derive(InputObject)]
pub struct TeamSessionRecordInput {
    /// Which session. It has begun.
    pub id: ID,
    /// Who was there, at least one the first time; teachers of the school who are not named then were absent. Later only
    /// those that change.
    pub attendance: Vec<AttendanceInput>,
    /// What is worth keeping, at most 10,000 characters; empty to take it away.
    pub notes: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A team session that does not take place.
#[derive(InputObject)]
pub struct TeamSessionCancelInput {
    /// Which session.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `teamSessionPlan`.
    TeamSessionPlanPayload {
        /// The new session; null when refused.
        team_session: TeamSession
    }
}

payload! {
    /// The answer to `teamSessionUpdate`.
    TeamSessionUpdatePayload {
        /// The session as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        team_session: TeamSession
    }
}

payload! {
    /// The answer to `teamSessionRecord`.
    TeamSessionRecordPayload {
        /// The session as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        team_session: TeamSession
    }
}

payload! {
    /// The answer to `teamSessionCancel`.
    TeamSessionCancelPayload {
        /// The cancelled session; on a conflict, as somebody else left it; null when refused otherwise.
        team_session: TeamSession
    }
}
