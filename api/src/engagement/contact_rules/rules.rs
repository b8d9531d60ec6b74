//! When staff are reached, and when they must have answered. Pure functions of the wall clock of the board.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use glans_entity::engagement::{DayHours, ThreadStarter, WeekHours, contact_rules};
use glans_entity::ids::{BoardId, SchoolId};

use crate::platform::error::{Result, UserErrorCode};
use crate::platform::text::Checks;

/// Working days within which staff answer.
const REPLY_DAYS: std::ops::RangeInclusive<i32> = 1..=20;
const USUAL_REPLY_DAYS: i32 = 5;
/// From any moment on, hours begin within this many days, if there are any at all.
const WEEK: u64 = 8;
/// No clock is set forward by more than this.
const LONGEST_GAP_MINUTES: i64 = 180;

/// The rules of a school that made none of its own.
pub fn usual(board_id: BoardId, school_id: SchoolId) -> contact_rules::Model {
    let day = |weekday| DayHours { weekday, from: at(8, 0), until: at(17, 30) };
    contact_rules::Model {
        school_id,
        board_id,
        may_start: ThreadStarter::Everyone,
        hours: WeekHours((1..=5).map(day).collect()),
        reply_days: USUAL_REPLY_DAYS,
        delivers_at_night: false,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        version: 0,
    }
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

/// The zone of a board by its name; that of the Netherlands where nobody knows the name.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(chrono_tz::Europe::Amsterdam)
}

/// The checked hours of a week, in the order of the days.
pub(super) fn hours(mut days: Vec<DayHours>, checks: &mut Checks) -> WeekHours {
    if days.is_empty() {
        checks.add(UserErrorCode::Required, "hours", "Give the hours of at least one day.");
    }
    for (position, day) in days.iter().enumerate() {
        if !(1..=7).contains(&day.weekday) {
            checks.add(
                UserErrorCode::Invalid,
                &format!("hours.{position}.weekday"),
                "Choose 1 (Monday) to 7 (Sunday).",
            );
        }
        if day.until <= day.from {
            let message = "Choose an end after the beginning, on the same day.";
            checks.add(UserErrorCode::Invalid, &format!("hours.{position}.until"), message);
        }
        if days[..position].iter().any(|earlier| earlier.weekday == day.weekday) {
            checks.add(UserErrorCode::Invalid, &format!("hours.{position}.weekday"), "Give each day once.");
        }
    }
    days.sort_by_key(|day| day.weekday);
    WeekHours(days)
}

/// The checked number of working days within which staff answer.
pub(super) fn reply_days(days: i32, checks: &mut Checks) -> i32 {
    if !REPLY_DAYS.contains(&days) {
        checks.add(UserErrorCode::Invalid, "replyTermDays", "Choose 1 to 20 working days.");
    }
    days
}

/// When a message of a guardian that is sent at `sent` arrives: at once within the hours or where the school delivers at
/// night, else when the next hours begin.
pub fn arrival(rules: &contact_rules::Model, zone: Tz, sent: DateTime<Utc>) -> DateTime<Utc> {
    if rules.delivers_at_night { sent } else { next_open(&rules.hours, zone, sent) }
}

/// `now` within the hours, else when the next begin.
fn next_open(hours: &WeekHours, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let local = now.with_timezone(&zone);
    let today = local.date_naive();
    let is_open = of_day(hours, today).is_some_and(|day| day.from <= local.time() && local.time() < day.until);
    if is_open {
        return now;
    }
    let ahead = (0..WEEK).filter_map(|days| today.checked_add_days(Days::new(days)));
    let openings = ahead.filter_map(|day| Some(instant(zone, day.and_time(of_day(hours, day)?.from))));
    openings.into_iter().find(|opening| *opening > now).unwrap_or(now)
}

