//! The 100 % line: pure functions of what happened.

use chrono::{Datelike, Months, NaiveDate, Weekday};
use glans_entity::engagement::StepKind;
use glans_entity::ids::ConversationId;
use glans_entity::practice::OccasionStatus;

use super::rules::{History, StepStatus, step};

/// Where the terms (*trimesters*) of a year end, in months from its first day; the last one ends with the year.
const TERMS: [Months; 2] = [Months::new(5), Months::new(8)];
/// As long as a term at most: older trust is unknown trust.
const TRUST_LASTS: i64 = 120;
/// A pulse of at least this much, of 5, is trust.
const TRUST: i32 = 4;
/// Working days that a concern may stay open.
const CONCERN_WITHIN: u32 = 10;

/// What has to hold for a child to count as engaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CriterionKind {
    Contactable,
    StartConversationWithGoal,
    TwoWay,
    MutualTrust,
    NoOpenConcern,
    Closing,
}

/// Whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CriterionStatus {
    Met,
    NotYet,
    Unknown,
    NotDue,
}

/// A criterion of the 100 % line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub kind: CriterionKind,
    pub status: CriterionStatus,
    pub due_on: Option<NaiveDate>,
}

/// The six criteria.
pub fn criteria(history: &History) -> [Criterion; 6] {
    use CriterionKind as Kind;
    let start = step(history, StepKind::Expectations);
    let closing = step(history, StepKind::Closing);
    let has_started = start.status == StepStatus::Done && !history.aims.is_empty();
    let now = |holds: bool| if holds { CriterionStatus::Met } else { CriterionStatus::NotYet };
    let by = |holds: bool, due_on: NaiveDate| match now(holds) {
        CriterionStatus::NotYet if history.today <= due_on => CriterionStatus::NotDue,
        status => status,
    };
    let (two_way, term) = two_way(history);
    let criterion = |kind, status, due_on| Criterion { kind, status, due_on };
    [
        criterion(Kind::Contactable, now(history.is_contactable), None),
        criterion(Kind::StartConversationWithGoal, by(has_started, start.due_on), Some(start.due_on)),
        criterion(Kind::TwoWay, two_way, Some(term)),
        criterion(Kind::MutualTrust, mutual_trust(history), None),
        criterion(
            Kind::NoOpenConcern,
            now(!history.open_concerns.iter().any(|day| is_stale(*day, history.today))),
            None,
        ),
        criterion(Kind::Closing, by(closing.status == StepStatus::Done, closing.due_on), Some(closing.due_on)),
    ]
}

/// The conversation that shows a criterion: the last one held.
pub fn evidence(history: &History, kind: CriterionKind) -> Option<ConversationId> {
    let last = |kind: Option<StepKind>| {
        let held = history.talks.iter().filter(|talk| talk.status == OccasionStatus::Held);
        held.filter(|talk| kind.is_none_or(|kind| talk.kind == kind))
            .max_by_key(|talk| talk.starts_at)
            .map(|talk| talk.id)
    };
    match kind {
        CriterionKind::StartConversationWithGoal => last(Some(StepKind::Expectations)),
        CriterionKind::Closing => last(Some(StepKind::Closing)),
        CriterionKind::TwoWay => last(None),
        CriterionKind::Contactable | CriterionKind::MutualTrust | CriterionKind::NoOpenConcern => None,
    }
}

/// Whether every criterion that is due is met. What is unknown is not met.
pub fn is_successful(criteria: &[Criterion]) -> bool {
    criteria.iter().all(|criterion| matches!(criterion.status, CriterionStatus::Met | CriterionStatus::NotDue))
}

/// Contact both ways in every term that is over and in which the child was here, and the last day of the term that counts:
/// the first one without contact, else the present one.
fn two_way(history: &History) -> (CriterionStatus, NaiveDate) {
    let held = history.talks.iter().filter(|talk| talk.status == OccasionStatus::Held).map(|talk| talk.starts_at);
    let days: Vec<NaiveDate> = held.chain(history.exchanges.iter().copied()).map(|at| at.date_naive()).collect();
    let ends = TERMS.map(|months| (history.starts_on + months).pred_opt().unwrap_or(history.ends_on));
    let mut status = CriterionStatus::NotDue;
    let mut first = history.starts_on;
    for last in ends.into_iter().filter(|last| *last < history.ends_on).chain([history.ends_on]) {
        if history.today <= last {
            return (status, last);
        }
        if history.enrolled_on <= last {
            if !days.iter().any(|day| (first..=last).contains(day)) {
                return (CriterionStatus::NotYet, last);
            }
            status = CriterionStatus::Met;
        }
        first = last.succ_opt().unwrap_or(last);
    }
    (status, history.ends_on)
}

