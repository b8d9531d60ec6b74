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
pub(super) mod tests;
