//! The announcement in other languages, and what it said before.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{announcement_revision, announcement_translation};

use crate::engagement::announcements::loaders::WriterOf;
use crate::loaders;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::scalars::Locale;

/// An announcement in another language than its own. Seen by who sees the announcement.
#[derive(SimpleObject)]
pub struct AnnouncementTranslation {
    /// Which language.
    language: Locale,
    /// The title, 1 to 200 characters.
    title: String,
    /// The text, 1 to 20,000 characters, with line breaks.
    body: String,
}

impl From<announcement_translation::Model> for AnnouncementTranslation {
    fn from(row: announcement_translation::Model) -> Self {
        Self { language: Locale::stored(&row.language), title: row.title, body: row.body }
    }
}

pub struct AnnouncementRevision(pub(super) announcement_revision::Model);

/// What an announcement said until it was corrected. Seen by the staff of its places.
#[Object]
impl AnnouncementRevision {
    /// Counts up with every correction, from 1.
    pub async fn number(&self) -> i32 {
        self.0.number
    }

    /// The title, 1 to 200 characters.
    pub async fn title(&self) -> &str {
        &self.0.title
    }

    /// The text, 1 to 20,000 characters, with line breaks.
    pub async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who corrected it.
    pub async fn corrected_by(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, WriterOf(self.0.author_id)).await.map(Person)
    }

    /// When it was corrected.
    pub async fn replaced_at(&self) -> DateTime<Utc> {
        self.0.replaced_at
    }
}
