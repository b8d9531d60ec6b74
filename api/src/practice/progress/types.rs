//! How far a lesson is at a school, and the inputs and payloads of the decisions about it.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::LessonId;
use glans_entity::practice::{self, cohort_school, lesson_progress};

use super::loaders::ProgressOf;
use super::rules;
use crate::call::Call;
use crate::loaders;
use crate::payload;
use crate::platform::error::Result;
use crate::platform::size::list_size;
use crate::practice::cohorts::{self, SchoolCohort};
use crate::practice::team_sessions::{SessionsOf, TeamSession};
use crate::programme::types::Lesson;

/// How far a lesson is at a school. It follows from what happened and is never set by hand.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "practice::LessonStatus")]
pub enum LessonStatus {
    /// Nothing was recorded yet.
    NotStarted,
    /// A leader of the school was at a meeting that prepares it, or has caught up.
    Prepared,
    /// It is prepared, and a team session is planned; or part of the team had it, and another session is planned.
    Scheduled,
    /// The team had it: all its sessions were held or cancelled, and one was held.
    Taught,
    /// It is taught, and the school shared an experience with it.
    Reflected,
    /// A meeting took up an experience of the school with it.
    Discussed,
    /// It is left out, for a reason.
    Skipped,
}

/// How far one lesson is at one school.
pub struct LessonProgress {
    pub lesson: Lesson,
    pub school: cohort_school::Model,
    pub row: Option<lesson_progress::Model>,
}

/// How far one lesson is at one school of a cohort. Seen by who sees the school in its cohort.
#[Object]
impl LessonProgress {
    /// The lesson.
    pub async fn lesson(&self) -> Lesson {
        Lesson { view: self.lesson.view.clone(), at: self.lesson.at }
    }

    /// The school in its cohort.
    pub async fn school_cohort(&self) -> SchoolCohort {
        SchoolCohort(self.school.clone())
    }

    /// How far it is.
    pub async fn status(&self) -> LessonStatus {
        self.row.as_ref().map_or(LessonStatus::NotStarted, |row| row.status.into())
    }

    /// Whether it should have been taught by now: it is not, and `dueAt` is past.
    #[graphql(name = "overdue")]
    pub async fn overdue(&self, ctx: &Context<'_>) -> bool {
        self.row.as_ref().is_some_and(|row| rules::is_overdue(row.status, row.due_at, Call::of(ctx).now()))
    }

    /// Until when it should be taught: three days before the meeting that follows the one that prepares it; null while
    /// either of them is not planned.
    pub async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.due_at
    }

    /// When the first leader of the school had prepared it; null when none has.
    pub async fn prepared_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.prepared_at
    }

    /// When the last of its team sessions ended; null while it is not taught.
    pub async fn taught_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.taught_at
    }

    /// When it was taught and an experience was shared; null before. After it was taken up again, only what was shared
    /// since counts.
    pub async fn reflected_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.reflected_at
    }

    /// When a meeting took up an experience; null before.
    pub async fn discussed_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.discussed_at
    }

    /// The team sessions about it, earliest first, cancelled ones among them. Empty for the leaders of other schools.
    #[graphql(directive = list_size::apply(2))]
    pub async fn team_sessions(&self, ctx: &Context<'_>) -> Result<Vec<TeamSession>> {
        let mut sessions = loaders::list(ctx, SessionsOf(self.school.id), TeamSession).await?;
        let lesson = self.lesson.row_id();
        sessions.retain(|session| session.0.lesson_id == lesson);
        Ok(sessions)
    }

    /// Why it is left out; null unless it is.
    pub async fn skipped_reason(&self) -> Option<&str> {
        self.row.as_ref()?.skipped_reason.as_deref()
    }
}

/// How far all lessons of the course are at a school, in the order of the course.
pub async fn lessons_of(ctx: &Context<'_>, school: &cohort_school::Model) -> Result<Vec<LessonProgress>> {
    let view = cohorts::course(ctx, school.cohort_id).await?;
    let mut told = loaders::one(ctx, ProgressOf(school.id)).await?.unwrap_or_default();
    let mut row_of = |lesson: LessonId| {
        let at = told.iter().position(|row| row.lesson_id == lesson)?;
        Some(told.swap_remove(at))
    };
    let lessons = view.content.lessons.iter().enumerate();
    Ok(lessons
        .map(|(at, lesson)| LessonProgress {
            lesson: Lesson { view: view.clone(), at },
            school: school.clone(),
            row: row_of(lesson.row.id),
        })
        .collect())
}

/// How far one lesson is at a school; none when it is of another edition than the cohort follows.
pub async fn lesson_of(
    ctx: &Context<'_>,
    school: &cohort_school::Model,
    lesson: LessonId,
) -> Result<Option<LessonProgress>> {
    Ok(lessons_of(ctx, school).await?.into_iter().find(|progress| progress.lesson.row_id() == lesson))
}

/// A lesson that a school leaves out.
#[derive(InputObject)]
pub struct LessonSkipInput {
    /// The school in its cohort.
    pub school_cohort: ID,
    /// Which lesson, of the edition that the cohort follows.
    pub lesson: ID,
    /// Why, 1 to 500 characters; shown to all who see the school in its cohort.
    pub reason: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A lesson that a school takes up again.
#[derive(InputObject)]
pub struct LessonReopenInput {
    /// The school in its cohort.
    pub school_cohort: ID,
    /// Which lesson, of the edition that the cohort follows: a reflected, discussed or skipped one.
    pub lesson: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `lessonSkip`.
    LessonSkipPayload {
        /// How far the lesson is now; null when refused.
        progress: LessonProgress
    }
}

payload! {
    /// The answer to `lessonReopen`.
    LessonReopenPayload {
        /// How far the lesson is now; null when refused.
        progress: LessonProgress
    }
}
