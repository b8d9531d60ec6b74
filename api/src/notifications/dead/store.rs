//! The SQL of what was given up.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{BoardId, DeliveryId};
use glans_entity::notifications::DeliveryState::{Dead, Queued};
use glans_entity::notifications::delivery::{Column, Entity, Model};
use glans_entity::platform::outbox;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{CaseStatement, Expr, SimpleExpr};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::notifications::deliveries::LEASE;
use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// Rows that are listed at most.
const MOST: u64 = 1000;
/// How long something is of use that is tried again, unless it is over before.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Events that nobody could be told of.
#[expect(clippy::disallowed_methods, reason = "the outbox is read by the program only")]
pub(super) async fn events(db: &impl ConnectionTrait) -> Result<Vec<outbox::Model>> {
    let dead = outbox::Entity::find().filter(outbox::Column::DeadAt.is_not_null());
    Ok(dead.order_by_asc(outbox::Column::Seq).limit(MOST).all(db).await?)
}

/// Deliveries that were given up.
pub(super) async fn deliveries(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Model>> {
    let dead = Entity::within(scope).filter(Column::State.eq(Dead));
    Ok(dead.order_by_asc(Column::FinishedAt).order_by_asc(Column::Id).limit(MOST).all(db).await?)
}

/// The deliveries of these ids that are in sight and were given up.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[DeliveryId]) -> Result<Vec<Model>> {
    let dead = Entity::within(scope).filter(Column::State.eq(Dead));
    Ok(dead.filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// One page of the deliveries of a board that were given up, the last one first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let order = Order {
        name: "dead.time",
        columns: (Column::FinishedAt, Column::Id),
        key: |row: &Model| (row.finished_at.unwrap_or_default(), row.id.0),
        descending: true,
    };
    let dead = Entity::within(scope).filter(Column::State.eq(Dead)).filter(Column::BoardId.eq(board));
    page::rows(db, dead, &order, args).await
}

/// The events that were given up are new again; how many.
pub(super) async fn replay_events(db: &DatabaseTransaction) -> Result<u64> {
    use outbox::Column as Event;
    let again = outbox::Entity::update_many()
        .col_expr(Event::DeadAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Event::DueAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Event::Attempts, Expr::value(0))
        .filter(Event::DeadAt.is_not_null());
    Ok(again.exec(db).await?.rows_affected)
}

/// The deliveries that were given up, of these ids where any are named, are new again; how many.
pub(super) async fn replay(
    db: &DatabaseTransaction,
    scope: &Scope,
    ids: Option<&[DeliveryId]>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let until = now + LIFETIME;
    let until =
        CaseStatement::new().case(Column::OverAt.lt(until), Expr::col(Column::OverAt)).finally(Expr::value(until));
    // A digest may have arrived: as one that was tried it leaves nothing to another one.
    let attempts = CaseStatement::new().case(Column::DigestUntil.is_not_null(), 1).finally(0);
    // A later digest may be under way that saw nothing of this one: it is settled before, or given back.
    let due_at = CaseStatement::new()
        .case(Column::DigestUntil.is_not_null(), Expr::value(now + LEASE))
        .finally(Expr::value(now));
    let mut again = Entity::update_many()
        .col_expr(Column::State, Expr::value(Queued.to_value()))
        .col_expr(Column::Attempts, SimpleExpr::Case(Box::new(attempts)))
        .col_expr(Column::CutOff, Expr::value(0))
        .col_expr(Column::DueAt, SimpleExpr::Case(Box::new(due_at)))
        .col_expr(Column::ExpiresAt, SimpleExpr::Case(Box::new(until)))
        .col_expr(Column::FinishedAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::State.eq(Dead));
    if !scope.system {
        again = again.filter(Entity::visible(scope));
    }
    if let Some(ids) = ids {
        again = again.filter(Column::Id.is_in(ids.iter().copied()));
    }
    Ok(again.exec(db).await?.rows_affected)
}
