//! What can be done with programmes.

use std::sync::Arc;

use glans_entity::ids::{BoardId, MaterialId, ProgrammeId, ProgrammeVersionId};
use glans_entity::programme::{MaterialState, lesson, material, programme, programme_version};
use serde::{Deserialize, Serialize};

use super::content::{Part, Place};
use super::document::{self, Document, Problems};
use super::edition::{self, Ids, Imprint};
use super::reading::writing;
use super::shelf::{Shelf, View};
use super::types::{
    LessonUpdateInput, MaterialStateSetInput, MaterialUpdateInput, ProgrammeImportInput, ProgrammePublishInput,
};
use super::{revision, rules, store};
use crate::access::{self, Action, Permit};
use crate::call::{Call, Write};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::uploads;

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub programme: programme::Model,
    /// Number of the edition that holds the document.
    pub number: i32,
    /// False when the latest edition says the same already.
    pub changed: bool,
    /// Whether the edition was published by this import.
    pub released: bool,
}

/// Makes `document` the draft of its programme; the same as the latest edition changes nothing.
pub(super) async fn import(
    write: &Write<'_>,
    board: Option<BoardId>,
    document: Document,
    publish: bool,
) -> Result<Imported> {
    let (action, place) = writing(board);
    let permit = write.authorize(action, place)?;
    let content_hash = rules::content_hash(&document)?;
    let programme = found(write, &permit, board, &document.key).await?;
    let latest = store::editions_of(write.db(), &write.scope(), programme.id).await?.into_iter().next();
    let changed = latest.as_ref().is_none_or(|latest| latest.content_hash != content_hash);
    let (mut programme, mut edition) = match latest {
        Some(latest) if !changed => (programme, latest),
        latest => draft(write, &permit, programme, latest, document, content_hash).await?,
    };
    let released = publish && edition.published_at.is_none();
    if released {
        (programme, edition) = release(write, &permit, programme, edition).await?;
    }
    Ok(Imported { programme, number: edition.number, changed, released })
}

