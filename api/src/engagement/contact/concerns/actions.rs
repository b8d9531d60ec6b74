//! What can be done with a concern.

use async_graphql::ID;
use glans_entity::engagement::ConcernStatus;
use glans_entity::engagement::concern::Model;
use glans_entity::ids::{ConcernId, StudentId};
use glans_entity::people::student;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::types::{ConcernAcknowledgeInput, ConcernRaiseInput, ConcernResolveInput};
use super::{rules, store};
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::people::{guardianships, places, students};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// About which child somebody raises a concern, and in what capacity.
struct Raiser {
    student: student::Model,
    permit: Permit,
    is_staff: bool,
}

/// Who has the child speaks for it as its guardian, whatever role they hold at the school.
async fn raiser(write: &Write<'_>, id: &ID) -> Result<Raiser> {
    let id: StudentId = id.parse().map_err(|_| not_found("student"))?;
    let student = students::store::by_id(write.db(), &write.scope(), id).await?;
    let student = student.ok_or_else(|| not_found("student"))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let is_staff = !write.scope().full_children.contains(&student.id);
    let action = if is_staff { Action::PartnershipWrite } else { Action::ChildSpeakFor };
    let permit = write.authorize(action, place)?;
    if is_staff {
        guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    }
    students::rules::is_here(student.left_on, write.call().today())?;
    Ok(Raiser { student, permit, is_staff })
}

pub(super) async fn raise(write: &Write<'_>, input: ConcernRaiseInput) -> Result<Model> {
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ConcernId::new);
    let raiser = checks.heed(raiser(write, &input.student).await)?;
    let text = checks.heed(rules::text("text", &input.text))?;
    let shared = input.shared_with_guardians.unwrap_or_default();
    if let Some(raiser) = &raiser {
        checks.heed(rules::may_share(shared, raiser.is_staff))?;
    }
    let (text, Raiser { student, permit, is_staff }) = checks.all(text.zip(raiser))?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model {
        id,
        board_id: student.board_id,
        school_id: student.school_id,
        student_id: student.id,
        raised_by: permit.person().ok_or_else(|| Error::fault("a person of no board raises a concern"))?,
        is_staff,
        text,
        urgency: input.urgency.map(Into::into),
        shared,
        status: ConcernStatus::Open,
        acknowledged_at: None,
        acknowledged_by: None,
        resolved_at: None,
        resolved_by: None,
        resolution: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("concern.raised", row.id)).await?;
    Ok(row)
}

/// A concern in sight, and the right of staff to see to it.
async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, Permit)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let row = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let student = students::store::by_id(write.db(), &write.scope(), row.student_id).await?;
    let student = student.ok_or_else(|| Error::fault("a concern in sight has no student in sight"))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let permit = write.authorize(Action::PartnershipWrite, place)?;
    guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    Ok((row, permit))
}

pub(super) async fn acknowledge(write: &Write<'_>, input: ConcernAcknowledgeInput) -> Result<Model> {
    let (known, permit) = lock(write, &input.id).await?;
    if !rules::is_step(known.status, ConcernStatus::Acknowledged)? {
        return Ok(known);
    }
    check_version(&known, known.version, input.if_version)?;
    let version = known.version;
    let mut row = known.into_active_model();
    row.status = Set(ConcernStatus::Acknowledged);
    (row.acknowledged_at, row.acknowledged_by) = (Set(Some(write.now())), Set(permit.person()));
    let row = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("concern.acknowledged", row.id)).await?;
    Ok(row)
}

/// What nobody had acknowledged is, with its resolution.
pub(super) async fn resolve(write: &Write<'_>, input: ConcernResolveInput) -> Result<Model> {
    let (known, permit) = lock(write, &input.id).await?;
    let resolution = rules::text("resolution", &input.resolution)?;
    if !rules::is_step(known.status, ConcernStatus::Resolved)? {
        return Ok(known);
    }
    check_version(&known, known.version, input.if_version)?;
    let version = known.version;
    let acknowledged = (known.acknowledged_at.or(Some(write.now())), known.acknowledged_by.or(permit.person()));
    let mut row = known.into_active_model();
    row.status = Set(ConcernStatus::Resolved);
    (row.acknowledged_at, row.acknowledged_by) = (Set(acknowledged.0), Set(acknowledged.1));
    (row.resolved_at, row.resolved_by) = (Set(Some(write.now())), Set(permit.person()));
    row.resolution = Set(Some(resolution));
    let row = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("concern.resolved", row.id)).await?;
    Ok(row)
}
