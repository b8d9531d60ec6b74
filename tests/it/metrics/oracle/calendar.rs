//! Days in the Netherlands and the periods that they count for, apart from the program.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use glans_entity::metrics::Span;

/// Longer than any period, in days.
const LONG: Days = Days::new(400);

/// Summer time is from the last Sunday of March to that of October, both at 1:00 UTC (Directive 2000/84/EC).
fn is_summer(at: DateTime<Utc>) -> bool {
    let change = |month| {
        let last = NaiveDate::from_ymd_opt(at.year(), month, 31).unwrap();
        let sunday = last.week(Weekday::Sun).first_day();
        sunday.and_hms_opt(1, 0, 0).unwrap().and_utc()
    };
    (change(3)..change(10)).contains(&at)
}

/// The day in the Netherlands.
pub fn today(at: DateTime<Utc>) -> NaiveDate {
    (at + TimeDelta::hours(if is_summer(at) { 2 } else { 1 })).date_naive()
}

/// When the day begins there.
pub fn begin(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let in_summer = midnight - TimeDelta::hours(2);
    if is_summer(in_summer) { in_summer } else { midnight - TimeDelta::hours(1) }
}

/// What the period is called that a day counts for. Its Thursday says where a week belongs.
pub fn key(span: Span, day: NaiveDate) -> NaiveDate {
    let monday = day.week(Weekday::Mon).first_day();
    let thursday = monday + Days::new(3);
    match span {
        Span::Week => monday,
        Span::Month => thursday.with_day(1).unwrap(),
        Span::SchoolYear => {
            let year = thursday.year() - i32::from(thursday.month() < 8);
            NaiveDate::from_ymd_opt(year, 8, 1).unwrap()
        }
    }
}

/// What the periods are called for which a day from `from` to `until` counts.
pub fn keys(span: Span, from: NaiveDate, until: NaiveDate) -> BTreeSet<NaiveDate> {
    from.iter_days().take_while(|day| *day <= until).map(|day| key(span, day)).collect()
}

/// The days that count for the period: from its first to its last.
pub fn covered_days(span: Span, key: NaiveDate) -> RangeInclusive<NaiveDate> {
    let around = (key - LONG).iter_days().take_while(|day| *day <= key + LONG);
    let own: Vec<NaiveDate> = around.filter(|day| self::key(span, *day) == key).collect();
    *own.first().unwrap()..=*own.last().unwrap()
}

/// The day on which it is looked how students stand: the last one, but 31 July of what ends in August.
pub fn looked_on(span: Span, key: NaiveDate) -> NaiveDate {
    let days = covered_days(span, key);
    let year = self::key(Span::SchoolYear, *days.start());
    let end = NaiveDate::from_ymd_opt(year.year() + 1, 7, 31).unwrap();
    (*days.end()).min(end)
}

/// The last day of a school year, or the Sunday before where the Thursday after it is in August.
pub(super) fn last_counted(ends_on: NaiveDate) -> NaiveDate {
    let monday = ends_on.week(Weekday::Mon).first_day();
    let thursday = monday + Days::new(3);
    if (ends_on.month(), thursday.month()) == (7, 8) { monday - Days::new(1) } else { ends_on }
}

/// From Monday to Friday. Holidays are not known.
pub(super) fn is_working(day: NaiveDate) -> bool {
    day.weekday() != Weekday::Sat && day.weekday() != Weekday::Sun
}
