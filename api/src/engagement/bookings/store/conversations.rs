//! The SQL of the conversations that are booked.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{conversation, conversation_attendee, slot_booking};
use glans_entity::ids::{BookingRoundId, ConversationId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::access::Permit;
use crate::engagement::conversations::{self, diary::Appointment};
use crate::platform::error::{Error, Result};

/// The conversation, whoever may see it; nobody else changes it until the transaction ends.
pub async fn lock_conversation(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    id: ConversationId,
) -> Result<conversation::Model> {
    let found = conversation::Entity::within(&Scope::system(on)).filter(conversation::Column::Id.eq(id));
    let found = found.lock_exclusive().one(db).await?;
    found.ok_or_else(|| Error::fault("a booking without its conversation"))
}

/// The conversations that were booked in a round, are planned and begin after `now`, by id; nobody else changes them until
/// the transaction ends.
pub async fn lock_to_come(
    db: &impl ConnectionTrait,
    scope: &Scope,
    round: BookingRoundId,
    now: DateTime<Utc>,
) -> Result<Vec<ConversationId>> {
    let booked = slot_booking::Entity::within(scope)
        .select_only()
        .column(slot_booking::Column::ConversationId)
        .filter(slot_booking::Column::RoundId.eq(round));
    let to_come = conversation::Entity::within(scope)
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::Id.in_subquery(booked.into_query()))
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::StartsAt.gt(now))
        .order_by_asc(conversation::Column::Id)
        .lock_exclusive();
    Ok(to_come.into_tuple().all(db).await?)
}

/// Inserts a conversation and those who are invited to it.
pub async fn insert_conversation(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: conversation::Model,
    attendees: Vec<conversation_attendee::Model>,
) -> Result<()> {
    row.into_active_model().reset_all().insert(db).await?;
    let attendees = attendees.into_iter().map(|row| row.into_active_model().reset_all());
    conversation_attendee::Entity::insert_many(attendees).exec_without_returning(db).await?;
    Ok(())
}

/// Moves a conversation, to another teacher if need be.
pub async fn move_conversation(
    db: &impl ConnectionTrait,
    permit: &Permit,
    row: conversation::Model,
    to: &Appointment,
    now: DateTime<Utc>,
) -> Result<conversation::Model> {
    if row.staff_id != to.staff {
        conversation_attendee::Entity::update_many()
            .col_expr(conversation_attendee::Column::PersonId, Expr::value(to.staff))
            .filter(conversation_attendee::Column::ConversationId.eq(row.id))
            .filter(conversation_attendee::Column::PersonId.eq(row.staff_id))
            .exec(db)
            .await?;
    }
    let moved = conversation::Model { staff_id: to.staff, starts_at: to.starts_at, ends_at: to.ends_at, ..row };
    conversations::store::update(db, permit, moved, now).await
}

/// Cancels conversations that are planned; a trigger gives their slots back.
pub async fn cancel_conversations(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    ids: &[ConversationId],
    reason: Option<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    use conversation::Column;
    conversation::Entity::update_many()
        .col_expr(Column::Status, Expr::value(OccasionStatus::Cancelled))
        .col_expr(Column::CancelReason, Expr::value(reason))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .exec(db)
        .await?;
    Ok(())
}