/// Of several guardians the lowest counts.
fn mutual_trust(history: &History) -> CriterionStatus {
    let is_fresh = |day: NaiveDate| (history.today - day).num_days() <= TRUST_LASTS;
    let trust = &history.trust;
    let of_guardians =
        trust.of_guardians.iter().filter(|(guardian, _, day)| history.entitled.contains(guardian) && is_fresh(*day));
    let lowest = of_guardians.map(|(_, score, _)| *score).min();
    let teacher = trust.of_teacher.filter(|(_, day)| is_fresh(*day)).map(|(score, _)| score);
    match lowest.zip(teacher) {
        None => CriterionStatus::Unknown,
        Some((guardians, teacher)) if guardians.min(teacher) >= TRUST => CriterionStatus::Met,
        Some(_) => CriterionStatus::NotYet,
    }
}

/// Whether a concern of that day is open for longer than it may be. Holidays are not known and count as working days.
fn is_stale(raised_on: NaiveDate, today: NaiveDate) -> bool {
    let is_working = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let mut days = raised_on.iter_days().skip(1).take_while(|day| *day <= today).filter(is_working);
    days.nth(CONCERN_WITHIN as usize).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::rules::Trust;
    use super::super::rules::tests::{at, day, on, person, talk};
    use super::*;

    fn status_of(history: &History, kind: CriterionKind) -> CriterionStatus {
        criteria(history).into_iter().find(|criterion| criterion.kind == kind).unwrap().status
    }

    #[test]
    fn contact_goes_both_ways_in_every_term_that_is_over() {
        use CriterionKind::TwoWay;
        assert_eq!(status_of(&on("2026-12-31"), TwoWay), CriterionStatus::NotDue);
        assert_eq!(status_of(&on("2027-01-01"), TwoWay), CriterionStatus::NotYet);
        let mut history = History { exchanges: vec![at("2026-12-31")], ..on("2027-01-01") };
        assert_eq!(status_of(&history, TwoWay), CriterionStatus::Met);
        history = History { exchanges: history.exchanges, ..on("2027-04-01") };
        assert_eq!(criteria(&history)[2].due_on, Some(day("2027-03-31")));
        assert_eq!(status_of(&history, TwoWay), CriterionStatus::NotYet);
        history.talks.push(talk(StepKind::Progress, OccasionStatus::Held, "2027-02-01", &[1]));
        assert_eq!(status_of(&history, TwoWay), CriterionStatus::Met);
        let late = History { enrolled_on: day("2027-04-01"), ..on("2027-04-02") };
        assert_eq!(status_of(&late, TwoWay), CriterionStatus::NotDue);
    }

    #[test]
    fn trust_is_mutual_fresh_and_known() {
        use CriterionKind::MutualTrust;
        let mut history = on("2026-11-25");
        let fresh = day("2026-11-01");
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::Unknown);
        history.trust = Trust { of_guardians: vec![(person(1), 5, fresh)], of_teacher: None };
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::Unknown);
        history.trust.of_teacher = Some((4, fresh));
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::Met);
        history.trust.of_guardians.push((person(2), 3, fresh));
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::NotYet);
        // Who has nothing of the child any more does not count, nor what is older than a term.
        history.entitled = vec![person(1)];
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::Met);
        history.trust.of_teacher = Some((4, day("2026-07-27")));
        assert_eq!(status_of(&history, MutualTrust), CriterionStatus::Unknown);
    }

    #[test]
    fn a_concern_may_stay_open_for_ten_working_days() {
        // Wednesday 11 November: the tenth working day after it is Wednesday the 25th.
        let concern = History { open_concerns: vec![day("2026-11-11")], ..on("2026-11-25") };
        assert_eq!(status_of(&concern, CriterionKind::NoOpenConcern), CriterionStatus::Met);
        let concern = History { open_concerns: vec![day("2026-11-11")], ..on("2026-11-26") };
        assert_eq!(status_of(&concern, CriterionKind::NoOpenConcern), CriterionStatus::NotYet);
    }

    #[test]
    fn unknown_is_not_met() {
        let history = History { is_contactable: true, ..on("2026-08-20") };
        let told = criteria(&history);
        assert!(!is_successful(&told));
        let met = told.map(|criterion| Criterion {
            status: if criterion.kind == CriterionKind::MutualTrust { CriterionStatus::Met } else { criterion.status },
            ..criterion
        });
        assert!(is_successful(&met));
    }
}
