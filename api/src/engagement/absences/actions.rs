//! What guardians do with an absence notice.

use glans_entity::engagement::absence_notice::Model;
use glans_entity::ids::AbsenceNoticeId;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::types::{AbsenceReportInput, AbsenceWithdrawInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::engagement::speaking::speak_for;
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

const NOTE_LENGTH: usize = 500;

pub(super) async fn report(write: &Write<'_>, input: AbsenceReportInput) -> Result<Model> {
    let (student, permit, guardian) = speak_for(write, &input.student).await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), AbsenceNoticeId::new);
    let days = (input.starts_on.0, input.ends_on.unwrap_or(input.starts_on).0);
    let times = (input.starts_at.map(|at| at.0), input.ends_at.map(|at| at.0));
    let span = rules::span(&mut checks, write.call().today(), days, times);
    let note = checks.optional_text("note", input.note.as_deref(), NOTE_LENGTH);
    let note = checks.done(note)?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model {
        id,
        board_id: student.board_id,
        student_id: student.id,
        guardian_id: guardian,
        starts_at: span.starts_at,
        ends_at: span.ends_at,
        has_start_time: span.has_start_time,
        has_end_time: span.has_end_time,
        reason: input.reason.into(),
        note,
        withdrawn_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    // The child is locked: nobody reports for it in between.
    if store::overlaps(write.db(), &Scope::system(write.call().today()), &row).await? {
        let message = "You have reported some of these days already. Withdraw that notice first.";
        return Err(refuse(UserErrorCode::Conflict, "startsOn", message));
    }
    let notice = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("absence.reported", notice.id)).await?;
    Ok(notice)
}

pub(super) async fn withdraw(write: &Write<'_>, input: AbsenceWithdrawInput) -> Result<Model> {
    let id: AbsenceNoticeId = input.id.parse().map_err(|_| not_found("id"))?;
    let notice = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::ChildSpeakFor, Place::board(notice.board_id))?;
    if permit.person() != Some(notice.guardian_id) || !write.scope().full_children.contains(&notice.student_id) {
        return Err(refuse(UserErrorCode::Forbidden, "id", "Only who reported it withdraws a notice."));
    }
    if notice.withdrawn_at.is_some() {
        return Ok(notice);
    }
    check_version(&notice, notice.version, input.if_version)?;
    if notice.starts_at <= write.now() {
        let message = "This has begun already. Call the school if the child comes after all.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    let version = notice.version;
    let mut row = notice.into_active_model();
    row.withdrawn_at = Set(Some(write.now()));
    let notice = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("absence.withdrawn", notice.id)).await?;
    Ok(notice)
}
