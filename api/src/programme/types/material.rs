//! The material and how far the viewer is with it.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::programme as stored;

use super::Lesson;
use crate::platform::error::Result;
use crate::platform::scalars::{Locale, Url};
use crate::programme::content;
use crate::programme::loaders;
use crate::programme::shelf::View;

/// What a material is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "stored::MaterialKind")]
pub enum MaterialKind {
    /// A text to read (*artikel*).
    Article,
    /// A film to watch (*filmpje*).
    Video,
    /// Something to use at work or at home: a card, a sheet, a list (*hulpmiddel*).
    Tool,
    /// A chapter of the reference book (*hoofdstuk*).
    BookChapter,
    /// Slides for a team session (*presentatie*).
    Presentation,
    /// Something to practise with (*oefening*).
    Exercise,
}

/// For whom a material is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "stored::Audience")]
pub enum Audience {
    /// School leaders (*schoolleiders*), and who directs or trains them.
    SchoolLeader,
    /// Teachers (*leerkrachten*).
    Teacher,
    /// Parents and other guardians (*ouders en verzorgers*).
    Guardian,
    /// All of them.
    Everyone,
}

/// How far somebody is with a material.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "stored::MaterialState")]
pub enum MaterialState {
    /// Not opened yet.
    New,
    /// Opened, and not finished.
    Started,
    /// Finished.
    Completed,
}

pub struct Material {
    view: View,
    at: usize,
    /// Where it is known already: after it was set in this request.
    state: Option<stored::MaterialState>,
}

impl Material {
    /// The material at this place.
    pub fn new(view: View, at: usize) -> Self {
        Self { view, at, state: None }
    }

    /// The material at this place, of which the state is known.
    pub fn in_state(view: View, at: usize, state: stored::MaterialState) -> Self {
        Self { view, at, state: Some(state) }
    }

    fn content(&self) -> &content::Material {
        &self.view.content.materials[self.at]
    }
}

/// A material of a lesson (*hulpmiddel*). Read by the audience that it is for; board administrators, directors, school
/// leaders, trainers and API clients read all. Guardians read those for guardians and for everyone, without the lesson.
#[Object]
impl Material {
    /// Opaque, stable, sortable by time of making. Another edition of the programme has materials with other ids.
    pub async fn id(&self) -> ID {
        self.content().row.id.to_string().into()
    }

    /// Names the material in all editions of the programme: small letters, digits and hyphens, at most 63.
    async fn key(&self) -> &str {
        &self.content().row.key
    }

    /// Place in the lesson, from 1.
    async fn position(&self) -> i32 {
        self.content().row.position
    }

    /// What the material is called, at most 200 characters.
    async fn title(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> &str {
        self.view.text(&self.content().row.title, locale.as_ref())
    }

    /// What it is.
    async fn kind(&self) -> MaterialKind {
        self.content().row.kind.into()
    }

    /// For whom it is.
    async fn audience(&self) -> Audience {
        self.content().row.audience.into()
    }

    /// The text itself, at most 50,000 characters, paragraphs with an empty line between them; null when the material is
    /// only elsewhere.
    async fn body(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> Option<&str> {
        let body = self.content().row.body.as_ref()?;
        Some(self.view.text(body, locale.as_ref()))
    }

    /// Where it is on the web; null when it is nowhere.
    async fn url(&self) -> Option<Url> {
        self.content().row.url.as_deref().map(Url::stored)
    }

    /// How long reading, watching or doing it takes, in minutes, 1 to 480; null when it was not said.
    async fn duration_minutes(&self) -> Option<i32> {
        self.content().row.duration_minutes
    }

    /// Where it is in the reference book, at most 200 characters; null when it is not in it.
    async fn book_reference(
        &self,
        #[graphql(desc = "The language; that of the viewer when absent, that of the course where it is missing.")]
        locale: Option<Locale>,
    ) -> Option<&str> {
        let reference = self.content().row.book_reference.as_ref()?;
        Some(self.view.text(reference, locale.as_ref()))
    }

    /// How far the viewer is with it; NEW until the viewer says otherwise, and always for API clients.
    async fn viewer_state(&self, ctx: &Context<'_>) -> Result<MaterialState> {
        let state = match self.state {
            Some(state) => state,
            None => loaders::state(ctx, self.view.edition.id, self.content().row.id).await?,
        };
        Ok(state.into())
    }

    /// The lesson that it belongs to; null for who may not read lessons, as guardians.
    async fn lesson(&self) -> Option<Lesson> {
        let at = self.content().lesson;
        self.view.reading.tree.then(|| Lesson { view: self.view.clone(), at })
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
