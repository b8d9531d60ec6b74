//! What can be done with a conversation before it is held.

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee, partnership};
use glans_entity::ids::{ConversationId, PersonId, StudentId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::Scope;

use super::diary::Appointment;
use super::inputs::{
    ConversationCancelInput, ConversationRespondInput, ConversationScheduleInput, ConversationUpdateInput,
};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::{Write, today};
use crate::engagement::bookings;
use crate::engagement::partnerships::{self, Family, actions as partners};
use crate::engagement::threads::company::Around;
use crate::people::persons;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::occasions::times;

pub(super) async fn schedule(write: &Write<'_>, input: ConversationScheduleInput) -> Result<conversation::Model> {
    let student = input.student.parse().map_err(|_| not_found("student"))?;
    let (student, permit) = partners::student_of_staff(write, "student", student).await?;
    let kind = input.kind.into();
    let family = Family::of_one(write.db(), write.call().today(), student.id).await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ConversationId::new);
    let hours = checks.heed(times::hours(input.starts_at.0, input.ends_at.0))?;
    let partnership = match hours {
        Some((starts_at, _)) => checks.heed(partnership_at(write, student.id, starts_at).await)?,
        None => None,
    };
    checks.heed(rules::kind(kind, partnership.as_ref()))?;
    let location = checks.heed(times::location(input.location.as_deref()))?;
    let staff = checks.heed(staff(write, &permit, student.id, input.staff.as_ref()).await)?;
    let named = ids("guardians", input.guardians.as_deref());
    let guardians = checks.heed(named.and_then(|named| rules::invited(&family, named)))?;
    let when = partnership.zip(hours).zip(location);
    let (((partnership, (starts_at, ends_at)), location), (staff, guardians)) =
        checks.all(when.zip(staff.zip(guardians)))?;
    let id = id.free(write.db(), &permit).await?;
    let appointment = Appointment {
        student: student.id,
        staff,
        guardians: guardians.clone(),
        elsewhere: Vec::new(),
        starts_at,
        ends_at,
    };
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
    write.emit(&permit, Event::about("conversation.scheduled", conversation.id).by(permit.person())).await?;
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

/// The partnership in whose school year a conversation begins.
async fn partnership_at(write: &Write<'_>, student: StudentId, starts_at: DateTime<Utc>) -> Result<partnership::Model> {
    let that_day = Scope::system(today(starts_at));
    let found = partnerships::store::of_students(write.db(), &that_day, &[student], None).await?.pop();
    let message = "This child is in no class group of the school year in which this begins. Enrol it first, or choose \
                   another time.";
    found.ok_or_else(|| refuse(UserErrorCode::Conflict, "startsAt", message))
}

/// Who leads the conversation: the caller, or a colleague who has the child in confidence as well. Who is or was family of
/// it has not: one guardian would lead and read the talk of another.
async fn staff(write: &Write<'_>, permit: &Permit, student: StudentId, named: Option<&ID>) -> Result<PersonId> {
    let Some(named) = named else {
        return permit.person().ok_or_else(|| Error::fault("a conversation that nobody leads"));
    };
    let id: PersonId = named.parse().map_err(|_| not_found("staff"))?;
    persons::store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("staff"))?;
    let around = Around::of(write.db(), write.call().today(), &[student]).await?;
    if around.get(&student).is_some_and(|around| around.is_staff(id)) {
        return Ok(id);
    }
    let message = "Choose somebody who leads the school or teaches the child, and is no family of it.";
    Err(refuse(UserErrorCode::Invalid, "staff", message))
}

/// The ids of persons, none where none were given.
pub(super) fn ids(field: &str, ids: Option<&[ID]>) -> Result<Option<Vec<PersonId>>> {
    let parsed = ids.map(|ids| ids.iter().map(|id| id.parse().map_err(|_| not_found(field))).collect());
    parsed.transpose()
}

