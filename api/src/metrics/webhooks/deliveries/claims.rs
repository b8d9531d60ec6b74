//! Claiming what is due, and saying what became of it.

use chrono::{DateTime, Utc};
use glans_entity::ids::{WebhookDeliveryId, WebhookEndpointId};
use glans_entity::metrics::WebhookState::{self, Queued, Sending};
use glans_entity::metrics::webhook_delivery::{self, Column};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use super::LEASE;
use super::rules::Outcome;
use crate::metrics::webhooks::store::DISABLED;
use crate::platform::error::Result;

/// The endpoints for which something is due.
pub(super) async fn endpoints(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<WebhookEndpointId>> {
    let select = Query::select()
        .distinct()
        .column(Column::EndpointId)
        .from(webhook_delivery::Entity)
        .and_where(Column::State.eq(Queued))
        .and_where(Column::DueAt.lte(now))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "endpoint_id")).collect::<Result<_, _>>()?)
}

/// Takes up to `most` due deliveries to an endpoint, those that wait longest first, under the lease `lease`. What another
/// process has under its hands is passed over.
pub(super) async fn claim(
    db: &DatabaseTransaction,
    endpoint: WebhookEndpointId,
    most: u64,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<webhook_delivery::Model>> {
    let mut due = Query::select();
    due.column(Column::Id)
        .from(webhook_delivery::Entity)
        .and_where(Column::State.eq(Queued))
        .and_where(Column::DueAt.lte(now))
        .and_where(Column::EndpointId.eq(endpoint))
        .order_by(Column::DueAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(most);
    if db.get_database_backend() == DbBackend::Postgres {
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let claimed = webhook_delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(Sending.to_value()))
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASE))
        .col_expr(Column::AttemptedAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.in_subquery(due));
    Ok(claimed.exec_with_returning(db).await?)
}

/// Gives back what was claimed by who did not come back. How much that was.
pub(super) async fn give_back_overdue(db: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64> {
    let overdue = Condition::all().add(Column::State.eq(Sending)).add(Column::LeasedUntil.lt(now));
    let given_back = released(Queued).col_expr(Column::DueAt, Expr::value(now)).filter(overdue);
    Ok(given_back.exec(db).await?.rows_affected)
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
        Outcome::Stopped => (None, Some(DISABLED)),
    };
    let update = match outcome {
        Outcome::Again { at, .. } => released(Queued).col_expr(Column::DueAt, Expr::value(*at)),
        Outcome::Delivered { .. } => released(WebhookState::Delivered).col_expr(Column::FinishedAt, Expr::value(now)),
        _ => released(WebhookState::Failed).col_expr(Column::FinishedAt, Expr::value(now)),
    };
    update
        .col_expr(Column::LastStatus, Expr::value(status.map(i32::from)))
        .col_expr(Column::Failure, Expr::value(why.map(str::to_owned)))
        .filter(Column::Id.eq(id))
        .filter(Column::Lease.eq(lease))
        .filter(Column::State.eq(Sending))
        .exec(db)
        .await?;
    Ok(())
}
