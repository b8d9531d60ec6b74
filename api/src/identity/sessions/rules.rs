//! How long a session lives, and what a refresh token shown again means.

use chrono::{DateTime, TimeDelta, Utc};

/// Unused for this long, a session ends. Longer than a summer holiday: a parent who opens the app in September is still
/// signed in.
pub const IDLE: TimeDelta = TimeDelta::days(60);
/// However much it is used, a session ends after a year.
pub const ABSOLUTE: TimeDelta = TimeDelta::days(365);
/// Phones race and lose answers: within this time the token just replaced may be shown once more.
pub const GRACE: TimeDelta = TimeDelta::seconds(60);

/// What is known of a session when one of its refresh tokens is shown.
#[derive(Clone, Copy, Debug)]
pub struct SessionState {
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub revoked: bool,
}

/// What is known of the refresh token that was shown.
#[derive(Clone, Copy, Debug)]
pub struct ShownToken {
    /// When it was replaced; `None` while it is the live one.
    pub replaced_at: Option<DateTime<Utc>>,
    /// Whether its successor was itself replaced since.
    pub successor_replaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// The live token: replace it.
    Rotate,
    /// The immediate predecessor within the grace: give its successor once more.
    Repeat,
    /// Copied by somebody: end the session for both.
    Revoke,
    /// The session is over; sign in again.
    Over,
}

pub fn refresh(session: SessionState, token: ShownToken, now: DateTime<Utc>) -> Refresh {
    match token.replaced_at {
        _ if !is_live(session, now) => Refresh::Over,
        None => Refresh::Rotate,
        Some(at) if !token.successor_replaced && now - at <= GRACE => Refresh::Repeat,
        Some(_) => Refresh::Revoke,
    }
}

pub fn is_live(session: SessionState, now: DateTime<Utc>) -> bool {
    !session.revoked && now < expires_at(session)
}

/// When the session ends if it is not used before.
pub fn expires_at(session: SessionState) -> DateTime<Utc> {
    (session.last_used_at + IDLE).min(session.created_at + ABSOLUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn session() -> SessionState {
        SessionState { created_at: at(0), last_used_at: at(0), revoked: false }
    }

    fn shown(replaced: Option<i64>, successor_replaced: bool) -> ShownToken {
        ShownToken { replaced_at: replaced.map(at), successor_replaced }
    }

    #[test]
    fn the_live_token_is_rotated() {
        assert_eq!(refresh(session(), shown(None, false), at(5)), Refresh::Rotate);
    }

    #[test]
    fn the_predecessor_gets_the_same_answer_for_sixty_seconds() {
        assert_eq!(refresh(session(), shown(Some(10), false), at(10)), Refresh::Repeat);
        assert_eq!(refresh(session(), shown(Some(10), false), at(70)), Refresh::Repeat);
        assert_eq!(refresh(session(), shown(Some(10), false), at(71)), Refresh::Revoke);
    }

    #[test]
    fn anything_older_than_the_predecessor_ends_the_session() {
        assert_eq!(refresh(session(), shown(Some(10), true), at(11)), Refresh::Revoke);
    }

    #[test]
    fn a_session_ends_when_unused_and_after_a_year_whatever_is_shown() {
        let day = 86_400;
        assert_eq!(refresh(session(), shown(None, false), at(60 * day - 1)), Refresh::Rotate);
        assert_eq!(refresh(session(), shown(None, false), at(60 * day)), Refresh::Over);
        let busy = SessionState { last_used_at: at(364 * day), ..session() };
        assert_eq!(refresh(busy, shown(None, false), at(365 * day - 1)), Refresh::Rotate);
        assert_eq!(refresh(busy, shown(None, false), at(365 * day)), Refresh::Over);
        let revoked = SessionState { revoked: true, ..session() };
        assert_eq!(refresh(revoked, shown(Some(0), true), at(1)), Refresh::Over);
    }
}
