//! How far a lesson is at a school. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::practice::{LessonStatus, MarkKind, OccasionStatus};

use crate::platform::error::Result;
use crate::platform::text::Checks;

/// A moment.
pub type Instant = DateTime<Utc>;

/// A lesson that is not taught so long before the next meeting is overdue.
const BEFORE_THE_NEXT: TimeDelta = TimeDelta::days(3);
const REASON_LENGTH: usize = 500;

/// What happened to one lesson at one school.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The meetings that prepare it and were not cancelled.
    pub preparations: Vec<Preparation>,
    /// Begins of all meetings of the cohort that were not cancelled.
    pub meetings: Vec<Instant>,
    pub sessions: Vec<Session>,
    /// The experiences that others than the own school see.
    pub shared: Vec<Shared>,
    /// In the order in which they were made.
    pub marks: Vec<Mark>,
}

/// A meeting that prepares the lesson.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preparation {
    pub starts_at: Instant,
    /// When a leader of the school was there, or had caught up.
    pub attended_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    pub status: OccasionStatus,
    pub ends_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    pub at: Instant,
    /// When a meeting took it up.
    pub discussed_at: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub kind: MarkKind,
    pub at: Instant,
    pub reason: String,
}

/// How far the lesson is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub status: LessonStatus,
    pub prepared_at: Option<Instant>,
    pub taught_at: Option<Instant>,
    pub reflected_at: Option<Instant>,
    pub discussed_at: Option<Instant>,
    pub skipped_reason: Option<String>,
    pub due_at: Option<Instant>,
}

/// What the facts tell. Facts win over order: a lesson that was given is taught, even where nobody recorded that it was
/// prepared.
pub fn progress(facts: &Facts) -> Progress {
    let prepared_at = facts.preparations.iter().filter_map(|meeting| meeting.attended_at).min();
    let taught_at = taught_at(&facts.sessions);
    let reopened_at = facts.marks.iter().filter(|mark| mark.kind == MarkKind::Reopened).map(|mark| mark.at).max();
    // What was shared before the lesson was taken up again belongs to the time before.
    let counts = |shared: &&Shared| reopened_at.is_none_or(|reopened| shared.at > reopened);
    let first_shared = facts.shared.iter().filter(counts).map(|shared| shared.at).min();
    let reflected_at = taught_at.zip(first_shared).map(|(taught, shared)| taught.max(shared));
    let first_discussed = facts.shared.iter().filter(counts).filter_map(|shared| shared.discussed_at).min();
    let discussed_at = reflected_at.zip(first_discussed).map(|(reflected, discussed)| reflected.max(discussed));
    let skipped = facts.marks.last().filter(|mark| mark.kind == MarkKind::Skipped);
    let is = |status: OccasionStatus| move |session: &Session| session.status == status;
    let planned = facts.sessions.iter().any(is(OccasionStatus::Planned));
    let begun = planned && facts.sessions.iter().any(is(OccasionStatus::Held));
    let status = match (discussed_at, reflected_at, taught_at, prepared_at) {
        _ if skipped.is_some() => LessonStatus::Skipped,
        (Some(_), ..) => LessonStatus::Discussed,
        (_, Some(_), ..) => LessonStatus::Reflected,
        (_, _, Some(_), _) => LessonStatus::Taught,
        // Some of the team had it, and others are to get it.
        _ if begun => LessonStatus::Scheduled,
        (.., Some(_)) if planned => LessonStatus::Scheduled,
        (.., Some(_)) => LessonStatus::Prepared,
        _ => LessonStatus::NotStarted,
    };
    let skipped_reason = skipped.map(|mark| mark.reason.clone());
    Progress { status, prepared_at, taught_at, reflected_at, discussed_at, skipped_reason, due_at: due_at(facts) }
}

/// When the team had the lesson: all its sessions were held or cancelled, and one was held.
fn taught_at(sessions: &[Session]) -> Option<Instant> {
    if sessions.iter().any(|session| session.status == OccasionStatus::Planned) {
        return None;
    }
    let held = sessions.iter().filter(|session| session.status == OccasionStatus::Held);
    held.map(|session| session.ends_at).max()
}

