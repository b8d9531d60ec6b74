//! The line through the year: a pure function of what happened.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use glans_entity::engagement::{AttendeeStatus, StepKind};
use glans_entity::ids::{ConversationId, PersonId};
use glans_entity::practice::OccasionStatus;

use crate::engagement::contact::Exchange;

/// Days after the enrolment by which a new student's family is met.
pub const INTAKE_WITHIN: Days = Days::new(30);
/// Days after the first one by which the year's start is talked about: the 45th day.
pub const START_WITHIN: Days = Days::new(44);
/// Months into the year by which progress is talked about: 1 August plus seven is the last of February.
const PROGRESS_WITHIN: Months = Months::new(7);

/// What happened between a child, the guardians and the school in one school year.
#[derive(Clone, Debug)]
pub struct History {
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub enrolled_on: NaiveDate,
    pub needs_intake: bool,
    /// The guardians who have everything of the child today, or had it at the end of the year.
    pub entitled: Vec<PersonId>,
    /// Whether one of them can be reached by the app or by e-mail.
    pub is_contactable: bool,
    pub talks: Vec<Talk>,
    pub aims: Vec<Aim>,
    /// What school and guardians wrote to each other in the terms of the year.
    pub exchanges: Vec<Exchange>,
    /// The days on which the concerns were raised that are still open, or were at the end of the year.
    pub open_concerns: Vec<NaiveDate>,
    pub trust: Trust,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    pub id: ConversationId,
    pub kind: StepKind,
    pub status: OccasionStatus,
    pub starts_at: DateTime<Utc>,
    pub guardians: Vec<(PersonId, AttendeeStatus)>,
}

/// A goal.
#[derive(Clone, Debug, Default)]
pub struct Aim {
    pub agreed_by_staff_at: Option<DateTime<Utc>>,
    pub agreed_by: Vec<(PersonId, DateTime<Utc>)>,
    pub marked_at: Option<DateTime<Utc>>,
}

impl Aim {
    /// As it stood then.
    #[must_use]
    pub fn by(mut self, then: DateTime<Utc>) -> Self {
        self.agreed_by_staff_at = self.agreed_by_staff_at.filter(|at| *at <= then);
        self.agreed_by.retain(|(_, at)| *at <= then);
        self.marked_at = self.marked_at.filter(|at| *at <= then);
        self
    }
}

/// The latest pulses, each a score of 1 to 5 with its day.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub of_guardians: Vec<(PersonId, i32, NaiveDate)>,
    pub of_teacher: Option<(i32, NaiveDate)>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    Open,
    Scheduled,
    Done,
    Overdue,
}

/// A step of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub status: StepStatus,
    pub due_on: NaiveDate,
    pub done_at: Option<DateTime<Utc>>,
    /// Those to show, the one to come first, then the last one held.
    pub conversations: Vec<ConversationId>,
    pub missing: Vec<PersonId>,
}

impl History {
    /// The part of it that happened with `guardians`.
    #[must_use]
    pub fn with(&self, guardians: &[PersonId]) -> Self {
        let mut part = self.clone();
        part.entitled.retain(|guardian| guardians.contains(guardian));
        part.talks.retain(|talk| talk.guardians.iter().any(|(guardian, _)| guardians.contains(guardian)));
        part
    }
}

/// The steps of the year, in their order. A child that is not new has no intake.
pub fn steps(history: &History) -> Vec<Step> {
    kinds(history).map(|kind| step(history, kind)).collect()
}

/// The same steps for family to read. Whether one is done hangs on all guardians; when it was, what is planned and who is
/// missing is told of `guardians` alone, as they may not know what the school has with another one.
pub fn steps_for(history: &History, guardians: &[PersonId]) -> Vec<Step> {
    let own = history.with(guardians);
    let read = |kind| {
        let is_done = progress(history, kind).1.is_some();
        told(&own, kind, is_done, progress(&own, kind))
    };
    kinds(history).map(read).collect()
}

fn kinds(history: &History) -> impl Iterator<Item = StepKind> {
    let kinds = [StepKind::Intake, StepKind::Expectations, StepKind::Goals, StepKind::Progress, StepKind::Closing];
    let needs_intake = history.needs_intake;
    kinds.into_iter().filter(move |kind| *kind != StepKind::Intake || needs_intake)
}

pub(super) fn step(history: &History, kind: StepKind) -> Step {
    let (missing, done_at) = progress(history, kind);
    told(history, kind, done_at.is_some(), (missing, done_at))
}

