//! Who is in a board, and with which role.

use glans_entity::ids::{ClassGroupId, ClusterId, MembershipId, SchoolId};
use glans_entity::people::{Role, ScopeKind};

use super::Someone;
use super::sower::Sower;

/// The people of a board.
pub(super) struct Cast {
    pub(super) admin: Someone,
    pub(super) director: Someone,
    pub(super) leader: Someone,
    pub(super) other_leader: Someone,
    pub(super) teacher: Someone,
    pub(super) trainer: Someone,
    pub(super) guardians: [Someone; 2],
    pub(super) distant: Someone,
}

impl Cast {
    pub(super) async fn of(sower: &Sower<'_>) -> Self {
        let someone = async |name| {
            let (person, account) = sower.person(name).await;
            Someone { person, account }
        };
        Self {
            admin: someone("Annelies").await,
            director: someone("Dirk").await,
            leader: someone("Marieke").await,
            other_leader: someone("Laila").await,
            teacher: someone("Tarik").await,
            trainer: someone("Trudy").await,
            guardians: [someone("Ilse").await, someone("Hanna").await],
            distant: someone("Ruud").await,
        }
    }

    /// Gives everybody their role; the memberships of the teacher and of the other leader.
    pub(super) async fn appoint(
        &self,
        sower: &Sower<'_>,
        clusters: [ClusterId; 2],
        schools: [SchoolId; 2],
        groups: [ClassGroupId; 2],
    ) -> [MembershipId; 2] {
        let board = (ScopeKind::Board, sower.board.0);
        let school = |at: usize| (ScopeKind::School, schools[at].0);
        sower.membership(self.admin.person, Role::BoardAdmin, board, None).await;
        sower.membership(self.trainer.person, Role::Trainer, board, None).await;
        let cluster = (ScopeKind::Cluster, clusters[0].0);
        sower.membership(self.director.person, Role::ClusterDirector, cluster, None).await;
        sower.membership(self.leader.person, Role::SchoolLeader, school(0), Some(schools[0])).await;
        let group = (ScopeKind::ClassGroup, groups[0].0);
        [
            sower.membership(self.teacher.person, Role::Teacher, group, Some(schools[0])).await,
            sower.membership(self.other_leader.person, Role::SchoolLeader, school(1), Some(schools[1])).await,
        ]
    }
}
