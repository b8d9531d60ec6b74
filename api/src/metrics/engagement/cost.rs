//! What a report costs.

use async_graphql::{InputType, Value};

use super::reading::Ask;
use super::types::EngagementInput;
use crate::platform::size::ByInput;

/// Figures of one report, as its lists are assumed to be long: twelve series of twelve points.
const FIGURES: u64 = 144;

/// A report counts once for each 144 figures that are asked for of a place.
pub const REPORTS: ByInput = ByInput { of: "EngagementReport", times: reports };

/// As how many reports one counts. What is no input counts as one: it is refused where it is read.
fn reports(mut input: Value) -> u64 {
    if let Value::Object(fields) = &mut input {
        fields.retain(|_, field| *field != Value::Null);
    }
    let figures = <EngagementInput as InputType>::parse(Some(input)).map_or(1, |input| Ask::from(input).size());
    (figures as u64).div_ceil(FIGURES).max(1)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    const ONE: &[&str] = &["REACH"];
    const SIX: &[&str] = &["REACH", "TWO_WAY", "DELIVERY", "INTAKE", "CLOSING", "NO_SHOW"];

    fn counted(metrics: &[&str], to: &str, interval: Option<&str>) -> u64 {
        reports(value!({ "metrics": metrics, "from": "2026-08-03", "to": to, "interval": interval }))
    }

    #[test]
    fn a_report_counts_by_the_figures_that_are_asked_for() {
        assert_eq!(counted(ONE, "2026-08-09", None), 1);
        assert_eq!(counted(SIX, "2026-10-25", None), 1, "twelve weeks");
        assert_eq!(counted(SIX, "2027-09-26", None), 3, "sixty weeks: what is left out is a week");
        assert_eq!(counted(SIX, "2027-09-26", Some("MONTH")), 1);
        assert_eq!(counted(SIX, "9999-12-31", None), 3, "no question is of more");
    }

    #[test]
    fn what_is_no_input_counts_once() {
        assert_eq!(counted(&["NONSENSE"], "2027-09-26", None), 1);
        assert_eq!(reports(Value::Null), 1);
    }
}
