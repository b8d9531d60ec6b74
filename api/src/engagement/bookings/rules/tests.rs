//! When is opened and closed, who books for whom, and what can be booked.

use glans_entity::engagement::ConversationMode;
use glans_entity::ids::{BoardId, BookingRoundId, ConversationId, SchoolId, SchoolYearId};
use glans_entity::localized::Strings;

use super::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

fn round(early: i32) -> booking_round::Model {
    booking_round::Model {
        id: BookingRoundId::new(),
        board_id: BoardId::new(),
        school_id: SchoolId::new(),
        kind: StepKind::Progress,
        opens_at: at(600),
        siblings_early_hours: early,
        closes_at: at(1_200),
        slot_minutes: 10,
        mode: ConversationMode::AtSchool,
        location: None,
        status: BookingRoundStatus::Open,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

fn booking(student: StudentId, guardian: PersonId, party: PersonId) -> slot_booking::Model {
    slot_booking::Model {
        slot_id: SlotId::new(),
        board_id: BoardId::new(),
        round_id: BookingRoundId::new(),
        student_id: student,
        teacher_id: PersonId::new(),
        guardian_id: guardian,
        party_id: party,
        conversation_id: ConversationId::new(),
        booked_at: at(0),
    }
}

fn code(done: Result<()>) -> Option<UserErrorCode> {
    match done {
        Err(crate::platform::error::Error::Refused(refusals)) => Some(refusals[0].code),
        _ => None,
    }
}

#[test]
fn a_window_is_cut_into_whole_slots() {
    assert_eq!(cut(at(0), at(35), 10), [at(0), at(10), at(20)]);
    assert!(cut(at(0), at(9), 10).is_empty());
    assert!(cut(at(9), at(0), 10).is_empty());
    assert_eq!(cut(at(0), DateTime::<Utc>::MAX_UTC, 5).len(), MOST_SLOTS + 1);
    assert!(cut(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC, 5).is_empty());
}

#[test]
fn slots_of_a_teacher_do_not_overlap() {
    assert_eq!(overlap(&[at(10), at(0), at(20)], 10, &[]), None);
    assert_eq!(overlap(&[at(0), at(0)], 10, &[]), Some(at(0)));
    assert_eq!(overlap(&[at(5), at(0)], 10, &[]), Some(at(5)));
    assert_eq!(overlap(&[at(0)], 10, &[(at(9), at(15))]), Some(at(0)));
    assert_eq!(overlap(&[at(0)], 10, &[(at(10), at(15)), (at(-5), at(0))]), None);
}

fn school(archived_at: Option<DateTime<Utc>>) -> school::Model {
    school::Model {
        id: SchoolId::new(),
        board_id: BoardId::new(),
        cluster_id: None,
        name: "De Zwaluw".to_owned(),
        registered_name: None,
        brin: None,
        location_code: None,
        street: None,
        house_number: None,
        postcode: None,
        city: None,
        phone: None,
        website: None,
        denomination: None,
        holiday_region: None,
        pupil_count: None,
        source_id: None,
        archived_at,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

fn group(archived_at: Option<DateTime<Utc>>) -> class_group::Model {
    class_group::Model {
        id: ClassGroupId::new(),
        board_id: BoardId::new(),
        school_id: SchoolId::new(),
        school_year_id: SchoolYearId::new(),
        name: "3a".to_owned(),
        grades: Strings(vec!["3".to_owned()]),
        source_id: None,
        archived_at,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

#[test]
fn a_round_goes_on_for_the_groups_that_are_left() {
    let (open, closed) = (group(None), group(Some(at(5))));
    let left_of = |groups: &[class_group::Model]| left(groups, &school(None));
    assert_eq!(left_of(&[closed.clone(), open.clone()]).unwrap(), [open.id]);
    assert_eq!(code(left_of(&[closed]).map(drop)), Some(UserErrorCode::Conflict));
    assert_eq!(code(left(&[open], &school(Some(at(5)))).map(drop)), Some(UserErrorCode::Conflict));
}

#[test]
fn families_with_several_children_come_first() {
    let round = round(2);
    assert_eq!((opening(&round, 1), opening(&round, 2)), (at(600), at(480)));
    assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(500))), Some(UserErrorCode::Conflict));
    assert_eq!(code(guardian_may_book(&round, opening(&round, 2), at(500))), None);
    assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(600))), None);
    assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(1_200))), Some(UserErrorCode::Expired));
    let cancelled = booking_round::Model { status: BookingRoundStatus::Cancelled, ..round };
    assert_eq!(code(guardian_may_book(&cancelled, at(0), at(600))), Some(UserErrorCode::Conflict));
}

