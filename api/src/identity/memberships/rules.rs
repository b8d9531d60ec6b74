//! Which role goes with which scope, and on which days.

use chrono::NaiveDate;
use glans_entity::people::membership::Model;
use glans_entity::people::{Role, ScopeKind};

/// Whether `role` can be held in a scope of this kind. Guardians hold theirs by a guardianship.
pub const fn fits(role: Role, kind: ScopeKind) -> bool {
    matches!(
        (role, kind),
        (Role::BoardAdmin | Role::Trainer, ScopeKind::Board)
            | (Role::ClusterDirector, ScopeKind::Cluster)
            | (Role::SchoolLeader, ScopeKind::School)
            | (Role::Teacher, ScopeKind::School | ScopeKind::ClassGroup)
            | (Role::Trainer, ScopeKind::Cohort)
    )
}

/// What the scope of a role must be, for the message.
pub const fn expected(role: Role) -> &'static str {
    match role {
        Role::BoardAdmin => "This role is held in a board. Give the id of the board.",
        Role::Trainer => "This role is held in a board or cohort. Give the id of one.",
        Role::ClusterDirector => "This role is held in a cluster. Give the id of the cluster.",
        Role::SchoolLeader => "This role is held in a school. Give the id of the school.",
        Role::Teacher => "This role is held in a school or class group. Give the id of one.",
        Role::Guardian => "A guardian's role is the guardianship of a child. Make one with `guardianshipCreate`.",
    }
}

/// Whether the last of these days does not come before the first, which is `today` where none is given.
pub fn is_in_order((starts_on, ends_on): (Option<NaiveDate>, Option<NaiveDate>), today: NaiveDate) -> bool {
    ends_on.is_none_or(|last| starts_on.unwrap_or(today) <= last)
}

/// Whether the last day of the role has gone by.
pub fn is_over(held: &Model, today: NaiveDate) -> bool {
    held.ends_on.is_some_and(|last| last < today)
}

/// Whether the role counts from today on the days from `starts_on` to `ends_on`. What began, began: which day it was does
/// not matter.
pub fn has_days(held: &Model, (starts_on, ends_on): (Option<NaiveDate>, Option<NaiveDate>), today: NaiveDate) -> bool {
    let from_now = |starts: Option<NaiveDate>| starts.unwrap_or(today).max(today);
    from_now(held.starts_on) == from_now(starts_on) && held.ends_on == ends_on
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use glans_entity::ids::{BoardId, MembershipId, PersonId};
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_role_but_that_of_a_guardian_fits_somewhere() {
        for role in Role::iter() {
            let kinds = ScopeKind::iter().filter(|kind| fits(role, *kind)).count();
            let expected = match role {
                Role::Guardian => 0,
                Role::Teacher | Role::Trainer => 2,
                _ => 1,
            };
            assert_eq!(kinds, expected, "{role:?}");
        }
        assert!(!fits(Role::SchoolLeader, ScopeKind::Board));
        assert!(!fits(Role::Teacher, ScopeKind::Board));
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn held(starts_on: Option<&str>, ends_on: Option<&str>) -> Model {
        Model {
            id: MembershipId::new(),
            board_id: BoardId::new(),
            person_id: PersonId::new(),
            role: Role::BoardAdmin,
            scope_kind: ScopeKind::Board,
            scope_id: BoardId::new().0,
            school_id: None,
            starts_on: starts_on.map(day),
            ends_on: ends_on.map(day),
            ended_at: None,
            source_id: None,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_role_that_begins_at_once_does_not_end_before_today() {
        let today = day("2026-11-24");
        assert!(is_in_order((None, None), today));
        assert!(is_in_order((None, Some(today)), today));
        assert!(!is_in_order((None, Some(day("2026-11-23"))), today));
        assert!(is_in_order((Some(day("2025-08-01")), Some(day("2026-07-31"))), today), "it was held once");
        assert!(!is_in_order((Some(day("2026-12-02")), Some(day("2026-12-01"))), today));
    }

    #[test]
    fn a_role_is_over_after_its_last_day() {
        let role = held(None, Some("2026-11-24"));
        assert!(!is_over(&role, day("2026-11-24")));
        assert!(is_over(&role, day("2026-11-25")));
        assert!(!is_over(&held(Some("2030-01-01"), None), day("2026-11-24")));
    }

    #[test]
    fn a_role_that_begins_later_is_not_one_from_today() {
        let today = day("2026-11-24");
        assert!(has_days(&held(None, None), (None, None), today));
        assert!(has_days(&held(Some("2026-08-01"), None), (None, None), today));
        assert!(has_days(&held(None, None), (Some(today), None), today));
        assert!(!has_days(&held(Some("9999-12-31"), None), (Some(today), None), today));
        assert!(has_days(&held(Some("9999-12-31"), None), (Some(day("9999-12-31")), None), today));
        assert!(!has_days(&held(None, Some("2027-07-31")), (None, None), today));
    }
}
