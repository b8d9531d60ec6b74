//! How a guardianship begins and changes.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::PersonId;
use glans_entity::people::guardianship::Model;
use glans_entity::people::{GuardianAccess, GuardianshipStatus};

use crate::people::students::rules::last_of;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Places in the order of whom to call.
const PRIORITIES: std::ops::RangeInclusive<i32> = 1..=99;

/// Whether it is over on the day `today`, by its status or by its last day.
pub fn is_over(row: &Model, today: NaiveDate) -> bool {
    row.status == GuardianshipStatus::Ended || row.ends_on.is_some_and(|last| last < today)
}

/// The relation as it ends today with the record of the guardian. One that ends earlier keeps its last day. One that waits for
/// the school to verify it counted for nothing, and goes on to: it is over before it began, as what is past is judged by days.
/// So is one that has not begun.
pub fn over_with_the_record(row: Model, today: NaiveDate) -> Model {
    let last = match row.status {
        GuardianshipStatus::Suspended => row.starts_on.pred_opt().unwrap_or(row.starts_on),
        GuardianshipStatus::Invited | GuardianshipStatus::Active | GuardianshipStatus::Ended => {
            last_of(row.starts_on, today)
        }
    };
    let ends_on = Some(row.ends_on.map_or(last, |earlier| earlier.min(last)));
    Model { status: GuardianshipStatus::Ended, ends_on, ..row }
}

/// Whether something hints at a separated family: a guardian of the student who may not have everything, or whom the
/// school has yet to verify. Also one that is over: what it says of the family lasts longer than the relation.
pub fn hints_at_separation(others: &[Model]) -> bool {
    others.iter().any(|row| row.access != GuardianAccess::Full || row.status == GuardianshipStatus::Suspended)
}

/// The status in which a relation begins. `verified`: who made it may decide on access.
pub fn first_status(verified: bool, has_account: bool, separated: bool) -> GuardianshipStatus {
    match (verified, has_account, separated) {
        (false, _, true) => GuardianshipStatus::Suspended,
        (true, true, _) => GuardianshipStatus::Active,
        _ => GuardianshipStatus::Invited,
    }
}

/// What a school may set by hand: in force, or not until verified. Inviting and ending are acts of their own.
pub fn may_set(status: GuardianshipStatus) -> Result<()> {
    match status {
        GuardianshipStatus::Active | GuardianshipStatus::Suspended => Ok(()),
        GuardianshipStatus::Invited => {
            Err(refuse(UserErrorCode::Invalid, "status", "Send the guardian an invitation instead."))
        }
        GuardianshipStatus::Ended => {
            Err(refuse(UserErrorCode::Invalid, "status", "End the guardianship with guardianshipEnd."))
        }
    }
}

/// The last day of a relation that has ended is corrected, and is none to come: it goes on by its status alone.
pub fn has_passed(ends_on: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
    if ends_on.is_some_and(|last| last <= today) {
        return Ok(());
    }
    let message = "This relation has ended. Choose a last day that is not to come, or set the status for it to go on.";
    Err(refuse(UserErrorCode::Conflict, "endsOn", message))
}

/// All relations of a guardian end with the record, also where the person is erased, and none begins or goes on without
/// it. Refuses at `field`.
pub fn has_a_record(archived_at: Option<DateTime<Utc>>, field: &str) -> Result<()> {
    match archived_at {
        Some(_) => {
            let message = "The record of this guardian is closed. Make a new one instead.";
            Err(refuse(UserErrorCode::Conflict, field, message))
        }
        None => Ok(()),
    }
}

/// Who decides on access may not be the one who gets it.
pub fn is_not_own(guardian: PersonId, actor: Option<PersonId>) -> Result<()> {
    if actor == Some(guardian) {
        let message = "Somebody else has to decide on your own guardianship.";
        return Err(refuse(UserErrorCode::Forbidden, "", message));
    }
    Ok(())
}

/// Who has a child at the school writes nothing about it as a member of staff.
pub fn is_not_own_child(is_guardian: bool) -> Result<()> {
    if is_guardian {
        let message = "You are a guardian of this student. Ask a colleague to do this.";
        return Err(refuse(UserErrorCode::Forbidden, "", message));
    }
    Ok(())
}