pub(super) async fn update(write: &Write<'_>, input: ConversationUpdateInput) -> Result<conversation::Model> {
    let (mut conversation, permit) = of_staff(write, &input.id).await?;
    check_version(&conversation, conversation.version, input.if_version)?;
    rules::must_be_planned(&conversation)?;
    let planned = (conversation.starts_at, conversation.ends_at);
    let (new_start, new_end) = (input.starts_at.map(|at| at.0), input.ends_at.map(|at| at.0));
    let (starts_at, ends_at) = times::moved(planned, new_start, new_end)?;
    let location = times::relocated(&input.location, conversation.location.as_deref())?;
    let mode = input.mode.map_or(conversation.mode, Into::into);
    let is_moved = (starts_at, ends_at) != planned;
    if is_moved {
        must_not_be_booked(write, &conversation).await?;
        let partnership = partnership_at(write, conversation.student_id, starts_at).await?;
        rules::kind(conversation.kind, Some(&partnership))?;
        conversation.partnership_id = partnership.id;
        let coming = store::attendees(write.db(), &write.scope(), &[conversation.id]).await?;
        let guardians = coming.iter().filter(|it| !it.is_staff).map(|it| it.person_id).collect();
        let (student, staff) = (conversation.student_id, conversation.staff_id);
        let appointment = Appointment { student, staff, guardians, elsewhere: Vec::new(), starts_at, ends_at };
        appointment.must_be_free(write.db(), "startsAt", Some(conversation.id)).await?;
        // What somebody said of another time says nothing of this one.
        let anew = |row| conversation_attendee::Model { status: AttendeeStatus::Invited, responded_at: None, ..row };
        store::put_attendees(write.db(), &permit, coming.into_iter().map(anew).collect()).await?;
    }
    let changed = conversation::Model { starts_at, ends_at, location, mode, ..conversation.clone() };
    if changed == conversation {
        return Ok(conversation);
    }
    let conversation = store::update(write.db(), &permit, changed, write.now()).await?;
    let event = if is_moved { "conversation.moved" } else { "conversation.updated" };
    write.emit(&permit, Event::about(event, conversation.id).by(permit.person())).await?;
    Ok(conversation)
}

/// Of a talk that was booked the time is that of its slot.
async fn must_not_be_booked(write: &Write<'_>, conversation: &conversation::Model) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let booked = bookings::store::of_child(write.db(), &everywhere, conversation.student_id).await?;
    if booked.iter().any(|booking| booking.conversation_id == conversation.id) {
        let message = "This conversation was booked in a round. Move it to another slot with slotMove.";
        return Err(refuse(UserErrorCode::Conflict, "startsAt", message));
    }
    Ok(())
}

pub(super) async fn cancel(write: &Write<'_>, input: ConversationCancelInput) -> Result<conversation::Model> {
    let (conversation, permit) = of_staff(write, &input.id).await?;
    if conversation.status == OccasionStatus::Cancelled {
        return Ok(conversation);
    }
    check_version(&conversation, conversation.version, input.if_version)?;
    rules::must_be_planned(&conversation)?;
    let mut checks = Checks::default();
    let reason = checks.optional_text("reason", input.reason.as_deref(), rules::REASON_LENGTH);
    checks.done(())?;
    call_off(write, &permit, conversation, reason, permit.person()).await
}

/// Cancels a conversation that is locked and planned. `by`: who wanted it, if anybody did.
pub(super) async fn call_off(
    write: &Write<'_>,
    permit: &Permit,
    planned: conversation::Model,
    reason: Option<String>,
    by: Option<PersonId>,
) -> Result<conversation::Model> {
    let changed = conversation::Model { status: OccasionStatus::Cancelled, cancel_reason: reason, ..planned };
    let conversation = store::update(write.db(), permit, changed, write.now()).await?;
    write.emit(permit, Event::about("conversation.cancelled", conversation.id).by(by)).await?;
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
    write.emit(&permit, Event::about("conversation.answered", conversation.id).by(permit.person())).await?;
    Ok(conversation)
}
