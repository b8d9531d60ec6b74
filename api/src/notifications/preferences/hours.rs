//! Quiet hours and the moments of a digest, by the wall clock of a zone. Pure.
//!
//! Whether it is quiet, the clock on the wall says, and nothing else. Where it is put forward, a time that does not exist is
//! the first one after it. Where it is put back, an hour passes twice, and each pass counts for itself: what is quiet until
//! half past two ends at the first half past two, and is quiet again from the second two o'clock until the second half past
//! two. So nothing is ever sent at a time that the person would read as quiet.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, NaiveDateTime, NaiveTime, Offset, SubsecRound, TimeDelta, TimeZone, Timelike};
use chrono::{Utc, Weekday};
use chrono_tz::Tz;
use glans_entity::notifications::Digest;

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// Minutes of a day in which staff works, Monday to Friday: 07:30 to 18:00.
const WORK: Range<i64> = 7 * 60 + 30..18 * 60;
/// Days back in which the last moment of a weekly digest lies, and one more for a day that a zone left out.
const LOOKS_BACK: u64 = 8;

/// When it is quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quiet {
    /// Each day, in minutes since midnight; over midnight where it ends earlier than it begins.
    Daily { from: i64, until: i64 },
    /// Whenever staff does not work.
    OutsideOfWork,
}

impl Quiet {
    /// From nine in the evening to seven in the morning.
    pub(super) const NIGHT: Self = Self::Daily { from: 21 * 60, until: 7 * 60 };

    /// For how many minutes it stays quiet by a clock that is not changed meanwhile; none where it is not quiet.
    fn left(self, wall: NaiveDateTime) -> Option<i64> {
        let minute = i64::from(wall.num_seconds_from_midnight()) / 60;
        match self {
            Self::Daily { from, until } => {
                let is_quiet =
                    if from <= until { (from..until).contains(&minute) } else { !(until..from).contains(&minute) };
                is_quiet.then(|| (until - minute).rem_euclid(DAY))
            }
            Self::OutsideOfWork => {
                let weekday = i64::from(wall.weekday().num_days_from_monday());
                let days = match weekday {
                    0..5 if WORK.contains(&minute) => return None,
                    0..5 if minute < WORK.start => 0,
                    0..4 => 1,
                    _ => 7 - weekday,
                };
                Some(days * DAY + WORK.start - minute)
            }
        }
    }

    /// The first instant after `now` at which it is not quiet; none where it is not quiet now.
    pub(super) fn ends(self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut at = now;
        while let Some(minutes) = self.left(at.with_timezone(&zone).naive_local()) {
            let minute = at.trunc_subsecs(0) - TimeDelta::seconds(at.timestamp().rem_euclid(60));
            let unchanged = minute + TimeDelta::minutes(minutes);
            // Until the clock is changed all is as it said; from there on, look again.
            at = change_of_clock(zone, minute, unchanged).unwrap_or(unchanged);
        }
        (at > now).then_some(at)
    }
}

/// The last moment at or before `now` at which a digest is made; none for who wants none.
pub(super) fn digest_end(rhythm: Digest, hour: i32, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let time = u32::try_from(hour).ok().and_then(|hour| NaiveTime::from_hms_opt(hour, 0, 0))?;
    let today = now.with_timezone(&zone).date_naive();
    (0..=LOOKS_BACK)
        .filter_map(|back| today.checked_sub_days(Days::new(back)))
        .filter(|day| match rhythm {
            Digest::Immediate => false,
            Digest::Daily => true,
            Digest::Weekly => day.weekday() == Weekday::Fri,
        })
        .map(|day| first_at(zone, day.and_time(time)))
        .find(|moment| *moment <= now)
}

/// The first instant at which the clock on the wall shows `wall` or has passed it.
fn first_at(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    let around = wall.and_utc();
    let after_the_gap = || change_of_clock(zone, around - TimeDelta::days(1), around + TimeDelta::days(1));
    let first = zone.from_local_datetime(&wall).earliest().map(|at| at.to_utc());
    first.or_else(after_the_gap).unwrap_or(around)
}

