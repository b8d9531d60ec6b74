//! Programmes, editions, years and modules.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::Lesson;
use crate::call::Call;
use crate::loaders;
use crate::organisation::boards::Board;
use crate::platform::error::{Error, Result};
use crate::platform::list::List;
use crate::platform::scalars::Locale;
use crate::platform::size::list_size;
use crate::programme::content;
use crate::programme::shelf::View;

#[derive(Clone)]
pub struct Programme(pub View);

/// A programme (*leergang*): a course of several years for school teams. Read by board administrators, directors,
/// school leaders, teachers and trainers, and by API clients with `lessons:read`: those of the platform and those of
/// the own board. It shows its latest published edition; who may write it sees a programme that has none yet, too.
#[Object]
impl Programme {
    /// Opaque, stable over all editions, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.edition.programme_id.to_string().into()
    }

    /// What the course is called, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.0.text(&self.0.content.edition.title, locale.as_ref())
    }

    /// What the course is about, at most 2,000 characters; paragraphs have an empty line between them.
    async fn summary(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.0.text(&self.0.content.edition.summary, locale.as_ref())
    }

    /// The language in which the course was written and in which every text is present.
    async fn language(&self) -> Result<Locale> {
        language(&self.0)
    }

    /// Whether it only shows what a course can look like. Do not teach from it.
    async fn is_sample(&self) -> bool {
        self.0.content.edition.sample
    }

    /// The board that owns the programme; null when the platform does, for all boards.
    async fn board(&self, ctx: &Context<'_>) -> Result<Option<Board>> {
        let Some(id) = self.0.edition.board_id else {
            return Ok(None);
        };
        Ok(loaders::one(ctx, id).await?.map(Board))
    }

    /// When the edition that is shown was published; null when none is published yet.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.edition.published_at
    }

    /// The edition that is shown: the latest published one.
    async fn edition(&self) -> ProgrammeEdition {
        ProgrammeEdition(self.0.clone())
    }

    /// All editions that the viewer may read, newest first. A draft is among them only for who may write it.
    #[graphql(directive = list_size::apply(3))]
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<ProgrammeEdition>> {
        let db = Call::of(ctx).read().await?;
        let mut editions = Vec::new();
        for edition in self.0.shelf.editions_of(self.0.edition.programme_id).rev() {
            editions.extend(self.0.shelf.open(&*db, edition).await?.map(ProgrammeEdition));
        }
        Ok(editions)
    }

    /// The years of the course in their order.
    #[graphql(directive = list_size::apply(1))]
    async fn years(&self) -> List<ProgrammeYear> {
        years(&self.0)
    }

    /// Whether the viewer may import and publish editions of it.
    async fn viewer_can_edit(&self) -> bool {
        self.0.is_writable()
    }

    /// When it was imported first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.edition.programme_created_at
    }

    /// When an edition was imported or published last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.edition.programme_updated_at
    }

    /// Counts up with every edition that is imported or published; give it as `ifVersion` to an update.
    async fn version(&self) -> i32 {
        self.0.edition.programme_row_version
    }
}

pub struct ProgrammeEdition(pub View);

/// An edition of a programme: what was imported at one time. A published one never changes; a draft is read only by who
/// may write the programme.
#[Object]
impl ProgrammeEdition {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.edition.id.to_string().into()
    }

    /// Counts the editions of the programme, from 1.
    async fn number(&self) -> i32 {
        self.0.edition.number
    }

    /// What the course is called in this edition, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.0.text(&self.0.content.edition.title, locale.as_ref())
    }

    /// When it was published; null while it is a draft.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.edition.published_at
    }

    /// The years of the course in their order.
    #[graphql(directive = list_size::apply(1))]
    async fn years(&self) -> List<ProgrammeYear> {
        years(&self.0)
    }

    /// When it was imported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.content.edition.created_at
    }

    /// When it was changed or published last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.content.edition.updated_at
    }

    /// Counts up with every change.
    async fn version(&self) -> i32 {
        self.0.content.edition.version
    }
}

pub struct ProgrammeYear {
    pub view: View,
    pub at: usize,
}

impl ProgrammeYear {
    fn content(&self) -> &content::Year {
        &self.view.content.years[self.at]
    }
}

/// A year of a programme (*jaar*). Read by who may read the programme.
#[Object]
impl ProgrammeYear {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.content().row.id.to_string().into()
    }

    /// Which year of the course, from 1.
    async fn number(&self) -> i32 {
        self.content().row.number
    }

    /// What the year is called, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.title, locale.as_ref())
    }

    /// The modules of the year in their order.
    #[graphql(directive = list_size::apply(2))]
    async fn modules(&self) -> List<Module> {
        let modules = self.content().modules.clone();
        modules.map(|at| Module { view: self.view.clone(), at }).collect()
    }

    /// When it was imported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.content().row.created_at
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.content().row.updated_at
    }

    /// Counts up with every change.
    async fn version(&self) -> i32 {
        self.content().row.version
    }
}

pub struct Module {
    pub view: View,
    pub at: usize,
}

impl Module {
    fn content(&self) -> &content::Module {
        &self.view.content.modules[self.at]
    }
}

/// A module of a year of a programme: lessons with one goal. Read by who may read the programme.
#[Object]
impl Module {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.content().row.id.to_string().into()
    }

    /// Place in the year, from 1.
    async fn position(&self) -> i32 {
        self.content().row.position
    }

    /// What the module is called, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.title, locale.as_ref())
    }

    /// What is reached when the lessons were given, at most 1,000 characters.
    async fn goal(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.goal, locale.as_ref())
    }

    /// The year that it belongs to.
    async fn year(&self) -> ProgrammeYear {
        ProgrammeYear { view: self.view.clone(), at: self.content().year }
    }

    /// The lessons in their order.
    #[graphql(directive = list_size::apply(3))]
    async fn lessons(&self) -> List<Lesson> {
        let lessons = self.content().lessons.clone();
        lessons.map(|at| Lesson { view: self.view.clone(), at }).collect()
    }

    /// When it was imported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.content().row.created_at
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.content().row.updated_at
    }

    /// Counts up with every change.
    async fn version(&self) -> i32 {
        self.content().row.version
    }
}

fn years(view: &View) -> List<ProgrammeYear> {
    (0..view.content.years.len()).map(|at| ProgrammeYear { view: view.clone(), at }).collect()
}

fn language(view: &View) -> Result<Locale> {
    Locale::parse(&view.content.edition.language).ok_or_else(|| Error::fault("a stored language is no language"))
}
