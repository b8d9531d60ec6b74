//! What is in sight of an organisation.

use sea_orm::Condition;
use sea_orm::sea_query::IntoCondition;

use super::practice::schools_that_share;
use super::{Among, Scope, Scoped, behind_wall};
use crate::organisation::{board, class_group, cluster, school, school_year};

impl Scoped for board::Entity {
    fn visible(scope: &Scope) -> Condition {
        board::Column::Id.among(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for cluster::Entity {
    fn visible(scope: &Scope) -> Condition {
        use cluster::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.organisation_boards.iter().copied()))
            .add(Column::Id.among(scope.clusters.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for school::Entity {
    fn visible(scope: &Scope) -> Condition {
        use school::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.organisation_boards.iter().copied()))
            .add(Column::Id.among(scope.schools.iter().chain(&scope.fellow_schools).copied()))
            .add(schools_that_share(Column::Id, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for school_year::Entity {
    fn visible(scope: &Scope) -> Condition {
        school_year::Column::BoardId.among(scope.boards.iter().copied()).into_condition()
    }
}

impl Scoped for class_group::Entity {
    fn visible(scope: &Scope) -> Condition {
        use class_group::Column;
        let mut any = Condition::any()
            .add(Column::BoardId.among(scope.organisation_boards.iter().copied()))
            .add(Column::SchoolId.among(scope.staffed_schools.iter().copied()))
            .add(Column::Id.among(scope.child_groups.iter().copied()));
        if scope.client.is_some() {
            // Of the schools to which it is narrowed, without the people in them.
            any = any.add(Column::SchoolId.among(scope.schools.iter().copied()));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}
