//! The SQL of the log.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, MetricQueryId};
use glans_entity::metrics::query::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// Lines in one statement: twelve values each, of the 32,766 that SQLite takes.
const ROWS: usize = 1_000;

/// Those that are there already, because nobody heard that they were written, are left as they are.
pub(super) async fn add(app: &App, lines: &[Model]) -> Result<()> {
    let known = OnConflict::column(Column::Id).do_nothing().to_owned();
    let db = app.db.write(&Scope::system(today(app.clock.now()))).await?;
    for part in lines.chunks(ROWS) {
        let rows = part.iter().map(|row| row.clone().into_active_model());
        Entity::insert_many(rows).on_conflict(known.clone()).exec_without_returning(&db).await?;
    }
    db.commit().await?;
    Ok(())
}

/// The lines in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[MetricQueryId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// One page of the log of a board, the last line first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let order = Order {
        name: "metricQuery.time",
        columns: (Column::AskedAt, Column::Id),
        key: |row: &Model| (row.asked_at, row.id.0),
        descending: true,
    };
    page::rows(db, Entity::within(scope).filter(Column::BoardId.eq(board)), &order, args).await
}

/// Removes lines that were written before `until`; returns how many.
pub async fn prune(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::AskedAt.lt(until)).exec(db).await?.rows_affected)
}