/// Three days before the meeting that follows the first one that prepares the lesson.
fn due_at(facts: &Facts) -> Option<Instant> {
    let prepares = facts.preparations.iter().map(|meeting| meeting.starts_at).min()?;
    facts.meetings.iter().filter(|starts| **starts > prepares).min().map(|next| *next - BEFORE_THE_NEXT)
}

/// Whether a lesson should have been taught by now.
pub fn is_overdue(status: LessonStatus, due_at: Option<Instant>, now: Instant) -> bool {
    status < LessonStatus::Taught && due_at.is_some_and(|due| now > due)
}

/// Whether a session that begins then comes when the next meeting has begun already.
pub fn is_late(starts_at: Instant, due_at: Instant) -> bool {
    starts_at >= due_at + BEFORE_THE_NEXT
}

/// Whether the team had the lesson.
pub fn is_completed(status: LessonStatus) -> bool {
    (LessonStatus::Taught..=LessonStatus::Discussed).contains(&status)
}

/// Whether the lesson still has to be given.
pub fn is_ahead(status: LessonStatus) -> bool {
    status < LessonStatus::Taught
}

/// The checked reason of a mark.
pub fn reason(reason: &str) -> Result<String> {
    let mut checks = Checks::default();
    let reason = checks.text("reason", reason, REASON_LENGTH);
    checks.done(reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(day: i64) -> Instant {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap() + TimeDelta::days(day)
    }

    fn session(status: OccasionStatus, day: i64) -> Session {
        Session { status, ends_at: at(day) }
    }

    fn mark(kind: MarkKind, day: i64) -> Mark {
        Mark { kind, at: at(day), reason: "Reden".to_owned() }
    }

    fn status(facts: &Facts) -> LessonStatus {
        progress(facts).status
    }

    #[test]
    fn a_lesson_goes_through_the_circle() {
        let mut facts = Facts::default();
        assert_eq!(status(&facts), LessonStatus::NotStarted);
        facts.preparations.push(Preparation { starts_at: at(0), attended_at: None });
        assert_eq!(status(&facts), LessonStatus::NotStarted);
        facts.preparations[0].attended_at = Some(at(0));
        assert_eq!(status(&facts), LessonStatus::Prepared);
        facts.sessions.push(session(OccasionStatus::Planned, 5));
        assert_eq!(status(&facts), LessonStatus::Scheduled);
        facts.sessions[0].status = OccasionStatus::Held;
        assert_eq!(status(&facts), LessonStatus::Taught);
        facts.shared.push(Shared { at: at(6), discussed_at: None });
        assert_eq!(status(&facts), LessonStatus::Reflected);
        facts.shared[0].discussed_at = Some(at(14));
        assert_eq!(status(&facts), LessonStatus::Discussed);
        facts.marks.push(mark(MarkKind::Reopened, 15));
        assert_eq!(status(&facts), LessonStatus::Taught);
        facts.shared.push(Shared { at: at(16), discussed_at: None });
        assert_eq!(status(&facts), LessonStatus::Reflected);
        facts.marks.push(mark(MarkKind::Skipped, 17));
        let skipped = progress(&facts);
        assert_eq!((skipped.status, skipped.skipped_reason.as_deref()), (LessonStatus::Skipped, Some("Reden")));
    }

    #[test]
    fn part_timers_have_all_had_it_before_it_is_taught() {
        use OccasionStatus::{Cancelled, Held, Planned};
        let of = |statuses: &[OccasionStatus]| {
            let sessions = (1..).zip(statuses).map(|(day, status)| session(*status, day)).collect();
            progress(&Facts { sessions, ..Facts::default() }).taught_at
        };
        assert_eq!(of(&[Held, Planned]), None);
        let sessions = vec![session(Held, 1), session(Planned, 9)];
        assert_eq!(status(&Facts { sessions, ..Facts::default() }), LessonStatus::Scheduled);
        assert_eq!(of(&[Held, Cancelled]), Some(at(1)));
        assert_eq!(of(&[Held, Held]), Some(at(2)));
        assert_eq!(of(&[Cancelled]), None);
    }

    #[test]
    fn a_lesson_is_overdue_three_days_before_the_next_meeting() {
        let preparations = vec![Preparation { starts_at: at(0), attended_at: Some(at(0)) }];
        let facts = Facts { preparations, meetings: vec![at(28), at(0), at(14), at(-14)], ..Facts::default() };
        let told = progress(&facts);
        assert_eq!(told.due_at, Some(at(11)));
        assert!(!is_overdue(told.status, told.due_at, at(11)));
        assert!(is_overdue(told.status, told.due_at, at(12)));
        assert!(!is_overdue(LessonStatus::Taught, told.due_at, at(12)));
        assert!(!is_overdue(LessonStatus::Skipped, told.due_at, at(12)));
        assert_eq!(progress(&Facts { meetings: vec![at(0)], ..facts }).due_at, None);
    }

    /// Something that happens to a lesson.
    #[derive(Clone, Debug)]
    enum Happens {
        Prepared(Preparation),
        Session(Session),
        Shared(Shared),
    }

    fn happens() -> impl Strategy<Value = Happens> {
        let day = || (0_i64..60).prop_map(at);
        let statuses = [OccasionStatus::Planned, OccasionStatus::Held, OccasionStatus::Cancelled];
        prop_oneof![
            (day(), proptest::option::of(day()))
                .prop_map(|(starts_at, attended_at)| Happens::Prepared(Preparation { starts_at, attended_at })),
            (day(), proptest::sample::select(statuses.to_vec()))
                .prop_map(|(ends_at, status)| Happens::Session(Session { status, ends_at })),
            (day(), proptest::option::of(day()))
                .prop_map(|(at, discussed_at)| Happens::Shared(Shared { at, discussed_at })),
        ]
    }

    fn facts(happened: &[Happens], marks: &[(bool, i64)]) -> Facts {
        let mut facts = Facts::default();
        for it in happened {
            match it {
                Happens::Prepared(it) => {
                    facts.meetings.push(it.starts_at);
                    facts.preparations.push(*it);
                }
                Happens::Session(it) => facts.sessions.push(*it),
                Happens::Shared(it) => facts.shared.push(*it),
            }
        }
        let kind = |skips| if skips { MarkKind::Skipped } else { MarkKind::Reopened };
        facts.marks = marks.iter().map(|(skips, day)| mark(kind(*skips), *day)).collect();
        facts
    }

    fn must_be_legal(facts: &Facts) {
        let told = progress(facts);
        let Progress { prepared_at, taught_at, reflected_at, discussed_at, .. } = told;
        let since = |earlier: Option<Instant>, later: Option<Instant>| {
            later.is_none_or(|later| earlier.is_some_and(|earlier| earlier <= later))
        };
        assert!(since(taught_at, reflected_at) && since(reflected_at, discussed_at), "{told:?}");
        let has = |status| facts.sessions.iter().any(|session| session.status == status);
        let reached = match told.status {
            LessonStatus::Discussed => discussed_at.is_some(),
            LessonStatus::Reflected => reflected_at.is_some() && discussed_at.is_none(),
            LessonStatus::Taught => taught_at.is_some() && reflected_at.is_none(),
            LessonStatus::Scheduled => has(OccasionStatus::Planned) && taught_at.is_none(),
            LessonStatus::Prepared => prepared_at.is_some() && !has(OccasionStatus::Planned) && taught_at.is_none(),
            LessonStatus::NotStarted => prepared_at.is_none() && !has(OccasionStatus::Held),
            LessonStatus::Skipped => true,
        };
        assert!(reached, "{told:?}");
        assert_eq!(told.status == LessonStatus::Skipped, told.skipped_reason.is_some());
        assert_eq!(told.skipped_reason.is_some(), facts.marks.last().is_some_and(|it| it.kind == MarkKind::Skipped));
    }

    proptest! {
        /// After every event the status is a legal one, and in whatever order they come, the end is the same.
        #[test]
        fn no_order_of_events_leads_to_an_illegal_status(
            happened in proptest::collection::vec(happens(), 0..12),
            marks in proptest::collection::vec((any::<bool>(), 0_i64..60), 0..3),
            shuffled in any::<u64>(),
        ) {
            for some in 0..=happened.len() {
                for marked in 0..=marks.len() {
                    must_be_legal(&facts(&happened[..some], &marks[..marked]));
                }
            }
            let mut other = happened.clone();
            other.sort_by_key(|it| format!("{it:?}").bytes().fold(shuffled, |sum, byte| {
                sum.rotate_left(5) ^ u64::from(byte)
            }));
            prop_assert_eq!(progress(&facts(&happened, &marks)), progress(&facts(&other, &marks)));
        }
    }
}
