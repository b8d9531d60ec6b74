//! Days and hours, as people say them.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;

use super::speech;

/// `dinsdag 3 maart om 15:30`, by the wall clock of `zone`.
pub fn when(instant: DateTime<Utc>, zone: Tz, language: &str) -> String {
    let local = instant.with_timezone(&zone);
    let mut arguments = FluentArgs::new();
    arguments.set("weekday", local.weekday().number_from_monday());
    arguments.set("day", local.day());
    arguments.set("month", local.month());
    arguments.set("time", local.format("%H:%M").to_string());
    speech::of(language).say_with("moment", &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::speech::LANGUAGES;

    #[test]
    fn a_moment_is_told_by_the_clock_on_the_wall() {
        let zone = chrono_tz::Europe::Amsterdam;
        let of = |instant: &str, language| when(instant.parse().unwrap(), zone, language);
        assert_eq!(of("2026-03-03T14:30:00Z", "nl"), "dinsdag 3 maart om 15:30");
        assert_eq!(of("2026-03-03T14:30:00Z", "en"), "Tuesday 3 March at 15:30");
        assert_eq!(of("2026-07-31T22:05:00Z", "nl-BE"), "zaterdag 1 augustus om 00:05");
    }

    #[test]
    fn every_day_and_month_has_a_name() {
        let start: DateTime<Utc> = "2026-01-05T12:00:00Z".parse().unwrap();
        for language in LANGUAGES {
            let mut said: Vec<_> =
                (0..365).map(|day| when(start + chrono::TimeDelta::days(day), Tz::UTC, language)).collect();
            said.sort_unstable();
            said.dedup();
            assert_eq!(said.len(), 365);
            assert!(said.iter().all(|text| text.split(' ').count() == 5));
        }
    }
}
