//! Which people are in sight, and of whom what.

use chrono::NaiveDate;
use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use super::{Among, Scope, Scoped, behind_wall, booking, contact, engagement, practice, select_one, threads};
use crate::ids::ClassGroupId;
use crate::people::{Role, ScopeKind, enrolment, guardianship, membership, person, student};

/// Enrolments that cover the day.
fn enrolled_in(groups: &[ClassGroupId], on: NaiveDate) -> Condition {
    use enrolment::Column;
    Condition::all()
        .add(Column::ClassGroupId.among(groups.iter().copied()))
        .add(Column::StartsOn.lte(on))
        .add(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
}

pub(super) fn students_in_groups(groups: &[ClassGroupId], on: NaiveDate) -> SelectStatement {
    select_one::<enrolment::Entity, _>(enrolment::Column::StudentId, enrolled_in(groups, on))
}

/// Students that staff may see: in a led school or a taught group.
fn students_of_staff<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let mut any = Condition::any();
    if !scope.led_schools.is_empty() {
        let led = student::Column::SchoolId.among(scope.led_schools.iter().copied());
        any = any.add(id.in_subquery(select_one::<student::Entity, _>(student::Column::Id, led)));
    }
    if !scope.taught_groups.is_empty() {
        any = any.add(id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
    }
    any
}

/// Students whose guardians staff may see. Who is family of a student sees nothing of its other guardians, whatever role they
/// hold at the school.
fn families_of_staff<C: ColumnTrait>(id: C, scope: &Scope) -> Condition {
    let students = students_of_staff(id, scope);
    if students.is_empty() {
        return students;
    }
    Condition::all().add(students).add(id.not_among(scope.kin.iter().copied()))
}

/// Roles that are not over on the day.
pub(super) fn not_over(on: NaiveDate) -> Condition {
    use membership::Column;
    Condition::all()
        .add(Column::EndedAt.is_null())
        .add(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
}

/// Roles that have begun on the day.
pub(super) fn begun(on: NaiveDate) -> Condition {
    use membership::Column;
    Condition::any().add(Column::StartsOn.is_null()).add(Column::StartsOn.lte(on))
}

/// Roles in the staffed schools. Who leads a school sees those to come as well, to prepare and revoke them.
fn staff_of_schools(scope: &Scope) -> Condition {
    use membership::Column;
    let known = begun(scope.on).add(Column::SchoolId.among(scope.led_schools.iter().copied()));
    Condition::all().add(Column::SchoolId.among(scope.staffed_schools.iter().copied())).add(known)
}

/// Roles that go with cohorts: the trainers, and the leaders of the other schools.
fn around_cohorts(scope: &Scope) -> Condition {
    use membership::Column;
    let cohorts = scope.cohorts.iter().map(|cohort| cohort.0);
    let trainers = Condition::all()
        .add(Column::Role.eq(Role::Trainer))
        .add(Column::ScopeKind.eq(ScopeKind::Board))
        .add(Column::BoardId.among(scope.course_boards.iter().copied()));
    let leaders = Condition::all()
        .add(Column::Role.eq(Role::SchoolLeader))
        .add(Column::SchoolId.among(scope.fellow_teams.iter().copied()));
    let of_cohorts = Condition::all().add(Column::ScopeKind.eq(ScopeKind::Cohort)).add(Column::ScopeId.among(cohorts));
    let any = Condition::any().add(of_cohorts).add(trainers).add(leaders);
    Condition::all().add(any).add(begun(scope.on))
}

/// Roles in the class groups of the own children that have begun.
fn teachers_of_children(scope: &Scope) -> Condition {
    use membership::Column;
    let groups = scope.child_groups.iter().map(|group| group.0);
    Condition::all()
        .add(Column::ScopeKind.eq(ScopeKind::ClassGroup))
        .add(Column::ScopeId.among(groups))
        .add(begun(scope.on))
}

impl Scoped for person::Entity {
    fn visible(scope: &Scope) -> Condition {
        use person::Column;
        let mut any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::Id.among(scope.persons.iter().copied()))
            .add(practice::people_who_take_part(Column::Id, scope))
            .add(engagement::people_who_talk(Column::Id, scope))
            .add(threads::staff_in_threads(Column::Id, scope))
            .add(contact::people_in_contact(Column::Id, scope))
            .add(booking::people_with_slots(Column::Id, scope));
        if !scope.staffed_schools.is_empty() {
            let staff = staff_of_schools(scope).add(not_over(scope.on));
            any = any
                .add(Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, staff)));
        }
        if !scope.cohorts.is_empty() || !scope.course_boards.is_empty() {
            let around = around_cohorts(scope).add(not_over(scope.on));
            any = any
                .add(Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, around)));
        }
        if !scope.child_groups.is_empty() {
            let teachers = teachers_of_children(scope).add(not_over(scope.on));
            any = any.add(
                Column::Id.in_subquery(select_one::<membership::Entity, _>(membership::Column::PersonId, teachers)),
            );
        }
        let students = families_of_staff(guardianship::Column::StudentId, scope);
        if !students.is_empty() {
            // Those whose guardianship is over as well: who sees the relation sees whom it was with.
            any = any.add(
                Column::Id
                    .in_subquery(select_one::<guardianship::Entity, _>(guardianship::Column::GuardianId, students)),
            );
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for student::Entity {
    fn visible(scope: &Scope) -> Condition {
        use student::Column;
        let mut any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::SchoolId.among(scope.led_schools.iter().copied()))
            .add(Column::Id.among(scope.children.iter().copied()));
        if !scope.taught_groups.is_empty() {
            any = any.add(Column::Id.in_subquery(students_in_groups(&scope.taught_groups, scope.on)));
        }
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for enrolment::Entity {
    fn visible(scope: &Scope) -> Condition {
        use enrolment::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::StudentId.among(scope.children.iter().copied()))
            .add(students_of_staff(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for guardianship::Entity {
    /// A guardian sees the own relation and not that of the other guardian.
    fn visible(scope: &Scope) -> Condition {
        use guardianship::Column;
        let own = Column::GuardianId
            .among(scope.persons.iter().copied())
            .and(Column::StudentId.among(scope.children.iter().copied()));
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(own)
            .add(families_of_staff(Column::StudentId, scope));
        behind_wall(Column::BoardId, scope, any)
    }
}

impl Scoped for membership::Entity {
    fn visible(scope: &Scope) -> Condition {
        use membership::Column;
        let any = Condition::any()
            .add(Column::BoardId.among(scope.people_boards.iter().copied()))
            .add(Column::PersonId.among(scope.persons.iter().copied()))
            .add(Column::SchoolId.among(scope.led_schools.iter().copied()))
            .add(staff_of_schools(scope).add(not_over(scope.on)))
            .add(around_cohorts(scope).add(not_over(scope.on)))
            .add(teachers_of_children(scope).add(not_over(scope.on)));
        behind_wall(Column::BoardId, scope, any)
    }
}
