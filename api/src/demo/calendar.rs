//! The school years around a day.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

/// 1 August to 31 July, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Year {
    first: i32,
}

impl Year {
    /// The school year in which the day lies.
    pub(super) fn of(day: NaiveDate) -> Self {
        const AUGUST: u32 = 8;
        Self { first: if day.month() < AUGUST { day.year() - 1 } else { day.year() } }
    }

    pub(super) fn last(self) -> Self {
        Self { first: self.first - 1 }
    }

    pub(super) fn next(self) -> Self {
        Self { first: self.first + 1 }
    }

    /// As `2026-2027`.
    pub(super) fn title(self) -> String {
        format!("{}-{}", self.first, self.first + 1)
    }

    pub(super) fn starts_on(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.first, 8, 1).unwrap_or_default()
    }

    pub(super) fn ends_on(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.first + 1, 7, 31).unwrap_or_default()
    }

    pub(super) fn starts_at(self) -> DateTime<Utc> {
        self.starts_on().and_time(NaiveTime::MIN).and_utc()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_school_year_runs_from_august_to_july() {
        let year = Year::of(day(2026, 7, 31));
        assert_eq!(year.title(), "2025-2026");
        assert_eq!((year.starts_on(), year.ends_on()), (day(2025, 8, 1), day(2026, 7, 31)));
        assert_eq!(Year::of(day(2026, 8, 1)), year.next());
        assert_eq!(year.next().last(), year);
    }
}
