//! Whose look counts, and how often.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use glans_entity::ids::{BoardId, PersonId};
use glans_entity::localized::Strings;
use glans_entity::people::Role;
use glans_entity::scope::Scope;
use sea_orm::ActiveEnum;

use super::opened::Subject;
use crate::access::{Held, PersonActor};

/// Within it, somebody who opens a record again stands in the log once.
const ONCE_IN: TimeDelta = TimeDelta::hours(1);

/// The hour in which a look counts once.
pub(super) fn hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(ONCE_IN).unwrap_or(at)
}

fn held(actor: &PersonActor, board: BoardId) -> impl Iterator<Item = &Held> {
    actor.held.iter().filter(move |held| held.board == board && held.role != Role::Guardian)
}

/// The person as whom somebody opens records of the board; none for who is no staff of it.
pub(super) fn as_staff(actor: &PersonActor, board: BoardId) -> Option<PersonId> {
    held(actor, board).next().map(|held| held.person)
}

/// The roles of staff that somebody has in the board, each once.
pub(super) fn roles(actor: &PersonActor, board: BoardId) -> Strings {
    let mut roles: Vec<Role> = held(actor, board).map(|held| held.role).collect();
    roles.sort_unstable();
    roles.dedup();
    Strings(roles.iter().map(ActiveEnum::to_value).collect())
}

/// Whether the record is in sight of the viewer as family, or is their own. A child of whom they were a guardian, or are one
/// without access, is in sight as staff only.
pub(super) fn is_own(scope: &Scope, subject: Subject) -> bool {
    match subject {
        Subject::Child(child) => scope.children.contains(&child),
        Subject::Guardian(person) => scope.persons.contains(&person),
    }
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{AccountId, MembershipId, StudentId};
    use glans_entity::people::ScopeKind;
    use uuid::Uuid;

    use super::*;

    fn actor(held: Vec<Held>) -> PersonActor {
        PersonActor {
            account: AccountId::new(),
            session: None,
            language: "nl".to_owned(),
            persons: Vec::new(),
            held,
            guardian_in: Vec::new(),
            closed: Vec::new(),
        }
    }

    #[test]
    fn who_has_no_role_in_the_board_is_no_staff_of_it() {
        let (board, person) = (BoardId::new(), PersonId::new());
        let as_role = |role| Held {
            id: MembershipId::new(),
            board,
            person,
            role,
            kind: ScopeKind::School,
            scope: Uuid::nil(),
            school: None,
        };
        let guardian = actor(vec![as_role(Role::Guardian)]);
        assert_eq!(as_staff(&guardian, board), None);
        let both = actor([Role::Guardian, Role::Teacher, Role::SchoolLeader, Role::Teacher].map(as_role).into());
        assert_eq!(as_staff(&both, board), Some(person));
        assert_eq!(as_staff(&both, BoardId::new()), None);
        assert_eq!(roles(&both, board).0, ["SCHOOL_LEADER", "TEACHER"]);
    }

    #[test]
    fn the_own_family_is_opened_as_family() {
        let (child, lost, person) = (StudentId::new(), StudentId::new(), PersonId::new());
        let scope = Scope { children: vec![child], kin: vec![child, lost], persons: vec![person], ..Scope::default() };
        assert!(is_own(&scope, Subject::Child(child)) && is_own(&scope, Subject::Guardian(person)));
        assert!(!is_own(&scope, Subject::Child(lost)) && !is_own(&scope, Subject::Guardian(PersonId::new())));
    }

    #[test]
    fn an_hour_begins_on_the_hour() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(hour(at("2026-11-02T09:59:59.999Z")), at("2026-11-02T09:00:00Z"));
        assert_eq!(hour(at("2026-11-02T10:00:00Z")), at("2026-11-02T10:00:00Z"));
    }
}
