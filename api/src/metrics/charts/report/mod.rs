//! A month of a school or cluster on one page, for a meeting.

mod page;

use chrono::{Days, NaiveDate};
use fluent_bundle::FluentArgs;
use glans_entity::metrics::{Metric, Span, Suppression};
use sea_orm::Iterable;

use super::chart::{Chart, Spot};
use super::letters::spelled;
use crate::metrics::engagement::{Ask, Breakdown, Counts, Series};
use crate::metrics::{periods, texts};
use crate::platform::speech::Speech;

pub use page::pdf;

/// Days of the chart: twelve weeks.
const CHART_DAYS: u64 = 7 * 12;
/// What the chart shows: whether families can be reached, read, answer, and where that leads.
const CHART_METRICS: [Metric; 4] = [Metric::Contactability, Metric::Reach, Metric::TwoWay, Metric::FullEngagement];

/// What is asked for a month: all metrics of it and of the one before, and weeks for the chart.
pub struct Questions {
    /// The 1st of the month.
    first: NaiveDate,
    pub months: Ask,
    pub weeks: Ask,
}

impl Questions {
    /// Of the month of which this is the 1st. The weeks are those up to its last one.
    pub fn of(first: NaiveDate) -> Self {
        let before = periods::named(Span::Month, first - Days::new(1));
        let last = periods::last(Span::Month, first);
        let breakdown = Breakdown::None;
        let months = Ask {
            metrics: Metric::iter().collect(),
            from: before,
            to: periods::until(Span::Month, first),
            span: Span::Month,
            breakdown,
        };
        let (from, to) = (last - Days::new(CHART_DAYS - 1), last);
        let weeks = Ask { metrics: CHART_METRICS.to_vec(), from, to, span: Span::Week, breakdown };
        Self { first, months, weeks }
    }
}

/// A metric in this month and the one before.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    metric: Metric,
    now: Spot,
    before: Spot,
}

/// What stands on the page.
pub struct Month {
    speech: &'static Speech,
    place: String,
    /// The 1st of it.
    first: NaiveDate,
    /// Metrics that have a figure, or the reason why not, in one of the two months.
    rows: Vec<Row>,
    absent: Vec<Metric>,
    /// Of the 100 % line.
    line: Spot,
    chart: Chart,
    /// When the figures were read.
    today: NaiveDate,
}

impl Month {
    /// Of the place called `place`, as the two questions were answered.
    pub fn of(
        speech: &'static Speech,
        place: &str,
        questions: &Questions,
        (months, weeks): (&[Series], &[Series]),
        today: NaiveDate,
    ) -> Self {
        let first = questions.first;
        let spot = |metric: Metric, start: NaiveDate| {
            let series = months.iter().find(|series| series.metric == metric);
            Spot::of(series.and_then(|series| series.points.iter().find(|point| point.starts_on == start)))
        };
        let row = |metric| Row { metric, now: spot(metric, first), before: spot(metric, questions.months.from) };
        let rows = questions.months.metrics.iter().copied().map(row);
        let (absent, rows): (Vec<Row>, Vec<Row>) =
            rows.partition(|row| row.now == Spot::Missing && row.before == Spot::Missing);
        Self {
            speech,
            place: spelled(place),
            first,
            rows,
            absent: absent.into_iter().map(|row| row.metric).collect(),
            line: spot(Metric::FullEngagement, first),
            chart: Chart {
                subtitle: weeks_of(speech, &questions.weeks),
                ..Chart::of(speech, place, &questions.weeks, weeks)
            },
            today,
        }
    }

    fn title(&self) -> String {
        let month = texts::month(self.speech, self.first);
        texts::about(self.speech, "report-title", &[("month", &month)])
    }

    /// What the file is called, without a name from outside.
    pub fn file(&self) -> String {
        format!("{}-{}.pdf", self.speech.say("report-file"), self.first.format("%Y-%m"))
    }

    /// The 100 % line in a sentence or two.
    fn line(&self) -> String {
        let counts = match self.line {
            Spot::Missing => return self.speech.say("report-line-missing"),
            Spot::Shown(counts) => counts,
            Spot::Hidden(Suppression::SmallDenominator) => return self.speech.say("report-line-small"),
            Spot::Hidden(_) => return self.speech.say("report-line-hidden"),
        };
        let mut arguments = FluentArgs::new();
        arguments.set("numerator", counts.numerator.to_string());
        arguments.set("denominator", counts.denominator.to_string());
        arguments.set("value", texts::percent(self.speech, counts).unwrap_or_default());
        arguments.set("unknown", counts.unknown);
        let line = self.speech.say_with("report-line", &arguments);
        if counts.unknown == 0 {
            return line;
        }
        format!("{line} {}", self.speech.say_with("report-line-unknown", &arguments))
    }

