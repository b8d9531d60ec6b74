//! Which role goes with which scope.

use glans_entity::people::{Role, ScopeKind};

/// Whether `role` can be held in a scope of this kind. Guardians hold theirs by a guardianship.
pub const fn fits(role: Role, kind: ScopeKind) -> bool {
    matches!(
        (role, kind),
        (Role::BoardAdmin | Role::Trainer, ScopeKind::Board)
            | (Role::ClusterDirector, ScopeKind::Cluster)
            | (Role::SchoolLeader, ScopeKind::School)
            | (Role::Teacher, ScopeKind::School | ScopeKind::ClassGroup)
    )
}

/// What the scope of a role must be, for the message.
pub const fn expected(role: Role) -> &'static str {
    match role {
        Role::BoardAdmin | Role::Trainer => "This role is held in a board. Give the id of the board.",
        Role::ClusterDirector => "This role is held in a cluster. Give the id of the cluster.",
        Role::SchoolLeader => "This role is held in a school. Give the id of the school.",
        Role::Teacher => "This role is held in a school or class group. Give the id of one.",
        Role::Guardian => "A guardian's role is the guardianship of a child. Make one with `guardianshipCreate`.",
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_role_but_that_of_a_guardian_fits_somewhere() {
        for role in Role::iter() {
            let kinds = ScopeKind::iter().filter(|kind| fits(role, *kind)).count();
            let expected = match role {
                Role::Guardian => 0,
                Role::Teacher => 2,
                _ => 1,
            };
            assert_eq!(kinds, expected, "{role:?}");
        }
        assert!(!fits(Role::SchoolLeader, ScopeKind::Board));
        assert!(!fits(Role::Teacher, ScopeKind::Board));
    }
}
