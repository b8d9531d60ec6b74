//! What a chart shows, before it has a place on the page.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use glans_entity::metrics::{Metric, Span, Suppression};

use super::letters::spelled;
use crate::metrics::engagement::{Ask, Breakdown, Counts, Group, Point, Series};
use crate::metrics::{periods, texts};
use crate::platform::speech::Speech;

/// Titles of metrics in the title of a chart at most; of more it has a name of its own.
const MOST_TITLES: usize = 3;

/// A figure, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Shown(Counts),
    Hidden(Suppression),
    /// Nothing is known, or there was nothing to count.
    Missing,
}

impl Spot {
    /// Of a point, if there is one.
    pub fn of(point: Option<&Point>) -> Self {
        match point.map(|point| point.shown) {
            Some(Ok(counts)) if counts.denominator > 0 => Self::Shown(counts),
            Some(Err(why)) => Self::Hidden(why),
            Some(Ok(_)) | None => Self::Missing,
        }
    }

    /// The share, 0 to 1.
    pub fn share(self) -> Option<f64> {
        match self {
            Self::Shown(counts) => counts.value(),
            Self::Hidden(_) | Self::Missing => None,
        }
    }
}

/// A metric of a group over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: String,
    /// One for each period.
    pub spots: Vec<Spot>,
}

impl Line {
    /// The figures that are drawn as one stroke: those without a gap between them, with the number of their period.
    pub fn strokes(&self) -> Vec<Vec<(usize, f64)>> {
        let mut strokes = vec![Vec::new()];
        for (at, spot) in self.spots.iter().enumerate() {
            match (spot.share(), strokes.last_mut()) {
                (Some(share), Some(stroke)) => stroke.push((at, share)),
                (None, Some(stroke)) if !stroke.is_empty() => strokes.push(Vec::new()),
                _ => {}
            }
        }
        strokes.retain(|stroke| !stroke.is_empty());
        strokes
    }

    fn has_gaps(&self) -> bool {
        self.spots.iter().any(|spot| spot.share().is_none())
    }
}

/// How a period is called on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub label: String,
    /// Below the first period of a year.
    pub year: Option<String>,
}

/// Why something is not there, once for each reason that a chart has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Of too few.
    Small,
    Complementary,
    Extreme,
    Missing,
}

impl Gap {
    /// None where there is a figure.
    pub fn of(spot: Spot) -> Option<Self> {
        match spot {
            Spot::Shown(_) => None,
            Spot::Hidden(Suppression::SmallDenominator) => Some(Self::Small),
            Spot::Hidden(Suppression::Complementary) => Some(Self::Complementary),
            Spot::Hidden(Suppression::SensitiveExtreme) => Some(Self::Extreme),
            Spot::Missing => Some(Self::Missing),
        }
    }

    /// Why, in words.
    pub fn reason(self, speech: &Speech) -> String {
        match self {
            Self::Small => speech.say("hidden-small"),
            Self::Complementary => speech.say("hidden-complementary"),
            Self::Extreme => speech.say("hidden-extreme"),
            Self::Missing => speech.say("missing"),
        }
    }

    /// Written in the gap itself, where there is room.
    pub fn mark(self, speech: &Speech) -> Option<String> {
        match self {
            Self::Small => Some(speech.say("hidden-small-mark")),
            Self::Complementary | Self::Extreme | Self::Missing => None,
        }
    }
}

/// All that is drawn.
#[derive(Clone)]
pub struct Chart {
    pub speech: &'static Speech,
    pub title: String,
    pub subtitle: String,
    /// How the one metric is made.
    pub formula: Option<String>,
    /// What the upright axis shows, with its unit.
    pub shares: String,
    /// What the level axis shows.
    pub periods: String,
    pub ticks: Vec<Tick>,
    pub lines: Vec<Line>,
}

impl Chart {
    /// What was `asked` of the place called `place`, as it was answered.
    pub fn of(speech: &'static Speech, place: &str, ask: &Ask, answer: &[Series]) -> Self {
        let starts: Vec<NaiveDate> = periods::whole(ask.span, ask.from, ask.to).collect();
        Self {
            speech,
            title: title(speech, &ask.metrics),
            subtitle: subtitle(speech, &spelled(place), ask, &starts),
            formula: match ask.metrics.as_slice() {
                [only] => Some(texts::formula(speech, *only)),
                _ => None,
            },
            shares: shares(speech, &ask.metrics),
            periods: speech.say(match ask.span {
                Span::Week => "axis-week",
                Span::Month => "axis-month",
                Span::SchoolYear => "axis-school-year",
            }),
            ticks: ticks(speech, ask.span, &starts),
            lines: lines(speech, ask, answer, &starts),
        }
    }