    /// The value of a metric, or why there is none.
    fn value(&self, spot: Spot) -> String {
        match spot {
            Spot::Shown(counts) => texts::percent(self.speech, counts).unwrap_or_default(),
            Spot::Hidden(Suppression::SmallDenominator) => self.speech.say("hidden-small-mark"),
            Spot::Hidden(_) => self.speech.say("report-hidden"),
            Spot::Missing => self.speech.say("report-missing"),
        }
    }

    /// `132 van 148`; nothing where there is no figure.
    fn count(&self, spot: Spot) -> String {
        let Spot::Shown(Counts { numerator, denominator, .. }) = spot else { return String::new() };
        let (numerator, denominator) = (numerator.to_string(), denominator.to_string());
        texts::about(self.speech, "report-of", &[("numerator", &numerator), ("denominator", &denominator)])
    }

    /// The metrics of which nothing is known.
    fn absent(&self) -> Option<String> {
        let titles: Vec<String> = self.absent.iter().map(|metric| texts::title(self.speech, *metric)).collect();
        let titles = titles.join(", ");
        (!titles.is_empty()).then(|| texts::about(self.speech, "report-absent", &[("metrics", &titles)]))
    }

    fn notes(&self) -> [String; 4] {
        let say = |day| texts::day(self.speech, day);
        let from = say(periods::first(Span::Month, self.first));
        let (to, today) = (say(periods::last(Span::Month, self.first)), say(self.today));
        [
            texts::about(self.speech, "report-note-month", &[("from", &from), ("to", &to)]),
            self.speech.say("report-note-small"),
            self.speech.say("report-note-hidden"),
            texts::about(self.speech, "report-note-same", &[("day", &today)]),
        ]
    }
}

/// What the place is called stands above already.
fn weeks_of(speech: &Speech, weeks: &Ask) -> String {
    let (from, to) = (texts::day(speech, weeks.from), texts::day(speech, weeks.to));
    texts::about(speech, "report-weeks", &[("from", &from), ("to", &to)])
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::metrics::charts::samples::{self, day};

    #[test]
    fn a_month_is_asked_with_the_one_before_and_twelve_weeks() {
        let Questions { months, weeks, .. } = Questions::of(day("2026-11-01"));
        assert_eq!((months.from, months.to), (day("2026-10-01"), day("2026-11-30")));
        assert_eq!((weeks.from, weeks.to), (day("2026-09-07"), day("2026-11-29")));
        assert_eq!(periods::whole(Span::Week, weeks.from, weeks.to).count(), 12);
        let Questions { months, .. } = Questions::of(day("2027-01-01"));
        assert_eq!((months.from, months.to), (day("2026-12-01"), day("2027-01-31")));
        // October has the last days of September, and the 1st of November.
        let Questions { months, weeks, .. } = Questions::of(day("2026-10-01"));
        assert_eq!((months.from, months.to), (day("2026-09-01"), day("2026-10-31")));
        assert_eq!((weeks.from, weeks.to), (day("2026-08-10"), day("2026-11-01")));
    }

    #[test]
    fn a_metric_has_its_row_or_is_named_as_absent() {
        let month = samples::month("nl");
        assert_eq!(month.rows.len() + month.absent.len(), Metric::iter().count());
        let reach = month.rows.iter().find(|row| row.metric == Metric::Reach).unwrap();
        assert_eq!((month.value(reach.now), month.value(reach.before)), ("71%".into(), "66%".into()));
        assert_eq!(month.count(reach.now), "1046 van 1473");
        assert!(month.absent().unwrap().contains("Materiaal gebruikt"));
        assert_eq!(month.file(), "ouderbetrokkenheid-2026-11.pdf");
        assert!(month.notes()[0].ends_with("hier 2 november 2026 t/m 29 november 2026."));
    }

    #[test]
    fn what_is_not_shown_says_why() {
        let month = samples::month("en");
        assert_eq!(month.value(Spot::Hidden(Suppression::SmallDenominator)), "n small");
        assert_eq!(month.value(Spot::Hidden(Suppression::Complementary)), "not shown");
        assert_eq!(month.value(Spot::Missing), "–");
    }

    #[test]
    fn the_line_is_told_in_sentences() {
        let month = samples::month("nl");
        assert_eq!(
            month.line(),
            "De 100%-lijn: bij 88 van de 148 leerlingen (59%) is aan elk criterium voldaan. Van 9 andere leerlingen is nog niet \
             alles bekend."
        );
        let of = |line| Month { line, ..samples::month("en") }.line();
        assert!(
            of(Spot::Shown(Counts { numerator: 5, denominator: 9, unknown: 1 }))
                .ends_with("Of one other student not everything is known yet.")
        );
        assert!(of(Spot::Hidden(Suppression::SmallDenominator)).ends_with("there are too few students."));
        assert!(of(Spot::Missing).ends_with("no figure for this month yet."));
    }
}
