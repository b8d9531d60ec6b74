//! What is in sight of short contacts and concerns.

use sea_orm::{ColumnTrait, Condition};

use super::engagement::in_confidence_at_school;
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{ContactTone, concern, contact_moment};

/// Compliments for the viewer as a guardian.
fn compliments(scope: &Scope) -> Condition {
    use contact_moment::Column;
    let for_oneself =
        Condition::any().add(Column::GuardianId.is_null()).add(Column::GuardianId.among(scope.persons.iter().copied()));
    Condition::all()
        .add(Column::StudentId.among(scope.full_children.iter().copied()))
        .add(Column::Tone.eq(ContactTone::Compliment))
        .add(for_oneself)
}

impl Scoped for contact_moment::Entity {
    /// Staff see those about whom they have in confidence, a guardian the compliments that are for them.
    fn visible(scope: &Scope) -> Condition {
        use contact_moment::Column;
        let of_staff = in_confidence_at_school(Column::StudentId, Column::SchoolId, scope);
        let any = Condition::any().add(of_staff).add(compliments(scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Concerns that the viewer raised as a guardian, and those that staff shares.
fn of_guardian(scope: &Scope) -> Condition {
    use concern::Column;
    let own =
        Condition::all().add(Column::IsStaff.eq(false)).add(Column::RaisedBy.among(scope.persons.iter().copied()));
    let shared = Condition::all().add(Column::IsStaff.eq(true)).add(Column::Shared.eq(true));
    Condition::all()
        .add(Column::StudentId.among(scope.full_children.iter().copied()))
        .add(Condition::any().add(own).add(shared))
}

impl Scoped for concern::Entity {
    /// Staff see those about whom they have in confidence, a guardian the own ones and those that staff shares.
    fn visible(scope: &Scope) -> Condition {
        use concern::Column;
        let of_staff = in_confidence_at_school(Column::StudentId, Column::SchoolId, scope);
        let any = Condition::any().add(of_staff).add(of_guardian(scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Staff who wrote the contacts and concerns that the viewer sees, or saw to them, whatever role they hold today.
pub(super) fn people_in_contact<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    if scope.full_children.is_empty() && scope.headed_schools.is_empty() && scope.taught_groups.is_empty() {
        return Condition::any();
    }
    let written = contact_moment::Entity::visible(scope);
    let of_concerns =
        |column: concern::Column| select_one::<concern::Entity, _>(column, concern::Entity::visible(scope));
    let raised = concern::Entity::visible(scope).add(concern::Column::IsStaff.eq(true));
    Condition::any()
        .add(id.in_subquery(select_one::<contact_moment::Entity, _>(contact_moment::Column::AuthorId, written)))
        .add(id.in_subquery(select_one::<concern::Entity, _>(concern::Column::RaisedBy, raised)))
        .add(id.in_subquery(of_concerns(concern::Column::AcknowledgedBy)))
        .add(id.in_subquery(of_concerns(concern::Column::ResolvedBy)))
}