/// Who is missing, and since when it is done.
fn progress(history: &History, kind: StepKind) -> (Vec<PersonId>, Option<DateTime<Utc>>) {
    match kind {
        StepKind::Goals => agreed(history),
        StepKind::Closing => {
            let (missing, all_met) = met(history, kind);
            (missing, all_met.zip(all_marked(history)).map(|(met, marked)| met.max(marked)))
        }
        kind => met(history, kind),
    }
}

fn told(
    history: &History,
    kind: StepKind,
    is_done: bool,
    (missing, done_at): (Vec<PersonId>, Option<DateTime<Utc>>),
) -> Step {
    let due_on = due_on(history, kind);
    let is_to_come = |talk: &&Talk| talk.status == OccasionStatus::Planned && history.now < talk.starts_at;
    let next =
        history.talks.iter().filter(|talk| talk.kind == kind).filter(is_to_come).min_by_key(|talk| talk.starts_at);
    let next = next.filter(|_| !is_done);
    let mut held: Vec<&Talk> = held(history, kind).collect();
    held.sort_by_key(|talk| std::cmp::Reverse(talk.starts_at));
    let status = match next {
        _ if is_done => StepStatus::Done,
        Some(_) => StepStatus::Scheduled,
        None if due_on < history.today => StepStatus::Overdue,
        None => StepStatus::Open,
    };
    Step {
        kind,
        status,
        due_on,
        done_at: done_at.filter(|_| is_done),
        conversations: next.into_iter().chain(held).map(|talk| talk.id).collect(),
        missing,
    }
}

/// The last day on which a step is in time. Who comes in the middle of the year has as long as the others had.
pub fn due_on(history: &History, kind: StepKind) -> NaiveDate {
    let History { starts_on, ends_on, enrolled_on, .. } = *history;
    let begun = starts_on.max(enrolled_on);
    let started = begun + START_WITHIN;
    let due = match kind {
        StepKind::Intake => enrolled_on + INTAKE_WITHIN,
        StepKind::Expectations | StepKind::Goals => started,
        StepKind::Progress => (starts_on + PROGRESS_WITHIN).pred_opt().unwrap_or(ends_on).max(started),
        StepKind::Closing => ends_on,
    };
    due.min(ends_on)
}

fn held(history: &History, kind: StepKind) -> impl Iterator<Item = &Talk> {
    history.talks.iter().filter(move |talk| talk.kind == kind && talk.status == OccasionStatus::Held)
}

/// Whom of the guardians the school has not met in a conversation of that kind, and since when it has met all. Without
/// guardians there is nobody to meet, and it never has.
fn met(history: &History, kind: StepKind) -> (Vec<PersonId>, Option<DateTime<Utc>>) {
    let first = |guardian: &PersonId| {
        let there = |talk: &&Talk| talk.guardians.contains(&(*guardian, AttendeeStatus::Present));
        held(history, kind).filter(there).map(|talk| talk.starts_at).min()
    };
    everybody(&history.entitled, first)
}

/// Who is missing, and since when nobody is.
fn everybody(
    guardians: &[PersonId],
    since: impl Fn(&PersonId) -> Option<DateTime<Utc>>,
) -> (Vec<PersonId>, Option<DateTime<Utc>>) {
    let missing: Vec<PersonId> = guardians.iter().copied().filter(|guardian| since(guardian).is_none()).collect();
    let all = guardians.iter().filter_map(&since).max().filter(|_| missing.is_empty());
    (missing, all)
}

/// Who has not agreed to a goal that the teacher agrees to, and since when all agree to one. Of several goals, the one that
/// is nearest to it counts.
fn agreed(history: &History) -> (Vec<PersonId>, Option<DateTime<Utc>>) {
    let of = |aim: &Aim| {
        let since = |guardian: &PersonId| aim.agreed_by.iter().find(|(who, _)| who == guardian).map(|(_, at)| *at);
        let (missing, all) = everybody(&history.entitled, since);
        (missing, all.zip(aim.agreed_by_staff_at).map(|(guardians, staff)| guardians.max(staff)))
    };
    let found = history.aims.iter().map(of).min_by_key(|(missing, at)| (at.is_none(), *at, missing.len()));
    found.unwrap_or_else(|| (history.entitled.clone(), None))
}

/// Since when every goal is marked as reached or not; none without a goal.
fn all_marked(history: &History) -> Option<DateTime<Utc>> {
    let marks: Option<Vec<_>> = history.aims.iter().map(|aim| aim.marked_at).collect();
    marks?.into_iter().max()
}

#[cfg(test)]
pub(super) mod tests {
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
        assert_eq!(
            (of(&history, Expectations).status, of(&history, Expectations).missing.len()),
            (StepStatus::Open, 2)
        );
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
}
