//! Weeks, months and school years.

use chrono::{Datelike, Days, Months, NaiveDate};
use glans_entity::metrics::Span;

/// The month in which a school year begins, by law (Wet op het primair onderwijs, article 1): 1 August.
const SCHOOL_YEAR_FROM: u32 = 8;

/// The first day of the period that covers `day`.
pub fn start(span: Span, day: NaiveDate) -> NaiveDate {
    match span {
        Span::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
        Span::Month => first_of(day.year(), day.month(), day),
        Span::SchoolYear => {
            let year = if day.month() < SCHOOL_YEAR_FROM { day.year() - 1 } else { day.year() };
            first_of(year, SCHOOL_YEAR_FROM, day)
        }
    }
}

fn first_of(year: i32, month: u32, otherwise: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(otherwise)
}

/// The first day after the period that begins at `start`.
pub fn next(span: Span, start: NaiveDate) -> NaiveDate {
    match span {
        Span::Week => start + Days::new(7),
        Span::Month => start + Months::new(1),
        Span::SchoolYear => start + Months::new(12),
    }
}

/// The last day of the period that begins at `start`.
pub fn last(span: Span, start: NaiveDate) -> NaiveDate {
    next(span, start) - Days::new(1)
}

/// The first days of all periods that lie wholly within `from` and `to`, both inclusive.
pub fn whole(span: Span, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let first = start(span, from);
    let first = if first < from { next(span, first) } else { first };
    std::iter::successors(Some(first), |at| Some(next(span, *at))).take_while(|at| last(span, *at) <= to).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_is_of_iso_8601() {
        assert_eq!(start(Span::Week, day("2027-01-03")), day("2026-12-28"));
        assert_eq!(last(Span::Week, day("2026-12-28")), day("2027-01-03"));
    }

    #[test]
    fn a_school_year_goes_over_new_year() {
        assert_eq!(start(Span::SchoolYear, day("2027-07-31")), day("2026-08-01"));
        assert_eq!(start(Span::SchoolYear, day("2026-08-01")), day("2026-08-01"));
        assert_eq!(last(Span::SchoolYear, day("2026-08-01")), day("2027-07-31"));
    }

    #[test]
    fn only_whole_periods_are_told() {
        let weeks = whole(Span::Week, day("2026-11-03"), day("2026-11-22"));
        assert_eq!(weeks, [day("2026-11-09"), day("2026-11-16")]);
        assert!(whole(Span::Month, day("2026-11-02"), day("2026-12-30")).is_empty());
    }

    proptest! {
        #[test]
        fn every_day_lies_in_one_period(days in 0_u64..20_000) {
            let on = day("2000-01-01") + Days::new(days);
            for span in [Span::Week, Span::Month, Span::SchoolYear] {
                let first = start(span, on);
                prop_assert!(first <= on && on <= last(span, first));
                prop_assert_eq!(start(span, last(span, first)), first);
                prop_assert_eq!(start(span, next(span, first)), next(span, first));
            }
        }
    }
}
