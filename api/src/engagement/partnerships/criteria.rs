//! The 100 % line: pure functions of what happened.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc, Weekday};
use glans_entity::engagement::{AttendeeStatus, StepKind};
use glans_entity::ids::ConversationId;
use glans_entity::practice::OccasionStatus;

use super::rules::{History, StepStatus, Talk, step};
use crate::call::today;
use crate::engagement::contact::Exchange;

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

/// The conversation that shows a criterion: the last one to which a guardian came.
pub fn evidence(history: &History, kind: CriterionKind) -> Option<ConversationId> {
    let last = |kind: Option<StepKind>| {
        let of_kind = attended(history).filter(|talk| kind.is_none_or(|kind| talk.kind == kind));
        of_kind.max_by_key(|talk| talk.starts_at).map(|talk| talk.id)
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

/// The terms (*trimesters*) of a year, each from its first day to its last.
pub fn terms(starts_on: NaiveDate, ends_on: NaiveDate) -> Vec<RangeInclusive<NaiveDate>> {
    let lasts = TERMS.map(|months| (starts_on + months).pred_opt().unwrap_or(ends_on));
    let lasts = lasts.into_iter().filter(|last| *last < ends_on).chain([ends_on]);
    let mut first = starts_on;
    let term = |last: NaiveDate| std::mem::replace(&mut first, last.succ_opt().unwrap_or(last))..=last;
    lasts.map(term).collect()
}

/// Contact both ways in every term that is over and in which the child was here, and the last day of the term that counts:
/// the first one without contact, else the present one.
fn two_way(history: &History) -> (CriterionStatus, NaiveDate) {
    let mut status = CriterionStatus::NotDue;
    for term in terms(history.starts_on, history.ends_on) {
        let last = *term.end();
        if history.today <= last {
            return (status, last);
        }
        if history.enrolled_on <= last {
            if !had_contact(history, &term) {
                return (CriterionStatus::NotYet, last);
            }
            status = CriterionStatus::Met;
        }
    }
    (status, history.ends_on)
}

/// Whether a guardian came to a conversation in the term, or both sides wrote in one thread.
fn had_contact(history: &History, term: &RangeInclusive<NaiveDate>) -> bool {
    let is_within = |at: &DateTime<Utc>| term.contains(&today(*at));
    let wrote = |thread: &Exchange| thread.of_guardians.iter().any(is_within) && thread.of_staff.iter().any(is_within);
    attended(history).any(|talk| is_within(&talk.starts_at)) || history.exchanges.iter().any(wrote)
}

/// The conversations to which a guardian came.
fn attended(history: &History) -> impl Iterator<Item = &Talk> {
    let came = |talk: &&Talk| talk.guardians.iter().any(|(_, status)| *status == AttendeeStatus::Present);
    history.talks.iter().filter(|talk| talk.status == OccasionStatus::Held).filter(came)
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
    use proptest::prelude::*;

    use super::super::rules::Trust;
    use super::super::rules::tests::{any_day, any_history, any_moment, any_talk, at, day, on, person, talk};
    use super::*;

    fn status_of(history: &History, kind: CriterionKind) -> CriterionStatus {
        criteria(history).into_iter().find(|criterion| criterion.kind == kind).unwrap().status
    }

    /// A thread in which guardians and staff wrote on these days.
    fn thread(of_guardians: &[&str], of_staff: &[&str]) -> Exchange {
        let instants = |days: &[&str]| days.iter().map(|day| at(day)).collect();
        Exchange { of_guardians: instants(of_guardians), of_staff: instants(of_staff) }
    }

    #[test]
    fn contact_goes_both_ways_in_every_term_that_is_over() {
        use CriterionKind::TwoWay;
        assert_eq!(status_of(&on("2026-12-31"), TwoWay), CriterionStatus::NotDue);
        assert_eq!(status_of(&on("2027-01-01"), TwoWay), CriterionStatus::NotYet);
        let mut history = History { exchanges: vec![thread(&["2026-08-20"], &["2026-12-31"])], ..on("2027-01-01") };
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
    fn a_thread_counts_in_every_term_in_which_both_wrote_in_it() {
        use CriterionKind::TwoWay;
        let both = ["2026-09-01", "2027-01-05"];
        let all_year = History { exchanges: vec![thread(&both, &both)], ..on("2027-04-01") };
        assert_eq!(status_of(&all_year, TwoWay), CriterionStatus::Met);
        // In the second one only the school wrote.
        let late = History { exchanges: vec![thread(&["2026-09-01"], &both)], ..on("2027-04-01") };
        assert_eq!(criteria(&late)[2].due_on, Some(day("2027-03-31")));
        // Each side wrote, and in threads of their own.
        let apart = vec![thread(&["2026-09-01"], &[]), thread(&[], &["2026-09-01"])];
        let apart = History { exchanges: apart, ..on("2027-01-01") };
        assert_eq!(status_of(&apart, TwoWay), CriterionStatus::NotYet);
    }

    #[test]
    fn a_conversation_to_which_nobody_came_is_no_contact() {
        use CriterionKind::TwoWay;
        let mut history = on("2027-01-01");
        history.talks.push(talk(StepKind::Expectations, OccasionStatus::Held, "2026-09-10", &[]));
        assert_eq!((status_of(&history, TwoWay), evidence(&history, TwoWay)), (CriterionStatus::NotYet, None));
        history.talks.push(talk(StepKind::Expectations, OccasionStatus::Held, "2026-09-09", &[2]));
        let shown = Some(history.talks[1].id);
        assert_eq!((status_of(&history, TwoWay), evidence(&history, TwoWay)), (CriterionStatus::Met, shown));
        assert_eq!(evidence(&history, CriterionKind::StartConversationWithGoal), shown);
    }

    #[test]
    fn a_day_is_one_of_the_netherlands() {
        use CriterionKind::TwoWay;
        // Half past midnight of 1 January there, and still December in UTC: the first term is over.
        let night = "2026-12-31T23:30:00Z".parse().unwrap();
        let new_year = Exchange { of_guardians: vec![night], of_staff: vec![night] };
        let history = History { exchanges: vec![new_year], ..on("2027-01-02") };
        assert_eq!(status_of(&history, TwoWay), CriterionStatus::NotYet);
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

    fn any_exchange() -> impl Strategy<Value = Exchange> {
        let side = || proptest::collection::vec(any_moment(), 0..4);
        (side(), side()).prop_map(|(of_guardians, of_staff)| Exchange { of_guardians, of_staff })
    }

    fn any_trust() -> impl Strategy<Value = Trust> {
        let of_guardians = proptest::collection::vec(((1_u128..4).prop_map(person), 1_i32..6, any_day()), 0..4);
        let of_teacher = proptest::option::of((1_i32..6, any_day()));
        (of_guardians, of_teacher).prop_map(|(of_guardians, of_teacher)| Trust { of_guardians, of_teacher })
    }

    fn any_year() -> impl Strategy<Value = History> {
        let exchanges = proptest::collection::vec(any_exchange(), 0..4);
        let open_concerns = proptest::collection::vec(any_day(), 0..3);
        (any_history(), exchanges, any_trust(), open_concerns).prop_map(|(history, exchanges, trust, open_concerns)| {
            History { exchanges, open_concerns, trust, ..history }
        })
    }

    fn met(history: &History) -> Vec<CriterionKind> {
        let met = criteria(history).into_iter().filter(|criterion| criterion.status == CriterionStatus::Met);
        met.map(|criterion| criterion.kind).collect()
    }

    proptest! {
        /// More contact takes no criterion away, and the order in which things were noted says nothing.
        #[test]
        fn contact_takes_nothing_away(history in any_year(), exchange in any_exchange(), more in any_talk()) {
            let before = criteria(&history);
            let mut longer = history.clone();
            longer.exchanges.push(exchange);
            let after = criteria(&longer);
            prop_assert!(met(&history).iter().all(|kind| met(&longer).contains(kind)));
            for (before, after) in before.iter().zip(&after) {
                prop_assert!(before == after || after.kind == CriterionKind::TwoWay);
            }
            longer.talks.push(more);
            prop_assert!(met(&history).iter().all(|kind| met(&longer).contains(kind)));

            let mut reversed = history.clone();
            reversed.talks.reverse();
            reversed.aims.reverse();
            reversed.exchanges.reverse();
            reversed.trust.of_guardians.reverse();
            reversed.open_concerns.reverse();
            prop_assert_eq!(criteria(&reversed), before);
        }

        /// What nobody shows is not met: without a guardian, without contact.
        #[test]
        fn nothing_is_met_by_nobody(history in any_year()) {
            let alone = met(&History { entitled: Vec::new(), ..history.clone() });
            let of_guardians =
                [CriterionKind::StartConversationWithGoal, CriterionKind::MutualTrust, CriterionKind::Closing];
            prop_assert!(of_guardians.iter().all(|kind| !alone.contains(kind)), "{alone:?}");
            let silent = met(&History { talks: Vec::new(), exchanges: Vec::new(), ..history.clone() });
            prop_assert!(!silent.contains(&CriterionKind::TwoWay));
            let told = criteria(&history);
            let is_short = |criterion: &Criterion| {
                matches!(criterion.status, CriterionStatus::NotYet | CriterionStatus::Unknown)
            };
            prop_assert_eq!(is_successful(&told), !told.iter().any(is_short));
        }
    }
}
