//! The SQL of slots, and which of them can be booked.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{conversation, conversation_attendee, slot, slot_booking};
use glans_entity::ids::{BookingRoundId, PersonId, SlotId};
use glans_entity::people::person;
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::conflict;
use crate::access::Permit;
use crate::engagement::bookings::rules::{Busy, Time, is_free};
use crate::platform::error::Result;

/// Rows of one statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1_000;

/// The slots in sight with these ids.
pub async fn slots(db: &impl ConnectionTrait, scope: &Scope, ids: &[SlotId]) -> Result<Vec<slot::Model>> {
    Ok(slot::Entity::within(scope).filter(slot::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The slots in sight of these rounds, earliest first.
pub async fn slots_of(db: &impl ConnectionTrait, scope: &Scope, rounds: &[BookingRoundId]) -> Result<Vec<slot::Model>> {
    let of_them = slot::Entity::within(scope).filter(slot::Column::RoundId.is_in(rounds.iter().copied()));
    Ok(of_them.order_by_asc(slot::Column::StartsAt).order_by_asc(slot::Column::Id).all(db).await?)
}

/// The slots of these teachers in rounds that are not over on the day of the scope.
pub async fn slots_of_teachers(
    db: &impl ConnectionTrait,
    scope: &Scope,
    teachers: &[PersonId],
    from: DateTime<Utc>,
) -> Result<Vec<slot::Model>> {
    let of_them = slot::Entity::within(scope)
        .filter(slot::Column::TeacherId.is_in(teachers.iter().copied()))
        .filter(slot::Column::EndsAt.gt(from));
    Ok(of_them.all(db).await?)
}

/// Those of `slots` that somebody has, whoever it is.
pub async fn booked(db: &impl ConnectionTrait, on: NaiveDate, slots: &[SlotId]) -> Result<Vec<SlotId>> {
    let rows = slot_booking::Entity::within(&Scope::system(on))
        .select_only()
        .column(slot_booking::Column::SlotId)
        .filter(slot_booking::Column::SlotId.is_in(slots.iter().copied()));
    Ok(rows.into_tuple().all(db).await?)
}

/// When these teachers are taken between `from` and `until`, whatever the caller may see of it.
async fn busy(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    teachers: &[PersonId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Busy>> {
    let at = sea_orm::RelationDef::from(
        conversation::Entity::belongs_to(conversation_attendee::Entity)
            .from(conversation::Column::Id)
            .to(conversation_attendee::Column::ConversationId),
    );
    let rows: Vec<(PersonId, DateTime<Utc>, DateTime<Utc>)> = conversation::Entity::within(&Scope::system(on))
        .select_only()
        .column(conversation_attendee::Column::PersonId)
        .columns([conversation::Column::StartsAt, conversation::Column::EndsAt])
        .join(sea_orm::JoinType::InnerJoin, at)
        .filter(conversation_attendee::Column::PersonId.is_in(teachers.iter().copied()))
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::StartsAt.lt(until))
        .filter(conversation::Column::EndsAt.gt(from))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(teacher, starts_at, ends_at)| Busy { teacher, starts_at, ends_at }).collect())
}

/// Those of `slots` that can be booked.
pub async fn free_among(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    slots: &[Time],
    now: DateTime<Utc>,
) -> Result<HashSet<SlotId>> {
    let ids: Vec<SlotId> = slots.iter().map(|time| time.slot).collect();
    let booked: HashSet<SlotId> = booked(db, on, &ids).await?.into_iter().collect();
    let mut teachers: Vec<PersonId> = slots.iter().map(|time| time.teacher).collect();
    teachers.sort_unstable();
    teachers.dedup();
    let from = slots.iter().map(|time| time.starts_at).min().unwrap_or_default();
    let until = slots.iter().map(|time| time.ends_at).max().unwrap_or_default();
    let busy = busy(db, on, &teachers, from, until).await?;
    Ok(slots.iter().filter(|time| is_free(time, &booked, &busy, now)).map(|time| time.slot).collect())
}

/// Nobody else gives slots of these teachers until the transaction ends.
pub async fn lock_teachers(db: &impl ConnectionTrait, on: NaiveDate, teachers: &[PersonId]) -> Result<()> {
    person::Entity::within(&Scope::system(on))
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Id.is_in(teachers.iter().copied()))
        .order_by_asc(person::Column::Id)
        .lock_exclusive()
        .into_tuple::<PersonId>()
        .all(db)
        .await?;
    Ok(())
}

/// Inserts slots.
pub async fn insert_slots(db: &impl ConnectionTrait, _permit: &Permit, rows: Vec<slot::Model>) -> Result<()> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        let done = slot::Entity::insert_many(rows).exec_without_returning(db).await;
        done.map_err(conflict("slots", "A teacher gives one of these times already."))?;
    }
    Ok(())
}

/// Takes the slots of a round that begin after `now` away, with what is booked in them.
pub async fn delete_slots_to_come(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    round: BookingRoundId,
    now: DateTime<Utc>,
) -> Result<()> {
    let to_come = slot::Column::RoundId.eq(round).and(slot::Column::StartsAt.gt(now));
    slot::Entity::delete_many().filter(to_come).exec(db).await?;
    Ok(())
}
