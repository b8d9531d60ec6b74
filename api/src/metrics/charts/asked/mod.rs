//! What stands in the query string.

mod given;

use chrono::NaiveDate;
use glans_entity::metrics::{Level, Span};
use serde::Serialize;
use uuid::Uuid;

use self::given::Given;
use super::layout::{HEIGHTS, WIDTHS};
use crate::metrics::engagement::{Ask, Breakdown};

/// Lines in a chart at most: more are not told apart.
pub const MOST_LINES: usize = 12;
/// Pixels, unless somebody says how many.
const COMMON_WIDTH: u32 = 960;

/// What is to be mended in the query string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub parameter: String,
    /// A sentence that says what to do.
    pub detail: String,
}

impl Problem {
    pub fn new(parameter: &str, detail: impl Into<String>) -> Self {
        Self { parameter: parameter.to_owned(), detail: detail.into() }
    }
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    pub level: Level,
    pub id: Uuid,
}

/// What is to be drawn.
#[derive(Clone, Debug)]
pub struct Asked {
    pub site: Site,
    pub ask: Ask,
    /// None: as the client prefers.
    pub language: Option<&'static str>,
    pub width: u32,
    /// None: as high as the chart needs.
    pub height: Option<u32>,
}

impl Asked {
    /// Of the pairs of a query string, or all that is wrong with them.
    pub fn of(pairs: &[(String, String)]) -> Result<Self, Vec<Problem>> {
        let mut given = Given::of(
            pairs,
            &["scope", "metrics", "from", "to", "interval", "breakdown", "language", "width", "height"],
        );
        let site = given.site(&[Level::Board, Level::Cluster, Level::School, Level::ClassGroup]);
        let metrics = given.metrics();
        let (from, to) = (given.day("from"), given.day("to"));
        let span = given.interval().unwrap_or(Span::Week);
        let breakdown = given.breakdown().unwrap_or(Breakdown::None);
        let language = given.language();
        let width = given.number("width", &WIDTHS).unwrap_or(COMMON_WIDTH);
        let height = given.number("height", &HEIGHTS);
        if let (Some(from), Some(to)) = (from, to) {
            given.check_periods(span, from, to);
        }
        match (given.problems, site, from, to) {
            (problems, Some(site), Some(from), Some(to)) if problems.is_empty() => {
                Ok(Self { site, ask: Ask { metrics, from, to, span, breakdown }, language, width, height })
            }
            (problems, ..) => Err(problems),
        }
    }
}

/// Of which month a report is wanted.
#[derive(Clone, Debug)]
pub struct AskedMonth {
    pub site: Site,
    /// The 1st of it.
    pub first: NaiveDate,
    pub language: Option<&'static str>,
}

