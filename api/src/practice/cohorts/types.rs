//! The cohort, a school in it, and the inputs and payloads of their mutations.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, CohortId, LessonId, ProgrammeVersionId, SchoolCohortId, SchoolId};
use glans_entity::organisation::school;
use glans_entity::people::{Role, ScopeKind};
use glans_entity::practice::{cohort, cohort_school};

use super::loaders::SchoolsOf;
use super::rules;
use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::organisation::boards::Board;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::memberships::HoldersOf;
use crate::people::persons::Person;
use crate::platform::error::{Error, Result};
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::{Instant, LocalDate};
use crate::platform::size::list_size;
use crate::practice::meetings::{self, Meeting};
use crate::practice::progress::rules::{is_ahead, is_completed};
use crate::practice::progress::{self, LessonProgress};
use crate::programme::content::{Part, Place as Within};
use crate::programme::query as courses;
use crate::programme::shelf::View;
use crate::programme::types::{Lesson, Programme};

pub struct Cohort(pub cohort::Model);

impl From<cohort::Model> for Cohort {
    fn from(row: cohort::Model) -> Self {
        Self(row)
    }
}

/// A cohort (*groep scholen*): schools of one board that follow a course together, with trainers. Seen by its trainers,
/// by the staff and directors of its schools, and by who administers the board.
#[Object]
impl Cohort {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the cohort is called, 1 to 120 characters, unique in the board.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// The course that it follows, in the edition with which the cohort began or to which `cohortMigrate` moved it: what is
    /// published later does not change it.
    pub async fn programme(&self, ctx: &Context<'_>) -> Result<Programme> {
        edition(ctx, self.0.programme_version_id).await.map(Programme)
    }

    /// The board of its schools.
    pub async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        loaders::present(ctx, self.0.board_id).await.map(Board)
    }

    /// Who trains the cohort today, by name.
    #[graphql(directive = list_size::apply(2))]
    pub async fn trainers(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let holders = HoldersOf { role: Role::Trainer, kind: ScopeKind::Cohort, scope: self.0.id.0 };
        loaders::list(ctx, holders, Person).await
    }

    /// The schools in the cohort in the order in which they joined; for a teacher the own school.
    #[graphql(directive = list_size::apply(10))]
    pub async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also those that left; false when absent.")] include_left: Option<bool>,
    ) -> Result<Vec<SchoolCohort>> {
        let today = Call::of(ctx).today();
        let mut schools = loaders::list(ctx, SchoolsOf(self.0.id), SchoolCohort).await?;
        schools.retain(|school| include_left == Some(true) || school.0.left_on.is_none_or(|left| today < left));
        Ok(schools)
    }

    /// The meetings of the cohort, earliest first, cancelled ones among them. Empty for a teacher.
    pub async fn meetings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only meetings that end after this moment.")] from: Option<Instant>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Meeting>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let from = from.map(|at| at.0);
        let page = meetings::page(&*call.read().await?, &call.scope(), self.0.id, from, &args).await?;
        Ok(page.into_page(Meeting))
    }

    /// Whether the viewer may change the cohort, and plan and record its meetings.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        may_write(ctx, self.0.board_id, self.0.id).await
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

pub struct SchoolCohort(pub cohort_school::Model);

impl From<cohort_school::Model> for SchoolCohort {
    fn from(row: cohort_school::Model) -> Self {
        Self(row)
    }
}

/// A school in a cohort. Seen by the staff of the school, by the leaders, directors and trainers of the cohort, and by who
/// administers the board.
#[Object]
impl SchoolCohort {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The cohort.
    pub async fn cohort(&self, ctx: &Context<'_>) -> Result<Cohort> {
        loaders::present(ctx, self.0.cohort_id).await.map(Cohort)
    }

