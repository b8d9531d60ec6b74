//! What is in sight of booking rounds.

use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition};

use super::engagement::{invitations, students_in_confidence};
use super::people::{begun, not_over};
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::slot_booking::TOGETHER;
use crate::engagement::{booking_round, booking_round_group, slot, slot_booking};
use crate::people::{Role, ScopeKind, membership, student};

/// Rounds of the schools that the viewer leads and of the groups that the viewer teaches.
fn rounds_as_staff(scope: &Scope) -> SelectStatement {
    use booking_round::{Column, Entity};
    let taught = booking_round_group::Column::ClassGroupId.among(scope.taught_groups.iter().copied());
    let taught = select_one::<booking_round_group::Entity, _>(booking_round_group::Column::RoundId, taught);
    let any = Condition::any()
        .add(Column::SchoolId.among(scope.headed_schools.iter().copied()))
        .add(Column::Id.in_subquery(taught));
    select_one::<Entity, _>(Column::Id, any)
}

/// Rounds in which the own children are.
fn rounds_of_children(scope: &Scope) -> SelectStatement {
    use booking_round_group::{Column, Entity};
    select_one::<Entity, _>(Column::RoundId, Column::ClassGroupId.among(scope.full_groups.iter().copied()))
}

/// What was booked for the viewer as a guardian.
fn booked<C: ColumnTrait>(column: C, scope: &Scope) -> SelectStatement {
    let invited = slot_booking::Column::ConversationId.in_subquery(invitations(scope));
    select_one::<slot_booking::Entity, _>(column, invited)
}

impl Scoped for booking_round::Entity {
    /// Staff sees those of the own school or groups, a guardian those in which an own child is.
    fn visible(scope: &Scope) -> Condition {
        use booking_round::Column;
        let mut any = Condition::any().add(Column::Id.in_subquery(rounds_as_staff(scope)));
        if !scope.full_children.is_empty() {
            any = any
                .add(Column::Id.in_subquery(rounds_of_children(scope)))
                .add(Column::Id.in_subquery(booked(slot_booking::Column::RoundId, scope)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for booking_round_group::Entity {
    /// Staff sees all groups of a round, a guardian those of the own children.
    fn visible(scope: &Scope) -> Condition {
        use booking_round_group::Column;
        let mut any = Condition::any().add(Column::RoundId.in_subquery(rounds_as_staff(scope)));
        if !scope.full_children.is_empty() {
            any = any.add(Column::ClassGroupId.among(scope.full_groups.iter().copied()));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for slot::Entity {
    /// Staff sees all slots of a round, a guardian those of the teachers of the own children, and what is booked for them.
    fn visible(scope: &Scope) -> Condition {
        use slot::Column;
        let mut any = Condition::any().add(Column::RoundId.in_subquery(rounds_as_staff(scope)));
        if !scope.full_children.is_empty() {
            let teach = Condition::all()
                .add(membership::Column::Role.eq(Role::Teacher))
                .add(membership::Column::ScopeKind.eq(ScopeKind::ClassGroup))
                .add(membership::Column::ScopeId.among(scope.full_groups.iter().map(|group| group.0)))
                .add(begun(scope.on))
                .add(not_over(scope.on));
            let teachers = select_one::<membership::Entity, _>(membership::Column::PersonId, teach);
            let offered = Condition::all()
                .add(Column::RoundId.in_subquery(rounds_of_children(scope)))
                .add(Column::TeacherId.in_subquery(teachers));
            any = any.add(offered).add(Column::Id.in_subquery(booked(slot_booking::Column::SlotId, scope)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for slot_booking::Entity {
    /// Staff sees those of the students that it has in confidence, a guardian the own ones and those of the whole family.
    fn visible(scope: &Scope) -> Condition {
        use slot_booking::Column;
        let own = Condition::any()
            .add(Column::GuardianId.among(scope.persons.iter().copied()))
            .add(Column::PartyId.eq(TOGETHER));
        let of_child = Condition::all().add(Column::StudentId.among(scope.full_children.iter().copied())).add(own);
        let any = Condition::any().add(students_in_confidence(Column::StudentId, scope)).add(of_child);
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Students of whom the viewer has everything as a member of staff.
pub fn students_of_confidants(scope: &Scope) -> Condition {
    behind_wall(student::Column::BoardId, scope, students_in_confidence(student::Column::Id, scope))
}

/// Teachers of the slots that the viewer sees as staff, whatever role they hold today.
pub(super) fn people_with_slots<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    if scope.headed_schools.is_empty() && scope.taught_groups.is_empty() {
        return Condition::any();
    }
    let offered = slot::Column::RoundId.in_subquery(rounds_as_staff(scope));
    Condition::any().add(id.in_subquery(select_one::<slot::Entity, _>(slot::Column::TeacherId, offered)))
}
