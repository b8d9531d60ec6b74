//! What the person is told, and what is on its way to them.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::{invitation, password_reset};
use glans_entity::ids::{DeliveryId, DeviceId, InvitationId, NotificationId, PasswordResetId};
use glans_entity::notifications::{Channel, DeliveryState, LetterKind, delivery, notification};
use glans_entity::platform::outbox;
use glans_tests::World;
use glans_tests::seed::{Someone, notice, put, waiting};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::CANARY;

/// What is pushed to the person.
fn notice_of(world: &World, someone: Someone, id: NotificationId) -> notification::Model {
    notification::Model {
        id,
        source: format!("{CANARY}.{}", id.0),
        ..notice(world.ours.id, someone.person, world.app.clock.now())
    }
}

/// What the person is told: a push that waits, and letters with codes.
pub async fn tell(world: &World, someone: Someone, device: DeviceId) {
    let (db, now) = (world.writing().await, world.app.clock.now());
    let (notice, invited, reset) = (NotificationId::new(), InvitationId::new(), PasswordResetId::new());
    let queued = delivery::Model {
        board_id: Some(world.ours.id),
        address_id: device.0,
        attempts: 1,
        due_at: now + TimeDelta::hours(1),
        expires_at: now + TimeDelta::hours(8),
        failure: Some(format!("{CANARY} failure")),
        ..waiting(now)
    };
    put::<notification::Entity>(&db, notice_of(world, someone, notice)).await;
    let push = delivery::Model { notification_id: Some(notice), account_id: Some(someone.account), ..queued.clone() };
    put::<delivery::Entity>(&db, push).await;
    put::<invitation::Entity>(
        &db,
        invitation::Model {
            id: invited,
            board_id: world.ours.id,
            person_id: someone.person,
            guardianship_id: None,
            lookup: format!("{CANARY}-{}", invited.0),
            secret_hash: CANARY.to_owned(),
            tries_left: 5,
            expires_at: now + TimeDelta::days(7),
            accepted_at: None,
            revoked_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        },
    )
    .await;
    put::<password_reset::Entity>(
        &db,
        password_reset::Model {
            id: reset,
            account_id: someone.account,
            code_hash: reset.0.as_bytes().to_vec(),
            created_at: now,
            expires_at: now + TimeDelta::hours(1),
            used_at: None,
        },
    )
    .await;
    let letters = [
        (LetterKind::Invitation, invited.0, "invitation.created", json!({ "id": invited, "sealed": CANARY })),
        (LetterKind::PasswordReset, reset.0, "password.reset_requested", json!({ "reset": reset, "sealed": CANARY })),
    ];
    for (letter, address_id, kind, payload) in letters {
        let row = delivery::Model {
            id: DeliveryId::new(),
            letter: Some(letter),
            secret: Some(CANARY.to_owned()),
            channel: Channel::Email,
            address_id,
            ..queued.clone()
        };
        put::<delivery::Entity>(&db, row).await;
        asked(&db, world, kind, payload, now).await;
    }
    world.written(db).await;
}

async fn asked(db: &DatabaseTransaction, world: &World, kind: &str, payload: serde_json::Value, now: DateTime<Utc>) {
    let row = outbox::ActiveModel {
        board_id: Set(Some(world.ours.id)),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        at: Set(now),
        told_at: Set(Some(now)),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(db).await.expect("an event");
}

/// A delivery to the device that somebody holds a lease on.
pub async fn under_way(world: &World, someone: Someone, device: DeviceId) -> DeliveryId {
    let (db, now, id) = (world.writing().await, world.app.clock.now(), DeliveryId::new());
    put::<delivery::Entity>(
        &db,
        delivery::Model {
            id,
            board_id: Some(world.ours.id),
            account_id: Some(someone.account),
            address_id: device.0,
            state: DeliveryState::Sending,
            attempts: 1,
            lease: Some(Uuid::now_v7()),
            leased_until: Some(now + TimeDelta::seconds(30)),
            ..waiting(now)
        },
    )
    .await;
    world.written(db).await;
    id
}

/// Somebody holds a lease on the push of a notification that waited for the person.
pub async fn claimed(world: &World, someone: Someone) -> DeliveryId {
    use delivery::Column;
    let (db, now) = (world.writing().await, world.app.clock.now());
    let push = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Sending))
        .col_expr(Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(Column::LeasedUntil, Expr::value(now + TimeDelta::seconds(30)))
        .filter(Column::AccountId.eq(someone.account))
        .filter(Column::NotificationId.is_not_null());
    let claimed = push.exec_with_returning(&db).await.unwrap();
    assert_eq!(claimed.len(), 1);
    world.written(db).await;
    claimed[0].id
}

/// Whether the delivery still tells of a notification.
pub async fn says_something(world: &World, id: DeliveryId) -> bool {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    let row = delivery::Entity::find_by_id(id).one(&db).await.unwrap();
    row.expect("it can be waited for").notification_id.is_some()
}

/// The gateway took it.
pub async fn arrived(world: &World, id: DeliveryId) {
    use delivery::Column;
    let db = world.writing().await;
    let done = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Sent))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::FinishedAt, Expr::value(world.app.clock.now()))
        .filter(Column::Id.eq(id));
    assert_eq!(done.exec(&db).await.unwrap().rows_affected, 1, "it is still there to be waited for");
    world.written(db).await;
}
