//! The meeting, and the inputs and payloads of its mutations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use glans_entity::people::Role;
use glans_entity::practice::{self as stored, LessonPurpose, meeting};

use super::agenda::{AgendaItem, agenda};
use super::loaders::LessonsOf;
use crate::loaders;
use crate::payload;
use crate::platform::error::Result;
use crate::platform::scalars::Instant;
use crate::platform::size::list_size;
use crate::practice::cohorts::{self, Cohort, SchoolsOf};
use crate::practice::occasions::types::attendance;
use crate::practice::occasions::{Attendance, AttendanceInput, Occasion, OccasionStatus, RollOf};
use crate::programme::types::Lesson;

pub struct Meeting(pub meeting::Model);

impl From<meeting::Model> for Meeting {
    fn from(row: meeting::Model) -> Self {
        Self(row)
    }
}

/// A meeting of a cohort (*train-de-trainer-bijeenkomst*): the trainers prepare lessons with the school leaders and look
/// back on earlier ones. Seen by the leaders, directors and trainers of the cohort, and by who administers the board.
#[Object]
impl Meeting {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The cohort that meets.
    pub async fn cohort(&self, ctx: &Context<'_>) -> Result<Cohort> {
        loaders::present(ctx, self.0.cohort_id).await.map(Cohort)
    }

    /// When it begins.
    pub async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// When it ends.
    pub async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// Where it is, in words; null when nobody said.
    pub async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The coming lessons that it prepares, in the order of the course.
    #[graphql(directive = list_size::apply(2))]
    pub async fn prepares(&self, ctx: &Context<'_>) -> Result<Vec<Lesson>> {
        self.lessons(ctx, LessonPurpose::Prepares).await
    }

    /// The lessons whose experiences are exchanged, in the order of the course.
    #[graphql(directive = list_size::apply(2))]
    pub async fn reviews(&self, ctx: &Context<'_>) -> Result<Vec<Lesson>> {
        self.lessons(ctx, LessonPurpose::Reviews).await
    }

    /// How far it is.
    pub async fn status(&self) -> OccasionStatus {
        self.0.status.into()
    }

    /// The leaders of the schools of the cohort, by name, and who else was there.
    #[graphql(directive = list_size::apply(10))]
    pub async fn attendance(&self, ctx: &Context<'_>) -> Result<Vec<Attendance>> {
        let schools = loaders::one(ctx, SchoolsOf(self.0.cohort_id)).await?.unwrap_or_default();
        let taking_part = schools.iter().filter(|school| school.left_on.is_none());
        let roll = taking_part.map(|school| RollOf { school: school.school_id, role: Role::SchoolLeader });
        attendance(ctx, Occasion::Meeting(self.0.id), self.0.status, roll.collect()).await
    }

    /// What was noted when it was recorded; null when nothing was.
    pub async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// What the meeting is to take up, made by the server: the experiences with the lessons under review, obstacles first;
    /// those carried over; the schools that have none yet; then what is prepared.
    #[graphql(directive = list_size::apply(20))]
    pub async fn agenda(&self, ctx: &Context<'_>) -> Result<Vec<AgendaItem>> {
        agenda(ctx, &self.0).await
    }

    /// Whether the viewer may change, record or cancel it, as far as it is to come or was held; false once it was cancelled.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.status != stored::OccasionStatus::Cancelled
            && cohorts::may_write(ctx, self.0.board_id, self.0.cohort_id).await?)
    }

    /// When it was planned.
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

impl Meeting {
    async fn lessons(&self, ctx: &Context<'_>, purpose: LessonPurpose) -> Result<Vec<Lesson>> {
        let rows = loaders::one(ctx, LessonsOf(self.0.id)).await?.unwrap_or_default();
        let mut lessons = Vec::new();
        for row in rows.iter().filter(|row| row.purpose == purpose) {
            lessons.push(cohorts::lesson(ctx, row.lesson_id).await?);
        }
        Ok(lessons)
    }
}

/// A new meeting.
#[derive(InputObject)]
pub struct MeetingPlanInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// Which cohort meets.
    pub cohort: ID,
    /// When it begins, from 2000 to 2099.
    pub starts_at: Instant,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Instant,
    /// Where it is, at most 200 characters.
    pub location: Option<String>,
    /// The lessons that it prepares, of the edition that the cohort follows; at most 50.
    pub prepares: Vec<ID>,
    /// The lessons whose experiences are exchanged, other ones than it prepares; none when absent. Together with
    /// `prepares` at least one.
    pub reviews: Option<Vec<ID>>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a planned meeting. What is absent stays.
#[derive(InputObject)]
pub struct MeetingUpdateInput {
    /// Which meeting.
    pub id: ID,
    /// When it begins, from 2000 to 2099. Without `endsAt` it stays as long as it was.
    pub starts_at: Option<Instant>,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Option<Instant>,
    /// Where it is, at most 200 characters; null or empty to take it away.
    pub location: MaybeUndefined<String>,
    /// The lessons that it prepares, of the edition that the cohort follows; at most 50.
    pub prepares: Option<Vec<ID>>,
    /// The lessons whose experiences are exchanged, other ones than it prepares; at most 50.
    pub reviews: Option<Vec<ID>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How a meeting went.
#[derive(InputObject)]
pub struct MeetingRecordInput {
    /// Which meeting. It has begun.
    pub id: ID,
    /// Who was there, at least one the first time; leaders who are not named then were absent. Later only those that change,
    /// as who has caught up since.
    pub attendance: Vec<AttendanceInput>,
    /// The experiences that were discussed: these and no others. When absent, what was recorded before stays.
    pub discussed: Option<Vec<ID>>,
    /// What is worth keeping, at most 10,000 characters; empty to take it away.
    pub notes: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A meeting that does not take place.
#[derive(InputObject)]
pub struct MeetingCancelInput {
    /// Which meeting.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `meetingPlan`.
    MeetingPlanPayload {
        /// The new meeting; null when refused.
        meeting: Meeting,
        meeting_edge
    }
}

payload! {
    /// The answer to `meetingUpdate`.
    MeetingUpdatePayload {
        /// The meeting as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        meeting: Meeting
    }
}

payload! {
    /// The answer to `meetingRecord`.
    MeetingRecordPayload {
        /// The meeting as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        meeting: Meeting
    }
}

payload! {
    /// The answer to `meetingCancel`.
    MeetingCancelPayload {
        /// The cancelled meeting; on a conflict, as somebody else left it; null when refused otherwise.
        meeting: Meeting
    }
}