/// The programme with this key, made where there is none yet.
async fn found(write: &Write<'_>, permit: &Permit, board: Option<BoardId>, key: &str) -> Result<programme::Model> {
    if let Some(programme) = store::lock_by_key(write.db(), &write.scope(), board, key).await? {
        return Ok(programme);
    }
    let row = programme::Model {
        id: ProgrammeId::new(),
        board_id: board,
        key: key.to_owned(),
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    store::insert(write.db(), permit, row).await
}

/// A draft after `latest`, or in its place when it is itself a draft.
async fn draft(
    write: &Write<'_>,
    permit: &Permit,
    programme: programme::Model,
    latest: Option<programme_version::Model>,
    document: Document,
    content_hash: Vec<u8>,
) -> Result<(programme::Model, programme_version::Model)> {
    let mut imprint = Imprint {
        programme: programme.id,
        board: programme.board_id,
        edition: ProgrammeVersionId::new(),
        number: 1,
        content_hash,
        now: write.now(),
    };
    let mut ids = Ids::default();
    match latest {
        None => {}
        Some(latest) if latest.published_at.is_some() => imprint.number = latest.number + 1,
        Some(draft) => {
            (imprint.edition, imprint.number) = (draft.id, draft.number);
            let rows = store::rows(write.db(), &write.scope(), draft.id).await?;
            ids = rows.as_ref().map(Ids::of).unwrap_or_default();
            store::delete_draft(write.db(), permit, draft.id).await?;
        }
    }
    let rows = edition::rows(document, imprint, &ids);
    let edition = rows.edition.clone();
    store::insert_edition(write.db(), permit, rows).await?;
    let programme = store::touch(write.db(), permit, programme, write.now()).await?;
    write.emit(permit, Event::about("programme.imported", programme.id)).await?;
    Ok((programme, edition))
}

/// Publishes the draft of a programme; without a draft nothing changes.
pub(super) async fn publish(write: &Write<'_>, input: ProgrammePublishInput) -> Result<programme::Model> {
    let id: ProgrammeId = input.id.parse().map_err(|_| not_found("id"))?;
    if !shelf(write).await?.programmes().iter().any(|edition| edition.programme_id == id) {
        return Err(not_found("id"));
    }
    let programme = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let (action, place) = writing(programme.board_id);
    let permit = write.authorize(action, place)?;
    check_version(&programme, programme.version, input.if_version)?;
    let latest = store::editions_of(write.db(), &write.scope(), id).await?.into_iter().next();
    match latest {
        Some(draft) if draft.published_at.is_none() => Ok(release(write, &permit, programme, draft).await?.0),
        _ => Ok(programme),
    }
}

/// From here on `draft` is read by everybody and changes no more. What people finished stays finished.
async fn release(
    write: &Write<'_>,
    permit: &Permit,
    programme: programme::Model,
    draft: programme_version::Model,
) -> Result<(programme::Model, programme_version::Model)> {
    let editions = store::editions_of(write.db(), &write.scope(), programme.id).await?;
    if let Some(previous) = editions.iter().find(|edition| edition.published_at.is_some()) {
        store::carry_states(write.db(), permit, (previous.id, draft.id), None).await?;
    }
    let edition = store::publish(write.db(), permit, draft, write.now()).await?;
    let programme = store::touch(write.db(), permit, programme, write.now()).await?;
    write.emit(permit, Event::about("programme.published", programme.id)).await?;
    Ok((programme, edition))
}

/// The people of `board`, who read another edition from now on, are as far in it as they were in the one before.
pub async fn carry_states(
    write: &Write<'_>,
    permit: &Permit,
    (from, to): (ProgrammeVersionId, ProgrammeVersionId),
    board: BoardId,
) -> Result<()> {
    store::carry_states(write.db(), permit, (from, to), Some(board)).await
}

pub(super) async fn update_lesson(write: &Write<'_>, input: LessonUpdateInput) -> Result<lesson::Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    let (view, permit) = draft_with(write, Part::Lesson(id)).await?;
    let lesson = store::lock_lesson(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    check_version(&lesson, lesson.version, input.if_version)?;
    let changed = revision::lesson(lesson.clone(), &input, &view.content.edition)?;
    if changed == lesson {
        return Ok(lesson);
    }
    let lesson = store::update_lesson(write.db(), &permit, changed, write.now()).await?;
    mark_edited(write, &permit, &view, &lesson).await?;
    write.emit(&permit, Event::about("lesson.updated", lesson.id)).await?;
    Ok(lesson)
}

pub(super) async fn update_material(write: &Write<'_>, input: MaterialUpdateInput) -> Result<material::Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    let (view, permit) = draft_with(write, Part::Material(id)).await?;
    let material = store::lock_material(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    check_version(&material, material.version, input.if_version)?;
    let changed = revision::material(material.clone(), &input, &view.content.edition)?;
    if changed == material {
        return Ok(material);
    }
    let material = store::update_material(write.db(), &permit, changed, write.now()).await?;
    mark_edited(write, &permit, &view, &material).await?;
    write.emit(&permit, Event::about("material.updated", material.id)).await?;
    Ok(material)
}

/// The draft in which `part` is, and the right to write it.
async fn draft_with(write: &Write<'_>, part: Part) -> Result<(View, Permit)> {
    let found = shelf(write).await?.find(write.db(), part).await?;
    let (view, _) = found.filter(in_sight).ok_or_else(|| not_found("id"))?;
    let (action, place) = writing(view.edition.board_id);
    let permit = write.authorize(action, place)?;
    rules::must_be_draft(&view.edition)?;
    Ok((view, permit))
}

/// Chains the change to the hash of the draft, which is then no longer that of the imported document.
async fn mark_edited(write: &Write<'_>, permit: &Permit, view: &View, changed: &impl Serialize) -> Result<()> {
    let edition = view.content.edition.clone();
    let hash = rules::content_hash(&(&edition.content_hash, changed))?;
    store::mark_edited(write.db(), permit, edition, hash, write.now()).await
}

/// A material and how far the viewer is with it now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StateSet {
    pub(super) material: MaterialId,
    pub(super) state: MaterialState,
}

pub(super) async fn set_state(write: &Write<'_>, input: MaterialStateSetInput) -> Result<StateSet> {
    let material = input.material.parse().map_err(|_| not_found("material"))?;
    let found = shelf(write).await?.find(write.db(), Part::Material(material)).await?;
    let (view, _) = found.filter(in_sight).ok_or_else(|| not_found("material"))?;
    let place = access::Place { board: view.edition.board_id, ..access::Place::default() };
    let permit = write.authorize(Action::MaterialStateSet, place)?;
    rules::must_be_published(&view.edition)?;
    let account = permit.account().ok_or_else(|| Error::fault("only a person has material states"))?;
    let state = input.state.into();
    store::set_state(write.db(), &permit, account, material, state, write.now()).await?;
    Ok(StateSet { material, state })
}

/// Whether the viewer may read what was found, not only the programme around it.
pub fn in_sight((view, place): &(View, Place)) -> bool {
    match place {
        Place::Material(at) => view.reading.admits(view.content.materials[*at].row.audience),
        _ => view.reading.tree,
    }
}

async fn shelf(write: &Write<'_>) -> Result<Arc<Shelf>> {
    Ok(Arc::new(Shelf::of(write.call(), write.db()).await?))
}

/// The text of the course that is to be imported, and the field of the input that it came by.
pub(super) async fn text(
    write: &Write<'_>,
    board: BoardId,
    input: &ProgrammeImportInput,
) -> Result<(&'static str, String)> {
    match (&input.document, &input.upload) {
        (Some(document), None) => Ok(("document", document.clone())),
        (None, Some(upload)) => {
            let (db, scope) = (write.db(), write.scope());
            Ok(("upload", uploads::text(db, &scope, write.now(), board, upload).await?))
        }
        (None, None) => {
            let message = "Give the course as the document, or send it first and give its upload.";
            Err(refuse(UserErrorCode::Required, "document", message))
        }
        (Some(_), Some(_)) => {
            Err(refuse(UserErrorCode::Invalid, "upload", "Give the course once: as the document, or by its upload."))
        }
    }
}

/// The course of an import, before the transaction that writes and off the threads that answer: a large one takes a while. None
/// where there is nothing to read, or nothing that the caller may import; [`board`] and [`text`] say why.
pub(super) async fn read_ahead(
    call: &Call,
    input: &ProgrammeImportInput,
) -> Result<Option<std::result::Result<Document, Problems>>> {
    let Ok(board) = input.board.parse::<BoardId>() else { return Ok(None) };
    let (action, place) = writing(Some(board));
    if access::authorize(&call.standing().actor, action, place).is_err() {
        return Ok(None);
    }
    let text = match (&input.document, &input.upload) {
        (Some(document), None) => document.clone(),
        (None, Some(upload)) => {
            let scope = call.scope();
            let db = call.app().db.read_soon(&scope).await?;
            match uploads::text(&db, &scope, call.now(), board, upload).await {
                Ok(text) => text,
                Err(Error::Refused(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        _ => return Ok(None),
    };
    let read = tokio::task::spawn_blocking(move || document::parse(&text));
    Ok(Some(read.await.map_err(Error::fault)?))
}

/// The board that an import names, if it is in sight, in use and one where the caller may import.
pub(super) async fn board(write: &Write<'_>, id: &str) -> Result<BoardId> {
    let id = id.parse().map_err(|_| not_found("board"))?;
    let board = crate::organisation::boards::store::by_id(write.db(), &write.scope(), id).await?;
    let board = board.ok_or_else(|| not_found("board"))?;
    let (action, place) = writing(Some(board.id));
    write.authorize(action, place)?;
    match board.archived_at {
        // To the program itself a board is never closed.
        Some(_) => Err(refuse(UserErrorCode::Conflict, "", access::CLOSED)),
        None => Ok(board.id),
    }
}
