//! What is in sight of metrics: figures, by place, and files of them. Facts and cells are in nobody's sight.

use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::metrics::{
    Level, cell, census, due, export, export_chunk, fact, figure, milestone, stretch, uncounted, unpublished,
    unrecorded,
};

impl Scoped for figure::Entity {
    /// Those of the boards, clusters and schools of which the viewer sees figures; of class groups only as their own team.
    /// None of a board whose figures are withdrawn.
    fn visible(scope: &Scope) -> Condition {
        use figure::Column;
        let clusters = || scope.measured_clusters.iter().map(|id| id.0);
        let large = Condition::all()
            .add(Column::BoardId.among(scope.measured_boards.iter().copied()))
            .add(Column::Level.ne(Level::ClassGroup));
        let any = Condition::any()
            .add(large)
            .add(at(Level::Cluster, Column::PlaceId.among(clusters())))
            .add(at(Level::School, Column::ParentId.among(clusters())))
            .add(at(Level::School, Column::PlaceId.among(scope.measured_schools.iter().map(|id| id.0))))
            .add(at(Level::ClassGroup, Column::ParentId.among(scope.headed_schools.iter().map(|id| id.0))))
            .add(at(Level::ClassGroup, Column::PlaceId.among(scope.taught_groups.iter().map(|id| id.0))));
        let is_withdrawn = Condition::all()
            .add(milestone::Column::BoardId.among(scope.boards.iter().copied()))
            .add(milestone::Column::Kind.eq(milestone::WITHDRAWN));
        let withdrawn = select_one::<milestone::Entity, _>(milestone::Column::BoardId, is_withdrawn);
        behind_wall(Column::BoardId, scope, any).add(Column::BoardId.not_in_subquery(withdrawn))
    }
}

/// Those of a level: an id by itself does not say of what it is.
fn at(level: Level, places: Expr) -> Condition {
    Condition::all().add(figure::Column::Level.eq(level)).add(places)
}

macro_rules! behind_the_wall {
    ($($table:ident),+) => {$(
        impl Scoped for $table::Entity {
            /// Those of the boards. Whose an export is says the slice: a client of an integrator is in no scope.
            fn visible(scope: &Scope) -> Condition {
                $table::Column::BoardId.among(scope.boards.iter().copied()).into_condition()
            }
        }
    )+};
}

behind_the_wall!(export, export_chunk);

macro_rules! out_of_sight {
    ($($table:ident),+) => {$(
        impl Scoped for $table::Entity {
            /// Only the program itself reads them.
            fn visible(_: &Scope) -> Condition {
                Condition::all().add(Expr::cust("1 = 0"))
            }
        }
    )+};
}

out_of_sight!(cell, census, due, fact, milestone, stretch, uncounted, unpublished, unrecorded);
