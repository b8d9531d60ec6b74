//! Pure decisions about surveys.

mod answering;
mod asking;
mod telling;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{SurveyStatus, survey};

pub use answering::{Answer, Value};
pub(super) use answering::{must_be_open, values};
pub use asking::{Head, Question};
pub(super) use asking::{head, must_be_draft, questions};
pub use telling::{RESULTS_FROM, are_enough};
pub(super) use telling::{are_told, seen_by, span};

/// Scores of a scale.
pub(super) const SCALE: std::ops::RangeInclusive<i32> = 1..=5;

/// How far a survey is at `now`.
pub fn status(row: &survey::Model, now: DateTime<Utc>) -> SurveyStatus {
    if row.status == SurveyStatus::Open && row.closes_at <= now { SurveyStatus::Closed } else { row.status }
}

#[cfg(test)]
mod tests {
    use crate::platform::error::Error;
    use crate::platform::text::Checks;

    /// The fields with a problem.
    pub(super) fn problems(checks: Checks) -> Vec<String> {
        match checks.done(()) {
            Ok(()) => Vec::new(),
            Err(Error::Refused(problems)) => problems.iter().map(|problem| problem.field.join(".")).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }
}
