//! The experience, the comment, and the inputs and payloads of their mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, LessonId};
use glans_entity::practice::{self, comment, experience};

use super::store;
use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::loaders;
use crate::organisation::schools::School;
use crate::payload;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::practice::cohorts;
use crate::programme::types::Lesson;

/// What an experience is about.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "practice::ExperienceKind")]
pub enum ExperienceKind {
    /// Something that was hard.
    Obstacle,
    /// Something to ask the others.
    Question,
    /// Something that went well.
    Success,
    /// Something that others can use.
    Tip,
    /// Something that happened, to talk through.
    Case,
}

/// Who sees an experience, from few to many.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "practice::ExperienceVisibility")]
pub enum ExperienceVisibility {
    /// The team of the own school: its leaders and teachers.
    School,
    /// Also the leaders, directors and trainers of the cohort, and who administers the board.
    Cohort,
    /// Also the leaders, directors and trainers of the other cohorts of the board.
    Board,
}

pub struct Experience(pub experience::Model);

impl From<experience::Model> for Experience {
    fn from(row: experience::Model) -> Self {
        Self(row)
    }
}

/// An experience (*ervaring*) of a school with a lesson. It names no child and no guardian. `visibility` says who sees it.
#[Object]
impl Experience {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The lesson that it is about.
    pub async fn lesson(&self, ctx: &Context<'_>) -> Result<Lesson> {
        cohorts::lesson(ctx, self.0.lesson_id).await
    }

    /// The school that had it.
    pub async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        loaders::present(ctx, self.0.school_id).await.map(School)
    }

    /// Who wrote it.
    pub async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.author_id).await.map(Person)
    }

    /// What it is about.
    pub async fn kind(&self) -> ExperienceKind {
        self.0.kind.into()
    }

    /// What happened, 1 to 4,000 characters, with line breaks.
    pub async fn text(&self) -> &str {
        &self.0.text
    }

    /// Who sees it.
    pub async fn visibility(&self) -> ExperienceVisibility {
        self.0.visibility.into()
    }

    /// Whether a meeting of the cohort took it up.
    #[graphql(name = "discussed")]
    pub async fn discussed(&self) -> bool {
        self.0.discussed_at.is_some()
    }

    /// What others say to it, oldest first.
    pub async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Comment>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let page = store::comments(&*call.read().await?, &call.scope(), self.0.id, &args).await?;
        Ok(page.into_page(Comment))
    }

    /// Whether the viewer may change it: its author, while the school takes part in the cohort.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let actor = Call::of(ctx).standing().actor.clone();
        if actor.person().and_then(|person| person.at(self.0.board_id)) != Some(self.0.author_id) {
            return Ok(false);
        }
        let place =
            Place { school: Some(self.0.school_id), cohort: Some(self.0.cohort_id), ..Place::board(self.0.board_id) };
        Ok(access::allows(&actor, Action::ExperienceWrite, &place)
            && cohorts::takes_part(ctx, self.0.cohort_school_id).await?)
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

pub struct Comment(pub comment::Model);

impl From<comment::Model> for Comment {
    fn from(row: comment::Model) -> Self {
        Self(row)
    }
}

/// What somebody says to an experience. Seen by who sees the experience.
#[Object]
impl Comment {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The experience.
    pub async fn experience(&self, ctx: &Context<'_>) -> Result<Experience> {
        loaders::present(ctx, self.0.experience_id).await.map(Experience)
    }

    /// Who says it.
    pub async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.author_id).await.map(Person)
    }

    /// What is said, 1 to 4,000 characters, with line breaks.
    pub async fn text(&self) -> &str {
        &self.0.text
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

/// One page of the experiences in sight with a lesson, newest first.
pub async fn experiences_of(
    ctx: &Context<'_>,
    lesson: LessonId,
    cohort: Option<ID>,
    args: PageArgs,
) -> Result<Page<Experience>> {
    let call = Call::of(ctx);
    // An id of something else is that of no cohort in sight.
    let cohort = cohort.map(|id| id.parse().unwrap_or_else(|_| CohortId::new()));
    let page = store::page(&*call.read().await?, &call.scope(), lesson, cohort, &args).await?;
    Ok(page.into_page(Experience))
}

/// A new experience.
#[derive(InputObject)]
pub struct ExperienceShareInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The school in its cohort.
    pub school_cohort: ID,
    /// The lesson that it is about, of the edition that the cohort follows.
    pub lesson: ID,
    /// What it is about.
    pub kind: ExperienceKind,
    /// What happened, 1 to 4,000 characters. Leave out the names of children and guardians.
    pub text: String,
    /// Who sees it; COHORT when absent.
    pub visibility: Option<ExperienceVisibility>,
    /// That the text names no child or guardian, though a word in it looks like one of their names; false when absent.
    pub names_nobody: Option<bool>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to an experience. What is absent stays.
#[derive(InputObject)]
pub struct ExperienceUpdateInput {
    /// Which experience.
    pub id: ID,
    /// What it is about.
    pub kind: Option<ExperienceKind>,
    /// What happened, 1 to 4,000 characters. Leave out the names of children and guardians.
    pub text: Option<String>,
    /// Who sees it: the same people or more.
    pub visibility: Option<ExperienceVisibility>,
    /// That the text names no child or guardian, though a word in it looks like one of their names; false when absent.
    pub names_nobody: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A new comment.
#[derive(InputObject)]
pub struct ExperienceCommentInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// On which experience.
    pub experience: ID,
    /// What is said, 1 to 4,000 characters. Leave out the names of children and guardians.
    pub text: String,
    /// That the text names no child or guardian, though a word in it looks like one of their names; false when absent.
    pub names_nobody: Option<bool>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `experienceShare`.
    ExperienceSharePayload {
        /// The new experience; null when refused.
        experience: Experience,
        experience_edge
    }
}

payload! {
    /// The answer to `experienceUpdate`.
    ExperienceUpdatePayload {
        /// The experience as it is now; on a conflict, as it was left; null when refused otherwise.
        experience: Experience
    }
}

payload! {
    /// The answer to `experienceComment`.
    ExperienceCommentPayload {
        /// The new comment; null when refused.
        comment: Comment,
        comment_edge
    }
}
