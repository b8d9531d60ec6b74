//! Claiming what is due, and saying what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, DeliveryId, DeviceId};
use glans_entity::notifications::DeliveryState::{Queued, Sending};
use glans_entity::notifications::delivery::{self, Column};
use glans_entity::notifications::{DeliveryState, device, notification};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use super::LEASE;
use super::rules::{BESIDE_OTHERS, Kind, Outcome, TOGETHER};
use crate::platform::error::Result;

/// Deliveries of one kind for one board, in the order in which they go out; none for what belongs to no board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    pub(super) kind: Kind,
    pub(super) board: Option<BoardId>,
}

/// Where something is due.
pub(super) async fn queues(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Queue>> {
    let select = Query::select()
        .distinct()
        .columns([Column::BoardId, Column::Lane])
        .from(delivery::Entity)
        .and_where(Column::State.eq(Queued))
        .and_where(Column::DueAt.lte(now))
        .to_owned();
    let mut queues = Vec::new();
    for row in db.query_all(&select).await? {
        let queue = Queue { kind: Kind::of(row.try_get("", "lane")?), board: row.try_get("", "board_id")? };
        if !queues.contains(&queue) {
            queues.push(queue);
        }
    }
    Ok(queues)
}

fn of_queue(queue: Queue) -> Condition {
    let (first, last) = queue.kind.lanes();
    Condition::all()
        .add(queue.board.map_or_else(|| Column::BoardId.is_null(), |board| Column::BoardId.eq(board)))
        .add(Column::Lane.between(first, last))
}

/// Why a delivery is due again that was given back.
const CUT_OFF: &str = "CUT_OFF";

/// Takes up to `most` due deliveries of a queue, those of the first lane that wait longest first, under the lease
/// `lease`. What another process has under its hands is passed over. One that was cut off again and again is taken by
/// itself when its turn comes, and passed over until then; one that was cut off even so, only while no other such one is
/// under way, in whatever queue. Two processes that look at the same moment may take one each: neither ends the other.
pub(super) async fn claim(
    db: &DatabaseTransaction,
    queue: Queue,
    most: u64,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<delivery::Model>> {
    let mut first = due(db, queue, now);
    first.column(Column::CutOff).limit(1);
    let Some(first) = db.query_one(&first).await? else { return Ok(Vec::new()) };
    let mut batch = due(db, queue, now);
    batch.column(Column::Id);
    match first.try_get::<i32>("", "cut_off")? {
        BESIDE_OTHERS.. if !is_one_tried(db, now).await? => {
            batch.and_where(Column::CutOff.gte(BESIDE_OTHERS)).limit(1);
        }
        TOGETHER..BESIDE_OTHERS => {
            batch.and_where(Column::CutOff.between(TOGETHER, BESIDE_OTHERS - 1)).limit(1);
        }
        _ => {
            batch.and_where(Column::CutOff.lt(TOGETHER)).limit(most);
        }
    }
    let claimed = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(Sending.to_value()))
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASE))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.in_subquery(batch));
    Ok(claimed.exec_with_returning(db).await?)
}

/// Whether one that was cut off by itself too is under somebody's hands.
async fn is_one_tried(db: &DatabaseTransaction, now: DateTime<Utc>) -> Result<bool> {
    let tried = Query::select()
        .column(Column::Id)
        .from(delivery::Entity)
        .and_where(Column::State.eq(Sending))
        // By the index of leases.
        .and_where(Column::LeasedUntil.gte(now))
        .and_where(Column::CutOff.gte(BESIDE_OTHERS))
        .limit(1)
        .to_owned();
    Ok(db.query_one(&tried).await?.is_some())
}

