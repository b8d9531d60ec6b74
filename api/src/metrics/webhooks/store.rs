//! The SQL of endpoints, of what they are told of, and of making deliveries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use glans_entity::ids::{ApiClientId, BoardId, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use glans_entity::metrics::{WebhookState, webhook_delivery, webhook_endpoint, webhook_event};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::kinds;
use super::rules::Closed;
use crate::access::Permit;
use crate::listed;
use crate::platform::error::Result;
use crate::platform::own_id::id_taken;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The endpoint, if it is in sight.
pub(super) async fn by_id(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: WebhookEndpointId,
) -> Result<Option<webhook_endpoint::Model>> {
    Ok(webhook_endpoint::Entity::within(scope).filter(webhook_endpoint::Column::Id.eq(id)).one(db).await?)
}

/// The endpoints in sight with these ids.
pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[WebhookEndpointId],
) -> Result<Vec<webhook_endpoint::Model>> {
    let wanted = webhook_endpoint::Column::Id.is_in(ids.iter().copied());
    Ok(webhook_endpoint::Entity::within(scope).filter(wanted).all(db).await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub(super) async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: WebhookEndpointId,
) -> Result<Option<webhook_endpoint::Model>> {
    let wanted = webhook_endpoint::Column::Id.eq(id);
    Ok(webhook_endpoint::Entity::within(scope).filter(wanted).lock_exclusive().one(db).await?)
}

/// How many endpoints a client has.
pub(super) async fn count(db: &impl ConnectionTrait, scope: &Scope, client: ApiClientId) -> Result<u64> {
    let own = webhook_endpoint::Column::ClientId.eq(client);
    Ok(webhook_endpoint::Entity::within(scope).filter(own).count(db).await?)
}

const OLDEST_FIRST: By<webhook_endpoint::Entity, DateTime<Utc>> = Order {
    name: "webhookEndpoint.time",
    columns: (webhook_endpoint::Column::CreatedAt, webhook_endpoint::Column::Id),
    key: |row: &webhook_endpoint::Model| (row.created_at, row.id.0),
    descending: false,
};

listed!(webhook_endpoint::Model, OLDEST_FIRST);

/// One page of the endpoints of a board, oldest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    args: &PageArgs,
) -> Result<Rows<webhook_endpoint::Model>> {
    use webhook_endpoint::Column;
    page::rows(db, webhook_endpoint::Entity::within(scope).filter(Column::BoardId.eq(board)), &OLDEST_FIRST, args).await
}

const LATEST_FIRST: By<webhook_delivery::Entity, DateTime<Utc>> = Order {
    name: "webhookDelivery.time",
    columns: (webhook_delivery::Column::CreatedAt, webhook_delivery::Column::Id),
    key: |row: &webhook_delivery::Model| (row.created_at, row.id.0),
    descending: true,
};

listed!(webhook_delivery::Model, LATEST_FIRST);

/// One page of the deliveries to an endpoint, in that state where one is given, the latest first.
pub(super) async fn deliveries(
    db: &impl ConnectionTrait,
    scope: &Scope,
    endpoint: WebhookEndpointId,
    state: Option<WebhookState>,
    args: &PageArgs,
) -> Result<Rows<webhook_delivery::Model>> {
    use webhook_delivery::Column;
    let mut select = webhook_delivery::Entity::within(scope).filter(Column::EndpointId.eq(endpoint));
    if let Some(state) = state {
        select = select.filter(Column::State.eq(state));
    }
    page::rows(db, select, &LATEST_FIRST, args).await
}

/// The deliveries in sight with these ids.
pub(super) async fn deliveries_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[WebhookDeliveryId],
) -> Result<Vec<webhook_delivery::Model>> {
    let wanted = webhook_delivery::Column::Id.is_in(ids.iter().copied());
    Ok(webhook_delivery::Entity::within(scope).filter(wanted).all(db).await?)
}