/// The instant between two others from which the clock differs from what it was at first; none where it does not. Zones
/// change at whole minutes, and never twice within days.
fn change_of_clock(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let before = offset(from);
    if offset(until) == before {
        return None;
    }
    let (mut same, mut other) = (0, (until - from).num_minutes());
    while other - same > 1 {
        let middle = i64::midpoint(same, other);
        if offset(from + TimeDelta::minutes(middle)) == before {
            same = middle;
        } else {
            other = middle;
        }
    }
    Some(from + TimeDelta::minutes(other))
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::New_York;
    use chrono_tz::Atlantic::Azores;
    use chrono_tz::Australia::Lord_Howe;
    use chrono_tz::Europe::Amsterdam;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn quiet(from: &str, until: &str) -> Quiet {
        let minutes = |text: &str| {
            let time: NaiveTime = format!("{text}:00").parse().unwrap();
            i64::from(time.num_seconds_from_midnight()) / 60
        };
        Quiet::Daily { from: minutes(from), until: minutes(until) }
    }

    /// When the quiet ends, as it is shown on the wall in Amsterdam; `-` where it is not quiet.
    fn ends(quiet: Quiet, now: &str) -> String {
        let end = quiet.ends(Amsterdam, at(now));
        end.map_or_else(|| "-".to_owned(), |end| end.with_timezone(&Amsterdam).format("%d %H:%M %Z").to_string())
    }

    #[test]
    fn a_night_goes_over_midnight() {
        // In winter Amsterdam is an hour ahead.
        assert_eq!(ends(Quiet::NIGHT, "2031-01-14T19:59:59Z"), "-");
        assert_eq!(ends(Quiet::NIGHT, "2031-01-14T20:00:00Z"), "15 07:00 CET");
        assert_eq!(ends(Quiet::NIGHT, "2031-01-14T23:30:12.5Z"), "15 07:00 CET");
        assert_eq!(ends(Quiet::NIGHT, "2031-01-15T05:59:59.999999Z"), "15 07:00 CET");
        assert_eq!(ends(Quiet::NIGHT, "2031-01-15T06:00:00Z"), "-");
    }

    #[test]
    fn an_afternoon_does_not() {
        let nap = quiet("13:00", "15:30");
        assert_eq!(ends(nap, "2031-01-14T11:59:00Z"), "-");
        assert_eq!(ends(nap, "2031-01-14T12:00:00Z"), "14 15:30 CET");
        assert_eq!(ends(nap, "2031-01-14T14:30:00Z"), "-");
        assert_eq!(ends(quiet("00:00", "23:59"), "2031-01-14T12:00:00Z"), "14 23:59 CET");
        assert_eq!(ends(quiet("13:00", "13:00"), "2031-01-14T12:00:00Z"), "-");
    }

    #[test]
    fn staff_is_left_alone_when_it_does_not_work() {
        // 14 January 2031 is a Tuesday.
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-14T06:29:00Z"), "14 07:30 CET");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-14T06:30:00Z"), "-");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-14T16:59:00Z"), "-");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-14T17:00:00Z"), "15 07:30 CET");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-17T17:00:00Z"), "20 07:30 CET");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-18T10:00:00Z"), "20 07:30 CET");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-19T22:00:00Z"), "20 07:30 CET");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-01-20T05:00:00Z"), "20 07:30 CET");
    }

    /// In the night to 30 March 2031 it is three o'clock after 01:59.
    #[test]
    fn a_time_that_does_not_exist_is_the_first_one_after_it() {
        assert_eq!(ends(quiet("22:00", "02:30"), "2031-03-29T23:00:00Z"), "30 03:00 CEST");
        assert_eq!(ends(quiet("22:00", "02:00"), "2031-03-29T23:00:00Z"), "30 03:00 CEST");
        assert_eq!(ends(quiet("02:15", "07:00"), "2031-03-30T00:59:00Z"), "-");
        assert_eq!(ends(quiet("02:15", "07:00"), "2031-03-30T01:00:00Z"), "30 07:00 CEST");
        assert_eq!(ends(Quiet::NIGHT, "2031-03-29T21:00:00Z"), "30 07:00 CEST");
        // All of the time that would not be quiet is left out.
        assert_eq!(ends(quiet("02:45", "02:15"), "2031-03-29T23:00:00Z"), "31 02:15 CEST");
        assert_eq!(ends(Quiet::OutsideOfWork, "2031-03-28T17:00:00Z"), "31 07:30 CEST");
    }

    /// In the night to 26 October 2031 it is two o'clock again after 02:59.
    #[test]
    fn an_hour_that_passes_twice_is_quiet_twice() {
        let early = quiet("22:00", "02:30");
        assert_eq!(ends(early, "2031-10-25T22:00:00Z"), "26 02:30 CEST");
        assert_eq!(ends(early, "2031-10-26T00:45:00Z"), "-");
        assert_eq!(ends(early, "2031-10-26T01:10:00Z"), "26 02:30 CET");
        assert_eq!(ends(early, "2031-10-26T01:30:00Z"), "-");
        // The clock is put back out of the quiet.
        assert_eq!(ends(quiet("02:50", "03:30"), "2031-10-26T00:55:00Z"), "26 02:00 CET");
        assert_eq!(ends(quiet("02:50", "03:30"), "2031-10-26T01:55:00Z"), "26 03:30 CET");
        assert_eq!(ends(quiet("01:00", "03:00"), "2031-10-26T00:15:00Z"), "26 03:00 CET");
        assert_eq!(ends(Quiet::NIGHT, "2031-10-25T20:00:00Z"), "26 07:00 CET");
    }

    /// The last moment of a digest, as it is shown on the wall in Amsterdam.
    fn last(rhythm: Digest, hour: i32, now: &str) -> String {
        let end = digest_end(rhythm, hour, Amsterdam, at(now));
        end.map_or_else(|| "-".to_owned(), |end| end.with_timezone(&Amsterdam).format("%d %H:%M %Z").to_string())
    }

    #[test]
    fn a_digest_comes_each_day_or_each_friday() {
        assert_eq!(last(Digest::Daily, 17, "2031-01-14T15:59:59Z"), "13 17:00 CET");
        assert_eq!(last(Digest::Daily, 17, "2031-01-14T16:00:00Z"), "14 17:00 CET");
        assert_eq!(last(Digest::Daily, 0, "2031-01-14T23:00:00Z"), "15 00:00 CET");
        assert_eq!(last(Digest::Weekly, 17, "2031-01-17T15:59:59Z"), "10 17:00 CET");
        assert_eq!(last(Digest::Weekly, 17, "2031-01-17T16:00:00Z"), "17 17:00 CET");
        assert_eq!(last(Digest::Weekly, 17, "2031-01-23T23:30:00Z"), "17 17:00 CET");
        assert_eq!(last(Digest::Immediate, 17, "2031-01-14T16:00:00Z"), "-");
    }

    #[test]
    fn a_digest_comes_once_a_day_whatever_the_clock_does() {
        assert_eq!(last(Digest::Daily, 2, "2031-03-30T00:59:59Z"), "29 02:00 CET");
        assert_eq!(last(Digest::Daily, 2, "2031-03-30T01:00:00Z"), "30 03:00 CEST");
        assert_eq!(last(Digest::Daily, 2, "2031-10-25T23:59:59Z"), "25 02:00 CEST");
        assert_eq!(last(Digest::Daily, 2, "2031-10-26T00:00:00Z"), "26 02:00 CEST");
        assert_eq!(last(Digest::Daily, 2, "2031-10-26T01:30:00Z"), "26 02:00 CEST");
        assert_eq!(last(Digest::Daily, 3, "2031-10-26T02:00:00Z"), "26 03:00 CET");
    }

    const ZONES: [Tz; 4] = [Amsterdam, New_York, Azores, Lord_Howe];

    /// Both changes of the clock in these zones.
    const CHANGES: [&str; 8] = [
        "2031-03-30T01:00:00Z",
        "2031-10-26T01:00:00Z",
        "2031-03-09T07:00:00Z",
        "2031-11-02T06:00:00Z",
        "2031-10-04T15:30:00Z",
        "2031-04-05T15:00:00Z",
        "2031-01-17T12:00:00Z",
        "2031-07-15T12:00:00Z",
    ];

    /// Within four days around a change of the clock, to the microsecond.
    fn instants() -> impl Strategy<Value = DateTime<Utc>> {
        let around = -4 * 86_400_000_000..4 * 86_400_000_000_i64;
        (prop::sample::select(&CHANGES[..]), around)
            .prop_map(|(change, around)| at(change) + TimeDelta::microseconds(around))
    }

    fn quiets() -> impl Strategy<Value = Quiet> {
        let any = (0..DAY, 0..DAY).prop_map(|(from, until)| Quiet::Daily { from, until });
        let night = (0..4 * 60_i64, 0..4 * 60_i64).prop_map(|(from, until)| Quiet::Daily { from, until });
        prop_oneof![any, night, Just(Quiet::NIGHT), Just(Quiet::OutsideOfWork)]
    }

    /// As somebody would say who looks at the clock on the wall.
    fn is_quiet(quiet: Quiet, zone: Tz, at: DateTime<Utc>) -> bool {
        let wall = at.with_timezone(&zone).naive_local();
        let minute = i64::from(wall.hour() * 60 + wall.minute());
        match quiet {
            Quiet::Daily { from, until } if from <= until => from <= minute && minute < until,
            Quiet::Daily { from, until } => minute >= from || minute < until,
            Quiet::OutsideOfWork => {
                matches!(wall.weekday(), Weekday::Sat | Weekday::Sun) || !(450..1080).contains(&minute)
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_end_is_the_first_minute_that_is_not_quiet(
            zone in prop::sample::select(&ZONES[..]),
            now in instants(),
            quiet in quiets(),
        ) {
            let Some(end) = quiet.ends(zone, now) else {
                prop_assert!(!is_quiet(quiet, zone, now));
                return Ok(());
            };
            prop_assert!(is_quiet(quiet, zone, now));
            prop_assert!(!is_quiet(quiet, zone, end), "{end} is quiet");
            prop_assert_eq!(quiet.ends(zone, end), None);
            prop_assert_eq!((end.second(), end.nanosecond()), (0, 0));
            let mut between = end - TimeDelta::minutes(1);
            while between > now {
                prop_assert!(is_quiet(quiet, zone, between), "{between} is not quiet, and earlier than {end}");
                between -= TimeDelta::minutes(1);
            }
            let later = now + (end - now) / 2;
            prop_assert_eq!(quiet.ends(zone, later), Some(end));
        }

        #[test]
        fn a_digest_is_the_last_of_its_moments(
            zone in prop::sample::select(&ZONES[..]),
            now in instants(),
            hour in 0..24,
            weekly: bool,
        ) {
            let (rhythm, days) = if weekly { (Digest::Weekly, 7) } else { (Digest::Daily, 1) };
            let last = digest_end(rhythm, hour, zone, now).unwrap();
            prop_assert!(last <= now && now - last < TimeDelta::days(days) + TimeDelta::hours(2), "{last}");
            // Nothing lies between a moment and the one before the next.
            prop_assert_eq!(digest_end(rhythm, hour, zone, last), Some(last));
            let before = digest_end(rhythm, hour, zone, last - TimeDelta::microseconds(1)).unwrap();
            let apart = last - before;
            prop_assert!((apart - TimeDelta::days(days)).abs() <= TimeDelta::hours(1), "{before} {last}");
            let wall = last.with_timezone(&zone);
            let late = i64::from(wall.num_seconds_from_midnight()) / 60 - i64::from(hour) * 60;
            prop_assert!((0..=60).contains(&late), "{wall}");
            prop_assert!(!weekly || wall.weekday() == Weekday::Fri);
        }
    }
}
