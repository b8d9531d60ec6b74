//! What stands in the query string.

use std::fmt::Display;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, parse_any};
use glans_entity::metrics::{Level, Metric, Span};
use sea_orm::ActiveEnum;
use serde::Serialize;
use uuid::Uuid;

use super::layout::{HEIGHTS, WIDTHS};
use crate::metrics::engagement::{Ask, Breakdown};
use crate::metrics::periods;
use crate::platform::scalars::LocalDate;
use crate::platform::speech::LANGUAGES;

/// Lines in a chart at most: more are not told apart.
pub const MOST_LINES: usize = 12;
/// Periods in a chart at most.
const MOST_PERIODS: usize = 60;
const COMMON_WIDTH: u32 = 960;
/// Days of these years are asked for.
const YEARS: RangeInclusive<i32> = 2000..=2100;
const BREAKDOWNS: [(&str, Breakdown); 5] = [
    ("NONE", Breakdown::None),
    ("CLUSTER", Breakdown::Cluster),
    ("SCHOOL", Breakdown::School),
    ("CLASS_GROUP", Breakdown::ClassGroup),
    ("LANGUAGE", Breakdown::Language),
];

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

/// A query string, and what is wrong with it.
struct Given<'p> {
    pairs: &'p [(String, String)],
    problems: Vec<Problem>,
}

impl<'p> Given<'p> {
    fn of(pairs: &'p [(String, String)], known: &[&str]) -> Self {
        let mut given = Self { pairs, problems: Vec::new() };
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                given.wrong(name, format!("This parameter is not known here. There are: {}.", known.join(", ")));
            } else if name != "metrics" && pairs[..at].iter().any(|(before, _)| before == name) {
                given.wrong(name, "Give this parameter once.");
            }
        }
        given
    }

    fn wrong(&mut self, parameter: &str, detail: impl Into<String>) {
        self.problems.push(Problem::new(parameter, detail));
    }

    /// The value; an empty one is none.
    fn value(&self, name: &str) -> Option<&'p str> {
        let found = self.pairs.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The value that must be there.
    fn required(&mut self, name: &str, what: impl Display) -> Option<&'p str> {
        let value = self.value(name);
        if value.is_none() {
            self.wrong(name, format!("This parameter is required: {what}."));
        }
        value
    }

    /// What `read` makes of a value; otherwise it should be `what`.
    fn read<T>(
        &mut self,
        name: &str,
        value: &str,
        what: impl Display,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let known = read(value);
        if known.is_none() {
            self.wrong(name, format!("This should be {what}."));
        }
        known
    }

    fn site(&mut self, levels: &[Level]) -> Option<Site> {
        let names: Vec<&str> = levels.iter().map(|level| named(*level)).collect();
        let what = format!("the id of a {}", listed(&names));
        let value = self.required("scope", &what)?;
        self.read("scope", value, what, |value| {
            let (prefix, id) = parse_any(value)?;
            let level = match prefix {
                BoardId::PREFIX => Level::Board,
                ClusterId::PREFIX => Level::Cluster,
                SchoolId::PREFIX => Level::School,
                ClassGroupId::PREFIX => Level::ClassGroup,
                _ => return None,
            };
            levels.contains(&level).then_some(Site { level, id })
        })
    }

    /// `metrics=REACH,TWO_WAY` or `metrics=REACH&metrics=TWO_WAY`.
    fn metrics(&mut self) -> Vec<Metric> {
        let values = self.pairs.iter().filter(|(name, _)| name == "metrics").flat_map(|(_, value)| value.split(','));
        let values: Vec<&str> = values.map(str::trim).filter(|value| !value.is_empty()).collect();
        let mut metrics = Vec::new();
        for value in &values {
            match Metric::try_from_value(&(*value).to_owned()) {
                Ok(metric) if metrics.contains(&metric) => self.wrong("metrics", format!("Name {value} once.")),
                Ok(metric) => metrics.push(metric),
                Err(_) => {
                    let value: String = value.chars().take(40).collect();
                    self.wrong(
                        "metrics",
                        format!("There is no metric {value}. `metricDefinitions` tells all of them."),
                    );
                }
            }
        }
        if values.is_empty() {
            self.wrong("metrics", "This parameter is required: one metric or several, as REACH,TWO_WAY.");
        }
        if metrics.len() > MOST_LINES {
            self.wrong("metrics", format!("A chart shows {MOST_LINES} metrics at most."));
        }
        metrics
    }

    fn day(&mut self, name: &str) -> Option<NaiveDate> {
        let what = format!("a day of the years {} to {}, as 2026-11-30", YEARS.start(), YEARS.end());
        let value = self.required(name, &what)?;
        self.read(name, value, what, day)
    }

    /// The 1st of a month that has begun by the calendar.
    fn month(&mut self, today: NaiveDate) -> Option<NaiveDate> {
        let what = format!("a month of the years {} to {}, as 2026-11", YEARS.start(), YEARS.end());
        let value = self.required("month", &what)?;
        let first = self.read("month", value, what, |value| day(&format!("{value}-01")))?;
        if first > today {
            self.wrong("month", "This month has not begun yet.");
            return None;
        }
        Some(first)
    }

    fn interval(&mut self) -> Option<Span> {
        let value = self.value("interval")?;
        let what = "WEEK, MONTH or SCHOOL_YEAR";
        self.read("interval", value, what, |value| Span::try_from_value(&value.to_owned()).ok())
    }

    fn breakdown(&mut self) -> Option<Breakdown> {
        let value = self.value("breakdown")?;
        let what = listed(&BREAKDOWNS.map(|(name, _)| name));
        self.read("breakdown", value, what, |value| {
            BREAKDOWNS.iter().find(|(name, _)| *name == value).map(|(_, breakdown)| *breakdown)
        })
    }

    fn language(&mut self) -> Option<&'static str> {
        let value = self.value("language")?;
        let what = listed(&LANGUAGES);
        self.read("language", value, what, |value| LANGUAGES.into_iter().find(|tag| *tag == value))
    }

    fn number(&mut self, name: &str, range: &RangeInclusive<u32>) -> Option<u32> {
        let value = self.value(name)?;
        let what = format!("a number of pixels from {} to {}", range.start(), range.end());
        self.read(name, value, what, |value| value.parse().ok().filter(|number| range.contains(number)))
    }

    fn check_periods(&mut self, span: Span, from: NaiveDate, to: NaiveDate) {
        if to < from {
            self.wrong("to", "This should be `from` or a later day.");
            return;
        }
        match periods::whole(span, from, to).count() {
            0 => self.wrong("to", "No whole period lies from `from` to `to`: take more days or a shorter interval."),
            count if count > MOST_PERIODS => self.wrong(
                "to",
                format!("A chart shows {MOST_PERIODS} periods at most, these are {count}: take fewer days or a longer interval."),
            ),
            _ => {}
        }
    }
}

/// A day of [`YEARS`], so that the periods between two are some thousands at most.
fn day(text: &str) -> Option<NaiveDate> {
    LocalDate::read(text).filter(|day| YEARS.contains(&day.year()))
}

const fn named(level: Level) -> &'static str {
    match level {
        Level::Board => "board",
        Level::Cluster => "cluster",
        Level::School => "school",
        Level::ClassGroup => "class group",
    }
}

/// `a, b or c`.
fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., before, last] => [first, &[format!("{before} or {last}").as_str()]].concat().join(", "),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
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
