//! Years that there were not, and what the line makes of them.

use proptest::prelude::*;

use super::*;

pub(in crate::engagement::partnerships) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(in crate::engagement::partnerships) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}T14:00:00Z").parse().unwrap()
}

pub(in crate::engagement::partnerships) fn person(number: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(number))
}

pub(in crate::engagement::partnerships) fn on(today: &str) -> History {
    History {
        now: at(today),
        today: day(today),
        starts_on: day("2026-08-01"),
        ends_on: day("2027-07-31"),
        enrolled_on: day("2026-08-01"),
        needs_intake: false,
        entitled: vec![person(1), person(2)],
        is_contactable: true,
        talks: Vec::new(),
        aims: Vec::new(),
        exchanges: Vec::new(),
        open_concerns: Vec::new(),
        trust: Trust::default(),
    }
}

pub(in crate::engagement::partnerships) fn talk(
    kind: StepKind,
    status: OccasionStatus,
    on: &str,
    there: &[u128],
) -> Talk {
    let presence = |guardian: u128| match status {
        OccasionStatus::Held if there.contains(&guardian) => AttendeeStatus::Present,
        OccasionStatus::Held => AttendeeStatus::Absent,
        _ => AttendeeStatus::Invited,
    };
    let guardians = [1, 2].map(|guardian| (person(guardian), presence(guardian))).into();
    Talk { id: ConversationId::new(), kind, status, starts_at: at(on), guardians }
}

fn of(history: &History, kind: StepKind) -> Step {
    steps(history).into_iter().find(|step| step.kind == kind).unwrap()
}

#[test]
fn an_intake_is_for_who_is_new() {
    assert_eq!(steps(&on("2026-09-01")).len(), 4);
    let new = History { needs_intake: true, ..on("2026-09-01") };
    assert_eq!(
        (steps(&new).len(), steps(&new)[0].kind, steps(&new)[0].due_on),
        (5, StepKind::Intake, day("2026-08-31"))
    );
    assert_eq!(steps(&new)[0].status, StepStatus::Overdue);
}

#[test]
fn a_guardian_who_was_not_there_keeps_the_step_open() {
    use OccasionStatus::{Held, Planned};
    use StepKind::Expectations;
    let mut history = on("2026-09-10");
    assert_eq!((of(&history, Expectations).status, of(&history, Expectations).missing.len()), (StepStatus::Open, 2));
    history.talks.push(talk(Expectations, Planned, "2026-09-12", &[]));
    assert_eq!(of(&history, Expectations).status, StepStatus::Scheduled);
    history.talks[0] = talk(Expectations, Held, "2026-09-08", &[1]);
    let step = of(&history, Expectations);
    assert_eq!((step.status, &step.missing[..], step.done_at), (StepStatus::Open, &[person(2)][..], None));
    history.talks.push(talk(Expectations, Held, "2026-09-09", &[2]));
    let step = of(&history, Expectations);
    assert_eq!((step.status, step.missing.len(), step.done_at), (StepStatus::Done, 0, Some(at("2026-09-09"))));
    assert_eq!(step.conversations, [history.talks[1].id, history.talks[0].id]);
    // Somebody else has everything of the child from now on, and was never met.
    history.entitled.push(person(3));
    assert_eq!(of(&history, Expectations).missing, [person(3)]);
}

#[test]
fn a_guardian_reads_nothing_of_what_the_school_has_with_the_other() {
    use OccasionStatus::{Held, Planned};
    use StepKind::Expectations;
    let alone = |status, on, guardian: u128| {
        let mut talk = talk(Expectations, status, on, &[guardian]);
        talk.guardians.retain(|(who, _)| *who == person(guardian));
        talk
    };
    let read = |history: &History, guardian| {
        let steps = steps_for(history, &[person(guardian)]);
        steps.into_iter().find(|step| step.kind == Expectations).unwrap()
    };
    let mut history = on("2026-09-08");
    history.talks = vec![alone(Held, "2026-09-07", 1), alone(Planned, "2026-09-09", 2)];
    let [hers, his] = [read(&history, 1), read(&history, 2)];
    assert_eq!((of(&history, Expectations).status, his.status), (StepStatus::Scheduled, StepStatus::Scheduled));
    // She was met, the other was not: it is not done, and nobody is to come to it as far as she may know.
    assert_eq!((hers.status, hers.done_at, hers.missing.len()), (StepStatus::Open, None, 0));
    assert_eq!((hers.conversations, his.missing), (vec![history.talks[0].id], vec![person(2)]));
    history.talks[1] = alone(Held, "2026-09-08", 2);
    let [hers, his] = [read(&history, 1), read(&history, 2)];
    assert_eq!((hers.status, hers.done_at), (StepStatus::Done, Some(at("2026-09-07"))));
    assert_eq!((his.status, his.done_at), (StepStatus::Done, Some(at("2026-09-08"))));
    assert_eq!(of(&history, Expectations).done_at, Some(at("2026-09-08")));
}

