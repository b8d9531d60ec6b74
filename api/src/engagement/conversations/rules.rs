//! Pure decisions about conversations.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::slot_booking::TOGETHER;
use glans_entity::engagement::{StepKind, conversation, partnership, slot_booking};
use glans_entity::ids::{ConversationId, PersonId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::Scope;

use crate::engagement::partnerships::Family;
use crate::platform::error::{Result, UserErrorCode, refuse};

/// How long a record is held back where nobody says otherwise.
const HELD_BACK: TimeDelta = TimeDelta::hours(24);
/// How long it can be held back at most.
const HELD_BACK_AT_MOST: TimeDelta = TimeDelta::days(14);
pub const SUMMARY_LENGTH: usize = 4_000;
pub const NOTE_LENGTH: usize = 4_000;
pub const REASON_LENGTH: usize = 500;
pub const AGREEMENT_LENGTH: usize = 500;
/// Agreements of one conversation at most, and goals in one record.
pub const MOST_AGREEMENTS: usize = 10;

/// Which kind of conversation may be planned. Without a partnership, which is refused elsewhere, any child may be new.
pub fn kind(kind: StepKind, partnership: Option<&partnership::Model>) -> Result<()> {
    match kind {
        StepKind::Goals => {
            let message = "Goals follow from a conversation. Plan EXPECTATIONS or PROGRESS and propose goals.";
            Err(refuse(UserErrorCode::Invalid, "kind", message))
        }
        StepKind::Intake if partnership.is_some_and(|partnership| !partnership.needs_intake) => {
            let message = "This child is not new. Plan another kind, or set needsIntake of the partnership.";
            Err(refuse(UserErrorCode::Invalid, "kind", message))
        }
        _ => Ok(()),
    }
}

/// The guardians who are invited: those who were named, else all of the family. Who talks apart is invited alone.
pub fn invited(family: &Family, named: Option<Vec<PersonId>>) -> Result<Vec<PersonId>> {
    let field = "guardians";
    let mut invited = named.unwrap_or_else(|| family.entitled.clone());
    invited.sort_unstable();
    invited.dedup();
    if invited.is_empty() {
        return Err(refuse(
            UserErrorCode::Required,
            field,
            "Invite at least one guardian who has everything of the child.",
        ));
    }
    if invited.iter().any(|guardian| !family.entitled.contains(guardian)) {
        let message = "Invite only guardians who have everything of the child.";
        return Err(refuse(UserErrorCode::Invalid, field, message));
    }
    if family.apart && invited.len() > 1 {
        let message = "These guardians talk apart. Plan a conversation with each of them.";
        return Err(refuse(UserErrorCode::Conflict, field, message));
    }
    Ok(invited)
}

/// What becomes of a conversation to come when the guardians talk apart from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parted {
    Stays,
    /// The guardian who booked it has it alone.
    StaysWith(PersonId),
    /// Whose it is, only the school can say.
    Cancelled,
}

/// What becomes of the conversation `id`, to which so many guardians come; `bookings` are all of the child. Nobody has two
/// with one teacher in a round.
pub fn parted(id: ConversationId, guests: usize, bookings: &[slot_booking::Model]) -> Parted {
    let Some(booking) = bookings.iter().find(|booking| booking.conversation_id == id) else {
        return if guests > 1 { Parted::Cancelled } else { Parted::Stays };
    };
    if booking.party_id != TOGETHER {
        return Parted::Stays;
    }
    let is_own = |other: &slot_booking::Model| {
        other.party_id == booking.guardian_id
            && other.round_id == booking.round_id
            && other.teacher_id == booking.teacher_id
    };
    if bookings.iter().any(is_own) { Parted::Cancelled } else { Parted::StaysWith(booking.guardian_id) }
}

/// Refuses to change the time of what is over.
pub fn must_be_planned(conversation: &conversation::Model) -> Result<()> {
    if conversation.status == OccasionStatus::Planned {
        return Ok(());
    }
    Err(refuse(UserErrorCode::Conflict, "id", "This conversation was held or cancelled. Plan a new one."))
}

