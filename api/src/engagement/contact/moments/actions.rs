//! What can be done with a contact moment.

use async_graphql::{ID, MaybeUndefined};
use glans_entity::engagement::contact_moment::Model;
use glans_entity::ids::{ContactMomentId, PersonId, StudentId};
use glans_entity::people::student;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{ContactMomentDeleteInput, ContactMomentLogInput, ContactMomentUpdateInput};
use super::{rules, store};
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::people::guardianships::{self, Of};
use crate::people::{places, students};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// As staff of a child in sight, who is no family of it.
async fn as_staff(write: &Write<'_>, field: &str, id: StudentId) -> Result<(student::Model, Permit)> {
    let student = students::store::by_id(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found(field))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let permit = write.authorize(Action::PartnershipWrite, place)?;
    guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    Ok((student, permit))
}

/// The guardian whom the input names: one of the child, in sight, whose guardianship is not over.
async fn guardian(write: &Write<'_>, student: StudentId, id: &ID) -> Result<PersonId> {
    let id: PersonId = id.parse().map_err(|_| not_found("guardian"))?;
    let links = guardianships::store::all(write.db(), &write.scope(), Of::Students(&[student])).await?;
    let today = write.call().today();
    let present = |link: &&glans_entity::people::guardianship::Model| {
        link.guardian_id == id && !guardianships::rules::is_over(link, today)
    };
    links.iter().find(present).map(|link| link.guardian_id).ok_or_else(|| not_found("guardian"))
}

pub(super) async fn log(write: &Write<'_>, input: ContactMomentLogInput) -> Result<Model> {
    let student = input.student.parse().map_err(|_| not_found("student"))?;
    let (student, permit) = as_staff(write, "student", student).await?;
    students::rules::is_here(student.left_on, write.call().today())?;
    let occurred_at = input.occurred_at.map_or_else(|| write.now(), |at| at.0);
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ContactMomentId::new);
    let (note, occurred_at) = checks.with(rules::details(input.note.as_deref(), occurred_at, write.now()))?;
    let id = id.free(write.db(), &permit).await?;
    let guardian_id = match &input.guardian {
        Some(id) => Some(guardian(write, student.id, id).await?),
        None => None,
    };
    let row = Model {
        id,
        board_id: student.board_id,
        school_id: student.school_id,
        student_id: student.id,
        guardian_id,
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board notes a contact"))?,
        kind: input.kind.into(),
        tone: input.tone.into(),
        note,
        occurred_at,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("contact_moment.logged", row.id)).await?;
    Ok(row)
}

/// A contact moment that the caller may still correct.
async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, Permit)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let row = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let (_, permit) = as_staff(write, "id", row.student_id).await?;
    rules::may_correct(permit.person() == Some(row.author_id), row.created_at, write.now())?;
    Ok((row, permit))
}

pub(super) async fn update(write: &Write<'_>, input: ContactMomentUpdateInput) -> Result<Model> {
    let (known, permit) = lock(write, &input.id).await?;
    check_version(&known, known.version, input.if_version)?;
    let note = input.note.as_opt_ref().unwrap_or(known.note.as_ref());
    let occurred_at = input.occurred_at.map_or(known.occurred_at, |at| at.0);
    let (note, occurred_at) = rules::details(note.map(String::as_str), occurred_at, write.now())?;
    let guardian_id = match &input.guardian {
        MaybeUndefined::Undefined => known.guardian_id,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(id) => Some(guardian(write, known.student_id, id).await?),
    };
    let (kind, tone) = (input.kind.map_or(known.kind, Into::into), input.tone.map_or(known.tone, Into::into));
    let mut row = known.clone().into_active_model();
    row.note.set_ne(note);
    row.occurred_at.set_ne(occurred_at);
    row.guardian_id.set_ne(guardian_id);
    row.kind.set_ne(kind);
    row.tone.set_ne(tone);
    if !row.is_changed() {
        return Ok(known);
    }
    let row = store::update(write.db(), &permit, row, known.version, write.now()).await?;
    write.emit(&permit, Event::about("contact_moment.updated", row.id)).await?;
    Ok(row)
}

pub(super) async fn delete(write: &Write<'_>, input: ContactMomentDeleteInput) -> Result<ContactMomentId> {
    let (row, permit) = lock(write, &input.id).await?;
    check_version(&row, row.version, input.if_version)?;
    store::delete(write.db(), &permit, row.id).await?;
    write.emit(&permit, Event::about("contact_moment.deleted", row.id)).await?;
    Ok(row.id)
}
