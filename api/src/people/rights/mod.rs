//! What an account may see and do, from its memberships and guardianships of today.

mod scope;
mod store;

use std::sync::Arc;

use chrono::NaiveDate;
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, SchoolId, SessionId, StudentId,
};
use glans_entity::people::{GuardianAccess, GuardianshipStatus};
use sea_orm::FromQueryResult;

use crate::access::{Actor, Held, PersonActor, Standing};

pub use scope::scope_of_client;
pub use store::{covers, load};

/// The rights of one account, over all its boards.
#[derive(Clone, Debug)]
pub struct Rights {
    account: AccountId,
    language: String,
    on: NaiveDate,
    persons: Vec<(BoardId, PersonId)>,
    held: Vec<Held>,
    /// Schools under a membership, with their board and cluster.
    schools: Vec<SchoolOfRights>,
    /// All schools of the cohorts of these schools, and of the cohorts that the person trains.
    followers: Vec<Follower>,
    /// Children with a live guardianship that lets them be seen.
    children: Vec<Child>,
    /// All children of whom the person is or was a guardian.
    kin: Vec<StudentId>,
    /// Boards that were closed.
    closed: Vec<BoardId>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct SchoolOfRights {
    id: SchoolId,
    board_id: BoardId,
    cluster_id: Option<ClusterId>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Follower {
    cohort_id: CohortId,
    school_id: SchoolId,
    left_on: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Child {
    student_id: StudentId,
    board_id: BoardId,
    school_id: SchoolId,
    class_group_id: Option<ClassGroupId>,
    access: GuardianAccess,
    status: GuardianshipStatus,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
}

impl Child {
    /// Whether the guardianship lets the child be seen on that day.
    fn is_seen(&self, on: NaiveDate) -> bool {
        self.status == GuardianshipStatus::Active
            && self.access != GuardianAccess::None
            && self.starts_on <= on
            && self.ends_on.is_none_or(|last| on <= last)
    }
}

impl Rights {
    /// The rights in all boards, or in `board` only.
    pub fn standing(&self, session: Option<SessionId>, board: Option<BoardId>) -> Standing {
        let here = |at: BoardId| board.is_none_or(|only| only == at);
        let held: Vec<Held> = self.held.iter().copied().filter(|held| here(held.board)).collect();
        let children: Vec<Child> = self.children.iter().copied().filter(|child| here(child.board_id)).collect();
        let persons: Vec<_> = self.persons.iter().copied().filter(|(at, _)| here(*at)).collect();
        let scope = self.scope(&held, &children, &persons);
        let actor = PersonActor {
            account: self.account,
            session,
            language: self.language.clone(),
            persons,
            held,
            guardian_in: children.iter().map(|child| child.board_id).collect(),
            closed: self.closed.clone(),
        };
        Standing { actor: Actor::Person(Arc::new(actor)), scope: Arc::new(scope) }
    }
}