    /// The school.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        loaders::present(ctx, self.0.school_id).await.map(School)
    }

    /// Who leads the school today; the first by name where several do, null where nobody does.
    pub async fn leader(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(self.leading(ctx).await?.into_iter().next())
    }

    /// All who lead the school today, by name.
    #[graphql(directive = list_size::apply(2))]
    pub async fn leaders(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        self.leading(ctx).await
    }

    /// How far each lesson of the course is at this school, in the order of the course.
    #[graphql(directive = list_size::apply(24))]
    pub async fn lessons(&self, ctx: &Context<'_>) -> Result<Vec<LessonProgress>> {
        progress::lessons_of(ctx, &self.0).await
    }

    /// How many lessons the team had: those that are TAUGHT, REFLECTED or DISCUSSED.
    #[graphql(name = "completedLessons")]
    pub async fn completed_lessons(&self, ctx: &Context<'_>) -> Result<usize> {
        let lessons = progress::lessons_of(ctx, &self.0).await?;
        Ok(lessons.iter().filter(|it| it.row.as_ref().is_some_and(|row| is_completed(row.status))).count())
    }

    /// How many lessons the course has.
    #[graphql(name = "totalLessons")]
    pub async fn total_lessons(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(course(ctx, self.0.cohort_id).await?.content.lessons.len())
    }

    /// The first lesson of the course that the team still has to get; null when there is none.
    pub async fn next_lesson(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        let lessons = progress::lessons_of(ctx, &self.0).await?;
        let ahead = |it: &LessonProgress| it.row.as_ref().is_none_or(|row| is_ahead(row.status));
        Ok(lessons.into_iter().find(ahead).map(|progress| progress.lesson))
    }

    /// The day on which the school joined, or joined again.
    pub async fn joined_on(&self) -> LocalDate {
        LocalDate(self.0.joined_on)
    }

    /// The first day on which it is no longer in the cohort; null while it stays.
    pub async fn left_on(&self) -> Option<LocalDate> {
        self.0.left_on.map(LocalDate)
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

impl SchoolCohort {
    async fn leading(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let holders = HoldersOf { role: Role::SchoolLeader, kind: ScopeKind::School, scope: self.0.school_id.0 };
        loaders::list(ctx, holders, Person).await
    }
}

/// Whether the viewer may change a cohort in sight, which a director may whose cluster holds all its schools.
pub async fn may_write(ctx: &Context<'_>, board: BoardId, cohort: CohortId) -> Result<bool> {
    let rows = loaders::one(ctx, SchoolsOf(cohort)).await?.unwrap_or_default();
    let present: Vec<SchoolId> = rows.iter().filter(|row| row.left_on.is_none()).map(|row| row.school_id).collect();
    let schools: Vec<school::Model> = loaders::many(ctx, present).await?.into_values().collect();
    let place = Place { cohort: Some(cohort), cluster: rules::one_cluster(&schools), ..Place::board(board) };
    Ok(access::allows(&Call::of(ctx).standing().actor, Action::CohortWrite, &place))
}

/// Whether a school takes part in its cohort today: it did not leave, and is not closed.
pub async fn takes_part(ctx: &Context<'_>, id: SchoolCohortId) -> Result<bool> {
    let Some(row) = loaders::one(ctx, id).await? else { return Ok(false) };
    if row.left_on.is_some_and(|left| left <= Call::of(ctx).today()) {
        return Ok(false);
    }
    let school = loaders::one(ctx, row.school_id).await?;
    Ok(school.is_some_and(|school| school.archived_at.is_none()))
}

/// The course that a cohort in sight follows.
pub async fn course(ctx: &Context<'_>, cohort: CohortId) -> Result<View> {
    let cohort = loaders::present(ctx, cohort).await?;
    edition(ctx, cohort.programme_version_id).await
}

async fn edition(ctx: &Context<'_>, id: ProgrammeVersionId) -> Result<View> {
    let gone = || Error::fault("the edition of a cohort in sight is out of sight");
    Ok(courses::edition(ctx, id).await?.ok_or_else(gone)?.0)
}

/// A lesson that something in sight is about.
pub async fn lesson(ctx: &Context<'_>, id: LessonId) -> Result<Lesson> {
    match courses::part(ctx, Part::Lesson(id)).await? {
        Some((view, Within::Lesson(at))) => Ok(Lesson { view, at }),
        _ => Err(Error::fault("the lesson of something in sight is out of sight")),
    }
}

/// A new cohort.
#[derive(InputObject)]
pub struct CohortCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// What the cohort is called, 1 to 120 characters, unique in the board.
    pub name: String,
    /// The course that it follows, in the edition that is the latest published one now.
    pub programme: ID,
    /// The schools that take part from today, 1 to 100, all of one board.
    pub schools: Vec<ID>,
    /// Who trains it: persons with the role TRAINER in the board. Later ones get the role with `membershipGrant`.
    pub trainers: Option<Vec<ID>>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a cohort. What is absent stays.
#[derive(InputObject)]
pub struct CohortUpdateInput {
    /// Which cohort.
    pub id: ID,
    /// What the cohort is called, 1 to 120 characters, unique in the board.
    pub name: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A school that joins a cohort.
#[derive(InputObject)]
pub struct CohortSchoolAddInput {
    /// Which cohort.
    pub cohort: ID,
    /// Which school, of the same board.
    pub school: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A school that leaves a cohort.
#[derive(InputObject)]
pub struct CohortSchoolRemoveInput {
    /// Which cohort.
    pub cohort: ID,
    /// Which school.
    pub school: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `cohortCreate`.
    CohortCreatePayload {
        /// The new cohort; null when refused.
        cohort: Cohort,
        cohort_edge
    }
}

payload! {
    /// The answer to `cohortUpdate`.
    CohortUpdatePayload {
        /// The cohort as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        cohort: Cohort
    }
}

payload! {
    /// The answer to `cohortSchoolAdd`.
    CohortSchoolAddPayload {
        /// The school in the cohort; null when refused.
        school_cohort: SchoolCohort
    }
}

payload! {
    /// The answer to `cohortSchoolRemove`.
    CohortSchoolRemovePayload {
        /// The school as it left the cohort; null when refused.
        school_cohort: SchoolCohort
    }
}
