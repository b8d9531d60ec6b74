//! The line through the year: a pure function of what happened.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use glans_entity::engagement::{AttendeeStatus, StepKind};
use glans_entity::ids::{ConversationId, PersonId};
use glans_entity::practice::OccasionStatus;

/// Days after the enrolment by which a new student's family is met.
const INTAKE_WITHIN: Days = Days::new(30);
/// Days after the first one by which the year's start is talked about: the 45th day.
const START_WITHIN: Days = Days::new(44);
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
    /// The guardians who have everything of the child today.
    pub entitled: Vec<PersonId>,
    /// Whether one of them can be reached by the app or by e-mail.
    pub is_contactable: bool,
    pub talks: Vec<Talk>,
    pub aims: Vec<Aim>,
    /// When school and guardians had written to each other.
    pub exchanges: Vec<DateTime<Utc>>,
    /// The days on which the concerns were raised that are still open.
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

/// The steps of the year, in their order. A child that is not new has no intake.
pub fn steps(history: &History) -> Vec<Step> {
    let kinds = [StepKind::Intake, StepKind::Expectations, StepKind::Goals, StepKind::Progress, StepKind::Closing];
    kinds
        .into_iter()
        .filter(|kind| *kind != StepKind::Intake || history.needs_intake)
        .map(|kind| step(history, kind))
        .collect()
}

pub(super) fn step(history: &History, kind: StepKind) -> Step {
    let (missing, mut done_at) = match kind {
        StepKind::Goals => agreed(history),
        kind => met(history, kind),
    };
    if kind == StepKind::Closing {
        done_at = done_at.zip(all_marked(history)).map(|(met, marked)| met.max(marked));
    }
    let due_on = due_on(history, kind);
    let is_to_come = |talk: &&Talk| talk.status == OccasionStatus::Planned && history.now < talk.starts_at;
    let next =
        history.talks.iter().filter(|talk| talk.kind == kind).filter(is_to_come).min_by_key(|talk| talk.starts_at);
    let mut held: Vec<&Talk> = held(history, kind).collect();
    held.sort_by_key(|talk| std::cmp::Reverse(talk.starts_at));
    let status = match (done_at, next) {
        (Some(_), _) => StepStatus::Done,
        (None, Some(_)) => StepStatus::Scheduled,
        (None, None) if due_on < history.today => StepStatus::Overdue,
        (None, None) => StepStatus::Open,
    };
    let next = next.filter(|_| done_at.is_none());
    Step {
        kind,
        status,
        due_on,
        done_at,
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

    fn any_talk() -> impl Strategy<Value = Talk> {
        let kinds = [StepKind::Intake, StepKind::Expectations, StepKind::Progress, StepKind::Closing];
        let statuses = [OccasionStatus::Planned, OccasionStatus::Held, OccasionStatus::Cancelled];
        let there = proptest::collection::vec(1_u128..4, 0..3);
        (proptest::sample::select(kinds.to_vec()), proptest::sample::select(statuses.to_vec()), 0_u64..365, there)
            .prop_map(|(kind, status, days, there)| {
                let on = day("2026-08-01") + Days::new(days);
                talk(kind, status, &on.to_string(), &there)
            })
    }

    proptest! {
        /// A step is done exactly when nobody is missing of a family, whatever the order of what happened; one more
        /// conversation never undoes it, and one more guardian never does it.
        #[test]
        fn a_line_only_grows(
            talks in proptest::collection::vec(any_talk(), 0..10),
            more in any_talk(),
            days in 0_u64..365,
            new in any::<bool>(),
        ) {
            let today = (day("2026-08-01") + Days::new(days)).to_string();
            let history = History { talks, needs_intake: new, ..on(&today) };
            let told = steps(&history);
            prop_assert_eq!(told.len(), if new { 5 } else { 4 });
            for step in &told {
                prop_assert_eq!(step.status == StepStatus::Done, step.done_at.is_some());
                prop_assert!(step.done_at.is_none() || step.missing.is_empty());
                prop_assert!(step.status != StepStatus::Overdue || step.due_on < history.today);
                prop_assert!(step.due_on <= history.ends_on);
            }
            let mut reversed = history.clone();
            reversed.talks.reverse();
            let plain = |steps: &[Step]| steps.iter().map(|step| (step.kind, step.status, step.done_at)).collect::<Vec<_>>();
            prop_assert_eq!(plain(&steps(&reversed)), plain(&told));
            let mut longer = history.clone();
            longer.talks.push(more);
            for (before, after) in told.iter().zip(steps(&longer)) {
                prop_assert!(before.status != StepStatus::Done || after.status == StepStatus::Done);
                prop_assert!(after.missing.len() <= before.missing.len());
            }
            let mut larger = history.clone();
            larger.entitled.push(person(9));
            prop_assert!(steps(&larger).iter().all(|step| step.status != StepStatus::Done));
        }
    }
}
