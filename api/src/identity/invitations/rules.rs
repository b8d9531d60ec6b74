//! Whether an invitation still says what its inviter had the right to say.

use chrono::{DateTime, Utc};
use glans_entity::identity::invitation::Model;
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship, membership};

/// What the invited person is in the board.
pub struct Standing {
    /// The roles that are not over.
    pub memberships: Vec<membership::Model>,
    pub guardianships: Vec<guardianship::Model>,
}

/// Whether the person is no more than when `invitation` was made. Its inviter had the right to hand over what the person
/// was then, and nothing that somebody else gave since. The own guardianship may have changed, but must still be one.
pub fn still_counts(invitation: &Model, standing: &Standing) -> bool {
    let since = |changed: DateTime<Utc>| changed > invitation.created_at;
    let own = |row: &guardianship::Model| Some(row.id) == invitation.guardianship_id;
    let own_is_over = |row: &guardianship::Model| own(row) && is_void(row);
    let grown = |row: &guardianship::Model| !own(row) && !is_void(row) && since(row.updated_at);
    !standing.memberships.iter().any(|row| since(row.updated_at))
        && !standing.guardianships.iter().any(|row| own_is_over(row) || grown(row))
}

fn is_void(row: &guardianship::Model) -> bool {
    row.status == GuardianshipStatus::Ended || row.access == GuardianAccess::None
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use glans_entity::ids::{BoardId, GuardianshipId, InvitationId, MembershipId, PersonId, StudentId};
    use glans_entity::people::{GuardianRelationship, Role, ScopeKind};

    use super::*;

    const MADE: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    fn invitation(guardianship_id: Option<GuardianshipId>) -> Model {
        Model {
            id: InvitationId::new(),
            board_id: BoardId::new(),
            person_id: PersonId::new(),
            guardianship_id,
            lookup: String::new(),
            secret_hash: String::new(),
            tries_left: 5,
            expires_at: MADE,
            accepted_at: None,
            revoked_at: None,
            created_at: MADE,
            updated_at: MADE,
            version: 1,
        }
    }

    fn role(changed: DateTime<Utc>) -> Standing {
        let row = membership::Model {
            id: MembershipId::new(),
            board_id: BoardId::new(),
            person_id: PersonId::new(),
            role: Role::BoardAdmin,
            scope_kind: ScopeKind::Board,
            scope_id: BoardId::new().0,
            school_id: None,
            starts_on: None,
            ends_on: None,
            ended_at: None,
            source_id: None,
            created_at: MADE,
            updated_at: changed,
            version: 1,
        };
        Standing { memberships: vec![row], guardianships: Vec::new() }
    }

    fn child(changed: DateTime<Utc>, status: GuardianshipStatus, access: GuardianAccess) -> Standing {
        let row = guardianship::Model {
            id: GuardianshipId::new(),
            board_id: BoardId::new(),
            guardian_id: PersonId::new(),
            student_id: StudentId::new(),
            relationship: GuardianRelationship::Parent,
            access,
            status,
            contact_priority: None,
            starts_on: MADE.date_naive(),
            ends_on: None,
            source_id: None,
            created_at: MADE,
            updated_at: changed,
            version: 1,
        };
        Standing { memberships: Vec::new(), guardianships: vec![row] }
    }

    #[test]
    fn a_role_granted_later_is_not_handed_over() {
        assert!(still_counts(&invitation(None), &role(MADE)));
        assert!(!still_counts(&invitation(None), &role(MADE + TimeDelta::microseconds(1))));
    }

    #[test]
    fn another_child_given_later_is_not_handed_over() {
        use GuardianAccess as A;
        use GuardianshipStatus as S;
        let later = MADE + TimeDelta::microseconds(1);
        assert!(still_counts(&invitation(None), &child(MADE, S::Active, A::Full)));
        assert!(!still_counts(&invitation(None), &child(later, S::Active, A::Full)));
        assert!(still_counts(&invitation(None), &child(later, S::Ended, A::Full)), "less is not more");
        assert!(still_counts(&invitation(None), &child(later, S::Active, A::None)), "less is not more");
    }

    #[test]
    fn the_own_guardianship_may_change_but_not_be_void() {
        use GuardianAccess as A;
        use GuardianshipStatus as S;
        let later = MADE + TimeDelta::microseconds(1);
        for (status, access, expected) in [
            (S::Invited, A::Full, true),
            (S::Active, A::OnRequest, true),
            (S::Ended, A::Full, false),
            (S::Invited, A::None, false),
        ] {
            let standing = child(later, status, access);
            let own = invitation(Some(standing.guardianships[0].id));
            assert_eq!(still_counts(&own, &standing), expected, "{status:?} {access:?}");
        }
    }
}
