//! Pure decisions about announcements.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use glans_entity::engagement::{AnnouncementStatus, Priority, announcement};
use glans_entity::localized::Localized;
use glans_entity::people::GuardianAccess;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::scalars::Locale;
use crate::platform::text::Checks;

/// Urgent announcements of one place in one day.
pub(super) const URGENT_PER_DAY: usize = 2;
/// Announcements that one call marks as read at most.
pub(super) const MOST_READ: usize = 100;
const MOST_TRANSLATIONS: usize = 20;
const TITLE_LENGTH: usize = 200;
const BODY_LENGTH: usize = 20_000;
const REASON_LENGTH: usize = 500;
const NOTE_LENGTH: usize = 500;
/// How far ahead an announcement can be scheduled, confirmed or expire.
const HORIZON: TimeDelta = TimeDelta::days(366);

/// What an announcement says in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// BCP 47.
    pub language: String,
    pub title: String,
    pub body: String,
}

/// What an announcement says, in its own language and in others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub own: Words,
    pub translations: Vec<Words>,
}

/// How an announcement is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub priority: Priority,
    pub urgent_reason: Option<String>,
    pub requires_acknowledgement: bool,
    pub acknowledge_by: Option<DateTime<Utc>>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// The wording, tidied.
pub(super) fn wording(checks: &mut Checks, wording: Wording) -> Wording {
    let own = words(checks, "", wording.own);
    let count = wording.translations.len();
    if count > MOST_TRANSLATIONS {
        checks.add(UserErrorCode::TooLong, "translations", format!("Give at most {MOST_TRANSLATIONS} translations."));
    }
    let mut known = vec![Locale::primary_of(&own.language).to_owned()];
    let mut translations = Vec::with_capacity(count.min(MOST_TRANSLATIONS));
    for (at, translation) in wording.translations.into_iter().take(MOST_TRANSLATIONS).enumerate() {
        let at = format!("translations.{at}.");
        let language = Locale::primary_of(&translation.language).to_owned();
        if known.contains(&language) {
            let field = format!("{at}language");
            checks.add(
                UserErrorCode::Taken,
                &field,
                "Give each language once, and not that of the announcement itself.",
            );
        }
        known.push(language);
        translations.push(words(checks, &at, translation));
    }
    Wording { own, translations }
}

/// Whether translations say the same, in whatever order.
pub(super) fn say_the_same(some: &[Words], others: &[Words]) -> bool {
    some.len() == others.len() && some.iter().all(|words| others.contains(words))
}

fn words(checks: &mut Checks, at: &str, words: Words) -> Words {
    Words {
        title: checks.line(&format!("{at}title"), &words.title, TITLE_LENGTH),
        body: checks.text(&format!("{at}body"), &words.body, BODY_LENGTH),
        language: words.language,
    }
}

/// The terms, tidied, of an announcement that appears at `appears`.
pub(super) fn terms(checks: &mut Checks, terms: &Terms, appears: DateTime<Utc>) -> Terms {
    let urgent_reason = match terms.priority {
        Priority::Urgent => {
            Some(checks.line("urgentReason", terms.urgent_reason.as_deref().unwrap_or_default(), REASON_LENGTH))
        }
        Priority::Normal => None,
    };
    if terms.acknowledge_by.is_some() && !terms.requires_acknowledgement {
        let message = "Ask for a confirmation, or leave out until when.";
        checks.add(UserErrorCode::Invalid, "acknowledgeBy", message);
    }
    for (field, at) in [("acknowledgeBy", terms.acknowledge_by), ("expiresAt", terms.expires_at)] {
        if at.is_some_and(|at| at <= appears || at > appears + HORIZON) {
            let message = "Choose a time after the announcement appears, and within a year of it.";
            checks.add(UserErrorCode::Invalid, field, message);
        }
    }
    Terms { urgent_reason, ..terms.clone() }
}

/// When an announcement is to appear: later, or now where the time is past or absent.
pub(super) fn later(asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    if asked.is_some_and(|at| at > now + HORIZON) {
        return Err(refuse(UserErrorCode::Invalid, "publishAt", "Choose a time within a year."));
    }
    Ok(asked.filter(|at| *at > now))
}

/// What is to be confirmed or expires by a time appears before it.
pub(super) fn must_come_first(appears: DateTime<Utc>, ends: [Option<DateTime<Utc>>; 2]) -> Result<()> {
    if ends.into_iter().flatten().any(|end| end <= appears) {
        let message =
            "It is to be confirmed or expires before it would appear. Change these times, or choose an earlier one.";
        return Err(refuse(UserErrorCode::Invalid, "publishAt", message));
    }
    Ok(())
}

/// What readers were told, said again in other words.
pub(super) fn correction_note(checks: &mut Checks, note: &str) -> String {
    checks.text("note", note, NOTE_LENGTH)
}

/// The least that a guardian must have of a child to be reached.
pub fn least(priority: Priority, important_facts: bool) -> GuardianAccess {
    match (priority, important_facts) {
        (Priority::Urgent, _) => GuardianAccess::EmergencyOnly,
        (Priority::Normal, true) => GuardianAccess::OnRequest,
        (Priority::Normal, false) => GuardianAccess::Full,
    }
}

/// Only what has not appeared yet is changed without a trace.
pub(super) fn must_be_to_come(status: AnnouncementStatus) -> Result<()> {
    match status {
        AnnouncementStatus::Draft | AnnouncementStatus::Scheduled => Ok(()),
        AnnouncementStatus::Published => {
            Err(refuse(UserErrorCode::Conflict, "id", "It has appeared. Correct it, so that its readers are told."))
        }
        AnnouncementStatus::Withdrawn => Err(withdrawn()),
    }
}