/// When staff must have answered what arrived at `arrived`: the end of the hours on the last working day of the term. The
/// day of the arrival does not count.
pub fn reply_due(rules: &contact_rules::Model, zone: Tz, arrived: DateTime<Utc>) -> DateTime<Utc> {
    let mut day = arrived.with_timezone(&zone).date_naive();
    let mut left = rules.reply_days;
    // The longest term of a school with one working day a week.
    for _ in 0..(7 * *REPLY_DAYS.end() + 7) {
        let Some(next) = day.succ_opt() else { break };
        day = next;
        let Some(hours) = of_day(&rules.hours, day) else { continue };
        left -= 1;
        if left <= 0 {
            return instant(zone, day.and_time(hours.until));
        }
    }
    arrived
}

fn of_day(hours: &WeekHours, day: NaiveDate) -> Option<&DayHours> {
    hours.0.iter().find(|hours| u32::from(hours.weekday) == day.weekday().number_from_monday())
}

/// The instant of a time by the wall clock: the first where it comes twice, the next that exists where it is left out.
fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let later = |minutes| zone.from_local_datetime(&(local + TimeDelta::minutes(minutes))).earliest();
    let first = (0..=LONGEST_GAP_MINUTES).find_map(later);
    first.map_or_else(|| local.and_utc(), |found| found.with_timezone(&Utc))
}

