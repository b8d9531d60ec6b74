//! What the administrators of a board see, and hardly anybody else.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{Condition, EntityTrait};

use super::{Among, Scope, Scoped, behind_wall};
use crate::{identity, metrics, roster};

/// Rows that the administrators of a board see, and nobody else.
macro_rules! scoped_to_administrators {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                <$entity as EntityTrait>::Column::BoardId
                    .among(scope.people_boards.iter().copied())
                    .into_condition()
            }
        }
    )+};
}

scoped_to_administrators!(
    identity::api_client::Entity,
    identity::api_client_secret::Entity,
    identity::audit::Entity,
    identity::invitation::Entity,
    metrics::query::Entity,
);

impl Scoped for identity::api_client_usage::Entity {
    /// What administrators see, and a client of itself.
    fn visible(scope: &Scope) -> Condition {
        use identity::api_client_usage::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::ClientId.among(scope.client));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Rows that administrators see, and the integrator who sends the rosters of the board.
macro_rules! scoped_to_rosters {
    ($($entity:path),+ $(,)?) => {$(
        impl Scoped for $entity {
            fn visible(scope: &Scope) -> Condition {
                let boards = scope.people_boards.iter().chain(&scope.roster_boards).copied();
                <$entity as EntityTrait>::Column::BoardId.among(boards).into_condition()
            }
        }
    )+};
}

scoped_to_rosters!(roster::roster_import::Entity, roster::roster_problem::Entity, roster::roster_change::Entity,);