/// The days follow one another, and the priority is a place in a list.
pub fn is_sound(starts_on: NaiveDate, ends_on: Option<NaiveDate>, priority: Option<i32>) -> Result<()> {
    let mut checks = Checks::default();
    if ends_on.is_some_and(|last| last < starts_on) {
        checks.add(UserErrorCode::Invalid, "endsOn", "Choose a last day that is not before the first.");
    }
    if priority.is_some_and(|priority| !PRIORITIES.contains(&priority)) {
        checks.add(UserErrorCode::Invalid, "contactPriority", "Choose a place from 1 to 99.");
    }
    checks.done(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use glans_entity::ids::{BoardId, GuardianshipId, StudentId};
    use glans_entity::people::GuardianRelationship;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn link(access: GuardianAccess, status: GuardianshipStatus) -> Model {
        Model {
            id: GuardianshipId::new(),
            board_id: BoardId::new(),
            guardian_id: PersonId::new(),
            student_id: StudentId::new(),
            relationship: GuardianRelationship::Parent,
            access,
            status,
            contact_priority: None,
            starts_on: day("2026-08-01"),
            ends_on: None,
            source_id: None,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_relation_is_over_after_its_last_day() {
        let mut row = link(GuardianAccess::Full, GuardianshipStatus::Active);
        row.ends_on = Some(day("2026-11-24"));
        assert!(!is_over(&row, day("2026-11-24")));
        assert!(is_over(&row, day("2026-11-25")));
        assert!(is_over(&link(GuardianAccess::Full, GuardianshipStatus::Ended), day("2026-11-24")));
    }

    #[test]
    fn a_relation_ends_with_the_record_and_leaves_the_past_alone() {
        use GuardianshipStatus as S;
        let today = day("2027-10-01");
        let over = |status, ends_on: Option<&str>| {
            let row = Model { ends_on: ends_on.map(day), ..link(GuardianAccess::Full, status) };
            let ended = over_with_the_record(row, today);
            assert_eq!(ended.status, S::Ended);
            ended.ends_on
        };
        for status in [S::Active, S::Invited] {
            assert_eq!(over(status, None), Some(today));
            assert_eq!(over(status, Some("2028-07-31")), Some(today));
            assert_eq!(over(status, Some("2027-03-01")), Some(day("2027-03-01")));
        }
        let later = Model { starts_on: day("2028-01-01"), ..link(GuardianAccess::Full, S::Active) };
        assert_eq!(over_with_the_record(later, today).ends_on, Some(day("2027-12-31")), "it never begins");
        assert_eq!(over(S::Suspended, None), Some(day("2026-07-31")), "the day before it began");
        assert_eq!(over(S::Suspended, Some("2027-03-01")), Some(day("2026-07-31")));
    }

    #[test]
    fn a_guardian_with_less_than_everything_hints_at_separation() {
        use GuardianAccess as A;
        use GuardianshipStatus as S;
        assert!(!hints_at_separation(&[link(A::Full, S::Active), link(A::Full, S::Invited), link(A::Full, S::Ended)]));
        for access in [A::OnRequest, A::EmergencyOnly, A::None] {
            assert!(hints_at_separation(&[link(access, S::Active)]));
            assert!(hints_at_separation(&[link(access, S::Ended)]));
        }
        assert!(hints_at_separation(&[link(A::Full, S::Suspended)]));
    }

    #[test]
    fn a_teacher_does_not_decide_in_a_separated_family() {
        use GuardianshipStatus as S;
        assert_eq!(first_status(false, true, true), S::Suspended);
        assert_eq!(first_status(false, true, false), S::Invited);
        assert_eq!(first_status(true, true, true), S::Active);
        assert_eq!(first_status(true, false, false), S::Invited);
    }

    #[test]
    fn only_two_statuses_are_set_by_hand() {
        use GuardianshipStatus as S;
        assert!(may_set(S::Active).is_ok() && may_set(S::Suspended).is_ok());
        assert!(may_set(S::Invited).is_err() && may_set(S::Ended).is_err());
    }

    #[test]
    fn nobody_decides_on_the_own_guardianship() {
        let person = PersonId::new();
        assert!(is_not_own(person, Some(person)).is_err());
        assert!(is_not_own(person, Some(PersonId::new())).is_ok());
        assert!(is_not_own(person, None).is_ok());
    }

    #[test]
    fn what_has_ended_has_no_last_day_to_come() {
        let today = day("2026-11-24");
        assert!(has_passed(Some(day("2026-10-01")), today).is_ok() && has_passed(Some(today), today).is_ok());
        assert!(has_passed(Some(day("2029-01-01")), today).is_err() && has_passed(None, today).is_err());
    }

    #[test]
    fn days_and_priority_are_sound() {
        assert!(is_sound(day("2026-08-01"), Some(day("2026-08-01")), Some(1)).is_ok());
        assert!(is_sound(day("2026-08-01"), Some(day("2026-07-31")), None).is_err());
        assert!(is_sound(day("2026-08-01"), None, Some(0)).is_err());
        assert!(is_sound(day("2026-08-01"), None, Some(100)).is_err());
    }
}
