//! Charts to look at and to measure.

use chrono::{Days, NaiveDate};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use sea_orm::Iterable;
use uuid::Uuid;

use super::chart::Chart;
use super::report::{Month, Questions};
use crate::metrics::engagement::{Ask, Breakdown, Counts, Group, Point, Series};
use crate::metrics::texts;

const PLACE: &str = "Basisschool De Zwaluw";
const LONG: &str =
    "Openbare basisschool voor Montessorionderwijs „De Internationale Vrijheid van ’s-Gravenhage en omstreken”";

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// So many weeks from 2 November 2026.
pub fn weeks(metrics: &[Metric], breakdown: Breakdown, count: u64) -> Ask {
    let from = day("2026-11-02");
    Ask { metrics: metrics.to_vec(), from, to: from + Days::new(7 * count - 1), span: Span::Week, breakdown }
}

/// Figures in hundredths, a week each. Below 0: why there is none. `-9` is a week of which nothing is known.
pub fn series(metric: Metric, group: Option<Group>, hundredths: &[i64]) -> Series {
    let point = |(at, value): (usize, &i64)| {
        let starts_on = day("2026-11-02") + Days::new(7 * at as u64);
        let shown = match value {
            -1 => Err(Suppression::SmallDenominator),
            -2 => Err(Suppression::Complementary),
            -3 => Err(Suppression::SensitiveExtreme),
            -9 => return None,
            numerator => Ok(Counts { numerator: *numerator, denominator: 100, unknown: 0 }),
        };
        Some(Point { starts_on, version: 1, shown })
    };
    Series { metric, group, points: hundredths.iter().enumerate().filter_map(point).collect() }
}

/// A metric with a gap of each kind.
pub fn one(language: &str) -> Chart {
    let ask = weeks(&[Metric::Reach], Breakdown::None, 12);
    let figures = [62, 66, 71, 69, -1, -1, 74, -9, 78, 76, -3, 84];
    Chart::of(texts::speech_of(language), PLACE, &ask, &[series(Metric::Reach, None, &figures)])
}

/// A metric without a gap.
pub fn whole(language: &str) -> Chart {
    let ask = weeks(&[Metric::FullEngagement], Breakdown::None, 12);
    let figures = [31, 33, 38, 41, 40, 44, 52, 55, 61, 64, 68, 71];
    Chart::of(texts::speech_of(language), PLACE, &ask, &[series(Metric::FullEngagement, None, &figures)])
}

/// Some metrics, of the last of which nothing is known.
pub fn several(language: &str) -> Chart {
    use Metric::{Contactability, GuardianTrust, Reach, SurveyResponse, TwoWay};
    let ask = weeks(&[Contactability, Reach, TwoWay, SurveyResponse, GuardianTrust], Breakdown::None, 12);
    let answer = [
        series(Contactability, None, &[91, 92, 92, 93, 95, 95, 96, 96, 97, 97, 98, 100]),
        series(Reach, None, &[62, 66, 71, 69, -1, 70, 74, -9, 78, 76, 80, 84]),
        series(TwoWay, None, &[21, 24, 30, 36, 35, -2, -2, 52, 57, 61, 66, 64]),
        series(SurveyResponse, None, &[-1, -1, 44, 41, 47, 55, -3, 51, 58, 56, 61, 60]),
    ];
    Chart::of(texts::speech_of(language), PLACE, &ask, &answer)
}

/// A metric of as many schools as can be drawn, with names from outside.
pub fn many(language: &str) -> Chart {
    const NAMES: [&str; 12] = [
        "De Zwaluw",
        "Het Kompas",
        "De Regenboog",
        "<script>alert(1)</script>",
        "Sint-Jozef & Maria",
        "’t Prisma",
        "De Horizon",
        "Montessorischool Oost",
        "Daltonschool De Tandem",
        "École \"Chez Nous\"",
        "De Wegwijzer",
        "IKC Zuid",
    ];
    let group = |at: usize| {
        Some(Group::Place { level: Level::School, id: Uuid::from_u128(at as u128), name: NAMES[at].to_owned() })
    };
    let figures = |at: usize| -> Vec<i64> {
        let wave = |week: usize| i64::try_from((week * (at + 3) * 7) % 13).expect("small") - 6;
        let base = i64::try_from(30 + 5 * at).expect("small");
        (0..26).map(|week| if (week + at) % 11 == 5 { -1 } else { (base + wave(week)).clamp(0, 100) }).collect()
    };
    let answer: Vec<Series> = (0..12).map(|at| series(Metric::TwoWay, group(at), &figures(at))).collect();
    let ask = weeks(&[Metric::TwoWay], Breakdown::School, 26);
    Chart::of(texts::speech_of(language), "Cluster Noord", &ask, &answer)
}