impl AskedMonth {
    /// As [`Asked::of`].
    pub fn of(pairs: &[(String, String)], today: NaiveDate) -> Result<Self, Vec<Problem>> {
        let mut given = Given::of(pairs, &["scope", "month", "language"]);
        let site = given.site(&[Level::Cluster, Level::School]);
        let first = given.month(today);
        let language = given.language();
        match (given.problems, site, first) {
            (problems, Some(site), Some(first)) if problems.is_empty() => Ok(Self { site, first, language }),
            (problems, ..) => Err(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use glans_entity::metrics::Metric;

    use super::*;

    const SCHOOL: &str = "school_01jd7w4xkse3p9bq0h3m5v8r2c";

    fn pairs(query: &str) -> Vec<(String, String)> {
        let pair = |part: &str| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        query.split('&').map(pair).collect()
    }

    fn asked(query: &str) -> Result<Asked, Vec<Problem>> {
        Asked::of(&pairs(query))
    }

    /// The parameters that are wrong.
    fn wrong(query: &str) -> Vec<String> {
        asked(query).unwrap_err().into_iter().map(|problem| problem.parameter).collect()
    }

    fn good(more: &str) -> String {
        format!("scope={SCHOOL}&metrics=REACH&from=2026-11-02&to=2027-01-24{more}")
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        let asked = asked(&good("")).unwrap();
        assert_eq!((asked.site.level, asked.ask.metrics.as_slice()), (Level::School, [Metric::Reach].as_slice()));
        assert_eq!((asked.ask.span, asked.ask.breakdown), (Span::Week, Breakdown::None));
        assert_eq!((asked.width, asked.height, asked.language), (960, None, None));
    }

    #[test]
    fn metrics_stand_in_a_list_or_come_again() {
        let of = |metrics: &str| asked(&good("").replace("metrics=REACH", metrics)).unwrap().ask.metrics;
        let all = [Metric::Reach, Metric::TwoWay, Metric::Closing];
        assert_eq!(of("metrics=REACH,TWO_WAY, CLOSING"), all);
        assert_eq!(of("metrics=REACH&metrics=TWO_WAY,CLOSING"), all);
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (more, parameter) in [
            ("&interval=DAY", "interval"),
            ("&breakdown=none", "breakdown"),
            ("&language=fr", "language"),
            ("&width=319", "width"),
            ("&width=2001", "width"),
            ("&height=-1", "height"),
            ("&height=1201", "height"),
            ("&colour=red", "colour"),
            ("&from=2026-11-03", "from"),
            ("&metrics=REACH", "metrics"),
            ("&metrics=PRESENCE", "metrics"),
        ] {
            assert_eq!(wrong(&good(more)), [parameter], "{more}");
        }
        for (from, to, parameter) in [
            ("2026-11-02", "2026-11-01", "to"),
            ("2026-11-03", "2026-11-08", "to"),
            ("2020-01-01", "2026-11-08", "to"),
            ("2026-11-31", "2026-12-08", "from"),
            ("2026-1-1", "2026-12-08", "from"),
            ("1999-12-31", "2000-12-08", "from"),
            ("+12026-01-01", "2026-12-08", "from"),
            ("+99999-1-1", "2026-12-08", "from"),
            ("2026-11-02", "-99999-1-1", "to"),
            ("2026-11-02", "2101-01-01", "to"),
        ] {
            assert_eq!(wrong(&format!("scope={SCHOOL}&metrics=REACH&from={from}&to={to}")), [parameter], "{from} {to}");
        }
        for scope in ["school_x", "student_01jd7w4xkse3p9bq0h3m5v8r2c", "x"] {
            assert_eq!(wrong(&good("").replace(SCHOOL, scope)), ["scope"], "{scope}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        assert_eq!(wrong("metrics=&width=x"), ["scope", "metrics", "from", "to", "width"]);
        let detail = asked(&good("&interval=DAY")).unwrap_err().remove(0).detail;
        assert_eq!(detail, "This should be WEEK, MONTH or SCHOOL_YEAR.");
        let detail = asked(&good("").replace("2027-01-24", "+99999-1-1")).unwrap_err().remove(0).detail;
        assert_eq!(detail, "This should be a day of the years 2000 to 2100, as 2026-11-30.");
    }

    #[test]
    fn a_report_is_of_a_school_or_cluster_and_a_month_that_has_begun() {
        let today = "2026-12-01".parse().unwrap();
        let of = |query: &str| AskedMonth::of(&pairs(query), today);
        let asked = of(&format!("scope={SCHOOL}&month=2026-12&language=en")).unwrap();
        assert_eq!((asked.first.to_string().as_str(), asked.language), ("2026-12-01", Some("en")));
        for (query, parameter) in [
            (format!("scope={SCHOOL}&month=2027-01"), "month"),
            (format!("scope={SCHOOL}&month=2026-13"), "month"),
            (format!("scope={SCHOOL}&month=november"), "month"),
            (format!("scope={SCHOOL}"), "month"),
            ("scope=board_01jd7w4xkse3p9bq0h3m5v8r2c&month=2026-11".to_owned(), "scope"),
        ] {
            assert_eq!(of(&query).unwrap_err()[0].parameter, parameter, "{query}");
        }
    }
}
