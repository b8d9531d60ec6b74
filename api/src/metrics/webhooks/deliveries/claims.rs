//! Claiming what is due, and saying what became of it.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, WebhookDeliveryId, WebhookEndpointId};
use glans_entity::metrics::WebhookState::{self, Delivered, Failed, Queued, Sending};
use glans_entity::metrics::webhook_delivery::{self, Column};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::LEASE;
use super::rules::{Outcome, TRIES};
use crate::platform::alone;
use crate::platform::error::Result;

/// What is due to endpoints to which nothing is under way.
fn waiting(now: DateTime<Utc>) -> SelectStatement {
    let busy = Query::select()
        .column(Column::EndpointId)
        .from(webhook_delivery::Entity)
        .and_where(Column::State.eq(Sending))
        .to_owned();
    Query::select()
        .from(webhook_delivery::Entity)
        .and_where(Column::State.eq(Queued))
        .and_where(Column::DueAt.lte(now))
        .and_where(Column::EndpointId.not_in_subquery(busy))
        .to_owned()
}

/// The boards for which something is due.
pub(super) async fn boards(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<BoardId>> {
    let mut select = waiting(now);
    select.distinct().column(Column::BoardId);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "board_id")).collect::<Result<_, _>>()?)
}

/// The endpoint of the board that waits longest.
async fn next(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<Option<WebhookEndpointId>> {
    let mut first = waiting(now);
    first
        .column(Column::EndpointId)
        .and_where(Column::BoardId.eq(board))
        .order_by(Column::DueAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(1);
    Ok(db.query_one(&first).await?.map(|row| row.try_get("", "endpoint_id")).transpose()?)
}

/// Takes up to `most` due deliveries to one endpoint of the board, those that wait longest first, under the lease
/// `lease`. What another process has under its hands is passed over. They are told as they were found, with the try that
/// begins counted and its lease: `attempted_at` is of the try before.
pub(super) async fn claim(
    db: &DatabaseTransaction,
    board: BoardId,
    most: u64,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<webhook_delivery::Model>> {
    // Who comes second sees to which endpoint the first one sends.
    alone::wait(db, &format!("metrics.webhooks.{board}")).await?;
    let Some(endpoint) = next(db, board, now).await? else { return Ok(Vec::new()) };
    let due = webhook_delivery::Entity::within(&Scope::system(NaiveDate::MIN))
        .filter(Column::State.eq(Queued))
        .filter(Column::DueAt.lte(now))
        .filter(Column::EndpointId.eq(endpoint))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let mut rows = due.all(db).await?;
    webhook_delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(Sending.to_value()))
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASE))
        .col_expr(Column::AttemptedAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(db)
        .await?;
    for row in &mut rows {
        row.attempts += 1;
        row.leased_until = Some(now + LEASE);
    }
    Ok(rows)
}

/// Why a delivery failed of which nobody knows whether it arrived.
const CUT_OFF: &str = "the server stopped in the middle of the last try";

/// Gives back what was claimed by who did not come back; what had its last try is given up. How much that was.
pub(super) async fn give_back_overdue(db: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64> {
    let overdue = || Condition::all().add(Column::State.eq(Sending)).add(Column::LeasedUntil.lt(now));
    let given_up = released(Failed)
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::LastStatus, Expr::value(None::<i32>))
        .col_expr(Column::Failure, Expr::value(CUT_OFF))
        .filter(overdue().add(Column::Attempts.gte(TRIES)));
    let given_up = given_up.exec(db).await?.rows_affected;
    let given_back = released(Queued).col_expr(Column::DueAt, Expr::value(now)).filter(overdue());
    Ok(given_up + given_back.exec(db).await?.rows_affected)
}

fn released(state: WebhookState) -> sea_orm::UpdateMany<webhook_delivery::Entity> {
    webhook_delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.to_value()))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
}

/// Writes what became of a claimed delivery, if the lease still holds.
pub(super) async fn finish(
    db: &DatabaseTransaction,
    id: WebhookDeliveryId,
    outcome: &Outcome,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let (status, why) = match outcome {
        Outcome::Delivered { status } => (Some(*status), None),
        Outcome::Failed { status, why } | Outcome::Again { status, why, .. } => (*status, Some(why.as_str())),
        Outcome::Gone => (Some(410), Some("answered 410")),
        Outcome::Stopped(closed) => (None, Some(closed.why())),
        Outcome::Late { tried_at } => return give_back(db, id, *tried_at, lease, now).await,
    };
    let update = match outcome {
        Outcome::Again { at, .. } => released(Queued).col_expr(Column::DueAt, Expr::value(*at)),
        Outcome::Delivered { .. } => released(Delivered).col_expr(Column::FinishedAt, Expr::value(now)),
        _ => released(Failed).col_expr(Column::FinishedAt, Expr::value(now)),
    };
    update
        .col_expr(Column::LastStatus, Expr::value(status.map(i32::from)))
        .col_expr(Column::Failure, Expr::value(why.map(str::to_owned)))
        .filter(held(id, lease))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes a delivery due again that was claimed and not tried. What its last try came to stands, and when that was.
async fn give_back(
    db: &DatabaseTransaction,
    id: WebhookDeliveryId,
    tried_at: Option<DateTime<Utc>>,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    released(Queued)
        .col_expr(Column::DueAt, Expr::value(now))
        .col_expr(Column::AttemptedAt, Expr::value(tried_at))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .filter(held(id, lease))
        .exec(db)
        .await?;
    Ok(())
}

/// The delivery, as long as it is under the lease.
fn held(id: WebhookDeliveryId, lease: Uuid) -> Condition {
    Condition::all().add(Column::Id.eq(id)).add(Column::Lease.eq(lease)).add(Column::State.eq(Sending))
}
