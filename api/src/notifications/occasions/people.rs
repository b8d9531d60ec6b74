//! Whom something concerns: selects with the columns `person_id`, `student_id`, `least` and `as_staff`, in this order.

use glans_entity::engagement::{conversation_attendee, recipient, thread_participant};
use glans_entity::ids::{BoardId, ClusterId, CohortId, PersonId, SchoolId, StudentId};
use glans_entity::people::{
    GuardianAccess, GuardianshipStatus, Role, ScopeKind, enrolment, guardianship, membership, person, student,
};
use glans_entity::practice::cohort_school;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::people::memberships::store::live;
use crate::people::rights::covers;

const COLUMNS: [&str; 4] = ["person_id", "student_id", "least", "as_staff"];
/// Pairs in one part of a statement.
const AT_ONCE: usize = 200;

fn at(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

fn no_student() -> Expr {
    Expr::cust("CAST(NULL AS uuid)")
}

fn no_least() -> Expr {
    Expr::cust("CAST(NULL AS text)")
}

fn everything() -> Expr {
    Expr::val(GuardianAccess::Full.to_value())
}

fn rows<E: EntityTrait>(of: Select<E>, [person, student, least, as_staff]: [Expr; 4]) -> SelectStatement {
    of.select_only()
        .expr_as(person, "person_id")
        .expr_as(student, "student_id")
        .expr_as(least, "least")
        .expr_as(as_staff, "as_staff")
        .into_query()
}

/// Rows of guardians and of staff, of whom no student is told.
fn both<E: EntityTrait>(
    of: Select<E>,
    is_staff: impl Fn() -> Expr,
    [person, student, least]: [Expr; 3],
) -> SelectStatement {
    let student = Expr::case(is_staff(), no_student()).finally(student).into();
    let least = Expr::case(is_staff(), no_least()).finally(least).into();
    let as_staff = Expr::case(is_staff(), Expr::val(true)).finally(Expr::val(false)).into();
    rows(of, [person, student, least, as_staff])
}

/// To whom an item is addressed.
pub(in crate::notifications) fn addressed(everywhere: &Scope, item: Uuid) -> SelectStatement {
    addressed_where(everywhere, item, Condition::all())
}

/// As [`addressed`], those rows alone that meet the condition.
pub(in crate::notifications) fn addressed_where(
    everywhere: &Scope,
    item: Uuid,
    condition: Condition,
) -> SelectStatement {
    use recipient::Column;
    let of = recipient::Entity::within(everywhere).filter(Column::ItemId.eq(item)).filter(condition);
    let is_staff = || Column::StudentId.eq(recipient::AS_STAFF);
    both(of, is_staff, [at(Column::PersonId), at(Column::StudentId), at(Column::Least)])
}

/// Who comes to the conversations that the condition names.
pub(in crate::notifications) fn attendees(everywhere: &Scope, condition: Condition) -> SelectStatement {
    use conversation_attendee::Column;
    let of = conversation_attendee::Entity::within(everywhere).filter(condition);
    both(of, || Column::IsStaff.eq(true), [at(Column::PersonId), at(Column::StudentId), everything()])
}

/// Who takes part in the threads that the condition names.
pub(super) fn participants(everywhere: &Scope, condition: Condition) -> SelectStatement {
    use thread_participant::Column;
    let of = thread_participant::Entity::within(everywhere).filter(condition);
    both(of, || Column::IsStaff.eq(true), [at(Column::PersonId), at(Column::StudentId), everything()])
}

/// The guardians who have everything of the children that the condition names.
pub(in crate::notifications) fn guardians(everywhere: &Scope, condition: Condition) -> SelectStatement {
    use guardianship::Column;
    let of = guardianship::Entity::within(everywhere)
        .filter(condition)
        .filter(Column::Access.eq(GuardianAccess::Full))
        .filter(Column::Status.is_in([GuardianshipStatus::Active, GuardianshipStatus::Invited]))
        .filter(covers(Column::StartsOn, Column::EndsOn, everywhere.on));
    rows(of, [at(Column::GuardianId), at(Column::StudentId), everything(), Expr::val(false)])
}

/// The guardians of one child who have everything of it.
pub(super) fn guardians_of(everywhere: &Scope, student: StudentId) -> SelectStatement {
    guardians(everywhere, Condition::all().add(guardianship::Column::StudentId.eq(student)))
}

/// The guardians who have everything of the children of a school and meet the condition.
pub(in crate::notifications) fn guardians_at(
    everywhere: &Scope,
    school: SchoolId,
    condition: Condition,
) -> SelectStatement {
    use student::Column;
    let here = student::Entity::within(everywhere)
        .select_only()
        .column(Column::Id)
        .filter(Column::SchoolId.eq(school))
        .filter(Column::ErasedAt.is_null())
        .filter(Column::LeftOn.is_null().or(Column::LeftOn.gte(everywhere.on)));
    let children = guardianship::Column::StudentId.in_subquery(here.into_query());
    guardians(everywhere, condition.add(children))
}

/// These guardians, each about their child, as far as they have everything of it.
pub(in crate::notifications) fn each_about(
    everywhere: &Scope,
    pairs: &[(StudentId, Vec<PersonId>)],
) -> Option<SelectStatement> {
    use guardianship::Column;
    let one = |(child, persons): &(StudentId, Vec<PersonId>)| {
        Column::StudentId.eq(*child).and(Column::GuardianId.is_in(persons.iter().copied()))
    };
    let part = |pairs: &[(StudentId, Vec<PersonId>)]| {
        guardians(everywhere, pairs.iter().map(one).fold(Condition::any(), Condition::add))
    };
    pairs.chunks(AT_ONCE).map(part).reduce(and)
}

/// Members of staff by a role of the day that meets the condition.
pub(in crate::notifications) fn staff(everywhere: &Scope, condition: Condition) -> SelectStatement {
    let of = live(everywhere).filter(condition);
    rows(of, [at(membership::Column::PersonId), no_student(), no_least(), Expr::val(true)])
}

/// Who leads one of the schools that the condition names.
fn leads(schools: Condition) -> Condition {
    Condition::all().add(membership::Column::Role.eq(Role::SchoolLeader)).add(schools)
}

/// Who teaches a class group of the child.
fn teaches(everywhere: &Scope, student: StudentId) -> Condition {
    use enrolment::Column;
    let groups = enrolment::Entity::within(everywhere)
        .select_only()
        .column(Column::ClassGroupId)
        .filter(Column::StudentId.eq(student))
        .filter(covers(Column::StartsOn, Column::EndsOn, everywhere.on));
    Condition::all()
        .add(membership::Column::Role.eq(Role::Teacher))
        .add(membership::Column::ScopeKind.eq(ScopeKind::ClassGroup))
        .add(membership::Column::ScopeId.in_subquery(groups.into_query()))
}

/// Who is or was family of a child is no staff to it.
fn is_no_family(everywhere: &Scope, student: StudentId) -> Expr {
    let kin = guardianship::Entity::within(everywhere)
        .select_only()
        .column(guardianship::Column::GuardianId)
        .filter(guardianship::Column::StudentId.eq(student));
    membership::Column::PersonId.not_in_subquery(kin.into_query())
}

/// The teachers of a child.
pub(super) fn teachers_of(everywhere: &Scope, student: StudentId) -> SelectStatement {
    staff(everywhere, teaches(everywhere, student).add(is_no_family(everywhere, student)))
}

/// The teachers of a child, and who leads its school.
pub(super) fn confidants_of(everywhere: &Scope, student: StudentId, school: SchoolId) -> SelectStatement {
    let here = Condition::all().add(membership::Column::SchoolId.eq(school));
    let either = Condition::any().add(teaches(everywhere, student)).add(leads(here));
    staff(everywhere, Condition::all().add(either).add(is_no_family(everywhere, student)))
}

/// The administrators of a board.
pub(super) fn administrators_of(everywhere: &Scope, board: BoardId) -> SelectStatement {
    use membership::Column;
    staff(everywhere, Condition::all().add(Column::Role.eq(Role::BoardAdmin)).add(Column::BoardId.eq(board)))
}

/// The directors of a cluster.
pub(in crate::notifications) fn directors_of(everywhere: &Scope, cluster: ClusterId) -> SelectStatement {
    use membership::Column;
    let directs = Condition::all()
        .add(Column::Role.eq(Role::ClusterDirector))
        .add(Column::ScopeKind.eq(ScopeKind::Cluster))
        .add(Column::ScopeId.eq(cluster.0));
    staff(everywhere, directs)
}

/// The leaders of a school.
pub(in crate::notifications) fn leaders_of(everywhere: &Scope, school: SchoolId) -> SelectStatement {
    staff(everywhere, leads(Condition::all().add(membership::Column::SchoolId.eq(school))))
}

/// The leaders and the teachers of a school.
pub(in crate::notifications) fn team_of(everywhere: &Scope, school: SchoolId) -> SelectStatement {
    let works = membership::Column::Role.is_in([Role::SchoolLeader, Role::Teacher]);
    staff(everywhere, Condition::all().add(works).add(membership::Column::SchoolId.eq(school)))
}

/// The trainers of a cohort and the leaders of its schools, but for those of `other`.
pub(in crate::notifications) fn of_cohort(
    everywhere: &Scope,
    cohort: CohortId,
    other: Option<SchoolId>,
) -> SelectStatement {
    use cohort_school::Column;
    let mut schools = cohort_school::Entity::within(everywhere)
        .select_only()
        .column(Column::SchoolId)
        .filter(Column::CohortId.eq(cohort))
        .filter(Condition::any().add(Column::LeftOn.is_null()).add(Column::LeftOn.gt(everywhere.on)));
    if let Some(other) = other {
        schools = schools.filter(Column::SchoolId.ne(other));
    }
    let taking_part = membership::Column::SchoolId.in_subquery(schools.into_query());
    let trains = Condition::all()
        .add(membership::Column::Role.eq(Role::Trainer))
        .add(membership::Column::ScopeKind.eq(ScopeKind::Cohort))
        .add(membership::Column::ScopeId.eq(cohort.0));
    staff(everywhere, Condition::any().add(trains).add(leads(Condition::all().add(taking_part))))
}

/// These members of staff.
pub(super) fn colleagues(everywhere: &Scope, condition: Condition) -> SelectStatement {
    let of = person::Entity::within(everywhere).filter(condition);
    rows(of, [at(person::Column::Id), no_student(), no_least(), Expr::val(true)])
}

/// Somebody, whatever they are.
pub(super) fn oneself(everywhere: &Scope, id: PersonId) -> SelectStatement {
    let of = person::Entity::within(everywhere).filter(person::Column::Id.eq(id));
    rows(of, [at(person::Column::Id), no_student(), no_least(), Expr::val(false)])
}

/// Both of them.
pub(in crate::notifications) fn and(mut all: SelectStatement, others: SelectStatement) -> SelectStatement {
    all.union(UnionType::All, others);
    all
}

/// All but these.
pub(in crate::notifications) fn but(
    all: SelectStatement,
    persons: impl IntoIterator<Item = PersonId>,
) -> SelectStatement {
    let persons: Vec<PersonId> = persons.into_iter().collect();
    if persons.is_empty() {
        return all;
    }
    let mut rest = Query::select().from_subquery(all, Alias::new("concerned")).to_owned();
    for column in COLUMNS {
        rest.column(Alias::new(column));
    }
    rest.and_where(Expr::col(Alias::new(COLUMNS[0])).is_not_in(persons));
    rest
}
