//! From an event to the endpoints that are told of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::api_client;
use glans_entity::ids::{ApiClientId, BoardId, SchoolId, WebhookEventId};
use glans_entity::metrics::{webhook_endpoint, webhook_event};
use glans_entity::organisation::board;
use glans_entity::platform::outbox::{self, Column as Event};
use glans_entity::scope::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use strum::IntoEnumIterator;

use super::kinds::{self, WebhookEventKind};
use super::{rules, store};
use crate::app::App;
use crate::call::today;
use crate::identity::clients;
use crate::platform::error::Result;
use crate::platform::outbox::TOPIC;
use crate::platform::rounds::in_vain;

/// Events that are looked up at once, or one of each board where that is more.
const AT_ONCE: usize = 500;
/// Events of other processes are looked for this often.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A try that failed is made again after this long, and each time after twice as long as before.
const PATIENCE: TimeDelta = TimeDelta::seconds(2);
/// But no later than this: so it goes until the event is forgotten (`notifications/retention.rs`).
const MOST_PATIENT: TimeDelta = TimeDelta::hours(1);
/// After so many the wait is the longest.
const DOUBLINGS: u32 = 11;

/// Goes round as long as the process works. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut wakes = app.bus.subscribe(TOPIC);
    loop {
        if let Err(error) = round(&app).await {
            in_vain!(error, "no endpoint was told of what happened, which is tried again");
        }
        // An error means that nothing happened in this process meanwhile.
        let _ = tokio::time::timeout(LOOK_AGAIN, wakes.next()).await;
    }
}

/// Makes the deliveries of all that has happened; of how many events. Each has a transaction of its own, so that one that
/// fails keeps no other waiting.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    let everywhere = Scope::system(today(app.clock.now()));
    let mut told = 0;
    loop {
        let db = app.db.read(&everywhere).await?;
        let waiting = waiting(&db, app.clock.now()).await?;
        drop(db);
        let before = told;
        for seq in waiting {
            match take(app, &everywhere, seq).await {
                Ok(true) => told += 1,
                // Another process has it.
                Ok(false) => {}
                Err(error) => {
                    in_vain!(error, seq, "no endpoint was told of an event, which is tried again");
                    if let Err(error) = put_off(app, &everywhere, seq).await {
                        tracing::error!(?error, seq, "it was not put off either");
                    }
                }
            }
        }
        if told == before {
            return Ok(told);
        }
    }
}

/// Whether the event was there to be told of.
async fn take(app: &App, everywhere: &Scope, seq: i64) -> Result<bool> {
    let (db, now) = (app.db.write(everywhere).await?, app.clock.now());
    let Some(event) = claim(&db, seq, now).await? else { return Ok(false) };
    let told = async {
        tell_of(&db, everywhere, &event, now).await?;
        mark(&db, seq, now).await
    };
    match told.await {
        Ok(()) => db.commit().await?,
        Err(error) => {
            // Whoever puts it off next must not find it locked still.
            db.rollback().await?;
            return Err(error);
        }
    }
    Ok(true)
}

/// The event is tried again later.
async fn put_off(app: &App, everywhere: &Scope, seq: i64) -> Result<()> {
    let (db, now) = (app.db.write(everywhere).await?, app.clock.now());
    let Some(event) = claim(&db, seq, now).await? else { return Ok(()) };
    let attempts = event.hook_attempts.saturating_add(1);
    outbox::Entity::update_many()
        .col_expr(Event::HookAttempts, Expr::value(attempts))
        .col_expr(Event::HookDueAt, Expr::value(now + patience(attempts)))
        .filter(Event::Seq.eq(seq))
        .exec(&db)
        .await?;
    db.commit().await?;
    Ok(())
}

fn patience(attempts: i32) -> TimeDelta {
    let doublings = Ord::min(u32::try_from(attempts - 1).unwrap_or_default(), DOUBLINGS);
    Ord::min(PATIENCE * 2_i32.pow(doublings), MOST_PATIENT)
}

/// Events of which endpoints are still to be told. The kinds stand here as in the index (`outbox_to_hook`), not as values
/// beside: a database takes an index of some rows only where it sees that these are they.
pub fn untold() -> Condition {
    let kinds: Vec<String> = WebhookEventKind::iter().map(|kind| format!("'{}'", kind.name())).collect();
    Condition::all()
        .add(Event::BoardId.is_not_null())
        .add(Event::HookedAt.is_null())
        .add(Expr::cust(format!("kind IN ({})", kinds.join(", "))))
}

