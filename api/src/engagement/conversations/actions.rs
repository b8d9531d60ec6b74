//! What can be done with a conversation before it is held.

use async_graphql::ID;
use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee};
use glans_entity::ids::{ConversationId, PersonId, StudentId};
use glans_entity::people::student;
use glans_entity::practice::OccasionStatus;

use super::diary::Appointment;
use super::types::{
    ConversationCancelInput, ConversationRespondInput, ConversationScheduleInput, ConversationUpdateInput,
};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::partnerships::{self, Family, actions as partners};
use crate::people::{memberships, persons};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::own_id::own_id;
use crate::platform::text::Checks;
use crate::practice::occasions::times;

pub(super) async fn schedule(write: &Write<'_>, input: ConversationScheduleInput) -> Result<conversation::Model> {
    let id = own_id(input.id.as_ref(), ConversationId::new)?;
    let student = input.student.parse().map_err(|_| not_found("student"))?;
    let (student, permit) = partners::student_of_staff(write, "student", student).await?;
    let partnership = partnership_of(write, student.id).await?;
    let kind = input.kind.into();
    let family = Family::of_one(write.db(), write.call().today(), student.id).await?;
    let mut checks = Checks::default();
    checks.heed(rules::kind(kind, &partnership))?;
    let hours = checks.heed(times::hours(input.starts_at, input.ends_at))?;
    let location = checks.heed(times::location(input.location.as_deref()))?;
    let staff = checks.heed(staff(write, &permit, &student, input.staff.as_ref()).await)?;
    let named = ids("guardians", input.guardians.as_deref());
    let guardians = checks.heed(named.and_then(|named| rules::invited(&family, named)))?;
    let (((starts_at, ends_at), location), (staff, guardians)) =
        checks.all(hours.zip(location).zip(staff.zip(guardians)))?;
    let people = guardians.iter().copied().chain([staff]).collect();
    let appointment = Appointment { student: student.id, people, starts_at, ends_at };
    appointment.must_be_free(write.db(), "startsAt", None).await?;
    let row = conversation::Model {
        id,
        board_id: student.board_id,
        partnership_id: partnership.id,
        student_id: student.id,
        school_id: student.school_id,
        staff_id: staff,
        kind,
        starts_at,
        ends_at,
        mode: input.mode.into(),
        location,
        status: OccasionStatus::Planned,
        cancel_reason: None,
        child_present: None,
        summary: None,
        release_at: None,
        released_at: None,
        recorded_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let conversation = store::insert(write.db(), &permit, row).await?;
    let invited = guardians.into_iter().map(|guardian| (guardian, false)).chain([(staff, true)]);
    let rows = invited.map(|(person, is_staff)| attendee(&conversation, person, is_staff, AttendeeStatus::Invited));
    store::put_attendees(write.db(), &permit, rows.collect()).await?;
    write.emit(&permit, Event::about("conversation.scheduled", conversation.id)).await?;
    Ok(conversation)
}

/// Somebody at `conversation`.
pub(super) fn attendee(
    conversation: &conversation::Model,
    person_id: PersonId,
    is_staff: bool,
    status: AttendeeStatus,
) -> conversation_attendee::Model {
    conversation_attendee::Model {
        conversation_id: conversation.id,
        person_id,
        board_id: conversation.board_id,
        student_id: conversation.student_id,
        is_staff,
        status,
        responded_at: None,
    }
}

async fn partnership_of(write: &Write<'_>, student: StudentId) -> Result<glans_entity::engagement::partnership::Model> {
    let found = partnerships::store::of_students(write.db(), &write.scope(), &[student], None).await?.pop();
    let message = "This child is in no class group of the present school year. Enrol it first.";
    found.ok_or_else(|| refuse(UserErrorCode::Conflict, "student", message))
}

/// Who leads the conversation: the caller, or a colleague of the same school.
async fn staff(write: &Write<'_>, permit: &Permit, student: &student::Model, named: Option<&ID>) -> Result<PersonId> {
    let Some(named) = named else {
        return permit.person().ok_or_else(|| Error::fault("a conversation that nobody leads"));
    };
    let id: PersonId = named.parse().map_err(|_| not_found("staff"))?;
    persons::store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("staff"))?;
    let held = memberships::store::not_ended(write.db(), &write.scope(), &[id]).await?;
    if held.iter().any(|role| role.school_id == Some(student.school_id)) {
        return Ok(id);
    }
    Err(refuse(UserErrorCode::Invalid, "staff", "Choose somebody who works at the school of the child."))
}