/// What is due of a queue and under nobody's hands, in the order in which it goes out. It is kept as it is until the
/// transaction ends.
fn due(db: &DatabaseTransaction, queue: Queue, now: DateTime<Utc>) -> SelectStatement {
    let mut due = Query::select();
    due.from(delivery::Entity)
        .and_where(Column::State.eq(Queued))
        .and_where(Column::DueAt.lte(now))
        .cond_where(of_queue(queue))
        .order_by(Column::Lane, Order::Asc)
        .order_by(Column::DueAt, Order::Asc)
        .order_by(Column::Id, Order::Asc);
    if db.get_database_backend() == DbBackend::Postgres {
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    due
}

/// Gives back what was claimed by who did not come back. How much that was.
pub(super) async fn give_back_overdue(db: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64> {
    let overdue = Condition::all().add(Column::State.eq(Sending)).add(Column::LeasedUntil.lt(now));
    let given_back = released(overdue)
        .col_expr(Column::DueAt, Expr::value(now))
        .col_expr(Column::Failure, Expr::value(CUT_OFF))
        .col_expr(Column::CutOff, Expr::col(Column::CutOff).add(1));
    Ok(given_back.exec(db).await?.rows_affected)
}

fn released(which: Condition) -> sea_orm::UpdateMany<delivery::Entity> {
    delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(Queued.to_value()))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(which)
}

/// Those of `ids` that are still under the lease.
fn held(ids: impl IntoIterator<Item = DeliveryId>, lease: Uuid) -> Condition {
    Condition::all().add(Column::Id.is_in(ids)).add(Column::Lease.eq(lease)).add(Column::State.eq(Sending))
}

/// Writes what became of claimed deliveries, as far as the lease still holds.
pub(super) async fn finish(
    db: &DatabaseTransaction,
    outcomes: Vec<(DeliveryId, Outcome)>,
    lease: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    // What many share is written at once: a gateway that is down puts off thousands.
    let mut alike: BTreeMap<Outcome, Vec<DeliveryId>> = BTreeMap::new();
    for (id, outcome) in outcomes {
        alike.entry(outcome).or_default().push(id);
    }
    for (outcome, ids) in alike {
        let those = held(ids, lease);
        match outcome {
            Outcome::Sent => end(db, those, DeliveryState::Sent, None, now).await?,
            Outcome::Failed(why) => end(db, those, DeliveryState::Failed, Some(why), now).await?,
            Outcome::Dead(why) => end(db, those, DeliveryState::Dead, Some(why), now).await?,
            Outcome::Suppressed(reason) => {
                let why: &'static str = reason.into();
                end(db, those, DeliveryState::Suppressed, Some(why.to_owned()), now).await?;
            }
            Outcome::Again { at, why, counts } => {
                let again = released(those)
                    .col_expr(Column::DueAt, Expr::value(at))
                    .col_expr(Column::Failure, Expr::value(why));
                // Whoever tried it came back. That it was not tried says nothing of it.
                let again = if counts {
                    again.col_expr(Column::CutOff, Expr::value(0))
                } else {
                    again.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
                };
                again.exec(db).await?;
            }
        }
    }
    Ok(())
}

/// A secret is forgotten as soon as nobody needs it; that of a dead letter may be replayed.
async fn end(
    db: &DatabaseTransaction,
    which: Condition,
    state: DeliveryState,
    why: Option<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut update = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.to_value()))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Failure, Expr::value(why));
    if state != DeliveryState::Dead {
        update = update.col_expr(Column::Secret, Expr::value(None::<String>));
    }
    update.filter(which).exec(db).await?;
    Ok(())
}

/// That a gateway does not know a device any more.
pub(super) struct Gone {
    pub device: DeviceId,
    /// By which it was asked for.
    pub token: String,
    /// Since when, where the gateway says so.
    pub since: Option<DateTime<Utc>>,
}

/// Keeps these deliveries as they are until the transaction ends. Whoever writes several takes them in this order, and writes
/// devices after them, as who forgets a person does: so of two neither has what the other waits for.
pub(super) async fn lock(db: &DatabaseTransaction, ids: impl IntoIterator<Item = DeliveryId>) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        let select = Query::select()
            .column(Column::Id)
            .from(delivery::Entity)
            .and_where(Column::Id.is_in(ids))
            .order_by(Column::Id, Order::Asc)
            .lock_exclusive()
            .to_owned();
        db.query_all(&select).await?;
    }
    Ok(())
}

/// Forgets the device. True where it stays, because it goes by another token by now, or its app registered since: the
/// verdict is on what it was before.
pub(super) async fn forget_device(db: &DatabaseTransaction, gone: &Gone) -> Result<bool> {
    use device::Column;
    let mut forgotten =
        device::Entity::delete_many().filter(Column::Id.eq(gone.device)).filter(Column::Token.eq(gone.token.as_str()));
    if let Some(since) = gone.since {
        forgotten = forgotten.filter(Column::LastSeenAt.lt(since));
    }
    if forgotten.exec(db).await?.rows_affected > 0 {
        return Ok(false);
    }
    let left = Query::select().column(Column::Id).from(device::Entity).and_where(Column::Id.eq(gone.device)).to_owned();
    Ok(db.query_one(&left).await?.is_some())
}

/// A digest told of what had waited for it.
pub(super) async fn note_digested(db: &DatabaseTransaction, notifications: &[Uuid], now: DateTime<Utc>) -> Result<()> {
    use notification::Column;
    notification::Entity::update_many()
        .col_expr(Column::DigestedAt, Expr::value(now))
        .filter(Column::Id.is_in(notifications.iter().copied()))
        .filter(Column::DigestedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
