//! The decisions of an import, pure.

use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus};
use glans_entity::roster::RosterImportState;

use super::oneroster::words::StatedAccess;

/// Share of the active rows of a kind, in percent, that an import may end without being asked twice.
pub const REMOVALS_WITHOUT_ASKING: usize = 10;

/// Enrolments, memberships or guardianships that end with one person, and are not asked about at a small school: a role at
/// the school, and one in each of two groups.
pub const TIES_OF_ONE: usize = 3;

/// More than two parents is where families that parted begin.
const PARENTS_OF_ONE_FAMILY: usize = 2;

/// Whether so many removals have to be accepted first.
pub fn removals_need_consent(active: usize, removed: usize) -> bool {
    removed * 100 > active * REMOVALS_WITHOUT_ASKING
}

/// Whether nothing more comes of an import by itself.
pub fn is_finished(state: RosterImportState) -> bool {
    match state {
        RosterImportState::AwaitingUpload | RosterImportState::Queued | RosterImportState::Running => false,
        RosterImportState::Succeeded | RosterImportState::Failed | RosterImportState::RolledBack => true,
    }
}

/// What is known of one link of a student, in the file or stored, when a new one is judged.
#[derive(Debug, Clone, Copy)]
pub struct Sign {
    pub relationship: Option<GuardianRelationship>,
    pub legal_authority: Option<bool>,
    /// Access that is stated or stored.
    pub access: Option<StatedAccess>,
    /// The stored link waits for the school.
    pub suspended: bool,
}

/// Whether anything hints at a separated family. Then the school looks before a new link counts.
pub fn is_separated(signs: &[Sign]) -> bool {
    let restricted = |sign: &Sign| {
        sign.suspended
            || sign.legal_authority == Some(false)
            || sign.access.is_some_and(|access| access != StatedAccess::Full)
    };
    let parents = signs.iter().filter(|sign| sign.relationship == Some(GuardianRelationship::Parent)).count();
    parents > PARENTS_OF_ONE_FAMILY || signs.iter().any(restricted)
}

/// Access and status of a new link.
///
/// What a file states holds, unless it contradicts itself: full access without authority waits for the school. What it
/// does not state is FULL in a family without a sign, and SUSPENDED in any other.
pub fn new_link(
    stated: Option<StatedAccess>,
    authority: Option<bool>,
    separated: bool,
) -> (GuardianAccess, GuardianshipStatus) {
    use GuardianshipStatus::{Active, Suspended};
    match (stated, authority) {
        (Some(StatedAccess::Full), Some(false)) => (GuardianAccess::OnRequest, Suspended),
        (Some(StatedAccess::Full), _) => (GuardianAccess::Full, Active),
        (Some(StatedAccess::OnRequest), _) => (GuardianAccess::OnRequest, Active),
        (Some(StatedAccess::EmergencyOnly), _) => (GuardianAccess::EmergencyOnly, Active),
        (Some(StatedAccess::None), _) => (GuardianAccess::None, Active),
        // Dutch law gives a parent without authority the important facts, when asked (BW 1:377c).
        (_, Some(false)) => (GuardianAccess::OnRequest, Suspended),
        (Some(StatedAccess::Unverified), _) => (GuardianAccess::Full, Suspended),
        (None, _) if separated => (GuardianAccess::Full, Suspended),
        (None, _) => (GuardianAccess::Full, Active),
    }
}

/// Access and status of a link that exists.
///
/// A parent without authority waits for the school, as with a new link, where the link says more than such a parent may have.
/// UNVERIFIED says no more than that the file knows nothing: what the school verified stays.
pub fn kept_link(
    now: (GuardianAccess, GuardianshipStatus),
    stated: Option<StatedAccess>,
    authority: Option<bool>,
) -> (GuardianAccess, GuardianshipStatus) {
    let (access, status) = (narrowed(now.0, stated), now.1);
    if authority == Some(false) && breadth(access) > breadth(GuardianAccess::OnRequest) {
        (GuardianAccess::OnRequest, GuardianshipStatus::Suspended)
    } else {
        (access, status)
    }
}

/// Access of a link that exists. A file narrows it at once; to widen it is for people, who know why it was narrow.
fn narrowed(now: GuardianAccess, stated: Option<StatedAccess>) -> GuardianAccess {
    let stated = match stated {
        Some(StatedAccess::OnRequest) => GuardianAccess::OnRequest,
        Some(StatedAccess::EmergencyOnly) => GuardianAccess::EmergencyOnly,
        Some(StatedAccess::None) => GuardianAccess::None,
        Some(StatedAccess::Full | StatedAccess::Unverified) | None => return now,
    };
    if breadth(stated) < breadth(now) { stated } else { now }
}

