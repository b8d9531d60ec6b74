//! What becomes of notifications by what happens later, and who has them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;
use glans_entity::notifications::notification;
use glans_entity::people::person;
use glans_entity::platform::outbox;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::of_notice;
use crate::notifications::deliveries::look;
use crate::notifications::occasions::{Notice, Reading, Withdrawal};
use crate::platform::error::Result;

/// What came about before the event. That is by the order of the outbox, because the clocks of two processes do not
/// agree; of a reminder, which does not stand in it, by time.
fn before(event: &outbox::Model) -> Condition {
    use notification::Column;
    let reminders = Condition::all().add(Column::EventSeq.is_null()).add(Column::OccurredAt.lte(event.at));
    Condition::any().add(Column::EventSeq.lt(event.seq)).add(reminders)
}

/// An app chooses numbers, and a board knows nothing of those of another: an event ends nothing outside its own.
fn of_board(event: &outbox::Model) -> Condition {
    Condition::all().add_option(event.board_id.map(|board| notification::Column::BoardId.eq(board)))
}

/// What was told of these matters does not hold any more, as far as it came about before the event and was not read.
pub async fn withdraw(
    db: &DatabaseTransaction,
    withdrawn: &[Withdrawal],
    event: &outbox::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    use notification::Column;
    for Withdrawal { matter, from } in withdrawn {
        let mut update = notification::Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now))
            .filter(of_board(event))
            .filter(Column::AboutId.eq(*matter))
            .filter(before(event))
            .filter(Column::ReadAt.is_null())
            .filter(Column::WithdrawnAt.is_null());
        if let Some(person) = from {
            update = update.filter(Column::PersonId.eq(*person));
        }
        update.exec(db).await?;
    }
    Ok(())
}

/// These persons have read what they were told of these matters, as far as it came about by then; where no moment is
/// named, before the event.
pub async fn read(db: &DatabaseTransaction, read: &[Reading], event: &outbox::Model, now: DateTime<Utc>) -> Result<()> {
    use notification::Column;
    for Reading { matter, person, up_to } in read {
        notification::Entity::update_many()
            .col_expr(Column::ReadAt, Expr::value(now))
            .filter(of_board(event))
            .filter(Column::AboutId.eq(*matter))
            .filter(Column::PersonId.eq(*person))
            .filter(up_to.map_or_else(|| before(event), |up_to| Condition::all().add(Column::OccurredAt.lte(up_to))))
            .filter(Column::ReadAt.is_null())
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Notifications of the notice whose persons have read already what they are about are read.
pub async fn read_before(db: &DatabaseTransaction, source: &str, notice: &Notice, now: DateTime<Utc>) -> Result<()> {
    use notification::Column;
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(of_notice(source, notice))
        .filter(Column::ReadAt.is_null())
        .filter(Expr::exists(look::reading()))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of `sources` of which somebody was told already.
pub async fn told_of(db: &impl ConnectionTrait, sources: &[&str]) -> Result<BTreeSet<String>> {
    use notification::Column;
    let select = Query::select()
        .distinct()
        .column(Column::Source)
        .from(notification::Entity)
        .and_where(Column::Source.is_in(sources.iter().copied()))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "source")).collect::<Result<_, _>>()?)
}

/// The logins of who was told of `source`.
pub async fn accounts_of(db: &DatabaseTransaction, source: &str) -> Result<BTreeSet<AccountId>> {
    let select = Query::select()
        .distinct()
        .column((person::Entity, person::Column::AccountId))
        .from(notification::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .and_where(Expr::col((notification::Entity, notification::Column::Source)).eq(source))
        .and_where(Expr::col((person::Entity, person::Column::AccountId)).is_not_null())
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "account_id")).collect::<Result<_, _>>()?)
}
