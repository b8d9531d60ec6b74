//! Materials: who of the team had prepared the lesson.
//!
//! `CONTENT_USE`: of a team session that was held, the staff who were to come as its first record settled, and those of
//! them whose account had completed every material of the lesson for teachers or for everyone when the session began. A
//! lesson without such a material counts for nobody. The day is that of the session, and it counts from the beginning
//! of the session on. It is written down with the first record, and stays.

use glans_entity::ids::{LessonId, TeamSessionId};
use glans_entity::metrics::Metric;
use glans_entity::people::person;
use glans_entity::practice::{OccasionStatus, attendance, team_session};
use glans_entity::programme::{Audience, MaterialState, material, material_state};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    if event.kind != "team_session.recorded" {
        return Ok(());
    }
    let row = held(rec).filter(team_session::Column::Id.eq(event.id::<TeamSessionId>()?)).one(rec.db).await?;
    match row {
        Some(row) => write(rec, &row).await,
        None => Ok(()),
    }
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use team_session::Column;
    let next = held(rec).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

fn held(rec: &Recorder<'_>) -> Select<team_session::Entity> {
    use team_session::Column;
    team_session::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Status.eq(OccasionStatus::Held))
}

async fn write(rec: &Recorder<'_>, row: &team_session::Model) -> Result<()> {
    let metric = Metric::ContentUse;
    let about = About { metric, item: row.id.0, day: today(row.starts_at), counts_at: row.starts_at };
    let first = wanted(row.lesson_id).limit(1).to_owned();
    if known::is_known(rec, &[metric], about.item).await? || rec.db.query_one(&first).await?.is_none() {
        return Ok(());
    }
    rec.of_schools(about, prepared(row)).await
}

/// The materials that the team is to have completed.
fn wanted(lesson: LessonId) -> SelectStatement {
    use material::Column;
    let own = |column: Column| Expr::col((material::Entity, column));
    let for_teams = [Audience::Teacher, Audience::Everyone].map(|audience| audience.to_value());
    Query::select()
        .expr(Expr::val(1))
        .from(material::Entity)
        .and_where(own(Column::LessonId).eq(lesson))
        .and_where(own(Column::Audience).is_in(for_teams))
        .to_owned()
}

/// A row per person who was to come; who lacks no material counts.
fn prepared(row: &team_session::Model) -> SelectStatement {
    use attendance::Column;
    use material_state::Column as State;
    let own = |column: Column| Expr::col((attendance::Entity, column));
    let state = |column: State| Expr::col((material_state::Entity, column));
    let completed = Query::select()
        .expr(Expr::val(1))
        .from(material_state::Entity)
        .and_where(state(State::MaterialId).equals((material::Entity, material::Column::Id)))
        .and_where(state(State::AccountId).equals((person::Entity, person::Column::AccountId)))
        .and_where(state(State::State).eq(MaterialState::Completed.to_value()))
        .and_where(state(State::UpdatedAt).lte(row.starts_at))
        .to_owned();
    let lacking = wanted(row.lesson_id).and_where(Expr::not_exists(completed)).to_owned();
    Query::select()
        .expr_as(own(Column::PersonId), Alias::new("subject_id"))
        .expr_as(Expr::val(row.school_id), Alias::new("school_id"))
        .expr_as(addressed::flag(Expr::not_exists(lacking)), Alias::new("numerator"))
        .expr_as(Expr::val(1), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from(attendance::Entity)
        .inner_join(person::Entity, own(Column::PersonId).equals((person::Entity, person::Column::Id)))
        .and_where(own(Column::TeamSessionId).eq(row.id))
        .and_where(own(Column::Expected).eq(true))
        .to_owned()
}
