//! Somebody more in a board that stands.

use glans::platform::clock::Clock;
use glans_entity::ids::StudentId;
use glans_entity::people::{GuardianAccess, Role, ScopeKind};
use sea_orm::DatabaseTransaction;

use super::sower::Sower;
use super::{Board, Someone};

/// A child more in one of the two groups of `board`.
pub(crate) async fn child(db: &DatabaseTransaction, board: &Board, name: &str, at: usize) -> StudentId {
    let sower = Sower { db, board: board.id, mark: "", now: Clock::default().now() };
    sower.student(name, board.schools[at], board.groups[at]).await
}

/// A guardian more, of `children`.
pub(crate) async fn guardian(
    db: &DatabaseTransaction,
    board: &Board,
    name: &str,
    children: &[(StudentId, GuardianAccess)],
) -> Someone {
    let sower = Sower { db, board: board.id, mark: "", now: Clock::default().now() };
    let (person, account) = sower.person(name).await;
    for (child, access) in children {
        sower.guardianship(person, *child, *access).await;
    }
    Someone { person, account }
}

/// A child more for a guardian.
pub(crate) async fn guardianship(db: &DatabaseTransaction, board: &Board, someone: Someone, child: StudentId) {
    let sower = Sower { db, board: board.id, mark: "", now: Clock::default().now() };
    sower.guardianship(someone.person, child, GuardianAccess::Full).await;
}

/// A teacher more, of one of the two groups of `board`.
pub(crate) async fn teacher(db: &DatabaseTransaction, board: &Board, name: &str, at: usize) -> Someone {
    let sower = Sower { db, board: board.id, mark: "", now: Clock::default().now() };
    let (person, account) = sower.person(name).await;
    let group = (ScopeKind::ClassGroup, board.groups[at].0);
    sower.membership(person, Role::Teacher, group, Some(board.schools[at])).await;
    Someone { person, account }
}
