//! The SQL of bookings.

use glans_entity::engagement::slot_booking;
use glans_entity::ids::{BookingRoundId, ConversationId, SlotId, StudentId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::conflict;
use crate::access::Permit;
use crate::engagement::bookings::rules::GONE;
use crate::platform::error::Result;

/// The bookings in sight of these slots.
pub async fn bookings_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    slots: &[SlotId],
) -> Result<Vec<slot_booking::Model>> {
    let of_them = slot_booking::Column::SlotId.is_in(slots.iter().copied());
    Ok(slot_booking::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The bookings in sight in these rounds.
pub async fn bookings_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    rounds: &[BookingRoundId],
) -> Result<Vec<slot_booking::Model>> {
    let of_them = slot_booking::Column::RoundId.is_in(rounds.iter().copied());
    Ok(slot_booking::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The bookings in sight for a child in a round.
pub async fn bookings_for(
    db: &impl ConnectionTrait,
    scope: &Scope,
    round: BookingRoundId,
    student: StudentId,
) -> Result<Vec<slot_booking::Model>> {
    let of_child = slot_booking::Column::StudentId.eq(student).and(slot_booking::Column::RoundId.eq(round));
    Ok(slot_booking::Entity::within(scope).filter(of_child).all(db).await?)
}

/// The bookings in sight of a child.
pub async fn of_child(
    db: &impl ConnectionTrait,
    scope: &Scope,
    student: StudentId,
) -> Result<Vec<slot_booking::Model>> {
    Ok(slot_booking::Entity::within(scope).filter(slot_booking::Column::StudentId.eq(student)).all(db).await?)
}

/// Inserts a booking. Its keys are what keeps a slot from being booked twice.
pub async fn insert_booking(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: slot_booking::Model,
) -> Result<slot_booking::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(conflict("slot", GONE))
}

/// Puts a booking in another slot.
pub async fn replace_booking(
    db: &impl ConnectionTrait,
    permit: &Permit,
    old: SlotId,
    row: slot_booking::Model,
) -> Result<slot_booking::Model> {
    slot_booking::Entity::delete_by_id(old).exec(db).await?;
    insert_booking(db, permit, row).await
}

/// A booking counts from now on for the guardian alone in whose name it is.
pub async fn make_own(db: &impl ConnectionTrait, _permit: &Permit, conversation: ConversationId) -> Result<()> {
    slot_booking::Entity::update_many()
        .col_expr(slot_booking::Column::PartyId, Expr::col(slot_booking::Column::GuardianId))
        .filter(slot_booking::Column::ConversationId.eq(conversation))
        .exec(db)
        .await?;
    Ok(())
}
