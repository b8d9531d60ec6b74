//! The SQL of threads whose staff has gone.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{thread, thread_participant};
use glans_entity::ids::{PersonId, SchoolId, ThreadId};
use glans_entity::people::{Role, ScopeKind, enrolment, guardianship, membership, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::people::rights::covers;
use crate::platform::error::Result;

/// Open threads in which a guardian waits for an answer, of a child who is at the school still, and none of whose staff leads
/// that school or teaches the child on the day.
pub async fn left_alone(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<ThreadId>> {
    use thread::Column;
    let everywhere = Scope::system(today);
    let mut threads = thread::Entity::within(&everywhere)
        .select_only()
        .column(Column::Id)
        .filter(Column::AwaitsSince.is_not_null())
        .filter(Column::ClosedAt.is_null())
        .filter(Expr::exists(at_the_school(today)))
        .filter(Expr::not_exists(staff_of_today(today)));
    if let Some(since) = since {
        let roles = membership::Entity::within(&everywhere)
            .select_only()
            .column(membership::Column::SchoolId)
            .filter(membership::Column::SchoolId.is_not_null())
            .filter(membership::Column::UpdatedAt.gte(since));
        let groups = enrolment::Entity::within(&everywhere)
            .select_only()
            .column(enrolment::Column::StudentId)
            .filter(enrolment::Column::UpdatedAt.gte(since));
        let written = Condition::any()
            .add(Column::SchoolId.in_subquery(roles.into_query()))
            .add(Column::StudentId.in_subquery(groups.into_query()));
        threads = threads.filter(written);
    }
    Ok(threads.order_by_asc(Column::Id).into_tuple().all(db).await?)
}

fn column(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

/// The child of the thread around it, as long as it goes to its school.
fn at_the_school(today: NaiveDate) -> SelectStatement {
    use student::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(student::Entity)
        .and_where(column(Column::Id).eq(column(thread::Column::StudentId)))
        .and_where(column(Column::SchoolId).eq(column(thread::Column::SchoolId)))
        .cond_where(Condition::any().add(Column::LeftOn.is_null()).add(Column::LeftOn.gte(today)))
        .to_owned()
}

/// Staff of the thread around it who leads its school or teaches the child on the day, and is no family of it.
fn staff_of_today(today: NaiveDate) -> SelectStatement {
    use enrolment::Column as Enrolment;
    use membership::Column;
    use thread_participant::Column as Part;
    let groups = Query::select()
        .column(Enrolment::ClassGroupId)
        .from(enrolment::Entity)
        .and_where(column(Enrolment::StudentId).eq(column(thread::Column::StudentId)))
        .cond_where(covers(Enrolment::StartsOn, Enrolment::EndsOn, today))
        .to_owned();
    let family = Query::select()
        .expr(Expr::val(1))
        .from(guardianship::Entity)
        .and_where(column(guardianship::Column::StudentId).eq(column(Part::StudentId)))
        .and_where(column(guardianship::Column::GuardianId).eq(column(Part::PersonId)))
        .to_owned();
    let leads = Condition::all()
        .add(Column::Role.eq(Role::SchoolLeader))
        .add(column(Column::ScopeId).eq(column(thread::Column::SchoolId)));
    let teaches = Condition::all()
        .add(Column::Role.eq(Role::Teacher))
        .add(Column::ScopeKind.eq(ScopeKind::ClassGroup))
        .add(Column::ScopeId.in_subquery(groups));
    Query::select()
        .expr(Expr::val(1))
        .from(thread_participant::Entity)
        .inner_join(membership::Entity, column(Column::PersonId).eq(column(Part::PersonId)))
        .and_where(column(Part::ThreadId).eq(column(thread::Column::Id)))
        .and_where(Part::IsStaff.eq(true))
        .and_where(Expr::not_exists(family))
        .and_where(Column::EndedAt.is_null())
        .cond_where(covers(Column::StartsOn, Column::EndsOn, today))
        .cond_where(Condition::any().add(leads).add(teaches))
        .to_owned()
}

/// Whether one of `persons` leads or led the school.
pub async fn have_led(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    school: SchoolId,
    persons: &[PersonId],
) -> Result<bool> {
    use membership::Column;
    let led = membership::Entity::within(everywhere)
        .filter(Column::Role.eq(Role::SchoolLeader))
        .filter(Column::ScopeId.eq(school.0))
        .filter(Column::PersonId.is_in(persons.iter().copied()));
    Ok(led.one(db).await?.is_some())
}