/// Refuses all that is wrong with it at once.
pub(super) fn checked(row: contact_rules::Model) -> Result<contact_rules::Model> {
    let mut checks = Checks::default();
    let hours = hours(row.hours.0, &mut checks);
    let reply_days = reply_days(row.reply_days, &mut checks);
    checks.done(contact_rules::Model { hours, reply_days, ..row })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    const ZONE: Tz = chrono_tz::Europe::Amsterdam;

    fn rules() -> contact_rules::Model {
        usual(BoardId::new(), SchoolId::new())
    }

    fn arrives(rules: &contact_rules::Model, sent: &str) -> String {
        let local = NaiveDateTime::parse_from_str(sent, "%Y-%m-%d %H:%M").unwrap();
        let sent = ZONE.from_local_datetime(&local).earliest().unwrap().with_timezone(&Utc);
        arrival(rules, ZONE, sent).with_timezone(&ZONE).format("%Y-%m-%d %H:%M %z").to_string()
    }

    fn only(weekday: u8, from: (u32, u32), until: (u32, u32)) -> contact_rules::Model {
        let hours = WeekHours(vec![DayHours { weekday, from: at(from.0, from.1), until: at(until.0, until.1) }]);
        contact_rules::Model { hours, ..rules() }
    }

    #[test]
    fn what_is_sent_outside_of_the_hours_waits_for_the_next() {
        let rules = rules();
        // 2031-03-03 is a Monday.
        for (sent, arrived) in [
            ("2031-03-03 08:00", "2031-03-03 08:00 +0100"),
            ("2031-03-03 12:34", "2031-03-03 12:34 +0100"),
            ("2031-03-03 17:29", "2031-03-03 17:29 +0100"),
            ("2031-03-03 17:30", "2031-03-04 08:00 +0100"),
            ("2031-03-03 23:59", "2031-03-04 08:00 +0100"),
            ("2031-03-04 00:00", "2031-03-04 08:00 +0100"),
            ("2031-03-04 07:59", "2031-03-04 08:00 +0100"),
            ("2031-03-07 17:30", "2031-03-10 08:00 +0100"),
            ("2031-03-08 12:00", "2031-03-10 08:00 +0100"),
            ("2031-03-09 23:00", "2031-03-10 08:00 +0100"),
        ] {
            assert_eq!(arrives(&rules, sent), arrived, "{sent}");
        }
        let at_night = contact_rules::Model { delivers_at_night: true, ..rules };
        assert_eq!(arrives(&at_night, "2031-03-08 03:00"), "2031-03-08 03:00 +0100");
    }

    #[test]
    fn hours_follow_the_wall_clock_over_both_changes_of_it() {
        let rules = rules();
        // Clocks go forward on Sunday 30 March 2031, and back on Sunday 26 October.
        assert_eq!(arrives(&rules, "2031-03-28 18:00"), "2031-03-31 08:00 +0200");
        assert_eq!(arrives(&rules, "2031-03-29 18:00"), "2031-03-31 08:00 +0200");
        assert_eq!(arrives(&rules, "2031-10-24 18:00"), "2031-10-27 08:00 +0100");
        assert_eq!(arrives(&rules, "2031-10-26 02:30"), "2031-10-27 08:00 +0100");
        // Half past two is left out in March, and comes twice in October.
        let sunday = only(7, (2, 30), (9, 0));
        assert_eq!(arrives(&sunday, "2031-03-29 12:00"), "2031-03-30 03:00 +0200");
        assert_eq!(arrives(&sunday, "2031-10-25 12:00"), "2031-10-26 02:30 +0200");
        let second = ZONE.from_local_datetime(&"2031-10-26T02:45:00".parse().unwrap()).latest().unwrap();
        assert_eq!(arrival(&sunday, ZONE, second.with_timezone(&Utc)), second, "within the hours the second time too");
    }

    #[test]
    fn one_day_a_week_is_enough() {
        let monday = only(1, (8, 30), (9, 0));
        assert_eq!(arrives(&monday, "2031-03-03 09:00"), "2031-03-10 08:30 +0100");
        assert_eq!(arrives(&monday, "2031-03-03 08:29"), "2031-03-03 08:30 +0100");
    }

    #[test]
    fn the_term_counts_working_days() {
        let due = |rules: &contact_rules::Model, arrived: &str| {
            let local = NaiveDateTime::parse_from_str(arrived, "%Y-%m-%d %H:%M").unwrap();
            let arrived = ZONE.from_local_datetime(&local).unwrap().with_timezone(&Utc);
            reply_due(rules, ZONE, arrived).with_timezone(&ZONE).format("%Y-%m-%d %H:%M").to_string()
        };
        let week = rules();
        assert_eq!(due(&week, "2031-03-03 09:00"), "2031-03-10 17:30");
        assert_eq!(due(&week, "2031-03-07 09:00"), "2031-03-14 17:30");
        assert_eq!(due(&week, "2031-03-08 09:00"), "2031-03-14 17:30");
        assert_eq!(due(&contact_rules::Model { reply_days: 1, ..week }, "2031-03-07 09:00"), "2031-03-10 17:30");
        let monday = contact_rules::Model { reply_days: 20, ..only(1, (8, 0), (9, 0)) };
        assert_eq!(due(&monday, "2031-03-03 09:00"), "2031-07-21 09:00");
    }

    #[test]
    fn hours_end_on_the_day_on_which_they_begin() {
        let day = |weekday, from, until| DayHours { weekday, from: at(from, 0), until: at(until, 0) };
        let told = |days: Vec<DayHours>| {
            let row = contact_rules::Model { hours: WeekHours(days), reply_days: 0, ..rules() };
            let Err(Error::Refused(problems)) = checked(row) else { panic!("refused") };
            problems.iter().map(|problem| problem.field.join(".")).collect::<Vec<_>>()
        };
        assert_eq!(told(vec![day(1, 22, 6)]), ["hours.0.until", "replyTermDays"]);
        assert_eq!(told(vec![day(1, 8, 8), day(8, 8, 9)]), ["hours.0.until", "hours.1.weekday", "replyTermDays"]);
        assert_eq!(told(vec![day(1, 8, 9), day(1, 10, 12)]), ["hours.1.weekday", "replyTermDays"]);
        assert_eq!(told(Vec::new()), ["hours", "replyTermDays"]);
        let sound = contact_rules::Model { hours: WeekHours(vec![day(3, 8, 9), day(1, 8, 9)]), ..rules() };
        let days: Vec<_> = checked(sound).unwrap().hours.0.iter().map(|day| day.weekday).collect();
        assert_eq!(days, [1, 3]);
    }
}
