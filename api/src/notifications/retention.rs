//! How long what was told and sent is kept.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::notifications::{delivery, notification};
use glans_entity::platform::outbox;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use crate::metrics::webhooks::fan_out;
use crate::platform::error::Result;

/// Events after everybody was told.
const EVENTS: TimeDelta = TimeDelta::days(14);
/// Events that were given up, for who wants to try again.
const GIVEN_UP: TimeDelta = TimeDelta::days(30);
/// What became of deliveries, for who asks why something did not come.
const DELIVERIES: TimeDelta = TimeDelta::days(30);
/// The inbox: a school year, and some time to look back.
const NOTIFICATIONS: TimeDelta = TimeDelta::days(400);

/// Forgets events that everybody was told of long ago; how many. Of what endpoints of integrators could not be told,
/// that is tried for as long as what was given up is kept.
pub async fn events(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let over =
        Condition::any().add(outbox::Column::ToldAt.lt(now - EVENTS)).add(outbox::Column::DeadAt.lt(now - GIVEN_UP));
    let awaited = fan_out::untold().add(outbox::Column::At.gte(now - GIVEN_UP));
    let old = outbox::Entity::delete_many().filter(over).filter(awaited.not());
    Ok(old.exec(db).await?.rows_affected)
}

/// Forgets what became of deliveries; how many.
pub async fn deliveries(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let old = delivery::Entity::delete_many().filter(delivery::Column::FinishedAt.lt(now - DELIVERIES));
    Ok(old.exec(db).await?.rows_affected)
}

/// Forgets old notifications, with their deliveries; how many.
pub async fn notifications(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let old = notification::Entity::delete_many().filter(notification::Column::CreatedAt.lt(now - NOTIFICATIONS));
    Ok(old.exec(db).await?.rows_affected)
}
