//! Who acts.

use std::sync::Arc;

use glans_entity::ids::{AccountId, ApiClientId, BoardId, MembershipId, PersonId, SchoolId, SessionId};
use glans_entity::people::{Role, ScopeKind};
use uuid::Uuid;

use super::Place;

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Not signed in.
    Anonymous,
    /// A signed-in human being.
    Person(Arc<PersonActor>),
    /// A client of an integrator.
    Client(Arc<ClientActor>),
    /// The program itself, by the name of the command or job.
    System(&'static str),
}

/// A signed-in human being, in all boards or in the one that the request named.
#[derive(Clone, Debug)]
pub struct PersonActor {
    pub account: AccountId,
    /// None for a token that an operator made.
    pub session: Option<SessionId>,
    /// The language of the account, BCP 47.
    pub language: String,
    /// The person in each board, oldest membership first.
    pub persons: Vec<(BoardId, PersonId)>,
    /// The memberships that count today.
    pub held: Vec<Held>,
    /// The boards in which a guardianship is live and lets the child be seen.
    pub guardian_in: Vec<BoardId>,
    /// The boards that were closed: nothing of theirs changes any more.
    pub closed: Vec<BoardId>,
}

/// A membership that counts today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: MembershipId,
    pub board: BoardId,
    pub person: PersonId,
    pub role: Role,
    pub kind: ScopeKind,
    pub scope: Uuid,
    /// The school under which the scope lies, if it lies under one.
    pub school: Option<SchoolId>,
}

/// A client of an integrator.
#[derive(Clone, Debug)]
pub struct ClientActor {
    pub id: ApiClientId,
    pub board: BoardId,
    pub scopes: Vec<ApiScope>,
    /// None: all schools of the board.
    pub schools: Option<Vec<SchoolId>>,
}

/// What a client of an integrator may be allowed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    async_graphql::Enum,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
pub enum ApiScope {
    /// `organisation:read`: board, clusters, schools and class groups.
    #[strum(serialize = "organisation:read")]
    OrganisationRead,
    /// `lessons:read`: published programmes.
    #[strum(serialize = "lessons:read")]
    LessonsRead,
    /// `metrics:read`: engagement metrics.
    #[strum(serialize = "metrics:read")]
    MetricsRead,
    /// `roster:write`: roster imports.
    #[strum(serialize = "roster:write")]
    RosterWrite,
    /// `webhooks:write`: webhook endpoints.
    #[strum(serialize = "webhooks:write")]
    WebhooksWrite,
}

impl Actor {
    /// The TypeID of the account or client, or the name of the command. None for who is not signed in.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::Person(person) => Some(person.account.to_string()),
            Self::Client(client) => Some(client.id.to_string()),
            Self::System(command) => Some((*command).to_owned()),
        }
    }

    /// The signed-in human being, if it is one.
    pub fn person(&self) -> Option<&Arc<PersonActor>> {
        match self {
            Self::Person(person) => Some(person),
            _ => None,
        }
    }
}

impl PersonActor {
    /// The own person in `board`.
    pub fn at(&self, board: BoardId) -> Option<PersonId> {
        self.persons.iter().find(|(at, _)| *at == board).map(|(_, person)| *person)
    }

    /// Whether `place` is in a board that was closed.
    pub fn sees_closed(&self, place: &Place) -> bool {
        place.board.is_some_and(|board| self.closed.contains(&board))
    }

    /// Whether the person holds `role` anywhere.
    pub fn holds(&self, role: Role) -> bool {
        self.held.iter().any(|held| held.role == role) || (role == Role::Guardian && !self.guardian_in.is_empty())
    }
}

impl Held {
    /// Whether `place` lies in the scope of this membership.
    pub fn covers(&self, place: &Place) -> bool {
        place.board == Some(self.board)
            && match self.kind {
                ScopeKind::Board => true,
                ScopeKind::Cluster => place.cluster.is_some_and(|cluster| cluster.0 == self.scope),
                ScopeKind::School => place.school.is_some_and(|school| school.0 == self.scope),
                ScopeKind::Cohort => place.cohort.is_some_and(|cohort| cohort.0 == self.scope),
                ScopeKind::ClassGroup => place.class_groups.iter().any(|group| group.0 == self.scope),
            }
    }
}
