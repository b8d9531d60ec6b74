//! The life of a signing key: NEXT (published, not used) → CURRENT (signs) → RETIRED (verifies what it signed) → gone.

use chrono::{DateTime, TimeDelta, Utc};

use crate::identity::tokens::claims::{LEEWAY_SECONDS, LIFETIME_SECONDS};

/// How long a replica believes what it read of the keys; so long an old CURRENT may go on signing.
pub const CACHE: TimeDelta = TimeDelta::seconds(30);
/// What others are told of how long they may keep the published keys.
pub const PUBLISHED_CACHE: TimeDelta = TimeDelta::minutes(5);

/// How long a retired key must still verify: until the last token is out that a replica signed with it.
pub const fn kept_for() -> TimeDelta {
    TimeDelta::seconds(CACHE.num_seconds() + LIFETIME_SECONDS + LEEWAY_SECONDS)
}

/// Whether a key retired at `retired_at` can be deleted.
pub fn is_spent(retired_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - retired_at > kept_for()
}

/// Whether whoever caches the published keys has had the time to see this one.
pub fn is_known(published_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - published_at >= PUBLISHED_CACHE
}

/// Whether a look at the database is due: what was read is old, or an unknown key id was shown and the last look was
/// more than a second ago. Made-up key ids cost one read a second at most.
pub fn is_reload_due(read_at: Option<DateTime<Utc>>, unknown_key: bool, now: DateTime<Utc>) -> bool {
    let patience = if unknown_key { TimeDelta::seconds(1) } else { CACHE };
    read_at.is_none_or(|read_at| now - read_at >= patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_retired_key_outlives_every_token_that_it_signed() {
        assert_eq!(kept_for(), TimeDelta::seconds(660));
        assert!(!is_spent(at(0), at(660)));
        assert!(is_spent(at(0), at(661)));
    }

    #[test]
    fn a_key_is_known_after_the_cache_of_others_has_run_out() {
        assert!(!is_known(at(0), at(299)));
        assert!(is_known(at(0), at(300)));
    }

    #[test]
    fn an_unknown_key_is_looked_up_once_a_second_at_most() {
        assert!(is_reload_due(None, false, at(0)));
        assert!(!is_reload_due(Some(at(0)), false, at(29)));
        assert!(is_reload_due(Some(at(0)), false, at(30)));
        assert!(!is_reload_due(Some(at(30)), true, at(30)));
        assert!(is_reload_due(Some(at(30)), true, at(31)));
    }
}