/// The delivery, if it is in sight.
pub(super) async fn delivery(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: WebhookDeliveryId,
) -> Result<Option<webhook_delivery::Model>> {
    Ok(deliveries_by_ids(db, scope, &[id]).await?.pop())
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: webhook_endpoint::Model,
) -> Result<webhook_endpoint::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(id_taken)
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: webhook_endpoint::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<webhook_endpoint::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Takes an endpoint away, with its deliveries.
pub(super) async fn delete(db: &impl ConnectionTrait, _permit: &Permit, id: WebhookEndpointId) -> Result<()> {
    webhook_endpoint::Entity::delete_many().filter(webhook_endpoint::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Since when nothing reaches the endpoint; none: it was reached.
pub(super) async fn set_failing(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: WebhookEndpointId,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    use webhook_endpoint::Column;
    let update = webhook_endpoint::Entity::update_many().col_expr(Column::FailingSince, Expr::value(since));
    update.filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// What waits for the endpoint, or is on its way, is given up.
pub(super) async fn give_up(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    endpoint: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<()> {
    use webhook_delivery::Column;
    webhook_delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(WebhookState::Failed.to_value()))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Failure, Expr::value(Closed::Disabled.why()))
        .filter(Column::EndpointId.eq(endpoint))
        .filter(Column::State.is_in([WebhookState::Queued, WebhookState::Sending]))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether a test of the endpoint has not come to its end.
pub(super) async fn is_tested(db: &impl ConnectionTrait, scope: &Scope, endpoint: WebhookEndpointId) -> Result<bool> {
    use webhook_delivery::Column;
    let unfinished = webhook_delivery::Entity::within(scope)
        .filter(Column::EndpointId.eq(endpoint))
        .filter(Column::Kind.eq(kinds::TEST))
        .filter(Column::State.is_in([WebhookState::Queued, WebhookState::Sending]));
    Ok(unfinished.limit(1).one(db).await?.is_some())
}

/// A delivery is as new; it is as it is then.
pub(super) async fn replay(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: webhook_delivery::Model,
    now: DateTime<Utc>,
) -> Result<webhook_delivery::Model> {
    let mut row = row.into_active_model();
    row.state = Set(WebhookState::Queued);
    (row.attempts, row.due_at) = (Set(0), Set(now));
    (row.finished_at, row.failure) = (Set(None), Set(None));
    Ok(row.update(db).await?)
}

/// The endpoints of the board; none of them is disabled until the transaction ends.
pub(super) async fn hold(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
) -> Result<Vec<webhook_endpoint::Model>> {
    let own = webhook_endpoint::Column::BoardId.eq(board);
    Ok(webhook_endpoint::Entity::within(scope).filter(own).lock_shared().all(db).await?)
}

/// Tells `endpoints` of something: one event, and a delivery to each. To one that is disabled it failed from the start.
pub(super) async fn tell(
    db: &impl ConnectionTrait,
    event: webhook_event::Model,
    kind: &str,
    endpoints: &[&webhook_endpoint::Model],
    now: DateTime<Utc>,
) -> Result<Vec<webhook_delivery::Model>> {
    let delivery = |endpoint: &&webhook_endpoint::Model| {
        let is_disabled = endpoint.disabled_at.is_some();
        webhook_delivery::Model {
            id: WebhookDeliveryId::new(),
            board_id: event.board_id,
            endpoint_id: endpoint.id,
            event_id: event.id,
            kind: kind.to_owned(),
            state: if is_disabled { WebhookState::Failed } else { WebhookState::Queued },
            attempts: 0,
            due_at: now,
            lease: None,
            leased_until: None,
            last_status: None,
            failure: is_disabled.then(|| Closed::Disabled.why().to_owned()),
            attempted_at: None,
            finished_at: is_disabled.then_some(now),
            created_at: now,
        }
    };
    let rows: Vec<webhook_delivery::Model> = endpoints.iter().map(delivery).collect();
    if !rows.is_empty() {
        webhook_event::Entity::insert(event.into_active_model().reset_all()).exec_without_returning(db).await?;
        let new = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        webhook_delivery::Entity::insert_many(new).exec_without_returning(db).await?;
    }
    Ok(rows)
}

/// What is sent of these events.
pub(super) async fn bodies(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: impl IntoIterator<Item = WebhookEventId>,
) -> Result<HashMap<WebhookEventId, String>> {
    let rows = webhook_event::Entity::within(scope).filter(webhook_event::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.body)).collect())
}

/// Forgets what became of deliveries that ended before `before`, and the events that no delivery is of; how many
/// deliveries.
pub async fn prune(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    use webhook_delivery::Column;
    let old = webhook_delivery::Entity::delete_many().filter(Column::FinishedAt.lt(before));
    let gone = old.exec(db).await?.rows_affected;
    let carried = Query::select().column(Column::EventId).from(webhook_delivery::Entity).to_owned();
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::CreatedAt.lt(before))
        .filter(webhook_event::Column::Id.not_in_subquery(carried))
        .exec(db)
        .await?;
    Ok(gone)
}
