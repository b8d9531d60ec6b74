//! The conversation that is booked: when it is, and who comes.

use glans_entity::engagement::{AttendeeStatus, booking_round, conversation, conversation_attendee, slot};
use glans_entity::ids::{ConversationId, PartnershipId, PersonId};
use glans_entity::people::student;
use glans_entity::practice::OccasionStatus;

use super::booker::Booker;
use crate::call::Write;
use crate::engagement::bookings::actions::everywhere;
use crate::engagement::bookings::{rules, store};
use crate::engagement::conversations::{self, diary::Appointment};
use crate::platform::error::Result;

/// The guardians who come to a conversation.
pub(super) async fn guests(write: &Write<'_>, id: ConversationId) -> Result<Vec<PersonId>> {
    let coming = conversations::store::attendees(write.db(), &everywhere(write), &[id]).await?;
    Ok(coming.into_iter().filter(|it| !it.is_staff).map(|it| it.person_id).collect())
}

/// The time of the slot, for who comes to it. The teacher is no family of the child.
pub(super) async fn appointment(
    write: &Write<'_>,
    slot: &slot::Model,
    booker: &Booker,
    guardians: Vec<PersonId>,
    field: &str,
) -> Result<Appointment> {
    let interpreter = store::needs_interpreter(write.db(), write.call().today(), &guardians).await?;
    let appointment = Appointment {
        student: booker.student.id,
        staff: slot.teacher_id,
        elsewhere: booker.elsewhere(write, &guardians),
        guardians,
        starts_at: slot.starts_at,
        ends_at: rules::ends_at(slot, interpreter),
    };
    appointment.must_be_led_by_no_family(write.db(), field).await?;
    Ok(appointment)
}

pub(super) fn planned(
    write: &Write<'_>,
    round: &booking_round::Model,
    slot: &slot::Model,
    student: &student::Model,
    partnership: PartnershipId,
    appointment: &Appointment,
) -> conversation::Model {
    conversation::Model {
        id: ConversationId::new(),
        board_id: round.board_id,
        partnership_id: partnership,
        student_id: student.id,
        school_id: round.school_id,
        staff_id: slot.teacher_id,
        kind: round.kind,
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        mode: round.mode,
        location: round.location.clone(),
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
    }
}

/// The teacher gave the time and the guardian, if it is one, chose it: both have accepted. Other guardians are to answer.
pub(super) fn attendees(
    write: &Write<'_>,
    conversation: &conversation::Model,
    guardian: Option<PersonId>,
    guests: &[PersonId],
) -> Vec<conversation_attendee::Model> {
    let row = |person_id: PersonId, is_staff: bool| {
        let accepted = is_staff || Some(person_id) == guardian;
        conversation_attendee::Model {
            conversation_id: conversation.id,
            person_id,
            board_id: conversation.board_id,
            student_id: conversation.student_id,
            is_staff,
            status: if accepted { AttendeeStatus::Accepted } else { AttendeeStatus::Invited },
            responded_at: accepted.then(|| write.now()),
        }
    };
    let guests = guests.iter().map(|guest| row(*guest, false));
    std::iter::once(row(conversation.staff_id, true)).chain(guests).collect()
}