#[test]
fn a_child_without_a_guardian_is_not_reached() {
    let history = History { entitled: Vec::new(), ..on("2026-12-01") };
    assert!(steps(&history).iter().all(|step| step.status != StepStatus::Done));
    assert_eq!(of(&history, StepKind::Expectations).status, StepStatus::Overdue);
}

#[test]
fn a_goal_is_agreed_by_all() {
    let mut history = on("2026-09-20");
    assert_eq!(
        (of(&history, StepKind::Goals).status, of(&history, StepKind::Goals).missing.len()),
        (StepStatus::Overdue, 2)
    );
    let agreed = vec![(person(1), at("2026-09-10")), (person(2), at("2026-09-11"))];
    history.aims.push(Aim { agreed_by: agreed, ..Aim::default() });
    // Both guardians agree, the teacher does not yet.
    assert_eq!((of(&history, StepKind::Goals).done_at, of(&history, StepKind::Goals).missing.len()), (None, 0));
    history.aims[0].agreed_by_staff_at = Some(at("2026-09-12"));
    assert_eq!(of(&history, StepKind::Goals).done_at, Some(at("2026-09-12")));
    history.aims.push(Aim::default());
    assert_eq!(of(&history, StepKind::Goals).status, StepStatus::Done);
}

#[test]
fn the_year_closes_with_marks_and_compliments() {
    let mut history = on("2027-07-10");
    history.talks.push(talk(StepKind::Closing, OccasionStatus::Held, "2027-07-01", &[1, 2]));
    assert_eq!(of(&history, StepKind::Closing).status, StepStatus::Open);
    history.aims = vec![Aim { marked_at: Some(at("2027-07-02")), ..Aim::default() }, Aim::default()];
    assert_eq!(of(&history, StepKind::Closing).status, StepStatus::Open);
    history.aims[1].marked_at = Some(at("2027-07-05"));
    assert_eq!(of(&history, StepKind::Closing).done_at, Some(at("2027-07-05")));
}

#[test]
fn steps_are_due_in_their_season() {
    let due = |history: &History, kind| due_on(history, kind).to_string();
    let year = on("2026-09-01");
    assert_eq!(due(&year, StepKind::Expectations), "2026-09-14");
    assert_eq!(due(&year, StepKind::Progress), "2027-02-28");
    assert_eq!(due(&year, StepKind::Closing), "2027-07-31");
    let late = History { enrolled_on: day("2027-03-01"), ..year };
    assert_eq!(due(&late, StepKind::Intake), "2027-03-31");
    assert_eq!(
        (due(&late, StepKind::Expectations), due(&late, StepKind::Progress)),
        ("2027-04-14".into(), "2027-04-14".into())
    );
    let last = History { enrolled_on: day("2027-07-20"), ..late };
    assert_eq!(due(&last, StepKind::Expectations), "2027-07-31");
}

pub(in crate::engagement::partnerships) fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..365).prop_map(|days| day("2026-08-01") + Days::new(days))
}

pub(in crate::engagement::partnerships) fn any_moment() -> impl Strategy<Value = DateTime<Utc>> {
    any_day().prop_map(|day| at(&day.to_string()))
}

pub(in crate::engagement::partnerships) fn any_talk() -> impl Strategy<Value = Talk> {
    let kinds = [StepKind::Intake, StepKind::Expectations, StepKind::Progress, StepKind::Closing];
    let statuses = [OccasionStatus::Planned, OccasionStatus::Held, OccasionStatus::Cancelled];
    let there = proptest::collection::vec(1_u128..4, 0..3);
    (proptest::sample::select(kinds.to_vec()), proptest::sample::select(statuses.to_vec()), any_day(), there)
        .prop_map(|(kind, status, on, there)| talk(kind, status, &on.to_string(), &there))
}

