//! Rows with which nothing was done yet. A test says what is different of its own.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{BoardId, DeliveryId, NotificationId, PersonId};
use glans_entity::notifications::{Category, Channel, DeliveryState, delivery, notification};
use glans_entity::organisation::board;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

/// Writes a row as it is, to the last column.
pub async fn put<E>(db: &DatabaseTransaction, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let table = E::default().table_name().to_owned();
    let insert = E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await;
    insert.unwrap_or_else(|error| panic!("a row of {table}: {error}"));
}

/// A board with nothing in it.
pub fn empty_board(now: DateTime<Utc>) -> board::Model {
    board::Model {
        id: BoardId::new(),
        number: None,
        name: "De Sterrenwacht".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        least_shown: None,
        archived_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// What somebody was told just now as a member of staff, of nothing in particular.
pub fn notice(board_id: BoardId, person_id: PersonId, now: DateTime<Utc>) -> notification::Model {
    let id = NotificationId::new();
    notification::Model {
        id,
        board_id,
        person_id,
        source: format!("seed.{}", id.0),
        text: "announcement-published".to_owned(),
        category: Category::Announcement,
        urgent: false,
        about_kind: None,
        about_id: None,
        as_staff: true,
        happens_at: None,
        occurred_at: now,
        event_seq: None,
        figures: None,
        bundled: false,
        created_at: now,
        read_at: None,
        withdrawn_at: None,
        digested_at: None,
    }
}

/// A push that waits for its turn, for an hour at most. It is of no board and to nobody.
pub fn waiting(now: DateTime<Utc>) -> delivery::Model {
    delivery::Model {
        id: DeliveryId::new(),
        board_id: None,
        notification_id: None,
        digest_until: None,
        letter: None,
        secret: None,
        account_id: None,
        channel: Channel::Push,
        address_id: Uuid::now_v7(),
        lane: 1,
        state: DeliveryState::Queued,
        attempts: 0,
        cut_off: 0,
        due_at: now,
        expires_at: now + TimeDelta::hours(1),
        over_at: None,
        lease: None,
        leased_until: None,
        finished_at: None,
        failure: None,
        created_at: now,
    }
}
