//! When somebody is reminded. Pure decisions.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How long after its moment a reminder is still given: longer than the program is down.
pub(super) const LATE: TimeDelta = TimeDelta::hours(24);
/// After a meeting that prepares a lesson, until the leader is asked for a date with the team.
pub(super) const TO_PLAN: TimeDelta = TimeDelta::days(7);
/// Before a round closes.
pub(super) const TO_BOOK: TimeDelta = TimeDelta::hours(48);
/// Before a survey closes.
pub(super) const TO_ANSWER: TimeDelta = TimeDelta::hours(24);
/// Before the term of a confirmation.
pub(super) const BEFORE_TERM: TimeDelta = TimeDelta::hours(24);
/// After an announcement appeared that asks for a confirmation without a term.
pub(super) const WITHOUT_TERM: TimeDelta = TimeDelta::hours(48);
/// Days before a meeting of a cohort.
pub(super) const MEETING_DAYS: u64 = 1;
/// Days before a team session.
pub(super) const SESSION_DAYS: u64 = 1;
/// Days before a team session in which its leader makes ready.
pub(super) const TO_REHEARSE_DAYS: u64 = 7;
/// Days before a conversation.
pub(super) const CONVERSATION_DAYS: u64 = 2;
/// Days before an agreement is due.
pub(super) const AGREEMENT_DAYS: u64 = 1;
/// Days of a week.
const WEEK: u64 = 7;
/// By the clock of the board.
const HOUR: u32 = 9;

/// Whether the moment is there, and not so long ago that somebody else must have seen to it.
pub(super) fn has_come(moment: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    moment <= now && now - moment < LATE
}

/// The morning of a day.
pub(super) fn morning(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default());
    zone.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// The morning so many days before a day.
pub(super) fn morning_before(zone: Tz, day: NaiveDate, days: u64) -> DateTime<Utc> {
    morning(zone, day.checked_sub_days(Days::new(days)).unwrap_or(day))
}

/// The day of a moment.
pub(super) fn day(zone: Tz, moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&zone).date_naive()
}

/// The last week that is over, from one Monday morning to the next.
pub(super) fn week(zone: Tz, now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    let today = day(zone, now);
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    let of = |days| morning_before(zone, today, days);
    let this = since_monday + if of(since_monday) <= now { 0 } else { WEEK };
    of(this + WEEK)..of(this)
}

/// When somebody is reminded of what takes place then, which was planned at `planned`; not where that was later.
pub(super) fn of_occasion(
    zone: Tz,
    (planned, starts): (DateTime<Utc>, DateTime<Utc>),
    days: u64,
) -> Option<DateTime<Utc>> {
    Some(morning_before(zone, day(zone, starts), days)).filter(|moment| *moment > planned)
}

/// When those are reminded who have not confirmed an announcement; not where its term is too short for it.
pub(super) fn of_acknowledgement(published: DateTime<Utc>, by: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match by {
        Some(by) => Some(by - BEFORE_TERM).filter(|moment| *moment > published),
        None => Some(published + WITHOUT_TERM),
    }
}

/// When those are reminded who have not seen to what opens and closes then; not where it is open too short for it.
pub(super) fn of_closing((opens, closes): (DateTime<Utc>, DateTime<Utc>), before: TimeDelta) -> Option<DateTime<Utc>> {
    Some(closes - before).filter(|moment| *moment > opens)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Amsterdam;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_counts_for_a_day() {
        let moment = at("2026-11-02T08:00:00Z");
        assert!(!has_come(moment, at("2026-11-02T07:59:59Z")));
        assert!(has_come(moment, moment) && has_come(moment, at("2026-11-03T07:59:59Z")));
        assert!(!has_come(moment, at("2026-11-03T08:00:00Z")));
    }

    #[test]
    fn a_morning_is_at_nine_in_summer_and_in_winter() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(morning(Amsterdam, day("2026-10-24")), at("2026-10-24T07:00:00Z"));
        assert_eq!(
            morning(Amsterdam, day("2026-10-25")),
            at("2026-10-25T08:00:00Z"),
            "the clock went back in the night"
        );
        assert_eq!(morning(Amsterdam, day("2027-03-28")), at("2027-03-28T07:00:00Z"), "and forward");
    }

    #[test]
    fn a_week_ends_on_monday_morning() {
        let of = |now: &str| week(Amsterdam, at(now));
        let first = at("2026-10-12T07:00:00Z")..at("2026-10-19T07:00:00Z");
        assert_eq!(of("2026-10-19T07:00:00Z"), first);
        assert_eq!(of("2026-10-26T07:59:59Z"), first, "the clock went back in the night to Monday");
        assert_eq!(of("2026-10-26T08:00:00Z"), at("2026-10-19T07:00:00Z")..at("2026-10-26T08:00:00Z"));
    }

    #[test]
    fn an_occasion_is_reminded_of_in_the_morning_of_a_day_before() {
        let planned = at("2026-10-01T12:00:00Z");
        let of = |starts: &str, days| of_occasion(Amsterdam, (planned, at(starts)), days);
        assert_eq!(of("2026-10-26T14:00:00Z", 1), Some(at("2026-10-25T08:00:00Z")));
        // Half past midnight is of the day that begins.
        assert_eq!(of("2026-10-26T23:30:00Z", 2), Some(at("2026-10-25T08:00:00Z")));
        assert_eq!(of("2026-10-02T14:00:00Z", 1), None, "who plans for tomorrow has just told it");
        assert_eq!(of("2026-10-03T14:00:00Z", 2), None);
    }

    #[test]
    fn a_confirmation_is_missed_before_its_term_or_two_days_later() {
        let published = at("2026-11-02T08:00:00Z");
        assert_eq!(of_acknowledgement(published, None), Some(at("2026-11-04T08:00:00Z")));
        assert_eq!(of_acknowledgement(published, Some(at("2026-11-06T17:00:00Z"))), Some(at("2026-11-05T17:00:00Z")));
        assert_eq!(of_acknowledgement(published, Some(at("2026-11-03T08:00:00Z"))), None);
    }

    #[test]
    fn what_is_open_for_a_short_time_is_not_reminded_of() {
        let opens = at("2026-11-02T08:00:00Z");
        let of = |closes: &str| of_closing((opens, at(closes)), TO_BOOK);
        assert_eq!(of("2026-11-09T16:00:00Z"), Some(at("2026-11-07T16:00:00Z")));
        assert_eq!(of("2026-11-04T08:00:00Z"), None);
    }
}
