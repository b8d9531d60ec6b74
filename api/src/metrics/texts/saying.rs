//! Days, shares and languages, as people say them.

use chrono::{Datelike, NaiveDate};
use fluent_bundle::FluentArgs;
use glans_entity::metrics::Span;

use crate::metrics::engagement::Counts;
use crate::platform::speech::Speech;

/// A share that is shown as all, and nothing that is not all.
const ALL: u8 = 100;

/// The text of `key` about what has these names.
pub fn about(speech: &Speech, key: &str, names: &[(&'static str, &str)]) -> String {
    let arguments = names.iter().map(|(name, value)| (*name, *value)).collect::<FluentArgs<'_>>();
    speech.say_with(key, &arguments)
}

/// `3 november 2026`.
pub fn day(speech: &Speech, day: NaiveDate) -> String {
    dated(speech, "day", day)
}

/// `november 2026`.
pub fn month(speech: &Speech, day: NaiveDate) -> String {
    dated(speech, "month", day)
}

/// `nov`.
pub fn month_short(speech: &Speech, day: NaiveDate) -> String {
    dated(speech, "month-short", day)
}

fn dated(speech: &Speech, key: &str, day: NaiveDate) -> String {
    let mut arguments = FluentArgs::new();
    arguments.set("day", day.day());
    arguments.set("month", day.month());
    arguments.set("year", day.year().to_string());
    speech.say_with(key, &arguments)
}

/// `per week`.
pub fn every(speech: &Speech, span: Span) -> String {
    speech.say(match span {
        Span::Week => "every-week",
        Span::Month => "every-month",
        Span::SchoolYear => "every-school-year",
    })
}

/// What a language is called; the tag for one that has no name here.
pub fn language(speech: &Speech, tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or_default();
    about(speech, "language-name", &[("tag", if primary.is_empty() { "none" } else { primary })])
}

/// `43%`; none of nothing.
pub fn percent(speech: &Speech, counts: Counts) -> Option<String> {
    let share = counts.value()?;
    Some(about(speech, "percent", &[("number", &rounded(share, counts).to_string())]))
}

/// In whole percents. All but one is not all, and one is not nothing.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is 0 to 1")]
fn rounded(share: f64, counts: Counts) -> u8 {
    let nearest = (share * f64::from(ALL)).round() as u8;
    match nearest {
        ALL if counts.numerator < counts.denominator => ALL - 1,
        0 if counts.numerator > 0 => 1,
        _ => nearest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::texts::speech_of;

    fn on(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_months_are_told_in_the_language() {
        let (dutch, english) = (speech_of("nl"), speech_of("en"));
        assert_eq!(day(dutch, on("2026-03-01")), "1 maart 2026");
        assert_eq!(day(english, on("2026-12-31")), "31 December 2026");
        assert_eq!(month(dutch, on("2026-11-01")), "november 2026");
        assert_eq!(month_short(dutch, on("2026-03-01")), "mrt");
    }

    #[test]
    fn a_share_is_all_only_when_it_is() {
        let of = |numerator, denominator| percent(speech_of("nl"), Counts { numerator, denominator, unknown: 0 });
        assert_eq!(of(43, 100).unwrap(), "43%");
        assert_eq!(of(999, 1000).unwrap(), "99%");
        assert_eq!(of(1, 1000).unwrap(), "1%");
        assert_eq!(of(7, 7).unwrap(), "100%");
        assert_eq!(of(0, 7).unwrap(), "0%");
        assert_eq!(of(0, 0), None);
    }

    #[test]
    fn a_language_has_a_name_or_keeps_its_tag() {
        let dutch = speech_of("nl");
        assert_eq!(language(dutch, "tr"), "Turks");
        assert_eq!(language(dutch, "ar-MA"), "Arabisch");
        assert_eq!(language(dutch, "hy"), "hy");
        assert_eq!(language(dutch, ""), "thuistaal onbekend");
    }
}