/// Whether a file states more than the link has.
pub fn would_widen(now: GuardianAccess, stated: Option<StatedAccess>) -> bool {
    let stated = match stated {
        Some(StatedAccess::Full) => GuardianAccess::Full,
        Some(StatedAccess::OnRequest) => GuardianAccess::OnRequest,
        Some(StatedAccess::EmergencyOnly) => GuardianAccess::EmergencyOnly,
        Some(StatedAccess::None | StatedAccess::Unverified) | None => return false,
    };
    breadth(stated) > breadth(now)
}

const fn breadth(access: GuardianAccess) -> u8 {
    match access {
        GuardianAccess::None => 0,
        GuardianAccess::EmergencyOnly => 1,
        GuardianAccess::OnRequest => 2,
        GuardianAccess::Full => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Sign = Sign {
        relationship: Some(GuardianRelationship::Parent),
        legal_authority: None,
        access: None,
        suspended: false,
    };

    #[test]
    fn more_than_a_tenth_needs_consent() {
        assert!(!removals_need_consent(100, 10));
        assert!(removals_need_consent(100, 11));
        assert!(!removals_need_consent(0, 0));
        assert!(removals_need_consent(5, 1));
    }

    #[test]
    fn two_parents_are_one_family_and_any_sign_parts_it() {
        assert!(!is_separated(&[PLAIN, PLAIN]));
        assert!(is_separated(&[PLAIN, PLAIN, PLAIN]));
        assert!(is_separated(&[PLAIN, Sign { legal_authority: Some(false), ..PLAIN }]));
        assert!(is_separated(&[Sign { access: Some(StatedAccess::None), ..PLAIN }]));
        assert!(is_separated(&[Sign { suspended: true, ..PLAIN }]));
        assert!(!is_separated(&[
            PLAIN,
            Sign { access: Some(StatedAccess::Full), legal_authority: Some(true), ..PLAIN }
        ]));
    }

    #[test]
    fn a_new_link_is_what_is_stated_or_waits() {
        use GuardianshipStatus::{Active, Suspended};
        assert_eq!(new_link(None, None, false), (GuardianAccess::Full, Active));
        assert_eq!(new_link(None, None, true), (GuardianAccess::Full, Suspended));
        assert_eq!(new_link(None, Some(false), false), (GuardianAccess::OnRequest, Suspended));
        assert_eq!(new_link(Some(StatedAccess::Full), Some(false), true), (GuardianAccess::OnRequest, Suspended));
        assert_eq!(new_link(Some(StatedAccess::Full), None, true), (GuardianAccess::Full, Active));
        assert_eq!(new_link(Some(StatedAccess::None), None, true), (GuardianAccess::None, Active));
        assert_eq!(new_link(Some(StatedAccess::Unverified), None, false), (GuardianAccess::Full, Suspended));
    }

    #[test]
    fn a_link_that_exists_waits_for_what_a_new_one_waits_for() {
        use GuardianAccess::{EmergencyOnly, Full, OnRequest};
        use GuardianshipStatus::{Active, Suspended};
        let unverified = Some(StatedAccess::Unverified);
        assert_eq!(kept_link((Full, Active), None, Some(false)), (OnRequest, Suspended));
        assert_eq!(kept_link((Full, Active), Some(StatedAccess::Full), Some(false)), (OnRequest, Suspended));
        assert_eq!(kept_link((Full, Active), Some(StatedAccess::OnRequest), Some(false)), (OnRequest, Active));
        assert_eq!(kept_link((OnRequest, Active), None, Some(false)), (OnRequest, Active));
        assert_eq!(kept_link((EmergencyOnly, Active), None, Some(false)), (EmergencyOnly, Active));
        assert_eq!(kept_link((Full, Active), unverified, None), (Full, Active));
        assert_eq!(kept_link((OnRequest, Suspended), Some(StatedAccess::Full), Some(true)), (OnRequest, Suspended));
        assert_eq!(kept_link((Full, Active), None, None), (Full, Active));
    }

    #[test]
    fn a_file_narrows_and_never_widens() {
        assert_eq!(narrowed(GuardianAccess::Full, Some(StatedAccess::None)), GuardianAccess::None);
        assert_eq!(narrowed(GuardianAccess::None, Some(StatedAccess::Full)), GuardianAccess::None);
        assert_eq!(
            narrowed(GuardianAccess::EmergencyOnly, Some(StatedAccess::OnRequest)),
            GuardianAccess::EmergencyOnly
        );
        assert!(would_widen(GuardianAccess::None, Some(StatedAccess::Full)));
        assert!(!would_widen(GuardianAccess::Full, Some(StatedAccess::Full)));
    }
}