/// Only what has appeared is corrected and confirmed.
pub(super) fn must_have_appeared(status: AnnouncementStatus) -> Result<()> {
    match status {
        AnnouncementStatus::Published => Ok(()),
        AnnouncementStatus::Draft | AnnouncementStatus::Scheduled => {
            Err(refuse(UserErrorCode::Conflict, "id", "It has not appeared yet. Change it instead."))
        }
        AnnouncementStatus::Withdrawn => Err(withdrawn()),
    }
}

fn withdrawn() -> crate::platform::error::Error {
    refuse(UserErrorCode::Conflict, "id", "It was withdrawn. Write a new one.")
}

/// When a phone that was offline may say that something was read.
pub(super) fn read_at(row: &announcement::Model, said: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let earliest = row.published_at.unwrap_or(now).min(now);
    said.unwrap_or(now).clamp(earliest, now)
}

/// The day around `at` in the time zone of a board, from midnight to midnight.
pub(super) fn day_of(zone: Tz, at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let day = at.with_timezone(&zone).date_naive();
    let midnight = |day: NaiveDate| {
        // Where the clock skips midnight, the day begins with the first hour that there is.
        (0..24)
            .find_map(|hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest())
            .map(|at| at.to_utc())
    };
    let start = midnight(day).unwrap_or(at);
    (start, day.succ_opt().and_then(midnight).unwrap_or(at + TimeDelta::days(1)))
}

/// What stands in place of a text that was withdrawn.
pub(super) fn withdrawn_title() -> Localized {
    let title = [("nl", "Ingetrokken bericht"), ("en", "Withdrawn announcement")];
    Localized(title.map(|(language, text)| (language.to_owned(), text.to_owned())).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn fields(checks: Checks) -> Vec<String> {
        match checks.done(()) {
            Ok(()) => Vec::new(),
            Err(Error::Refused(problems)) => problems.iter().map(|problem| problem.field.join(".")).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn words(language: &str, title: &str) -> Words {
        Words { language: language.to_owned(), title: title.to_owned(), body: "Tekst".to_owned() }
    }

    #[test]
    fn translations_in_another_order_say_the_same() {
        let both = [words("en", "Snow"), words("tr", "Kar")];
        assert!(say_the_same(&both, &[words("tr", "Kar"), words("en", "Snow")]));
        assert!(say_the_same(&[], &[]));
        for others in [vec![], vec![words("en", "Snow")], vec![words("en", "Snow"), words("tr", "Yağmur")]] {
            assert!(!say_the_same(&both, &others), "{others:?}");
        }
    }

    #[test]
    fn every_text_is_there_once_per_language() {
        let mut checks = Checks::default();
        let right = Wording { own: words("nl", " Sneeuw "), translations: vec![words("en-GB", "Snow")] };
        assert_eq!(wording(&mut checks, right).own.title, "Sneeuw");
        assert_eq!(fields(checks), Vec::<String>::new());
        let mut checks = Checks::default();
        let wrong = Wording { own: words("nl", ""), translations: vec![words("nl-BE", "Sneeuw"), words("en", " ")] };
        wording(&mut checks, wrong);
        assert_eq!(fields(checks), ["title", "translations.0.language", "translations.1.title"]);
    }

    #[test]
    fn what_is_urgent_says_why_and_terms_lie_ahead() {
        let now = at("2026-11-02T08:00:00Z");
        let wrong = Terms {
            priority: Priority::Urgent,
            urgent_reason: None,
            requires_acknowledgement: false,
            acknowledge_by: Some(at("2026-11-03T08:00:00Z")),
            expires_at: Some(now),
        };
        let mut checks = Checks::default();
        terms(&mut checks, &wrong, now);
        assert_eq!(fields(checks), ["urgentReason", "acknowledgeBy", "expiresAt"]);
        let right = Terms { priority: Priority::Normal, requires_acknowledgement: true, expires_at: None, ..wrong };
        let mut checks = Checks::default();
        assert_eq!(terms(&mut checks, &right, now), right);
        assert_eq!(fields(checks), Vec::<String>::new());
    }

    #[test]
    fn the_less_a_guardian_may_have_the_more_it_must_matter() {
        use GuardianAccess as A;
        assert_eq!(least(Priority::Normal, false), A::Full);
        assert_eq!(least(Priority::Normal, true), A::OnRequest);
        assert_eq!(least(Priority::Urgent, false), A::EmergencyOnly);
        assert_eq!(least(Priority::Urgent, true), A::EmergencyOnly);
    }

    #[test]
    fn a_day_is_that_of_the_board() {
        let zone = chrono_tz::Europe::Amsterdam;
        let day = |text| day_of(zone, at(text));
        assert_eq!(day("2026-11-01T23:30:00Z"), (at("2026-11-01T23:00:00Z"), at("2026-11-02T23:00:00Z")));
        // The clock goes back: 25 hours.
        assert_eq!(day("2026-10-25T12:00:00Z"), (at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")));
    }

    #[test]
    fn what_is_past_appears_now() {
        let now = at("2026-11-02T08:00:00Z");
        assert_eq!(later(Some(at("2026-11-01T08:00:00Z")), now).unwrap(), None);
        assert_eq!(later(None, now).unwrap(), None);
        assert_eq!(later(Some(at("2026-11-02T08:01:00Z")), now).unwrap(), Some(at("2026-11-02T08:01:00Z")));
        assert!(later(Some(at("2028-11-02T08:01:00Z")), now).is_err());
    }
}
