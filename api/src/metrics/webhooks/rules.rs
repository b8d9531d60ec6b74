//! What an endpoint may be, and whether it goes on. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::SchoolId;
use glans_entity::localized::Strings;
use glans_entity::metrics::WebhookDisabled;

use super::deliveries::rules::Outcome;
use super::kinds::{Reach, WebhookEventKind};
use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;

/// Characters of a description at most.
pub(super) const DESCRIPTION: usize = 200;
/// Endpoints of one client at most.
pub(super) const ENDPOINTS: u64 = 20;
/// After a rotation the secret before it signs too for so long, for the integrator to put the new one everywhere.
pub const OVERLAP: TimeDelta = TimeDelta::days(7);
/// An endpoint that nothing has reached for so long is told nothing any more, once the last try of a delivery has
/// failed.
pub const PATIENCE: TimeDelta = TimeDelta::days(5);

/// The kinds as they are stored, in order and each once.
pub(super) fn kinds(checks: &mut Checks, mut kinds: Vec<WebhookEventKind>) -> Strings {
    if kinds.is_empty() {
        checks.add(UserErrorCode::Required, "events", "Choose at least one kind of event.");
    }
    kinds.sort_unstable();
    kinds.dedup();
    Strings(kinds.into_iter().map(|kind| kind.name().to_owned()).collect())
}

/// Whether a client that is narrowed to `schools` (none: it is not) may know of what happened there.
pub(super) fn may_know(schools: Option<&[SchoolId]>, reach: Reach) -> bool {
    let Some(schools) = schools else { return true };
    match reach {
        Reach::EverySchool => true,
        Reach::School(school) => schools.contains(&school),
        Reach::Board => false,
    }
}

/// Why an endpoint is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Disabled,
    /// The client that it belongs to was revoked.
    Revoked,
    /// The board was archived.
    Archived,
}

impl Closed {
    /// Why a delivery failed.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Disabled => "the endpoint was disabled",
            Self::Revoked => "the API client was revoked",
            Self::Archived => "the board was archived",
        }
    }

    /// What somebody reads who would send something all the same.
    pub(super) const fn refusal(self) -> &'static str {
        match self {
            Self::Disabled => "This endpoint is disabled. Enable it first.",
            Self::Revoked => "The API client of this endpoint was revoked. Make an endpoint for another client.",
            Self::Archived => "The board of this endpoint was archived: nothing is sent any more.",
        }
    }
}

/// How an endpoint fares after some tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// Since when it fails; none: it does not.
    FailingSince(Option<DateTime<Utc>>),
    Over(WebhookDisabled),
}

/// What follows from `outcomes` for an endpoint that failed since `failing_since`. It is given up with the last try of
/// a delivery only: between two of them there may have been days in which nothing was tried.
pub(super) fn health<'o>(
    failing_since: Option<DateTime<Utc>>,
    outcomes: &(impl Iterator<Item = &'o Outcome> + Clone),
    now: DateTime<Utc>,
) -> Health {
    let any = |is: fn(&Outcome) -> bool| outcomes.clone().any(is);
    if any(|outcome| matches!(outcome, Outcome::Gone)) {
        return Health::Over(WebhookDisabled::Gone);
    }
    if any(|outcome| matches!(outcome, Outcome::Delivered { .. })) {
        return Health::FailingSince(None);
    }
    if !any(|outcome| matches!(outcome, Outcome::Again { .. } | Outcome::Failed { .. })) {
        return Health::FailingSince(failing_since);
    }
    let since = failing_since.unwrap_or(now);
    let is_over = now - since >= PATIENCE && any(|outcome| matches!(outcome, Outcome::Failed { .. }));
    if is_over { Health::Over(WebhookDisabled::Failing) } else { Health::FailingSince(Some(since)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn failed() -> Outcome {
        Outcome::Failed { status: Some(500), why: "answered 500".to_owned() }
    }

    #[test]
    fn an_endpoint_is_given_up_after_five_days_of_nothing_but_failures() {
        let after = |since, outcomes: &[Outcome], now| health(since, &outcomes.iter(), now);
        assert_eq!(after(None, &[failed()], at(0)), Health::FailingSince(Some(at(0))));
        assert_eq!(after(Some(at(0)), &[failed()], at(119)), Health::FailingSince(Some(at(0))));
        assert_eq!(after(Some(at(0)), &[failed()], at(120)), Health::Over(WebhookDisabled::Failing));
        let delivered = Outcome::Delivered { status: 204 };
        assert_eq!(after(Some(at(0)), &[failed(), delivered.clone()], at(120)), Health::FailingSince(None));
        assert_eq!(after(None, &[delivered, Outcome::Gone], at(0)), Health::Over(WebhookDisabled::Gone));
        let again = Outcome::Again { at: at(501), status: Some(500), why: "answered 500".to_owned() };
        assert_eq!(after(Some(at(0)), &[again], at(500)), Health::FailingSince(Some(at(0))), "after a silence");
        let untried = [Outcome::Stopped(Closed::Revoked), Outcome::Late { tried_at: None }];
        assert_eq!(after(Some(at(0)), &untried, at(500)), Health::FailingSince(Some(at(0))), "nothing was tried");
    }

    #[test]
    fn a_narrowed_client_knows_of_its_schools_only() {
        let (own, other) = (SchoolId::new(), SchoolId::new());
        let reaches = [Reach::Board, Reach::EverySchool, Reach::School(own), Reach::School(other)];
        assert_eq!(reaches.map(|reach| may_know(None, reach)), [true; 4]);
        assert_eq!(reaches.map(|reach| may_know(Some(&[own]), reach)), [false, true, true, false]);
    }

    #[test]
    fn kinds_are_told_once_and_in_order() {
        let mut checks = Checks::default();
        let (first, last) = (WebhookEventKind::LessonTaught, WebhookEventKind::PersonErased);
        assert_eq!(kinds(&mut checks, vec![last, first, last]).0, ["lesson.taught", "person.erased"]);
        checks.done(()).unwrap();
        let mut checks = Checks::default();
        kinds(&mut checks, Vec::new());
        assert!(checks.done(()).is_err());
    }
}