/// It is not put off.
fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::any().add(Event::HookDueAt.is_null()).add(Event::HookDueAt.lte(now))
}

/// The events that wait: the oldest of each board before the second one of any. What there is beyond these is not looked
/// at, however much it is.
async fn waiting(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let boards = boards(db, now).await?;
    let each = AT_ONCE.div_ceil(Ord::max(boards.len(), 1)) as u64;
    let mut found: Vec<(usize, i64)> = Vec::new();
    for board in boards {
        for (turn, row) in db.query_all(&first(board, each, now)).await?.iter().enumerate() {
            found.push((turn, row.try_get("", "seq")?));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, seq)| seq).collect())
}

/// The boards of which events wait.
async fn boards(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<BoardId>> {
    let own = Query::select()
        .expr(Expr::val(1))
        .from(outbox::Entity)
        .and_where(Expr::col((outbox::Entity, Event::BoardId)).equals((board::Entity, board::Column::Id)))
        .cond_where(untold())
        .cond_where(is_due(now))
        .to_owned();
    let select = Query::select()
        .column((board::Entity, board::Column::Id))
        .from(board::Entity)
        .and_where(Expr::exists(own))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

/// The first events of a board that wait, at most `most`.
pub fn first(board: BoardId, most: u64, now: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column(Event::Seq)
        .from(outbox::Entity)
        .and_where(Event::BoardId.eq(board))
        .cond_where(untold())
        .cond_where(is_due(now))
        .order_by(Event::Seq, Order::Asc)
        .limit(most)
        .to_owned()
}

/// The event, if it waits and no other process has it.
#[expect(clippy::disallowed_methods, reason = "the outbox is read by the program only")]
async fn claim(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<Option<outbox::Model>> {
    let waiting = outbox::Entity::find().filter(Event::Seq.eq(seq)).filter(untold()).filter(is_due(now));
    Ok(waiting.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(db).await?)
}

async fn mark(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<()> {
    let update = outbox::Entity::update_many().col_expr(Event::HookedAt, Expr::value(now)).filter(Event::Seq.eq(seq));
    update.exec(db).await?;
    Ok(())
}

async fn tell_of(db: &DatabaseTransaction, scope: &Scope, event: &outbox::Model, now: DateTime<Utc>) -> Result<()> {
    let (Some(board), Ok(kind)) = (event.board_id, event.kind.parse::<WebhookEventKind>()) else { return Ok(()) };
    let endpoints = store::hold(db, scope, board).await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let (data, reach) = (kind.data(&event.payload), kind.reach(&event.payload));
    let clients = clients_of(db, scope, &endpoints).await?;
    let wants = |endpoint: &&webhook_endpoint::Model| {
        endpoint.kinds.0.iter().any(|name| name == kind.name())
            && clients
                .get(&endpoint.client_id)
                .is_some_and(|client| client.revoked_at.is_none() && rules::may_know(schools(client).as_deref(), reach))
    };
    let told: Vec<&webhook_endpoint::Model> = endpoints.iter().filter(wants).collect();
    let body = kinds::body(kind.name(), event.at, &data);
    store::tell(db, row(board, body, now), kind.name(), &told, now).await?;
    Ok(())
}

/// A new event.
pub(super) fn row(board_id: BoardId, body: String, created_at: DateTime<Utc>) -> webhook_event::Model {
    webhook_event::Model { id: WebhookEventId::new(), board_id, body, created_at }
}

async fn clients_of(
    db: &DatabaseTransaction,
    scope: &Scope,
    endpoints: &[webhook_endpoint::Model],
) -> Result<HashMap<ApiClientId, api_client::Model>> {
    let ids: Vec<ApiClientId> = endpoints.iter().map(|endpoint| endpoint.client_id).collect();
    let rows = clients::store::by_ids(db, scope, &ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The schools that the client is narrowed to; none: it is not.
fn schools(client: &api_client::Model) -> Option<Vec<SchoolId>> {
    client.school_ids.as_ref().map(|ids| ids.0.iter().filter_map(|id| id.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_fails_is_tried_every_hour_in_the_end() {
        assert_eq!([1, 2, 3].map(patience), [2, 4, 8].map(TimeDelta::seconds));
        assert_eq!([12, 1_000, i32::MAX].map(patience), [MOST_PATIENT; 3]);
    }
}
