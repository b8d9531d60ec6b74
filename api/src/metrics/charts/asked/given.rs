//! A query string is read, and all that is wrong with it is told.

use std::fmt::Display;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, parse_any};
use glans_entity::metrics::{Level, Metric, Span};
use sea_orm::ActiveEnum;
use strum::VariantNames;

use super::{MOST_LINES, Problem, Site};
use crate::metrics::engagement::Breakdown;
use crate::metrics::periods;
use crate::platform::scalars::LocalDate;
use crate::platform::speech::LANGUAGES;

/// Periods in a chart at most.
const MOST_PERIODS: usize = 60;
/// Days of these years are asked for.
const YEARS: RangeInclusive<i32> = 2000..=2100;

/// A query string, and what is wrong with it.
pub(super) struct Given<'p> {
    pairs: &'p [(String, String)],
    pub problems: Vec<Problem>,
}

impl<'p> Given<'p> {
    pub fn of(pairs: &'p [(String, String)], known: &[&str]) -> Self {
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

    pub fn site(&mut self, levels: &[Level]) -> Option<Site> {
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
    pub fn metrics(&mut self) -> Vec<Metric> {
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

    pub fn day(&mut self, name: &str) -> Option<NaiveDate> {
        let what = format!("a day of the years {} to {}, as 2026-11-30", YEARS.start(), YEARS.end());
        let value = self.required(name, &what)?;
        self.read(name, value, what, day)
    }

    /// The 1st of a month that has begun by the calendar.
    pub fn month(&mut self, today: NaiveDate) -> Option<NaiveDate> {
        let what = format!("a month of the years {} to {}, as 2026-11", YEARS.start(), YEARS.end());
        let value = self.required("month", &what)?;
        let first = self.read("month", value, what, |value| day(&format!("{value}-01")))?;
        if first > today {
            self.wrong("month", "This month has not begun yet.");
            return None;
        }
        Some(first)
    }

    pub fn interval(&mut self) -> Option<Span> {
        let value = self.value("interval")?;
        let what = "WEEK, MONTH or SCHOOL_YEAR";
        self.read("interval", value, what, |value| Span::try_from_value(&value.to_owned()).ok())
    }

    pub fn breakdown(&mut self) -> Option<Breakdown> {
        let value = self.value("breakdown")?;
        self.read("breakdown", value, listed(Breakdown::VARIANTS), |value| value.parse().ok())
    }

    pub fn language(&mut self) -> Option<&'static str> {
        let value = self.value("language")?;
        let what = listed(&LANGUAGES);
        self.read("language", value, what, |value| LANGUAGES.into_iter().find(|tag| *tag == value))
    }

    pub fn number(&mut self, name: &str, range: &RangeInclusive<u32>) -> Option<u32> {
        let value = self.value(name)?;
        let what = format!("a number of pixels from {} to {}", range.start(), range.end());
        self.read(name, value, what, |value| value.parse().ok().filter(|number| range.contains(number)))
    }

    pub fn check_periods(&mut self, span: Span, from: NaiveDate, to: NaiveDate) {
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
