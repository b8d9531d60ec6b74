//! The editions in sight of one viewer, and the views of what is in them.

use std::sync::Arc;

use glans_entity::ids::{BoardId, ProgrammeId, ProgrammeVersionId};
use glans_entity::localized::Localized;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::content::{Content, Library, Part, Place};
use super::reading::{Reading, may_write};
use super::store::{self, EditionRow};
use crate::access::Actor;
use crate::call::{Call, Told};
use crate::platform::error::Result;
use crate::platform::opaque::Opaque;
use crate::platform::scalars::Locale;

/// The editions in sight of one viewer. Read once per request, with one statement.
pub struct Shelf {
    actor: Actor,
    scope: Arc<Scope>,
    library: Opaque<Library>,
    /// Most wanted first.
    languages: Vec<String>,
    told: Arc<Told>,
    editions: Vec<EditionRow>,
}

impl Shelf {
    /// What who calls may read, from the database as `db` sees it.
    pub async fn of(call: &Call, db: &impl ConnectionTrait) -> Result<Self> {
        let standing = call.standing();
        let actor = standing.actor.clone();
        let mut editions = store::editions(db, &standing.scope).await?;
        editions.retain(|edition| {
            let reading = Reading::of(&actor, edition.board_id);
            reading.anything() && (edition.published_at.is_some() || reading.drafts)
        });
        Ok(Self {
            languages: languages(call, &actor),
            told: Arc::clone(&call.told),
            actor,
            scope: Arc::clone(&standing.scope),
            library: call.app().courses.clone(),
            editions,
        })
    }

    /// What the viewer may read of the programmes of `board`.
    pub fn reading(&self, board: Option<BoardId>) -> Reading {
        Reading::of(&self.actor, board)
    }

    /// One edition of each programme whose tree is in sight.
    pub fn programmes(&self) -> Vec<&EditionRow> {
        let mut trees: Vec<_> = self.editions.iter().filter(|edition| self.reading(edition.board_id).tree).collect();
        trees.dedup_by_key(|edition| edition.programme_id);
        trees
    }

    /// The editions of a programme that are in sight, oldest first.
    pub fn editions_of(&self, programme: ProgrammeId) -> impl DoubleEndedIterator<Item = &EditionRow> {
        self.editions.iter().filter(move |edition| edition.programme_id == programme)
    }

    /// The edition that a programme shows: the latest published one, or the draft where none is published yet.
    pub fn current(&self, programme: ProgrammeId) -> Option<&EditionRow> {
        let published = self.editions_of(programme).rfind(|edition| edition.published_at.is_some());
        published.or_else(|| self.editions_of(programme).next_back())
    }

    /// The current published edition of every programme, with what the viewer may read of it.
    pub fn current_editions(&self) -> impl Iterator<Item = (&EditionRow, Reading)> {
        let current = self
            .editions
            .iter()
            .filter(|edition| edition.published_at.is_some() && self.current(edition.programme_id) == Some(*edition));
        current.map(|edition| (edition, self.reading(edition.board_id)))
    }

    /// The editions that an app keeps, with what may be read of each: those that are current, and those of `followed`.
    pub fn in_use(&self, followed: &[ProgrammeVersionId]) -> Vec<(ProgrammeVersionId, Reading)> {
        let in_use = |edition: &&EditionRow| {
            followed.contains(&edition.id) || self.current(edition.programme_id) == Some(*edition)
        };
        self.editions.iter().filter(in_use).map(|edition| (edition.id, self.reading(edition.board_id))).collect()
    }

    /// The edition with this id.
    pub fn edition(&self, id: ProgrammeVersionId) -> Option<&EditionRow> {
        self.editions.iter().find(|edition| edition.id == id)
    }

    /// A view of what is in `edition`; none when it was removed in the meantime.
    pub async fn open(self: &Arc<Self>, db: &impl ConnectionTrait, edition: &EditionRow) -> Result<Option<View>> {
        let Some(content) = self.library.read(db, &self.scope, edition.id).await? else { return Ok(None) };
        let reading = self.reading(edition.board_id);
        Ok(Some(View { shelf: Arc::clone(self), edition: edition.clone(), content, reading }))
    }

    /// Where `part` is among the editions in sight. What is out of sight and what does not exist take the same path.
    pub async fn find(self: &Arc<Self>, db: &impl ConnectionTrait, part: Part) -> Result<Option<(View, Place)>> {
        let mut unread = Vec::new();
        for edition in &self.editions {
            match self.library.find(edition.id).await {
                Some(content) if content.place(part).is_some() => return self.place(db, edition, part).await,
                Some(_) => {}
                None => unread.push(edition.id),
            }
        }
        if unread.is_empty() {
            return Ok(None);
        }
        let holder = store::holder(db, &self.scope, part, &unread).await?;
        match holder.and_then(|id| self.edition(id)) {
            Some(edition) => self.place(db, edition, part).await,
            None => Ok(None),
        }
    }

    async fn place(
        self: &Arc<Self>,
        db: &impl ConnectionTrait,
        edition: &EditionRow,
        part: Part,
    ) -> Result<Option<(View, Place)>> {
        let view = self.open(db, edition).await?;
        Ok(view.and_then(|view| view.content.place(part).map(|place| (view, place))))
    }
}

/// The own language, then what the client accepts, then Dutch.
pub fn languages(call: &Call, actor: &Actor) -> Vec<String> {
    let own = actor.person().map(|person| &person.language);
    let tags = own.into_iter().chain(&call.languages).map(String::as_str).chain(["nl"]);
    tags.map(|tag| Locale::primary_of(tag).to_ascii_lowercase()).collect()
}

/// An edition as one viewer sees it. Cheap to clone: every object of an answer carries one.
#[derive(Clone)]
pub struct View {
    pub shelf: Arc<Shelf>,
    pub edition: EditionRow,
    pub content: Arc<Content>,
    pub reading: Reading,
}

impl View {
    /// `text` in the language asked for, else in the viewer's, else in that of the course.
    pub fn text<'t>(&self, text: &'t Localized, locale: Option<&Locale>) -> &'t str {
        let asked = locale.map(Locale::primary).into_iter();
        let own = self.shelf.languages.iter().map(String::as_str);
        self.shelf.told.text(text, asked.chain(own).chain([self.content.edition.language.as_str()]))
    }

    /// Whether the viewer may import and publish editions of the programme, and change a draft.
    pub fn is_writable(&self) -> bool {
        may_write(&self.shelf.actor, self.edition.board_id)
    }

    /// Each of `texts`, as [`View::text`].
    pub fn texts<'t>(&self, texts: &'t [Localized], locale: Option<&Locale>) -> Vec<&'t str> {
        texts.iter().map(|text| self.text(text, locale)).collect()
    }
}
