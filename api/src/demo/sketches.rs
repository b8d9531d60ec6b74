//! The families that every school has, drawn once each.

use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus};

/// One guardian of a family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sketch {
    pub(super) relationship: GuardianRelationship,
    pub(super) access: GuardianAccess,
    pub(super) status: GuardianshipStatus,
    /// Whether the children have this guardian's family name.
    pub(super) names_children: bool,
    pub(super) has_email: bool,
}

pub(super) const PARENT: Sketch = Sketch {
    relationship: GuardianRelationship::Parent,
    access: GuardianAccess::Full,
    status: GuardianshipStatus::Active,
    names_children: true,
    has_email: true,
};
/// Of another name than the children.
const OTHER_PARENT: Sketch = Sketch { names_children: false, ..PARENT };
const PARENT_WITHOUT_EMAIL: Sketch = Sketch { has_email: false, ..PARENT };
const INVITED_PARENT: Sketch = Sketch { status: GuardianshipStatus::Invited, ..OTHER_PARENT };
/// Linked by a roster that did not say what this parent may know; the school has yet to find out.
const UNVERIFIED_PARENT: Sketch = Sketch { status: GuardianshipStatus::Suspended, ..OTHER_PARENT };
const PARENT_WITHOUT_AUTHORITY: Sketch = Sketch { access: GuardianAccess::OnRequest, ..OTHER_PARENT };
const PARENT_WITHOUT_ACCESS: Sketch = Sketch { access: GuardianAccess::None, ..OTHER_PARENT };
const STEP_PARENT: Sketch =
    Sketch { relationship: GuardianRelationship::StepParent, access: GuardianAccess::EmergencyOnly, ..OTHER_PARENT };
const FOSTER_PARENT: Sketch = Sketch { relationship: GuardianRelationship::FosterParent, ..OTHER_PARENT };
const GRANDPARENT: Sketch =
    Sketch { relationship: GuardianRelationship::Grandparent, access: GuardianAccess::EmergencyOnly, ..OTHER_PARENT };

/// A family by its guardians, and how many of a hundred families are like it.
///
/// The first school of a demo has one of each, in this order.
pub(super) const FAMILIES: &[(usize, &[Sketch])] = &[
    (58, &[PARENT, OTHER_PARENT]),
    // Separated: each has a guardianship, a mailbox and a confirmation of their own.
    (14, &[PARENT, OTHER_PARENT, STEP_PARENT]),
    (10, &[PARENT]),
    (5, &[PARENT, PARENT_WITHOUT_EMAIL]),
    (4, &[PARENT, OTHER_PARENT, GRANDPARENT]),
    (4, &[PARENT, INVITED_PARENT]),
    (2, &[PARENT, PARENT_WITHOUT_AUTHORITY]),
    (1, &[PARENT, PARENT_WITHOUT_ACCESS]),
    (1, &[PARENT, UNVERIFIED_PARENT]),
    (1, &[FOSTER_PARENT, FOSTER_PARENT]),
];

/// How many guardians one family of each kind has together.
#[cfg(test)]
pub(super) fn guardians_of_one_of_each() -> usize {
    FAMILIES.iter().map(|(_, guardians)| guardians.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_a_hundred() {
        assert_eq!(FAMILIES.iter().map(|(share, _)| share).sum::<usize>(), 100);
    }
}
