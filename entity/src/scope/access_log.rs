//! What is in sight of the access log.

use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::people::access_log::{Column, Entity};
use crate::people::guardianship;

/// Records of the boards that the viewer administers, but not those of the own family.
fn administered(scope: &Scope) -> Condition {
    let kin = guardianship::Column::StudentId.among(scope.kin.iter().copied());
    let family = select_one::<guardianship::Entity, _>(guardianship::Column::GuardianId, kin);
    let of_child = Condition::all()
        .add(Column::StudentId.is_not_null())
        .add(Column::StudentId.not_among(scope.kin.iter().copied()));
    let of_guardian =
        Condition::all().add(Column::GuardianId.is_not_null()).add(Column::GuardianId.not_in_subquery(family));
    Condition::all()
        .add(Column::BoardId.among(scope.people_boards.iter().copied()))
        .add(Condition::any().add(of_child).add(of_guardian))
}

impl Scoped for Entity {
    /// A guardian sees who opened the own record, and that of a child of whom they have everything; an administrator the log of
    /// the board.
    fn visible(scope: &Scope) -> Condition {
        let any = Condition::any()
            .add(Column::StudentId.among(scope.full_children.iter().copied()))
            .add(Column::GuardianId.among(scope.persons.iter().copied()))
            .add(administered(scope));
        behind_wall(Column::BoardId, scope, any)
    }
}
