//! The lesson.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::ids::LessonId;

use super::{Audience, Material, MaterialKind, Module, Programme};
use crate::platform::error::Result;
use crate::platform::list::List;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::Locale;
use crate::platform::size::list_size;
use crate::practice::experiences::{Experience, experiences_of};
use crate::programme::content;
use crate::programme::loaders;
use crate::programme::rules;
use crate::programme::shelf::View;

pub struct Lesson {
    pub view: View,
    pub at: usize,
}

impl Lesson {
    fn content(&self) -> &content::Lesson {
        &self.view.content.lessons[self.at]
    }

    /// What it is called, in the language of the viewer.
    pub fn title_text(&self) -> &str {
        self.view.text(&self.content().row.title, None)
    }

    /// The id of its row.
    pub fn row_id(&self) -> LessonId {
        self.content().row.id
    }

    fn neighbour(&self, at: Option<usize>) -> Option<Self> {
        let at = at.filter(|at| *at < self.view.content.lessons.len())?;
        Some(Self { view: self.view.clone(), at })
    }
}

/// A lesson (*les*): a school leader gives it to the own team. Read by who may read the programme.
#[Object]
impl Lesson {
    /// Opaque, stable, sortable by time of making. Another edition of the programme has lessons with other ids.
    pub async fn id(&self) -> ID {
        self.content().row.id.to_string().into()
    }

    /// Names the lesson in all editions of the programme: small letters, digits and hyphens, at most 63.
    async fn key(&self) -> &str {
        &self.content().row.key
    }

    /// Place in the module, from 1.
    async fn position(&self) -> i32 {
        self.content().row.position
    }

    /// What the lesson is called, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.title, locale.as_ref())
    }

    /// The module that it belongs to.
    async fn module(&self) -> Module {
        Module { view: self.view.clone(), at: self.content().module }
    }

    /// The programme that it belongs to.
    async fn programme(&self) -> Programme {
        Programme(self.view.clone())
    }

    /// What the team can do afterwards, each at most 500 characters.
    async fn objectives(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> Vec<&str> {
        self.view.texts(&self.content().row.objectives.0, locale.as_ref())
    }

    /// What the lesson teaches, at most 20,000 characters; paragraphs have an empty line between them.
    async fn theory(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.theory, locale.as_ref())
    }

    /// What a teacher can do tomorrow, each at most 1,000 characters.
    async fn practical_tips(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> Vec<&str> {
        self.view.texts(&self.content().row.practical_tips.0, locale.as_ref())
    }

    /// How the school leader gives the lesson to the team, step by step; empty when the lesson has no script. Null for
    /// teachers: it is read by board administrators, directors, school leaders, trainers and API clients.
    async fn team_script(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> Option<Vec<TeamScriptStep>> {
        let steps = self.view.reading.scripts.then_some(&self.content().row.team_script.0)?;
        let step = |step: &glans_entity::programme::ScriptStep| TeamScriptStep {
            duration_minutes: step.minutes,
            text: self.view.text(&step.text, locale.as_ref()).to_owned(),
        };
        Some(steps.iter().map(step).collect())
    }

    /// How long the team session takes, in minutes, 1 to 480.
    async fn duration_minutes(&self) -> i32 {
        self.content().row.duration_minutes
    }

    /// The materials of the lesson that the viewer may read, in their order.
    #[graphql(directive = list_size::apply(2))]
    async fn materials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this audience can use: what is meant for it, and what is for everyone.")]
        audience: Option<Audience>,
        #[graphql(desc = "Only materials of this kind.")] kind: Option<MaterialKind>,
    ) -> Result<List<Material>> {
        let wanted = |at: &usize| {
            let row = &self.view.content.materials[*at].row;
            self.view.reading.admits(row.audience)
                && audience.is_none_or(|audience| rules::serves(row.audience, audience.into()))
                && kind.is_none_or(|kind| row.kind == kind.into())
        };
        let materials = self.content().materials.clone().filter(wanted);
        if !ctx.look_ahead().field("viewerState").exists() {
            return Ok(materials.map(|at| Material::new(self.view.clone(), at)).collect());
        }
        // Asked for once, and not by each of them.
        let states = loaders::states(ctx, self.view.edition.id).await?;
        let state = |at: usize| loaders::state_in(states.as_deref(), self.view.content.materials[at].row.id);
        Ok(materials.map(|at| Material::in_state(self.view.clone(), at, state(at))).collect())
    }

    /// The experiences with it that the viewer may see, newest first.
    async fn experiences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this cohort.")] cohort: Option<ID>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Experience>> {
        experiences_of(ctx, self.row_id(), cohort, PageArgs { first, after, last, before }).await
    }

    /// The lesson after this one in the order of the course, over modules and years; null after the last.
    async fn next(&self) -> Option<Self> {
        self.neighbour(self.at.checked_add(1))
    }

    /// The lesson before this one in the order of the course, over modules and years; null before the first.
    async fn previous(&self) -> Option<Self> {
        self.neighbour(self.at.checked_sub(1))
    }

    /// Whether the viewer may change it: who may write the programme, while the edition is a draft.
    async fn viewer_can_edit(&self) -> bool {
        self.view.edition.published_at.is_none() && self.view.is_writable()
    }

    /// When it was imported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.content().row.created_at
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.content().row.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    async fn version(&self) -> i32 {
        self.content().row.version
    }
}

/// A step of a team session.
#[derive(SimpleObject)]
pub struct TeamScriptStep {
    /// How long the step takes, in minutes, 1 to 480.
    pub duration_minutes: i32,
    /// What the leader does and says, at most 2,000 characters.
    pub text: String,
}
