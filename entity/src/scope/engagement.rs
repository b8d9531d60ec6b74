//! What is in sight of what families and schools say to each other.

use sea_orm::{ColumnTrait, Condition};

use super::{Scope, Scoped, behind_wall, select_one, students_in_groups};
use crate::engagement::{TargetKind, audience_target, recipient};
use crate::people::{GuardianAccess, student};

/// Students of whom the viewer has everything as a member of staff: who leads the school or teaches the group, and nobody
/// above them.
pub fn students_in_confidence<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let mut any = Condition::any();
    if !scope.headed_schools.is_empty() {
        let headed = student::Column::SchoolId.is_in(scope.headed_schools.iter().copied());
        any = any.add(id.in_subquery(select_one::<student::Entity, _>(student::Column::Id, headed)));
    }
    if !scope.taught_groups.is_empty() {
        any = any.add(id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
    }
    // Without either, a condition that nothing meets: an empty one would be left out, and let everything through.
    if any.is_empty() { any.add(id.is_in(Vec::<crate::ids::StudentId>::new())) } else { any }
}

/// As [`students_in_confidence`], and the own children of whom the viewer has everything.
pub(super) fn students_wholly_in_sight<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    students_in_confidence(id, scope).add(id.is_in(scope.full_children.iter().copied()))
}

/// What is addressed to the viewer, as far as the guardianship opens it today.
pub fn addressed_to_oneself(scope: &Scope) -> Condition {
    use recipient::Column;
    let about = |least: GuardianAccess, children: &[crate::ids::StudentId]| {
        Condition::all().add(Column::Least.eq(least)).add(Column::StudentId.is_in(children.iter().copied()))
    };
    let open = Condition::any()
        .add(Column::StudentId.eq(recipient::AS_STAFF))
        .add(about(GuardianAccess::Full, &scope.full_children))
        .add(about(GuardianAccess::OnRequest, &scope.informed_children))
        .add(about(GuardianAccess::EmergencyOnly, &scope.children));
    Condition::all().add(Column::PersonId.is_in(scope.persons.iter().copied())).add(open)
}

impl Scoped for recipient::Entity {
    /// The own ones, and those about children whom the viewer has in confidence.
    fn visible(scope: &Scope) -> Condition {
        use recipient::Column;
        let any =
            Condition::any().add(addressed_to_oneself(scope)).add(students_in_confidence(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for audience_target::Entity {
    /// Those of the places for which the viewer answers, or where the viewer works.
    fn visible(scope: &Scope) -> Condition {
        use audience_target::Column;
        let of = |kind: TargetKind| Condition::all().add(Column::Kind.eq(kind));
        let led = scope.led_schools.iter().copied();
        let mut any = Condition::any()
            .add(Column::BoardId.is_in(scope.people_boards.iter().copied()))
            .add(of(TargetKind::Board).add(Column::TargetId.is_in(scope.sharing_boards.iter().map(|board| board.0))))
            .add(of(TargetKind::Cluster).add(Column::TargetId.is_in(scope.clusters.iter().map(|cluster| cluster.0))))
            .add(of(TargetKind::School).add(Column::SchoolId.is_in(scope.team_schools.iter().copied())))
            .add(Column::SchoolId.is_in(led))
            .add(
                of(TargetKind::ClassGroup).add(Column::TargetId.is_in(scope.taught_groups.iter().map(|group| group.0))),
            );
        if !scope.taught_groups.is_empty() {
            let taught = students_in_groups(&scope.taught_groups, scope.on);
            any = any.add(of(TargetKind::Student).add(Column::TargetId.in_subquery(taught)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Items addressed to the viewer.
pub fn items_for_oneself(scope: &Scope) -> sea_orm::sea_query::SelectStatement {
    let own = addressed_to_oneself(scope).add(recipient::Column::BoardId.is_in(scope.boards.iter().copied()));
    select_one::<recipient::Entity, _>(recipient::Column::ItemId, own)
}

/// Items for places for which the viewer answers, or where the viewer works.
pub fn items_for_places(scope: &Scope) -> sea_orm::sea_query::SelectStatement {
    let visible = audience_target::Entity::visible(scope).add(audience_target::Column::Excluded.eq(false));
    select_one::<audience_target::Entity, _>(audience_target::Column::ItemId, visible)
}
