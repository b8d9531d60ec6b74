//! Claiming an export that waits, and writing its file under the lease.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ExportId};
use glans_entity::metrics::ExportState::{Failed, Queued, Ready, Running};
use glans_entity::metrics::export::{Column, Entity, Model};
use glans_entity::metrics::export_chunk;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::file::Block;
use super::{rules, store};
use crate::platform::error::Result;

/// What waits, or was left by who did not come back, of boards whose figures are all there. Of the others, what waited for
/// them long enough. Nothing of `passed`.
fn waiting(now: DateTime<Utc>, passed: &[ExportId]) -> Condition {
    let left = Condition::all().add(Column::State.eq(Running)).add(Column::LeasedUntil.lt(now));
    let free = Condition::any().add(Column::State.eq(Queued)).add(left);
    let ripe = Condition::any().add(store::is_whole()).add(Column::CreatedAt.lte(now - rules::PATIENCE));
    Condition::all().add(free).add(ripe).add(Column::Id.is_not_in(passed.iter().copied()))
}

/// Whether there is anything to write, but for `passed`.
pub(super) async fn is_waiting(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
    passed: &[ExportId],
) -> Result<bool> {
    Ok(Entity::within(everywhere).filter(waiting(now, passed)).limit(1).one(db).await?.is_some())
}

/// Takes what waits longest under the lease `lease`, without what somebody wrote of it before. What another process has
/// under its hands is passed over, and so is `passed`.
pub(super) async fn claim(
    db: &DatabaseTransaction,
    lease: Uuid,
    now: DateTime<Utc>,
    passed: &[ExportId],
) -> Result<Option<Model>> {
    let mut first = Query::select();
    first
        .column(Column::Id)
        .from(Entity)
        .cond_where(waiting(now, passed))
        .order_by(Column::CreatedAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(1);
    if db.get_database_backend() == DbBackend::Postgres {
        first.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let claimed = Entity::update_many()
        .col_expr(Column::State, Expr::value(Running.to_value()))
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + rules::LEASE))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.in_subquery(first));
    let claimed = claimed.exec_with_returning(db).await?.pop();
    if let Some(export) = &claimed {
        clear(db, export.id).await?;
    }
    Ok(claimed)
}

async fn clear(db: &DatabaseTransaction, export: ExportId) -> Result<()> {
    export_chunk::Entity::delete_many().filter(export_chunk::Column::ExportId.eq(export)).exec(db).await?;
    Ok(())
}

/// The export, as long as it is under the lease.
fn held(export: ExportId, lease: Uuid) -> Condition {
    Condition::all().add(Column::Id.eq(export)).add(Column::Lease.eq(lease)).add(Column::State.eq(Running))
}

/// Keeps blocks of a file, and the lease for longer. False where another one has taken it: nothing is kept then.
pub(super) async fn keep(
    db: &DatabaseTransaction,
    export: &Model,
    lease: Uuid,
    blocks: Vec<Block>,
    now: DateTime<Utc>,
) -> Result<bool> {
    store::hold_board(db, export.board_id).await?;
    // The row stays locked, so that nobody takes it over before the commit.
    let renewed = Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(now + rules::LEASE))
        .filter(held(export.id, lease));
    if renewed.exec(db).await?.rows_affected == 0 {
        return Ok(false);
    }
    let rows: Vec<_> = blocks
        .into_iter()
        .map(|(position, bytes)| {
            let row = export_chunk::Model { export_id: export.id, position, board_id: export.board_id, bytes };
            row.into_active_model().reset_all()
        })
        .collect();
    if !rows.is_empty() {
        export_chunk::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(true)
}

fn ended(export: ExportId, lease: Uuid) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(held(export, lease))
}

/// It waits again, as if nobody had taken it up.
pub(super) async fn put_back(db: &DatabaseTransaction, export: ExportId, lease: Uuid) -> Result<()> {
    ended(export, lease)
        .col_expr(Column::State, Expr::value(Queued.to_value()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .exec(db)
        .await?;
    Ok(())
}

/// The file is whole: it is there to be fetched.
pub(super) async fn finish(
    db: &DatabaseTransaction,
    export: ExportId,
    lease: Uuid,
    (rows, bytes): (i32, i32),
    now: DateTime<Utc>,
) -> Result<()> {
    ended(export, lease)
        .col_expr(Column::State, Expr::value(Ready.to_value()))
        .col_expr(Column::RowCount, Expr::value(rows))
        .col_expr(Column::ByteLength, Expr::value(bytes))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .exec(db)
        .await?;
    Ok(())
}

/// The figures of the board are withdrawn, by who holds it: what is written of them begins anew, and the time of the files
/// that are there is over.
pub(super) async fn withdraw(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let own = || Entity::update_many().filter(Column::BoardId.eq(board));
    // Also what waits, so that nobody takes it up meanwhile. First of all: what gets ready until then is found below.
    own()
        .col_expr(Column::State, Expr::value(Queued.to_value()))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::State.is_in([Queued, Running]))
        .exec(db)
        .await?;
    let files = own().col_expr(Column::ExpiresAt, Expr::value(now)).filter(Column::ExpiresAt.gt(now));
    files.filter(Column::State.eq(Ready)).exec(db).await?;
    Ok(())
}

/// There will be no file.
pub(super) async fn fail(
    db: &DatabaseTransaction,
    export: ExportId,
    lease: Uuid,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let failed = ended(export, lease)
        .col_expr(Column::State, Expr::value(Failed.to_value()))
        .col_expr(Column::Failure, Expr::value(why))
        .col_expr(Column::FinishedAt, Expr::value(now));
    if failed.exec(db).await?.rows_affected > 0 {
        clear(db, export).await?;
    }
    Ok(())
}