fn any_aim() -> impl Strategy<Value = Aim> {
    let agreed_by = proptest::collection::vec(((1_u128..4).prop_map(person), any_moment()), 0..4);
    let moment = || proptest::option::of(any_moment());
    (moment(), agreed_by, moment()).prop_map(|(agreed_by_staff_at, agreed_by, marked_at)| Aim {
        agreed_by_staff_at,
        agreed_by,
        marked_at,
    })
}

/// Of a family of two.
pub(in crate::engagement::partnerships) fn any_history() -> impl Strategy<Value = History> {
    let talks = proptest::collection::vec(any_talk(), 0..10);
    let aims = proptest::collection::vec(any_aim(), 0..4);
    (talks, aims, any_day(), any::<bool>()).prop_map(|(talks, aims, today, needs_intake)| History {
        needs_intake,
        talks,
        aims,
        ..on(&today.to_string())
    })
}

fn plain(steps: &[Step]) -> Vec<(StepKind, StepStatus, Option<DateTime<Utc>>)> {
    steps.iter().map(|step| (step.kind, step.status, step.done_at)).collect()
}

fn is_kept(before: &[Step], after: &[Step]) -> bool {
    before
        .iter()
        .zip(after)
        .all(|(before, after)| before.status != StepStatus::Done || after.status == StepStatus::Done)
}

proptest! {
    /// A step is done exactly when nobody is missing of a family, whatever the order of what happened; one more
    /// conversation, agreement or mark never undoes it, and one more guardian never does it.
    #[test]
    fn a_line_only_grows(history in any_history(), more in any_talk()) {
        let told = steps(&history);
        prop_assert_eq!(told.len(), if history.needs_intake { 5 } else { 4 });
        for step in &told {
            prop_assert_eq!(step.status == StepStatus::Done, step.done_at.is_some());
            prop_assert!(step.done_at.is_none() || step.missing.is_empty());
            prop_assert!(step.status != StepStatus::Overdue || step.due_on < history.today);
            prop_assert!(step.due_on <= history.ends_on);
        }
        let mut reversed = history.clone();
        reversed.talks.reverse();
        reversed.aims.reverse();
        prop_assert_eq!(plain(&steps(&reversed)), plain(&told));
        let mut longer = history.clone();
        longer.talks.push(more);
        let after = steps(&longer);
        prop_assert!(is_kept(&told, &after));
        prop_assert!(told.iter().zip(&after).all(|(before, after)| after.missing.len() <= before.missing.len()));
        let mut agreed = history.clone();
        for aim in &mut agreed.aims {
            aim.agreed_by.extend([1, 2].map(|guardian| (person(guardian), history.now)));
            aim.agreed_by_staff_at = aim.agreed_by_staff_at.or(Some(history.now));
            aim.marked_at = aim.marked_at.or(Some(history.now));
        }
        let after = steps(&agreed);
        prop_assert!(is_kept(&told, &after));
        let goals = after.iter().find(|step| step.kind == StepKind::Goals).unwrap();
        prop_assert_eq!(goals.status == StepStatus::Done, !history.aims.is_empty());
        let mut larger = history.clone();
        larger.entitled.push(person(9));
        prop_assert!(steps(&larger).iter().all(|step| step.status != StepStatus::Done));
    }

    /// What the school has with one guardian tells another nothing but that a step is done.
    #[test]
    fn a_guardian_reads_of_the_own_part(history in any_history(), more in any_talk()) {
        let own = [person(1)];
        let told = steps_for(&history, &own);
        for (read, known) in told.iter().zip(steps(&history)) {
            prop_assert_eq!(read.status == StepStatus::Done, known.status == StepStatus::Done);
            prop_assert!(read.missing.iter().all(|guardian| own.contains(guardian)));
        }
        let mut longer = history.clone();
        longer.talks.push(more);
        longer.talks.last_mut().unwrap().guardians.retain(|(guardian, _)| !own.contains(guardian));
        for (before, after) in told.iter().zip(steps_for(&longer, &own)) {
            prop_assert!(*before == after || after.status == StepStatus::Done);
        }
    }
}