#[test]
fn who_talks_apart_books_for_themselves() {
    let (ilse, ruud, child) = (PersonId::new(), PersonId::new(), StudentId::new());
    let mut family = Family { entitled: vec![ilse, ruud], apart: false };
    assert_eq!(party(&family, ruud), (TOGETHER, vec![ruud, ilse]));
    family.apart = true;
    assert_eq!(party(&family, ruud), (ruud, vec![ruud]));
    let of_ilse = [booking(child, ilse, ilse)];
    assert_eq!(code(must_be_first(&of_ilse, ruud)), None);
    assert_eq!(code(must_be_first(&of_ilse, ilse)), Some(UserErrorCode::Conflict));
    assert_eq!(code(must_be_first(&of_ilse, TOGETHER)), Some(UserErrorCode::Conflict));
    // They came together when Ilse booked, and talk apart since.
    let of_both = [booking(child, ilse, TOGETHER)];
    assert_eq!(code(must_be_first(&of_both, ilse)), Some(UserErrorCode::Conflict));
    assert_eq!(code(must_be_first(&of_both, ruud)), None);
}

#[test]
fn only_who_has_not_booked_is_reminded() {
    let (ilse, ruud, hanna) = (PersonId::new(), PersonId::new(), PersonId::new());
    let (noor, lotte, alone) = (StudentId::new(), StudentId::new(), StudentId::new());
    let families = HashMap::from([
        (noor, Family { entitled: vec![ilse, ruud], apart: true }),
        (lotte, Family { entitled: vec![hanna, ruud], apart: false }),
    ]);
    let students = [noor, lotte, alone];
    let bookings = [booking(noor, ilse, ilse), booking(lotte, hanna, TOGETHER)];
    let expected =
        [Unbooked { student: noor, guardians: vec![ruud] }, Unbooked { student: alone, guardians: Vec::new() }];
    assert_eq!(unbooked(&students, &families, &bookings), expected);
    assert_eq!(unbooked(&students, &families, &[])[1], Unbooked { student: lotte, guardians: vec![hanna, ruud] });
}

#[test]
fn an_interpreter_takes_half_a_slot_more_and_the_next_one_is_not_free() {
    let teacher = PersonId::new();
    let slot = |from: i64| slot::Model {
        id: SlotId::new(),
        board_id: BoardId::new(),
        round_id: BookingRoundId::new(),
        teacher_id: teacher,
        starts_at: at(from),
        ends_at: at(from + 10),
    };
    let (first, next, last) = (slot(10), slot(20), slot(30));
    assert_eq!((ends_at(&first, false), ends_at(&first, true)), (at(20), at(25)));
    let busy = [Busy { teacher, starts_at: at(10), ends_at: at(25) }];
    let free = |slot: &slot::Model| is_free(&slot.into(), &HashSet::new(), &busy, at(0));
    assert_eq!((free(&first), free(&next), free(&last)), (false, false, true));
    assert!(!is_free(&(&last).into(), &HashSet::from([last.id]), &[], at(0)), "booked");
    assert!(!is_free(&(&last).into(), &HashSet::new(), &[], at(30)), "begun");
}
