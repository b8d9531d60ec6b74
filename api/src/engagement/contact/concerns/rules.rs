//! What a concern looks like, and which way it goes.

use glans_entity::engagement::ConcernStatus;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const TEXT_LENGTH: usize = 4_000;

/// The checked text of a concern, or of what was done about it.
pub(super) fn text(field: &str, text: &str) -> Result<String> {
    let mut checks = Checks::default();
    let text = checks.text(field, text, TEXT_LENGTH);
    checks.done(text)
}

/// Whether `wanted` is a step from `present`. The same again changes nothing; back is refused.
pub(super) fn is_step(present: ConcernStatus, wanted: ConcernStatus) -> Result<bool> {
    if wanted < present {
        return Err(refuse(UserErrorCode::Conflict, "id", "This concern is resolved. Raise a new one."));
    }
    Ok(wanted > present)
}

/// What staff shares is what staff raised: a guardian's concern is not for the other guardian.
pub(super) fn may_share(shared: bool, is_staff: bool) -> Result<()> {
    if shared && !is_staff {
        let message = "Only staff share a concern with the guardians. Leave this out.";
        return Err(refuse(UserErrorCode::Forbidden, "sharedWithGuardians", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concern_goes_forward_only() {
        use ConcernStatus::{Acknowledged, Open, Resolved};
        for (present, wanted, step) in [
            (Open, Acknowledged, Some(true)),
            (Open, Resolved, Some(true)),
            (Acknowledged, Resolved, Some(true)),
            (Acknowledged, Acknowledged, Some(false)),
            (Resolved, Resolved, Some(false)),
            (Resolved, Acknowledged, None),
        ] {
            assert_eq!(is_step(present, wanted).ok(), step, "{present:?} to {wanted:?}");
        }
        assert!(may_share(true, false).is_err());
        assert!(may_share(true, true).is_ok());
        assert!(may_share(false, false).is_ok());
    }
}
