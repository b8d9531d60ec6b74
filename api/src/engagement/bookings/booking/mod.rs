//! What can be done with a slot: book it, move to another one, give it back.
//!
//! Always in the order round, child, people, so that those who book at the same time do not wait for each other in a ring.

mod appointment;
mod booker;

use async_graphql::ID;
use glans_entity::engagement::{StepKind, booking_round, conversation, slot, slot_booking};
use glans_entity::ids::{ClassGroupId, PartnershipId, PersonId, SchoolYearId, SlotId, StudentId};
use glans_entity::practice::OccasionStatus;
use serde_json::{Value, json};

use self::appointment::{appointment, attendees, guests, planned};
use self::booker::Booker;
use super::actions::everywhere;
use super::inputs::{SlotBookInput, SlotMoveInput, SlotReleaseInput};
use super::{rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::conversations;
use crate::organisation::class_groups;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;

pub(super) async fn book(write: &Write<'_>, input: SlotBookInput) -> Result<slot::Model> {
    let (slot, round) = slot_and_round(write, "slot", &input.slot).await?;
    let student = input.student.parse().map_err(|_| not_found("student"))?;
    let booker = Booker::of(write, student).await?;
    let guardian = booker.guardian(input.guardian.as_ref())?;
    let year = must_be_taught(write, &round, &slot, &booker, "student").await?;
    booker.may_now(write, &round).await?;
    rules::must_be_to_come(slot.starts_at, "slot", write.now())?;
    let partnership = partnership(write, &round, student, year).await?;
    let (party, guests) = rules::party(&booker.family, guardian);
    let with_teacher = bookings_with(write, &round, student, slot.teacher_id).await?;
    rules::must_be_first(&with_teacher, party)?;
    let permit = &booker.permit;
    must_be_unbooked(write, slot.id, "slot").await?;
    let appointment = appointment(write, &slot, &booker, guests, "slot").await?;
    appointment.must_be_free(write.db(), "slot", None).await?;
    let conversation = planned(write, &round, &slot, &booker.student, partnership, &appointment);
    let attendees = attendees(write, &conversation, Some(guardian), &appointment.guardians);
    let id = conversation.id;
    store::insert_conversation(write.db(), permit, conversation, attendees).await?;
    let row = slot_booking::Model {
        slot_id: slot.id,
        board_id: slot.board_id,
        round_id: round.id,
        student_id: student,
        teacher_id: slot.teacher_id,
        guardian_id: guardian,
        party_id: party,
        conversation_id: id,
        booked_at: write.now(),
    };
    store::insert_booking(write.db(), permit, row).await?;
    tell(write, permit, "slot.booked", json!({ "id": slot.id, "conversation": id })).await?;
    Ok(slot)
}

/// The new slot. The old one is free in the same moment; a refusal leaves it as it was.
pub(super) async fn shift(write: &Write<'_>, input: SlotMoveInput) -> Result<slot::Model> {
    let (old, round) = slot_and_round(write, "slot", &input.slot).await?;
    let (new, other) = slot_and_round(write, "to", &input.to).await?;
    if other.id != round.id {
        return Err(refuse(UserErrorCode::Invalid, "to", "Choose a slot of the same round."));
    }
    let (booking, booker) = booked(write, &old).await?;
    if old.id == new.id {
        return Ok(old);
    }
    must_be_taught(write, &round, &new, &booker, "to").await?;
    booker.may_now(write, &round).await?;
    rules::must_be_to_come(new.starts_at, "to", write.now())?;
    let with_teacher = bookings_with(write, &round, booking.student_id, new.teacher_id).await?;
    let others: Vec<_> = with_teacher.into_iter().filter(|other| other.slot_id != old.id).collect();
    rules::must_be_first(&others, booking.party_id)?;
    must_be_unbooked(write, new.id, "to").await?;
    let conversation = store::lock_conversation(write.db(), write.call().today(), booking.conversation_id).await?;
    must_be_planned(&conversation, write)?;
    let id = conversation.id;
    let guests = guests(write, id).await?;
    let appointment = appointment(write, &new, &booker, guests, "to").await?;
    appointment.must_be_free(write.db(), "to", Some(id)).await?;
    let conversation =
        store::move_conversation(write.db(), &booker.permit, conversation, &appointment, write.now()).await?;
    // What was said of another time says nothing of this one.
    let mover = booker.permit.person().filter(|_| booker.as_guardian);
    let answers = attendees(write, &conversation, mover, &appointment.guardians);
    conversations::store::put_attendees(write.db(), &booker.permit, answers).await?;
    let row = slot_booking::Model { slot_id: new.id, teacher_id: new.teacher_id, booked_at: write.now(), ..booking };
    store::replace_booking(write.db(), &booker.permit, old.id, row).await?;
    let payload = json!({ "id": new.id, "conversation": id, "teacher": old.teacher_id });
    tell(write, &booker.permit, "slot.moved", payload).await?;
    Ok(new)
}

pub(super) async fn release(write: &Write<'_>, input: SlotReleaseInput) -> Result<slot::Model> {
    let (slot, round) = slot_and_round(write, "slot", &input.slot).await?;
    let (booking, booker) = booked(write, &slot).await?;
    booker.may_now(write, &round).await?;
    let conversation = store::lock_conversation(write.db(), write.call().today(), booking.conversation_id).await?;
    must_be_planned(&conversation, write)?;
    store::cancel_conversations(write.db(), &booker.permit, &[conversation.id], None, write.now()).await?;
    let payload = json!({ "id": slot.id, "conversation": conversation.id });
    tell(write, &booker.permit, "slot.released", payload).await?;
    Ok(slot)
}

/// The slot in sight and its round, which nobody cancels until the transaction ends.
async fn slot_and_round(
    write: &Write<'_>,
    field: &'static str,
    id: &ID,
) -> Result<(slot::Model, booking_round::Model)> {
    let id: SlotId = id.parse().map_err(|_| not_found(field))?;
    let find = async || store::slots(write.db(), &write.scope(), &[id]).await.map(|mut found| found.pop());
    let slot = find().await?.ok_or_else(|| not_found(field))?;
    let round = store::lock(write.db(), &everywhere(write), slot.round_id, false).await?;
    let round = round.ok_or_else(|| Error::fault("a slot without its round"))?;
    // Whoever cancelled the round while this one waited took the slot away.
    let slot = find().await?.ok_or_else(|| not_found(field))?;
    Ok((slot, round))
}

/// The booking of a slot that the caller sees, and the caller, with the child under lock.
async fn booked(write: &Write<'_>, slot: &slot::Model) -> Result<(slot_booking::Model, Booker)> {
    let find = async || store::bookings_of(write.db(), &write.scope(), &[slot.id]).await.map(|mut found| found.pop());
    let nobodys = || refuse(UserErrorCode::Conflict, "slot", "Nothing of yours is booked in this slot.");
    let seen = find().await?.ok_or_else(nobodys)?;
    let booker = Booker::of(write, seen.student_id).await?;
    // The snapshot of rights of a request may be older than the lock.
    if booker.as_guardian && !booker.permit.person().is_some_and(|own| booker.family.entitled.contains(&own)) {
        return Err(nobodys());
    }
    let booking = find().await?.filter(|booking| booking.student_id == seen.student_id).ok_or_else(nobodys)?;
    Ok((booking, booker))
}

async fn groups(write: &Write<'_>, round: &booking_round::Model) -> Result<Vec<ClassGroupId>> {
    let groups = store::groups_of(write.db(), &everywhere(write), &[round.id]).await?;
    Ok(groups.into_iter().map(|group| group.class_group_id).collect())
}

/// The child is in a group of the round that the teacher of the slot teaches; the school year of that group.
async fn must_be_taught(
    write: &Write<'_>,
    round: &booking_round::Model,
    slot: &slot::Model,
    booker: &Booker,
    field: &str,
) -> Result<SchoolYearId> {
    let mut groups = groups(write, round).await?;
    groups.retain(|group| booker.place.class_groups.contains(group));
    let teachers = store::teachers(write.db(), write.call().today(), &groups).await?;
    let Some((_, group)) = teachers.into_iter().find(|(teacher, _)| *teacher == slot.teacher_id) else {
        let message = "This teacher gives this slot to children of other class groups. Choose another one.";
        return Err(refuse(UserErrorCode::Invalid, field, message));
    };
    let group = class_groups::store::by_id(write.db(), &everywhere(write), group).await?;
    Ok(group.ok_or_else(|| Error::fault("a round without its class group"))?.school_year_id)
}

/// The partnership of the child in the year. An intake is for new children.
async fn partnership(
    write: &Write<'_>,
    round: &booking_round::Model,
    student: StudentId,
    year: SchoolYearId,
) -> Result<PartnershipId> {
    let found = store::partnerships(write.db(), write.call().today(), &[student], &[year]).await?.pop();
    let partnership = found.ok_or_else(|| Error::fault("a child in a class group has no partnership"))?;
    if round.kind == StepKind::Intake && !partnership.needs_intake {
        return Err(refuse(UserErrorCode::Invalid, "student", "An intake is for children who are new at the school."));
    }
    Ok(partnership.id)
}

async fn bookings_with(
    write: &Write<'_>,
    round: &booking_round::Model,
    student: StudentId,
    teacher: PersonId,
) -> Result<Vec<slot_booking::Model>> {
    let mut bookings = store::bookings_for(write.db(), &everywhere(write), round.id, student).await?;
    bookings.retain(|booking| booking.teacher_id == teacher);
    Ok(bookings)
}

/// Who comes late is told so before anything is locked; the key of the booking is what decides.
async fn must_be_unbooked(write: &Write<'_>, slot: SlotId, field: &str) -> Result<()> {
    if store::booked(write.db(), write.call().today(), &[slot]).await?.is_empty() {
        return Ok(());
    }
    Err(refuse(UserErrorCode::Conflict, field, rules::GONE))
}

fn must_be_planned(conversation: &conversation::Model, write: &Write<'_>) -> Result<()> {
    if conversation.status != OccasionStatus::Planned {
        let message = "This conversation was held or cancelled.";
        return Err(refuse(UserErrorCode::Conflict, "slot", message));
    }
    rules::must_be_to_come(conversation.starts_at, "slot", write.now())
}

async fn tell(write: &Write<'_>, permit: &Permit, kind: &'static str, payload: Value) -> Result<()> {
    write.emit(permit, Event { kind, payload }.by(permit.person())).await
}
