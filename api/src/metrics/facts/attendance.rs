//! Attendance: who of the team came.
//!
//! `TEAM_ATTENDANCE`: of a team session that was held, the staff who were to come as its first record settled, and
//! those of them who were present. Who caught up later was not. The day is that of the session, and it counts from its
//! first record on. What the record is corrected to counts in its place, but of who was erased since.

use glans_entity::ids::TeamSessionId;
use glans_entity::metrics::Metric;
use glans_entity::practice::{AttendanceStatus, OccasionStatus, attendance, team_session};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
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
    let is_new = known::is_new(&[Metric::TeamAttendance], Expr::col((team_session::Entity, Column::Id)));
    let next = held(rec).filter(is_new).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
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
    let about = About {
        metric: Metric::TeamAttendance,
        item: row.id.0,
        day: today(row.starts_at),
        counts_at: row.recorded_at.unwrap_or(row.ends_at),
    };
    rec.of_schools(about, came(row)).await
}

/// A row per person who was to come.
fn came(row: &team_session::Model) -> SelectStatement {
    use attendance::Column;
    let own = |column: Column| Expr::col((attendance::Entity, column));
    let is_present = own(Column::Status).eq(AttendanceStatus::Present.to_value());
    Query::select()
        .expr_as(own(Column::PersonId), Alias::new("subject_id"))
        .expr_as(Expr::val(row.school_id), Alias::new("school_id"))
        .expr_as(addressed::flag(is_present), Alias::new("numerator"))
        .expr_as(Expr::val(1), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from(attendance::Entity)
        .and_where(own(Column::TeamSessionId).eq(row.id))
        .and_where(own(Column::Expected).eq(true))
        .to_owned()
}
