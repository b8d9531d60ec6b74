//! Events of which nobody was told yet.

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::platform::outbox::{self, Column as Event};
use sea_orm::sea_query::{Alias, Expr, LockBehavior, LockType, Order, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use crate::platform::error::{Error, Result};

/// Where an event keeps a sealed code.
const SECRET: &str = "sealed";
/// Characters of a cause that are kept.
const CAUSE: usize = 500;

/// The boards of the events that wait, each as often as it has one: the oldest of each board before the second one of any.
/// None for what happened in no board.
pub async fn waiting(db: &impl ConnectionTrait, now: DateTime<Utc>, most: u64) -> Result<Vec<Option<BoardId>>> {
    let turn = Alias::new("turn");
    let of_board = Expr::cust("ROW_NUMBER() OVER (PARTITION BY board_id ORDER BY seq)");
    let pending = Query::select()
        .column(Event::Seq)
        .column(Event::BoardId)
        .expr_as(of_board, turn.clone())
        .from(outbox::Entity)
        .and_where(Event::ToldAt.is_null())
        .and_where(Event::DeadAt.is_null())
        .cond_where(is_due(now))
        .to_owned();
    let select = Query::select()
        .column(Event::BoardId)
        .from_subquery(pending, Alias::new("pending"))
        .order_by(turn, Order::Asc)
        .order_by(Event::Seq, Order::Asc)
        .limit(most)
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "board_id")).collect::<Result<_, _>>()?)
}

/// It is not put off.
fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::any().add(Event::DueAt.is_null()).add(Event::DueAt.lte(now))
}

/// Events that wait, none of which another process has.
#[expect(clippy::disallowed_methods, reason = "the outbox is read by the program only")]
fn free(now: DateTime<Utc>) -> Select<outbox::Entity> {
    outbox::Entity::find()
        .filter(Event::ToldAt.is_null())
        .filter(Event::DeadAt.is_null())
        .filter(is_due(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
}

/// The oldest event of the board that waits. Once the board is locked, nobody tells of a later one before it.
pub async fn next(
    db: &DatabaseTransaction,
    board: Option<BoardId>,
    now: DateTime<Utc>,
) -> Result<Option<outbox::Model>> {
    let of_board = board.map_or_else(|| Event::BoardId.is_null(), |board| Event::BoardId.eq(board));
    Ok(free(now).filter(of_board).order_by_asc(Event::Seq).one(db).await?)
}

/// The event, if it waits, no other process has it and none put it off meanwhile.
pub async fn claim(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<Option<outbox::Model>> {
    Ok(free(now).filter(Event::Seq.eq(seq)).one(db).await?)
}

/// Everybody was told.
pub async fn told(db: &DatabaseTransaction, seq: i64, now: DateTime<Utc>) -> Result<()> {
    let update = outbox::Entity::update_many().col_expr(Event::ToldAt, Expr::value(now)).filter(Event::Seq.eq(seq));
    update.exec(db).await?;
    Ok(())
}

/// What is left to say of an event whose code went into a letter.
pub async fn forget_secret(db: &DatabaseTransaction, event: &outbox::Model) -> Result<()> {
    let mut payload = event.payload.clone();
    let Some(fields) = payload.as_object_mut() else { return Ok(()) };
    fields.remove(SECRET);
    let update = outbox::Entity::update_many().col_expr(Event::Payload, Expr::value(payload));
    update.filter(Event::Seq.eq(event.seq)).exec(db).await?;
    Ok(())
}

/// It is tried `again`, or never.
pub async fn put_off(
    db: &DatabaseTransaction,
    event: &outbox::Model,
    again: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    cause: &Error,
) -> Result<()> {
    let cause: String = format!("{cause:?}").chars().take(CAUSE).collect();
    outbox::Entity::update_many()
        .col_expr(Event::Attempts, Expr::value(event.attempts))
        .col_expr(Event::DueAt, Expr::value(again))
        .col_expr(Event::DeadAt, Expr::value(again.is_none().then_some(now)))
        .col_expr(Event::Failure, Expr::value(cause))
        .filter(Event::Seq.eq(event.seq))
        .exec(db)
        .await?;
    Ok(())
}