    /// Whether the lines need to be told apart.
    pub fn has_legend(&self) -> bool {
        self.lines.len() > 1 || self.lines.iter().any(|line| line.name != self.title)
    }

    /// Whether nothing at all is known.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.spots).all(|spot| *spot == Spot::Missing)
    }

    /// Whether something is not there.
    pub fn has_gaps(&self) -> bool {
        self.lines.iter().any(Line::has_gaps)
    }

    /// All reasons why something is not there.
    pub fn gaps(&self) -> Vec<Gap> {
        let each = |line: &Line| -> Vec<Gap> { line.spots.iter().copied().filter_map(Gap::of).collect() };
        let mut gaps: Vec<Gap> = self.lines.iter().flat_map(each).collect();
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }

    /// The chart in words, for who does not see it.
    pub fn told(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| self.told_of(line)).collect();
        let lines = if lines.is_empty() { self.speech.say("chart-of-nothing") } else { lines.join(" ") };
        let parts = [("title", self.title.as_str()), ("subtitle", &self.subtitle), ("lines", &lines)];
        texts::about(self.speech, "chart-alt", &parts)
    }

    fn told_of(&self, line: &Line) -> String {
        let last = line.spots.iter().enumerate().rev().find_map(|(at, spot)| match spot {
            Spot::Shown(counts) => Some((at, texts::percent(self.speech, *counts)?)),
            _ => None,
        });
        let Some((at, value)) = last else {
            return texts::about(self.speech, "chart-alt-hidden", &[("name", &line.name)]);
        };
        let tick = self.ticks.get(at).map_or("", |tick| &tick.label);
        let period = format!("{} {tick}", self.periods);
        let parts = [("name", line.name.as_str()), ("value", &value), ("period", period.trim())];
        texts::about(self.speech, "chart-alt-line", &parts)
    }
}

fn title(speech: &Speech, metrics: &[Metric]) -> String {
    if metrics.len() > MOST_TITLES {
        return speech.say("chart-several");
    }
    let titles: Vec<String> = metrics.iter().map(|metric| texts::title(speech, *metric)).collect();
    titles.join(", ")
}

/// Of the periods that are shown, by their dates; of the days that were asked for where there are none.
fn subtitle(speech: &Speech, place: &str, ask: &Ask, starts: &[NaiveDate]) -> String {
    let from = starts.first().copied().unwrap_or(ask.from);
    let to = starts.last().map_or(ask.to, |start| periods::until(ask.span, *start));
    let (from, to) = (texts::day(speech, from), texts::day(speech, to));
    let every = texts::every(speech, ask.span);
    texts::about(speech, "chart-subtitle", &[("place", place), ("from", &from), ("to", &to), ("every", &every)])
}

/// With what is counted, where it is the same of all.
fn shares(speech: &Speech, metrics: &[Metric]) -> String {
    let mut units: Vec<String> = metrics.iter().map(|metric| texts::unit(speech, *metric)).collect();
    units.dedup();
    match units.as_slice() {
        [only] => texts::about(speech, "axis-share", &[("unit", only)]),
        _ => speech.say("axis-shares"),
    }
}

fn ticks(speech: &Speech, span: Span, starts: &[NaiveDate]) -> Vec<Tick> {
    let mut known = None;
    let mut tick = |start: &NaiveDate| {
        let (label, year) = match span {
            // The year of ISO 8601: the first days of January may be of a week of the year before.
            Span::Week => (start.iso_week().week().to_string(), start.iso_week().year()),
            Span::Month => (texts::month_short(speech, *start), start.year()),
            Span::SchoolYear => {
                return Tick { label: format!("{}/{:02}", start.year(), (start.year() + 1) % 100), year: None };
            }
        };
        let year = (known.replace(year) != Some(year)).then(|| year.to_string());
        Tick { label, year }
    };
    starts.iter().map(&mut tick).collect()
}

/// In the order of the answer. A metric of the whole place is there even if nothing is known of it.
fn lines(speech: &Speech, ask: &Ask, answer: &[Series], starts: &[NaiveDate]) -> Vec<Line> {
    let unknown = |metric: &Metric| Series { metric: *metric, group: None, points: Vec::new() };
    let absent = ask
        .metrics
        .iter()
        .filter(|metric| ask.breakdown == Breakdown::None && answer.iter().all(|series| series.metric != **metric));
    let absent: Vec<Series> = absent.map(unknown).collect();
    let line = |series: &Series| {
        let points: BTreeMap<NaiveDate, &Point> = series.points.iter().map(|point| (point.starts_on, point)).collect();
        Line {
            name: name(speech, ask, series),
            spots: starts.iter().map(|start| Spot::of(points.get(start).copied())).collect(),
        }
    };
    answer.iter().chain(&absent).map(line).collect()
}

