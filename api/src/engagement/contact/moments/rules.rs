//! What a contact moment looks like, and how long it is corrected.

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const NOTE_LENGTH: usize = 1_000;
/// The clock of a phone may be that much ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How long its author corrects it.
const CORRECTABLE: TimeDelta = TimeDelta::hours(24);

/// The checked note and time of a contact.
pub(super) fn details(
    note: Option<&str>,
    occurred_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(Option<String>, DateTime<Utc>)> {
    let mut checks = Checks::default();
    let note = checks.optional_text("note", note, NOTE_LENGTH);
    if occurred_at > now + AHEAD {
        checks.add(UserErrorCode::Invalid, "occurredAt", "Choose a moment that is not in the future.");
    }
    if occurred_at < DateTime::UNIX_EPOCH {
        checks.add(UserErrorCode::Invalid, "occurredAt", "Choose a moment of this century.");
    }
    checks.done((note, occurred_at.min(now)))
}

/// Its author corrects a contact for a day.
pub(super) fn may_correct(is_author: bool, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if !is_author {
        return Err(refuse(UserErrorCode::Forbidden, "id", "Only its author changes a contact moment."));
    }
    if now >= created_at + CORRECTABLE {
        return Err(refuse(UserErrorCode::Expired, "id", "A contact moment can be changed for 24 hours."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn a_contact_was() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(details(Some(" Fijn! "), now, now).unwrap(), (Some("Fijn!".to_owned()), now));
        assert_eq!(details(Some(" "), now + TimeDelta::minutes(5), now).unwrap(), (None, now), "a clock ahead");
        let long = "x".repeat(1_001);
        let Err(Error::Refused(told)) = details(Some(&long), now + TimeDelta::minutes(6), now) else {
            panic!("refused")
        };
        assert_eq!(told.iter().map(|one| one.field[0].as_str()).collect::<Vec<_>>(), ["note", "occurredAt"]);
    }

    #[test]
    fn it_is_corrected_for_a_day_by_its_author() {
        let made = DateTime::UNIX_EPOCH;
        assert!(may_correct(true, made, made + CORRECTABLE - TimeDelta::seconds(1)).is_ok());
        assert!(may_correct(true, made, made + CORRECTABLE).is_err());
        assert!(may_correct(false, made, made).is_err());
    }
}
