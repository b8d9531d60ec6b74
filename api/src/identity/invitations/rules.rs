//! When an invitation can still be used.

use chrono::{DateTime, TimeDelta, Utc};

/// Paper travels in school bags.
pub const LIFETIME: TimeDelta = TimeDelta::days(60);
/// 50 bits and five tries: one chance in 225 million million.
pub const MAX_TRIES: i32 = 5;

#[derive(Clone, Copy, Debug)]
pub struct InvitationState {
    pub expires_at: DateTime<Utc>,
    pub tries_left: i32,
    pub accepted: bool,
    pub revoked: bool,
}

/// Whether the secret may be tried. The answer is for the machine alone: who holds the code is told the same thing in
/// every case.
pub fn is_open(invitation: InvitationState, now: DateTime<Utc>) -> bool {
    !invitation.accepted && !invitation.revoked && invitation.tries_left > 0 && now < invitation.expires_at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + days * 86_400, 0).unwrap()
    }

    #[test]
    fn an_invitation_is_open_once_for_sixty_days_and_five_tries() {
        let fresh =
            InvitationState { expires_at: at(0) + LIFETIME, tries_left: MAX_TRIES, accepted: false, revoked: false };
        assert!(is_open(fresh, at(59)));
        assert!(!is_open(fresh, at(60)));
        assert!(is_open(InvitationState { tries_left: 1, ..fresh }, at(0)));
        assert!(!is_open(InvitationState { tries_left: 0, ..fresh }, at(0)));
        assert!(!is_open(InvitationState { accepted: true, ..fresh }, at(0)));
        assert!(!is_open(InvitationState { revoked: true, ..fresh }, at(0)));
    }
}
