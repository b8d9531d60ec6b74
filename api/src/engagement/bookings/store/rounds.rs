//! The SQL of rounds.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{booking_round, booking_round_group};
use glans_entity::ids::{BookingRoundId, ClassGroupId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The rounds in sight with these ids.
pub async fn rounds(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[BookingRoundId],
) -> Result<Vec<booking_round::Model>> {
    let of_them = booking_round::Column::Id.is_in(ids.iter().copied());
    Ok(booking_round::Entity::within(scope).filter(of_them).all(db).await?)
}

const LATEST_FIRST: By<booking_round::Entity, DateTime<Utc>> = Order {
    name: "bookingRound.time",
    columns: (booking_round::Column::OpensAt, booking_round::Column::Id),
    key: |row: &booking_round::Model| (row.opens_at, row.id.0),
    descending: true,
};

listed!(booking_round::Model, LATEST_FIRST);

/// One page of the rounds in sight, those that open last coming first.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, args: &PageArgs) -> Result<Rows<booking_round::Model>> {
    page::rows(db, booking_round::Entity::within(scope), &LATEST_FIRST, args).await
}

/// The round, if it is in sight; until the transaction ends it is not changed, and where `alone` nobody books in it either.
pub async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: BookingRoundId,
    alone: bool,
) -> Result<Option<booking_round::Model>> {
    let round = booking_round::Entity::within(scope).filter(booking_round::Column::Id.eq(id));
    let round = if alone { round.lock_exclusive() } else { round.lock_shared() };
    Ok(round.one(db).await?)
}

/// The class groups in sight of these rounds.
pub async fn groups_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    rounds: &[BookingRoundId],
) -> Result<Vec<booking_round_group::Model>> {
    let of_them = booking_round_group::Column::RoundId.is_in(rounds.iter().copied());
    Ok(booking_round_group::Entity::within(scope).filter(of_them).all(db).await?)
}

/// Inserts a round and its groups.
pub async fn insert_round(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: booking_round::Model,
    groups: &[ClassGroupId],
) -> Result<booking_round::Model> {
    let row = row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))?;
    let groups = groups.iter().map(|group| {
        let group = booking_round_group::Model { round_id: row.id, class_group_id: *group, board_id: row.board_id };
        group.into_active_model().reset_all()
    });
    booking_round_group::Entity::insert_many(groups).exec_without_returning(db).await?;
    Ok(row)
}

/// Stores the changed fields of `row` as its next version.
pub async fn update_round(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: booking_round::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<booking_round::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}
