//! Weeks, months and school years, each made of the one before.
//!
//! A month is the weeks of ISO 8601 whose Thursday lies in it, as ISO 8601 itself gives weeks to years, and a school
//! year is the months August to July. October 2026 goes from Monday 28 September to Sunday 1 November. So no period
//! less others is a part of a week.
//!
//! A period is known by its *key*: the Monday of a week, the 1st of a month, 1 August of a school year. The key is
//! stored, asked for and shown, and need not be one of the days that the period covers.

use chrono::{Datelike, Days, Months, NaiveDate};
use glans_entity::metrics::Span;

/// The month in which a school year begins, by law (Wet op het primair onderwijs, article 1): 1 August.
const SCHOOL_YEAR_FROM: u32 = 8;
/// From the Monday of a week to the day that says in which month the week lies.
const TO_THURSDAY: Days = Days::new(3);
const ONE_DAY: Days = Days::new(1);

/// The key of the period that covers `day`.
pub fn start(span: Span, day: NaiveDate) -> NaiveDate {
    named(span, monday(day) + TO_THURSDAY)
}

/// The key of the period that has `date` in its name: by the calendar, whatever its days are.
pub fn named(span: Span, date: NaiveDate) -> NaiveDate {
    match span {
        Span::Week => monday(date),
        Span::Month => first_of(date.year(), date.month(), date),
        Span::SchoolYear => {
            let year = if date.month() < SCHOOL_YEAR_FROM { date.year() - 1 } else { date.year() };
            first_of(year, SCHOOL_YEAR_FROM, date)
        }
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

fn first_of(year: i32, month: u32, otherwise: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(otherwise)
}

/// The key of the period after that of `key`.
pub fn next(span: Span, key: NaiveDate) -> NaiveDate {
    match span {
        Span::Week => key + Days::new(7),
        Span::Month => key + Months::new(1),
        Span::SchoolYear => key + Months::new(12),
    }
}

/// The first day that the period covers, a Monday: that of the first Thursday from `key` on.
pub fn first(span: Span, key: NaiveDate) -> NaiveDate {
    match span {
        Span::Week => key,
        Span::Month | Span::SchoolYear => monday(key + TO_THURSDAY),
    }
}

/// The last day that the period covers, a Sunday.
pub fn last(span: Span, key: NaiveDate) -> NaiveDate {
    first(span, next(span, key)) - ONE_DAY
}

/// The last date by which the period is named: 31 October of October.
pub fn until(span: Span, key: NaiveDate) -> NaiveDate {
    next(span, key) - ONE_DAY
}

/// The day on which it is looked how students stand: the last one, but 31 July of what ends in August. By then pupils
/// have left, and others are in the class groups.
pub fn looked_on(span: Span, key: NaiveDate) -> NaiveDate {
    let year = start(Span::SchoolYear, first(span, key));
    last(span, key).min(until(Span::SchoolYear, year))
}

/// The keys of all periods whose dates lie wholly within `from` and `to`, both inclusive: those that a period is named
/// by. October is asked for from 1 to 31 October. Each is made when it is looked at: between two days may lie hundreds of
/// thousands.
pub fn whole(span: Span, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let key = named(span, from);
    let key = if key < from { next(span, key) } else { key };
    std::iter::successors(Some(key), move |at| Some(next(span, *at))).take_while(move |at| until(span, *at) <= to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPANS: [Span; 3] = [Span::Week, Span::Month, Span::SchoolYear];

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn covered(span: Span, key: &str) -> (NaiveDate, NaiveDate) {
        (first(span, day(key)), last(span, day(key)))
    }

    #[test]
    fn a_week_is_of_iso_8601() {
        assert_eq!(start(Span::Week, day("2027-01-03")), day("2026-12-28"));
        assert_eq!(covered(Span::Week, "2026-12-28"), (day("2026-12-28"), day("2027-01-03")));
    }

    #[test]
    fn a_month_is_of_the_weeks_whose_thursday_lies_in_it() {
        assert_eq!(covered(Span::Month, "2026-10-01"), (day("2026-09-28"), day("2026-11-01")));
        assert_eq!(covered(Span::Month, "2027-02-01"), (day("2027-02-01"), day("2027-02-28")));
        assert_eq!(covered(Span::Month, "2026-12-01"), (day("2026-11-30"), day("2027-01-03")));
        assert_eq!(start(Span::Month, day("2026-11-01")), day("2026-10-01"));
        assert_eq!(start(Span::Month, day("2026-11-02")), day("2026-11-01"));
    }

    #[test]
    fn a_school_year_is_of_such_months() {
        assert_eq!(covered(Span::SchoolYear, "2026-08-01"), (day("2026-08-03"), day("2027-08-01")));
        assert_eq!(covered(Span::SchoolYear, "2024-08-01"), (day("2024-07-29"), day("2025-08-03")));
        assert_eq!(start(Span::SchoolYear, day("2026-08-02")), day("2025-08-01"));
        assert_eq!(start(Span::SchoolYear, day("2024-07-29")), day("2024-08-01"));
    }

    #[test]
    fn a_period_is_named_by_the_calendar() {
        assert_eq!(named(Span::Month, day("2026-11-01")), day("2026-11-01"));
        assert_eq!(named(Span::SchoolYear, day("2026-08-02")), day("2026-08-01"));
        let dates = SPANS.map(|span| until(span, named(span, day("2026-10-05"))));
        assert_eq!(dates, ["2026-10-11", "2026-10-31", "2027-07-31"].map(day));
    }

    #[test]
    fn students_are_looked_at_before_the_next_school_year() {
        assert_eq!(looked_on(Span::Week, day("2026-10-26")), day("2026-11-01"));
        assert_eq!(looked_on(Span::Month, day("2026-10-01")), day("2026-11-01"));
        let end = [(Span::Week, "2027-07-26"), (Span::Month, "2027-07-01"), (Span::SchoolYear, "2026-08-01")];
        assert_eq!(end.map(|(span, key)| looked_on(span, day(key))), [day("2027-07-31"); 3]);
        assert_eq!(looked_on(Span::SchoolYear, day("2027-08-01")), day("2028-07-30"), "31 July is a Monday then");
        assert_eq!(looked_on(Span::Week, day("2024-07-29")), day("2024-08-04"), "the first week of its year");
    }

    #[test]
    fn only_whole_periods_are_told() {
        let keys = |span, from, to| whole(span, day(from), day(to)).collect::<Vec<_>>();
        assert_eq!(keys(Span::Week, "2026-11-03", "2026-11-22"), ["2026-11-09", "2026-11-16"].map(day));
        assert_eq!(keys(Span::Month, "2026-10-01", "2026-10-31"), [day("2026-10-01")]);
        assert!(keys(Span::Month, "2026-10-02", "2026-11-29").is_empty());
        assert_eq!(keys(Span::SchoolYear, "2026-08-01", "2027-07-31"), [day("2026-08-01")]);
        assert!(keys(Span::SchoolYear, "2026-08-03", "2027-08-01").is_empty());
    }

    #[test]
    fn no_more_periods_are_made_than_are_looked_at() {
        // After the last of these there is none: who makes them all comes to the end of the calendar.
        let first: Vec<NaiveDate> = whole(Span::Week, day("2026-11-02"), NaiveDate::MAX).take(2).collect();
        assert_eq!(first, ["2026-11-02", "2026-11-09"].map(day));
    }

    proptest! {
        #[test]
        fn every_day_lies_in_one_period(days in 0_u64..40_000) {
            let on = day("1990-01-01") + Days::new(days);
            for span in SPANS {
                let key = start(span, on);
                prop_assert!(first(span, key) <= on && on <= last(span, key));
                prop_assert_eq!((start(span, first(span, key)), start(span, last(span, key))), (key, key));
                prop_assert_eq!(first(span, next(span, key)), last(span, key) + ONE_DAY);
                prop_assert_eq!(start(span, last(span, key) + ONE_DAY), next(span, key));
                prop_assert_eq!(named(span, key), key);
            }
        }

        #[test]
        fn every_period_lies_in_one_longer_one(days in 0_u64..40_000) {
            let on = day("1990-01-01") + Days::new(days);
            for (within, span) in [(0, Span::Month), (0, Span::SchoolYear), (1, Span::SchoolYear)] {
                let key = start(SPANS[within], on);
                let ends = [first(SPANS[within], key), last(SPANS[within], key)];
                prop_assert_eq!(ends.map(|end| start(span, end)), [start(span, on); 2]);
            }
        }

        #[test]
        fn a_week_is_of_the_month_of_its_thursday(days in 0_u64..40_000) {
            let on = day("1990-01-01") + Days::new(days);
            let thursday = on.week(chrono::Weekday::Mon).first_day() + TO_THURSDAY;
            let month = start(Span::Month, on);
            prop_assert_eq!((month.year(), month.month(), month.day()), (thursday.year(), thursday.month(), 1));
        }

        #[test]
        fn students_are_looked_at_in_the_period_and_its_school_year(days in 0_u64..40_000) {
            let on = day("1990-01-01") + Days::new(days);
            for span in SPANS {
                let key = start(span, on);
                let looked = looked_on(span, key);
                prop_assert!(first(span, key) <= looked && looked <= last(span, key));
                prop_assert_eq!(named(Span::SchoolYear, looked), start(Span::SchoolYear, on));
            }
        }
    }
}