fn name(speech: &Speech, ask: &Ask, series: &Series) -> String {
    let metric = texts::title(speech, series.metric);
    let group = match &series.group {
        None => return metric,
        Some(Group::Place { name, .. }) => spelled(name),
        Some(Group::Language(tag)) => spelled(&texts::language(speech, tag)),
    };
    match ask.metrics.as_slice() {
        [_] => group,
        _ => texts::about(speech, "line-of-group", &[("metric", &metric), ("group", &group)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::charts::samples;

    #[test]
    fn a_line_breaks_where_a_figure_is_not_shown() {
        let shown = |numerator| Spot::Shown(Counts { numerator, denominator: 4, unknown: 0 });
        let hidden = Spot::Hidden(Suppression::SmallDenominator);
        let spots = vec![hidden, shown(1), shown(2), hidden, Spot::Missing, shown(4), hidden];
        let line = Line { name: String::new(), spots };
        assert_eq!(line.strokes(), [vec![(1, 0.25), (2, 0.5)], vec![(5, 1.0)]]);
        assert!(Line { spots: vec![hidden], ..line }.strokes().is_empty());
    }

    #[test]
    fn nothing_counted_is_no_figure() {
        let of = |shown| Spot::of(Some(&Point { starts_on: NaiveDate::default(), version: 1, shown }));
        assert_eq!(of(Ok(Counts::default())), Spot::Missing);
        assert_eq!(of(Err(Suppression::Complementary)), Spot::Hidden(Suppression::Complementary));
        assert_eq!(Spot::of(None), Spot::Missing);
    }

    #[test]
    fn a_chart_says_what_where_and_when() {
        let chart = samples::one("nl");
        assert_eq!(chart.title, "Gelezen");
        assert_eq!(chart.subtitle, "Basisschool De Zwaluw · 2 november 2026 t/m 24 januari 2027 · per week");
        assert_eq!(chart.shares, "% van de mededelingen per leerling");
        assert_eq!(chart.periods, "week");
        let labels: Vec<&str> = chart.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["45", "46", "47", "48", "49", "50", "51", "52", "53", "1", "2", "3"]);
        let years: Vec<Option<&str>> = chart.ticks.iter().map(|tick| tick.year.as_deref()).collect();
        assert_eq!((years[0], years[8], years[9], years[10]), (Some("2026"), None, Some("2027"), None));
        assert!(!chart.has_legend());
        assert!(samples::one("en").subtitle.ends_with("2 November 2026 to 24 January 2027 · per week"));
    }

    #[test]
    fn months_are_called_by_their_names() {
        let (from, to) = ("2026-10-01".parse().unwrap(), "2026-11-30".parse().unwrap());
        let ask = Ask { metrics: vec![Metric::Reach], from, to, span: Span::Month, breakdown: Breakdown::None };
        let chart = Chart::of(texts::speech_of("nl"), "De Zwaluw", &ask, &[]);
        assert_eq!(chart.subtitle, "De Zwaluw · 1 oktober 2026 t/m 30 november 2026 · per maand van hele weken");
        let labels: Vec<&str> = chart.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["okt", "nov"]);
    }

    #[test]
    fn a_metric_of_which_nothing_is_known_is_a_line_of_gaps() {
        let chart = samples::several("nl");
        let last = chart.lines.last().unwrap();
        assert_eq!(last.name, "Vertrouwen van ouders");
        assert!(last.spots.iter().all(|spot| *spot == Spot::Missing));
        assert!(chart.has_legend());
    }

    #[test]
    fn each_reason_is_told_once() {
        let chart = samples::several("en");
        assert_eq!(chart.gaps(), [Gap::Small, Gap::Complementary, Gap::Extreme, Gap::Missing]);
        assert_eq!(Gap::Small.mark(chart.speech).unwrap(), "n small");
        assert_eq!(Gap::Missing.reason(chart.speech), "no data");
    }

    #[test]
    fn a_chart_is_told_to_who_does_not_see_it() {
        let told = samples::one("nl").told();
        assert!(told.starts_with("Lijngrafiek. Gelezen. Basisschool De Zwaluw"), "{told}");
        assert!(told.ends_with("Gelezen: laatste cijfer 84% (week 3)."), "{told}");
    }
}