/// The ids of persons, none where none were given.
pub(super) fn ids(field: &str, ids: Option<&[ID]>) -> Result<Option<Vec<PersonId>>> {
    let parsed = ids.map(|ids| ids.iter().map(|id| id.parse().map_err(|_| not_found(field))).collect());
    parsed.transpose()
}

pub(super) async fn update(write: &Write<'_>, input: ConversationUpdateInput) -> Result<conversation::Model> {
    let (conversation, permit) = of_staff(write, &input.id).await?;
    check_version(&conversation, conversation.version, input.if_version)?;
    rules::must_be_planned(&conversation)?;
    let planned = (conversation.starts_at, conversation.ends_at);
    let (starts_at, ends_at) = times::moved(planned, input.starts_at, input.ends_at)?;
    let location = times::location(input.location.as_deref().or(conversation.location.as_deref()))?;
    let mode = input.mode.map_or(conversation.mode, Into::into);
    let is_moved = (starts_at, ends_at) != planned;
    if is_moved {
        let coming = store::attendees(write.db(), &write.scope(), &[conversation.id]).await?;
        let people = coming.iter().map(|attendee| attendee.person_id).collect();
        let appointment = Appointment { student: conversation.student_id, people, starts_at, ends_at };
        appointment.must_be_free(write.db(), "startsAt", Some(conversation.id)).await?;
        // What somebody said of another time says nothing of this one.
        let anew = |row| conversation_attendee::Model { status: AttendeeStatus::Invited, responded_at: None, ..row };
        store::put_attendees(write.db(), &permit, coming.into_iter().map(anew).collect()).await?;
    }
    let changed = conversation::Model { starts_at, ends_at, location, mode, ..conversation };
    let conversation = store::update(write.db(), &permit, changed, write.now()).await?;
    let event = if is_moved { "conversation.moved" } else { "conversation.updated" };
    write.emit(&permit, Event::about(event, conversation.id)).await?;
    Ok(conversation)
}

pub(super) async fn cancel(write: &Write<'_>, input: ConversationCancelInput) -> Result<conversation::Model> {
    let (conversation, permit) = of_staff(write, &input.id).await?;
    if conversation.status == OccasionStatus::Cancelled {
        return Ok(conversation);
    }
    rules::must_be_planned(&conversation)?;
    let mut checks = Checks::default();
    let reason = checks.optional_text("reason", input.reason.as_deref(), rules::REASON_LENGTH);
    checks.done(())?;
    let changed = conversation::Model { status: OccasionStatus::Cancelled, cancel_reason: reason, ..conversation };
    let conversation = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("conversation.cancelled", conversation.id)).await?;
    Ok(conversation)
}

/// The conversation that the caller arranges as staff. The child is locked first, as everywhere.
pub(super) async fn of_staff(write: &Write<'_>, id: &ID) -> Result<(conversation::Model, Permit)> {
    let id: ConversationId = id.parse().map_err(|_| not_found("id"))?;
    let seen = store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))?;
    let (_, permit) = partners::student_of_staff(write, "id", seen.student_id).await?;
    let conversation = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    Ok((conversation, permit))
}

/// A guardian or a member of staff says to come or not to come.
pub(super) async fn respond(write: &Write<'_>, input: ConversationRespondInput) -> Result<conversation::Model> {
    let id: ConversationId = input.id.parse().map_err(|_| not_found("id"))?;
    let conversation = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::Answer, Place::board(conversation.board_id))?;
    let coming = store::attendees(write.db(), &write.scope(), &[id]).await?;
    let own = coming.into_iter().find(|row| Some(row.person_id) == permit.person());
    let own = own.ok_or_else(|| refuse(UserErrorCode::Forbidden, "id", "You are not invited to this conversation."))?;
    rules::must_be_planned(&conversation)?;
    let answer: AttendeeStatus = input.answer.into();
    if own.status == answer {
        return Ok(conversation);
    }
    let row = conversation_attendee::Model { status: answer, responded_at: Some(write.now()), ..own };
    store::put_attendees(write.db(), &permit, vec![row]).await?;
    let conversation = store::update(write.db(), &permit, conversation, write.now()).await?;
    write.emit(&permit, Event::about("conversation.answered", conversation.id)).await?;
    Ok(conversation)
}
