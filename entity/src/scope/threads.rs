//! What is in sight of threads.
//!
//! The clock stands outside of a scope: what has not arrived is kept from others by [`open`] and [`arrived`], which every
//! read adds.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition};

use super::engagement::in_confidence_at_school;
use super::{Among, Scope, Scoped, behind_wall, select_one};
use crate::engagement::{contact_rules, message, thread, thread_participant};

/// Participations of the viewer that count today: as a guardian, as far as the guardianship opens the child; as staff, while
/// the viewer has the child in confidence at the school of the thread.
fn own_parts(scope: &Scope, as_staff: bool) -> Condition {
    use thread_participant::Column;
    let own =
        Condition::all().add(Column::PersonId.among(scope.persons.iter().copied())).add(Column::IsStaff.eq(as_staff));
    if as_staff {
        own.add(in_confidence_at_school(Column::StudentId, Column::SchoolId, scope))
    } else {
        own.add(Column::StudentId.among(scope.full_children.iter().copied()))
    }
}

/// The threads in which the viewer takes part.
fn threads_of(scope: &Scope, as_staff: bool) -> SelectStatement {
    select_one::<thread_participant::Entity, _>(thread_participant::Column::ThreadId, own_parts(scope, as_staff))
}

fn own_threads<C: ColumnTrait>(thread: C, scope: &Scope) -> Condition {
    Condition::any().add(thread.in_subquery(threads_of(scope, true))).add(thread.in_subquery(threads_of(scope, false)))
}

/// That the viewer takes part in the thread as staff; `thread` is its id in the query around it.
pub(super) fn taken_part_as_staff<C: ColumnTrait>(thread: C, scope: &Scope) -> Condition {
    Condition::all().add(thread.in_subquery(threads_of(scope, true)))
}

impl Scoped for thread::Entity {
    /// Who takes part, staff and guardians alike: what is written to the leader is not for the teacher to read.
    fn visible(scope: &Scope) -> Condition {
        use thread::Column;
        behind_wall(Column::BoardId, scope, own_threads(Column::Id, scope))
    }
}

impl Scoped for message::Entity {
    /// As the thread.
    fn visible(scope: &Scope) -> Condition {
        use message::Column;
        behind_wall(Column::BoardId, scope, own_threads(Column::ThreadId, scope))
    }
}

impl Scoped for thread_participant::Entity {
    /// Staff sees everybody; a guardian sees themselves and the staff, and nothing of another guardian.
    fn visible(scope: &Scope) -> Condition {
        use thread_participant::Column;
        let own =
            Condition::any().add(Column::IsStaff.eq(true)).add(Column::PersonId.among(scope.persons.iter().copied()));
        let as_guardian = Condition::all().add(Column::ThreadId.in_subquery(threads_of(scope, false))).add(own);
        let any = Condition::any().add(taken_part_as_staff(Column::ThreadId, scope)).add(as_guardian);
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for contact_rules::Entity {
    /// Those of the schools that the viewer belongs to.
    fn visible(scope: &Scope) -> Condition {
        use contact_rules::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.organisation_boards.iter().copied()))
            .add(Column::SchoolId.among(scope.schools.iter().copied()));
        behind_wall(Column::BoardId, scope, any)
    }
}

/// Threads of which something has arrived by `now`, and those that the viewer began.
pub fn open(scope: &Scope, now: DateTime<Utc>) -> Condition {
    use thread::Column;
    Condition::any().add(Column::OpensAt.lte(now)).add(Column::StartedBy.among(scope.persons.iter().copied()))
}

/// Messages that have arrived by `now`, and the viewer's own.
pub fn arrived(scope: &Scope, now: DateTime<Utc>) -> Condition {
    use message::Column;
    let there = Condition::all().add(Column::ArrivesAt.lte(now)).add(Column::UndeliverableAt.is_null());
    Condition::any().add(there).add(Column::AuthorId.among(scope.persons.iter().copied()))
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
