//! The SQL of receipts: what a person did with something that is addressed to them.

use chrono::{DateTime, Utc};
use glans_entity::engagement::announcement;
use glans_entity::engagement::recipient::{Column, Entity};
use glans_entity::ids::AnnouncementId;
use glans_entity::scope::{Scope, Scoped, addressed_to_oneself};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::Permit;
use crate::platform::error::Result;

/// Marks the own rows of these items as read at `at`. What was read keeps its time, unless `at` is earlier, as a phone tells
/// that was offline, or what was read was corrected since. A reading of before the correction changes nothing where
/// something was read. Whether anything changed.
pub async fn read(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    scope: &Scope,
    items: &[Uuid],
    at: DateTime<Utc>,
    corrected_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let mut unread = Condition::any().add(Column::ReadAt.is_null());
    if corrected_at.is_none_or(|corrected_at| at >= corrected_at) {
        unread = unread.add(Column::ReadAt.gt(at));
        unread = unread.add_option(corrected_at.map(|corrected_at| Column::ReadAt.lt(corrected_at)));
    }
    Ok(mark(db, scope, items, at, unread).await? > 0)
}

/// Marks the own rows of these items as read at `at` that were not read since they took their place; how many.
pub async fn read_in_list(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    scope: &Scope,
    items: &[Uuid],
    at: DateTime<Utc>,
) -> Result<u64> {
    let placed = Expr::col(Column::At.as_column_ref());
    let unread =
        Condition::any().add(Column::ReadAt.is_null()).add(Expr::col(Column::ReadAt.as_column_ref()).lt(placed));
    mark(db, scope, items, at, unread).await
}

async fn mark(
    db: &impl ConnectionTrait,
    scope: &Scope,
    items: &[Uuid],
    at: DateTime<Utc>,
    unread: Condition,
) -> Result<u64> {
    hold(db, scope, items).await?;
    let done = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(at))
        .col_expr(Column::DeliveredAt, earliest(Column::DeliveredAt, at))
        .filter(Column::ItemId.is_in(items.iter().copied()))
        .filter(addressed_to_oneself(scope))
        .filter(unread)
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Nobody corrects or withdraws these announcements until the transaction ends. Before their rows are touched: a correction
/// holds the announcement first, too, and so neither waits for the other in a ring.
async fn hold(db: &impl ConnectionTrait, scope: &Scope, items: &[Uuid]) -> Result<()> {
    use announcement::Column;
    let those = announcement::Entity::within(&Scope::system(scope.on))
        .filter(Column::Id.is_in(items.iter().copied()))
        .order_by_asc(Column::Id)
        .lock_shared();
    those.select_only().column(Column::Id).into_tuple::<AnnouncementId>().all(db).await?;
    Ok(())
}

/// Confirms the own rows of an item, which are read then, too. Whether anything changed. After [`read`].
pub async fn acknowledge(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    scope: &Scope,
    item: Uuid,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::AcknowledgedAt, Expr::val(at))
        .col_expr(Column::ReadAt, earliest(Column::ReadAt, at))
        .col_expr(Column::DeliveredAt, earliest(Column::DeliveredAt, at))
        .filter(Column::ItemId.eq(item))
        .filter(addressed_to_oneself(scope))
        .filter(Column::AcknowledgedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Moves an item to the top of the lists of those who had read it.
pub async fn raise(db: &impl ConnectionTrait, _permit: &Permit, item: Uuid, at: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::At, Expr::val(at))
        .filter(Column::ItemId.eq(item))
        .filter(Column::ReadAt.is_not_null())
        .exec(db)
        .await?;
    Ok(())
}

fn earliest(column: Column, at: DateTime<Utc>) -> Expr {
    Expr::case(Expr::col(column).lt(at), Expr::col(column)).finally(at).into()
}
