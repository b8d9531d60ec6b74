//! Who teaches and who is taught where slots are given, and what a booking must know of them.

use chrono::NaiveDate;
use glans_entity::engagement::partnership;
use glans_entity::ids::{ClassGroupId, PersonId, SchoolYearId, StudentId};
use glans_entity::people::{Role, ScopeKind, enrolment, membership, person, student};
use glans_entity::scope::booking::students_of_confidants;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::people::rights::covers;
use crate::platform::error::Result;

/// Who teaches these groups on the day, or will: the teacher and the group.
pub async fn teachers(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    groups: &[ClassGroupId],
) -> Result<Vec<(PersonId, ClassGroupId)>> {
    use membership::Column;
    let rows: Vec<(PersonId, uuid::Uuid)> = membership::Entity::within(&Scope::system(on))
        .select_only()
        .columns([Column::PersonId, Column::ScopeId])
        .filter(Column::Role.eq(Role::Teacher))
        .filter(Column::ScopeKind.eq(ScopeKind::ClassGroup))
        .filter(Column::ScopeId.is_in(groups.iter().map(|group| group.0)))
        .filter(Column::EndedAt.is_null())
        .filter(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(teacher, group)| (teacher, ClassGroupId(group))).collect())
}

/// The children who are in these groups on the day, each with its group: those in sight, by id; `only` these, if they are
/// named.
pub async fn children_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    groups: &[ClassGroupId],
    only: Option<&[StudentId]>,
) -> Result<Vec<(StudentId, ClassGroupId)>> {
    let here = student::Entity::within(scope)
        .select_only()
        .column(student::Column::Id)
        .filter(student::Column::ErasedAt.is_null())
        .filter(student::Column::LeftOn.is_null().or(student::Column::LeftOn.gte(scope.on)));
    let mut rows = enrolment::Entity::within(scope)
        .select_only()
        .columns([enrolment::Column::StudentId, enrolment::Column::ClassGroupId])
        .filter(enrolment::Column::ClassGroupId.is_in(groups.iter().copied()))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on))
        .filter(enrolment::Column::StudentId.in_subquery(here.into_query()))
        .order_by_asc(enrolment::Column::StudentId);
    if let Some(only) = only {
        rows = rows.filter(enrolment::Column::StudentId.is_in(only.iter().copied()));
    }
    Ok(rows.into_tuple().all(db).await?)
}

/// Those of `students` of whom the viewer has everything as a member of staff, by name.
pub async fn in_confidence(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<student::Model>> {
    let rows = student::Entity::within(scope)
        .filter(student::Column::Id.is_in(students.iter().copied()))
        .filter(students_of_confidants(scope));
    Ok(rows.order_by_asc(student::Column::DisplayName).order_by_asc(student::Column::Id).all(db).await?)
}

/// The partnerships of these children in these years.
pub async fn partnerships(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    students: &[StudentId],
    years: &[SchoolYearId],
) -> Result<Vec<partnership::Model>> {
    let rows = partnership::Entity::within(&Scope::system(on))
        .filter(partnership::Column::StudentId.is_in(students.iter().copied()))
        .filter(partnership::Column::SchoolYearId.is_in(years.iter().copied()));
    Ok(rows.all(db).await?)
}

/// Whether one of them needs an interpreter.
pub async fn needs_interpreter(db: &impl ConnectionTrait, on: NaiveDate, persons: &[PersonId]) -> Result<bool> {
    let needing = person::Entity::within(&Scope::system(on))
        .filter(person::Column::Id.is_in(persons.iter().copied()))
        .filter(person::Column::InterpreterNeeded.eq(true));
    Ok(needing.count(db).await? > 0)
}