/// As many periods as can be drawn, of a place with a long name.
pub fn long(language: &str) -> Chart {
    let ask = weeks(&[Metric::StaffReply], Breakdown::None, 60);
    let figures: Vec<i64> = (0..60).map(|week| if week % 17 == 3 { -2 } else { 50 + (week * 7) % 23 }).collect();
    Chart::of(texts::speech_of(language), LONG, &ask, &[series(Metric::StaffReply, None, &figures)])
}

/// November 2026 of the place called `place`.
pub fn month_of(language: &str, place: &str) -> Month {
    let questions = Questions::of(day("2026-11-01"));
    let point = |start: &str, (numerator, denominator): Part| {
        let shown = match denominator {
            -1 => Err(Suppression::SmallDenominator),
            -2 => Err(Suppression::Complementary),
            _ => Ok(Counts { numerator, denominator, unknown: if numerator == 88 { 9 } else { 0 } }),
        };
        Point { starts_on: day(start), version: 1, shown }
    };
    let of = |(metric, before, now): (Metric, Part, Part)| Series {
        metric,
        group: None,
        points: vec![point("2026-10-01", before), point("2026-11-01", now)],
    };
    let months: Vec<Series> = MONTH.into_iter().map(of).collect();
    let figures = |metric: Metric, hundredths: &[i64]| {
        let moved = |point: Point| Point { starts_on: point.starts_on - Days::new(56), ..point };
        let Series { points, .. } = series(metric, None, hundredths);
        Series { metric, group: None, points: points.into_iter().map(moved).collect() }
    };
    let weeks = [
        figures(Metric::Contactability, &[88, 89, 91, 91, 92, 92, 93, 95, 95, 96, 96, 97]),
        figures(Metric::Reach, &[58, 62, 60, 66, 64, 65, -1, 70, 74, 69, 72, 71]),
        figures(Metric::TwoWay, &[4, 12, 21, 24, 30, 36, 35, -2, 46, 52, 57, 61]),
        figures(Metric::FullEngagement, &[31, 33, 38, 41, 40, 44, 46, 48, 52, 55, 58, 59]),
    ];
    Month::of(texts::speech_of(language), place, &questions, (&months, &weeks), day("2026-12-02"))
}

/// Numerator and denominator.
type Part = (i64, i64);

/// Metrics in October and November. A denominator below 0: why there is no figure.
const MONTH: [(Metric, Part, Part); 20] = [
    (Metric::Contactability, (136, 147), (141, 148)),
    (Metric::Activation, (208, 251), (220, 254)),
    (Metric::Delivery, (5_102, 5_190), (6_011, 6_080)),
    (Metric::Reach, (910, 1_379), (1_046, 1_473)),
    (Metric::Confirmation, (96, 131), (0, -2)),
    (Metric::TwoWay, (59, 147), (90, 148)),
    (Metric::StaffReply, (71, 88), (90, 97)),
    (Metric::PositiveContact, (44, 147), (63, 148)),
    (Metric::Intake, (0, -1), (0, -1)),
    (Metric::StartConversation, (118, 147), (0, 0)),
    (Metric::ConversationCoverage, (118, 147), (131, 148)),
    (Metric::NoShow, (9, 122), (3, 41)),
    (Metric::AgreementsKept, (21, 30), (33, 40)),
    (Metric::EventParticipation, (0, 0), (97, 148)),
    (Metric::SurveyResponse, (0, -1), (112, 254)),
    (Metric::GuardianTrust, (0, -1), (89, 112)),
    (Metric::FullEngagement, (71, 147), (88, 148)),
    (Metric::LessonsPrepared, (2, 2), (3, 3)),
    (Metric::LessonsTaught, (1, 2), (2, 3)),
    (Metric::TeamAttendance, (16, 19), (17, 19)),
];

/// November 2026 of a school.
pub fn month(language: &str) -> Month {
    month_of(language, PLACE)
}

/// A month with as much on its page as there can be: all metrics, three lines in front and a long name.
pub fn full_month(language: &str) -> Month {
    let questions = Questions::of(day("2026-11-01"));
    let point = |start| Point {
        starts_on: day(start),
        version: 1,
        shown: Ok(Counts { numerator: 123_456, denominator: 234_567, unknown: 98_765 }),
    };
    let months: Vec<Series> = Metric::iter()
        .map(|metric| Series { metric, group: None, points: vec![point("2026-10-01"), point("2026-11-01")] })
        .collect();
    let weeks = [series(Metric::Contactability, None, &[]), series(Metric::Reach, None, &[-1, -2, -3])];
    Month::of(texts::speech_of(language), LONG, &questions, (&months, &weeks), day("2026-12-02"))
}

/// A month of which nothing is known.
pub fn empty_month(language: &str) -> Month {
    let questions = Questions::of(day("2026-11-01"));
    Month::of(texts::speech_of(language), PLACE, &questions, (&[], &[]), day("2026-12-02"))
}