/// From when on guardians see the record.
pub fn release(
    asked: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let Some(asked) = asked else { return Ok(before.unwrap_or(now + HELD_BACK)) };
    if asked > now + HELD_BACK_AT_MOST {
        let message = "Let guardians see it within 14 days.";
        return Err(refuse(UserErrorCode::Invalid, "releaseAt", message));
    }
    match before {
        // What they have seen, they have seen.
        Some(before) if before <= now => Ok(before),
        _ => Ok(asked.max(now)),
    }
}

/// Whether guardians see what was recorded.
pub fn is_released(conversation: &conversation::Model, now: DateTime<Utc>) -> bool {
    conversation.release_at.is_some_and(|at| at <= now)
}

/// Whether who sees by `scope` sees what was recorded: as staff always, as a guardian from its release on.
pub fn is_open(conversation: &conversation::Model, scope: &Scope, now: DateTime<Utc>) -> bool {
    !scope.full_children.contains(&conversation.student_id) || is_released(conversation, now)
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{BoardId, BookingRoundId, SlotId, StudentId};

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap() + TimeDelta::hours(hour)
    }

    #[test]
    fn who_talks_apart_is_invited_alone() {
        let (one, other, stranger) = (PersonId::new(), PersonId::new(), PersonId::new());
        let together = Family { entitled: vec![one, other], apart: false };
        assert_eq!(invited(&together, None).unwrap(), [one, other]);
        assert_eq!(invited(&together, Some(vec![other, other])).unwrap(), [other]);
        assert!(invited(&together, Some(vec![stranger])).is_err());
        assert!(invited(&together, Some(Vec::new())).is_err());
        let apart = Family { apart: true, ..together };
        assert!(invited(&apart, None).is_err());
        assert_eq!(invited(&apart, Some(vec![one])).unwrap(), [one]);
        assert!(invited(&Family::default(), None).is_err());
    }

    #[test]
    fn what_is_planned_together_is_parted() {
        let (sara, omar, teacher) = (PersonId::new(), PersonId::new(), PersonId::new());
        let booked = |guardian_id: PersonId, party_id: PersonId| slot_booking::Model {
            slot_id: SlotId::new(),
            board_id: BoardId(uuid::Uuid::nil()),
            round_id: BookingRoundId(uuid::Uuid::nil()),
            student_id: StudentId(uuid::Uuid::nil()),
            teacher_id: teacher,
            guardian_id,
            party_id,
            conversation_id: ConversationId::new(),
            booked_at: at(0),
        };
        let (together, omars) = (booked(sara, TOGETHER), booked(omar, omar));
        let saras = booked(sara, sara);
        let both = [together.clone(), omars.clone()];
        assert_eq!(parted(together.conversation_id, 2, &both), Parted::StaysWith(sara));
        assert_eq!(parted(omars.conversation_id, 1, &both), Parted::Stays);
        let twice = [together.clone(), saras];
        assert_eq!(parted(together.conversation_id, 2, &twice), Parted::Cancelled);
        assert_eq!(parted(ConversationId::new(), 2, &both), Parted::Cancelled);
        assert_eq!(parted(ConversationId::new(), 1, &both), Parted::Stays);
    }

    #[test]
    fn a_record_is_held_back_for_a_day_and_never_taken_back() {
        assert_eq!(release(None, None, at(0)).unwrap(), at(24));
        assert_eq!(release(None, Some(at(5)), at(2)).unwrap(), at(5));
        assert_eq!(release(Some(at(0)), None, at(2)).unwrap(), at(2));
        assert_eq!(release(Some(at(9)), Some(at(5)), at(2)).unwrap(), at(9));
        assert_eq!(release(Some(at(9)), Some(at(1)), at(2)).unwrap(), at(1));
        assert!(release(Some(at(24 * 15)), None, at(0)).is_err());
    }
}
