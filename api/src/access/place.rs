//! Where an act takes place.

use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, CohortId, SchoolId};
use glans_entity::organisation::{board, class_group, cluster, school};

/// Where an act takes place: the board and, as far as they apply, what lies under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// None for what the platform owns.
    pub board: Option<BoardId>,
    pub cluster: Option<ClusterId>,
    pub school: Option<SchoolId>,
    /// The class groups concerned: those of a student, or the one group itself.
    pub class_groups: Vec<ClassGroupId>,
    pub cohort: Option<CohortId>,
}

impl Place {
    /// A board as a whole.
    pub fn board(board: BoardId) -> Self {
        Self { board: Some(board), ..Self::default() }
    }

    /// A school in its cluster.
    pub fn school(school: &school::Model) -> Self {
        Self { cluster: school.cluster_id, school: Some(school.id), ..Self::board(school.board_id) }
    }

    /// A class group of `school`.
    pub fn class_group(group: &class_group::Model, school: &school::Model) -> Self {
        Self { class_groups: vec![group.id], ..Self::school(school) }
    }
}

impl From<&board::Model> for Place {
    fn from(board: &board::Model) -> Self {
        Self::board(board.id)
    }
}

impl From<&cluster::Model> for Place {
    fn from(cluster: &cluster::Model) -> Self {
        Self { cluster: Some(cluster.id), ..Self::board(cluster.board_id) }
    }
}

impl From<&school::Model> for Place {
    fn from(school: &school::Model) -> Self {
        Self::school(school)
    }
}
