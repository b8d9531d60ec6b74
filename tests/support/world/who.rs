//! Who the tests are about.

use glans_entity::ids::AccountId;

use crate::seed::Board;

/// Somebody of the first board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anonymous,
    Admin,
    Director,
    Leader,
    Teacher,
    Trainer,
    Guardian,
    /// A guardian at access NONE.
    Distant,
    /// An integrator who may read the organisation and the lessons.
    Client,
}

impl Who {
    /// Everybody, in the order of the golden matrix.
    pub const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Client,
        Self::Distant,
        Self::Guardian,
        Self::Teacher,
        Self::Trainer,
        Self::Leader,
        Self::Director,
        Self::Admin,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Admin => "admin",
            Self::Director => "director",
            Self::Leader => "leader",
            Self::Teacher => "teacher",
            Self::Trainer => "trainer",
            Self::Guardian => "guardian",
            Self::Distant => "distant",
            Self::Client => "client",
        }
    }

    /// The login in `board`; none for who has no login.
    pub(super) fn account(self, board: &Board) -> Option<AccountId> {
        let someone = match self {
            Self::Anonymous | Self::Client => return None,
            Self::Admin => board.admin,
            Self::Director => board.director,
            Self::Leader => board.leader,
            Self::Teacher => board.teacher,
            Self::Trainer => board.trainer,
            Self::Guardian => board.guardians[0],
            Self::Distant => board.distant,
        };
        Some(someone.account)
    }
}
