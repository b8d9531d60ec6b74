//! Reading programmes.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::{ProgrammeId, ProgrammeVersionId};
use glans_entity::programme::material;
use sea_orm::{ConnectionTrait, Iterable};
use uuid::Uuid;

pub use super::actions::in_sight;
use super::content::{Part, Place};
use super::reading::Reading;
use super::shelf::{Shelf, View};
use super::store::{self, Choice, EditionRow};
use super::types::{Audience, Lesson, Material, MaterialKind, Programme, ProgrammeEdition};
use super::{loaders, rules};
use crate::call::Call;
use crate::platform::error::{Error, Result};
use crate::platform::page::{self, Cursor, Listed, Page, PageArgs, Rows};

/// The name of the order in which programmes are listed.
const OLDEST_FIRST: &str = "programme.createdAt";

/// The key of a programme in it.
fn key(edition: &EditionRow) -> (DateTime<Utc>, Uuid) {
    (edition.programme_created_at, edition.programme_id.0)
}

impl Listed for Programme {
    fn cursor(&self) -> Result<Cursor> {
        Cursor::of(OLDEST_FIRST, &key(&self.0.edition))
    }
}

/// The root fields that read programmes.
#[derive(Default)]
pub struct ProgrammeQuery;

#[Object]
impl ProgrammeQuery {
    /// The programmes that the viewer may read, oldest first: those of the platform and those of the own boards. Empty
    /// for guardians, who read `materials`.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Programme>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let sight = loaders::shelf(ctx).await?;
        let args = PageArgs { first, after, last, before };
        let db = call.read().await?;
        let page = page::of_list(sight.programmes(), OLDEST_FIRST, |edition| key(edition), &args)?;
        let Rows { rows, has_previous, has_next, total } = page;
        let mut shown = Vec::with_capacity(rows.len());
        for (cursor, row) in rows {
            let gone = || Error::fault("a programme in sight has no edition in sight");
            shown.push((cursor, programme_in(&*db, &sight, row.programme_id).await?.ok_or_else(gone)?));
        }
        Ok(Rows { rows: shown, has_previous, has_next, total }.into_page(|programme| programme))
    }

    /// One programme; null when there is none with this id that the viewer may read.
    async fn programme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which programme.")] id: ID,
    ) -> Result<Option<Programme>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        programme(ctx, id).await
    }

    /// One lesson; null when there is none with this id that the viewer may read.
    async fn lesson(&self, ctx: &Context<'_>, #[graphql(desc = "Which lesson.")] id: ID) -> Result<Option<Lesson>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        let found = part(ctx, Part::Lesson(id)).await?;
        Ok(found.and_then(|(view, place)| lesson(view, place)))
    }

    /// The materials of all courses that the viewer may read, without their lessons, in the order in which they were
    /// made: for guardians, those for guardians and for everyone.
    async fn materials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this audience can use: what is meant for it, and what is for everyone.")]
        audience: Option<Audience>,
        #[graphql(desc = "Only materials of this kind.")] kind: Option<MaterialKind>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Material>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let sight = loaders::shelf(ctx).await?;
        let args = PageArgs { first, after, last, before };
        let db = call.read().await?;
        let choices = choices(&sight, audience);
        let page = store::material_page(&*db, &call.scope(), &choices, kind.map(Into::into), &args).await?;
        let Rows { rows, has_previous, has_next, total } = page;
        let mut shown = Vec::with_capacity(rows.len());
        for (cursor, row) in rows {
            shown.push((cursor, material_in(&*db, &sight, &row).await?));
        }
        Ok(Rows { rows: shown, has_previous, has_next, total }.into_page(|material| material))
    }
}

/// The materials of the current editions that the viewer may read.
fn choices(shelf: &Shelf, audience: Option<Audience>) -> Vec<Choice> {
    use glans_entity::programme::Audience as Stored;
    let audiences_of = |reading: Reading| -> Vec<Stored> {
        let wanted = |stored: &Stored| audience.is_none_or(|audience| rules::serves(*stored, audience.into()));
        Stored::iter().filter(wanted).filter(|stored| reading.admits(*stored)).collect()
    };
    let current = shelf.current_editions();
    current.map(|(edition, reading)| Choice { edition: edition.id, audiences: audiences_of(reading) }).collect()
}

async fn material_in(db: &impl ConnectionTrait, shelf: &Arc<Shelf>, row: &material::Model) -> Result<Material> {
    let gone = || Error::fault("a material in sight is in no edition in sight");
    let edition = shelf.edition(row.programme_version_id).ok_or_else(gone)?;
    let view = shelf.open(db, edition).await?.ok_or_else(gone)?;
    match view.content.place(Part::Material(row.id)) {
        Some(Place::Material(at)) => Ok(Material::new(view, at)),
        _ => Err(gone()),
    }
}

async fn programme_in(db: &impl ConnectionTrait, shelf: &Arc<Shelf>, id: ProgrammeId) -> Result<Option<Programme>> {
    match shelf.current(id) {
        Some(edition) if shelf.reading(edition.board_id).tree => Ok(shelf.open(db, edition).await?.map(Programme)),
        _ => Ok(None),
    }
}

/// The editions that the viewer of this request may read.
pub async fn shelf(ctx: &Context<'_>) -> Result<Arc<Shelf>> {
    loaders::shelf(ctx).await
}

/// One programme, if it is in sight.
pub async fn programme(ctx: &Context<'_>, id: ProgrammeId) -> Result<Option<Programme>> {
    let shelf = loaders::shelf(ctx).await?;
    programme_in(&*Call::of(ctx).read().await?, &shelf, id).await
}

/// One edition, if it is in sight.
pub async fn edition(ctx: &Context<'_>, id: ProgrammeVersionId) -> Result<Option<ProgrammeEdition>> {
    let shelf = loaders::shelf(ctx).await?;
    match shelf.edition(id) {
        Some(edition) if shelf.reading(edition.board_id).tree => {
            Ok(shelf.open(&*Call::of(ctx).read().await?, edition).await?.map(ProgrammeEdition))
        }
        _ => Ok(None),
    }
}

/// A part of a course, if it is in sight.
pub async fn part(ctx: &Context<'_>, part: Part) -> Result<Option<(View, Place)>> {
    let shelf = loaders::shelf(ctx).await?;
    let found = shelf.find(&*Call::of(ctx).read().await?, part).await?;
    Ok(found.filter(in_sight))
}

fn lesson(view: View, place: Place) -> Option<Lesson> {
    match place {
        Place::Lesson(at) => Some(Lesson { view, at }),
        _ => None,
    }
}
