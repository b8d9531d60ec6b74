//! What is in sight of threads.
//!
//! The clock stands outside of a scope: what has not arrived is kept from others by [`open`] and [`arrived`], which every
//! read adds.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition};

use super::engagement::students_in_confidence;
use super::{Scope, Scoped, behind_wall, select_one};
use crate::engagement::{contact_rules, message, thread, thread_participant};

/// About students whom the viewer has in confidence, at a school where the viewer works: what was said at another school
/// before stays there.
fn of_staff<C: ColumnTrait>(student: C, school: C, scope: &Scope) -> Condition {
    let schools = scope.headed_schools.iter().chain(&scope.team_schools).copied();
    Condition::all().add(students_in_confidence(student, scope)).add(school.is_in(schools))
}

/// The threads in which the viewer takes part as a guardian, as far as the guardianship opens them today.
fn threads_of_guardian(scope: &Scope) -> SelectStatement {
    use thread_participant::{Column, Entity};
    let own = Condition::all()
        .add(Column::PersonId.is_in(scope.persons.iter().copied()))
        .add(Column::IsStaff.eq(false))
        .add(Column::StudentId.is_in(scope.full_children.iter().copied()));
    select_one::<Entity, _>(Column::ThreadId, own)
}

impl Scoped for thread::Entity {
    /// Staff see those about whom they have in confidence, guardians those in which they take part.
    fn visible(scope: &Scope) -> Condition {
        use thread::Column;
        let of_child = Condition::all()
            .add(Column::StudentId.is_in(scope.full_children.iter().copied()))
            .add(Column::Id.in_subquery(threads_of_guardian(scope)));
        let any = Condition::any().add(of_staff(Column::StudentId, Column::SchoolId, scope)).add(of_child);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for message::Entity {
    /// As the thread.
    fn visible(scope: &Scope) -> Condition {
        use message::Column;
        let of_child = Condition::all()
            .add(Column::StudentId.is_in(scope.full_children.iter().copied()))
            .add(Column::ThreadId.in_subquery(threads_of_guardian(scope)));
        let any = Condition::any().add(of_staff(Column::StudentId, Column::SchoolId, scope)).add(of_child);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for thread_participant::Entity {
    /// A guardian sees themselves and the staff, and nothing of another guardian.
    fn visible(scope: &Scope) -> Condition {
        use thread_participant::Column;
        let own =
            Condition::any().add(Column::IsStaff.eq(true)).add(Column::PersonId.is_in(scope.persons.iter().copied()));
        let of_child = Condition::all()
            .add(Column::StudentId.is_in(scope.full_children.iter().copied()))
            .add(Column::ThreadId.in_subquery(threads_of_guardian(scope)))
            .add(own);
        let any = Condition::any().add(of_staff(Column::StudentId, Column::SchoolId, scope)).add(of_child);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for contact_rules::Entity {
    /// Those of the schools that the viewer belongs to.
    fn visible(scope: &Scope) -> Condition {
        use contact_rules::Column;
        let any = Condition::any()
            .add(Column::BoardId.is_in(scope.organisation_boards.iter().copied()))
            .add(Column::SchoolId.is_in(scope.schools.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Threads of which something has arrived by `now`, and those that the viewer began.
pub fn open(scope: &Scope, now: DateTime<Utc>) -> Condition {
    use thread::Column;
    Condition::any().add(Column::OpensAt.lte(now)).add(Column::StartedBy.is_in(scope.persons.iter().copied()))
}

/// Messages that have arrived by `now`, and the viewer's own.
pub fn arrived(scope: &Scope, now: DateTime<Utc>) -> Condition {
    use message::Column;
    Condition::any().add(Column::ArrivesAt.lte(now)).add(Column::AuthorId.is_in(scope.persons.iter().copied()))
}

/// Staff in the threads that the viewer sees, whatever role they hold today.
pub(super) fn staff_in_threads<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    use thread_participant::{Column, Entity};
    if scope.full_children.is_empty() && scope.headed_schools.is_empty() && scope.taught_groups.is_empty() {
        return Condition::any();
    }
    let staff = Entity::visible(scope).add(Column::IsStaff.eq(true));
    Condition::any().add(id.in_subquery(select_one::<Entity, _>(Column::PersonId, staff)))
}
