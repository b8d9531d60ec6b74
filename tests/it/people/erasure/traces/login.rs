//! The name of the person, and what hangs on their login.

use chrono::TimeDelta;
use glans_entity::identity::{account, calendar_feed, refresh_token, session};
use glans_entity::ids::{DeviceId, SessionId};
use glans_entity::notifications::{
    Category, Channel, Digest, PushPlatform, channel_preference, device, notification_settings,
};
use glans_entity::people::person;
use glans_entity::programme::{MaterialState, material_state};
use glans_tests::World;
use glans_tests::seed::{Someone, put};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::CANARY;

/// The name of the person, and of what they sign in with.
pub async fn name(world: &World, someone: Someone) {
    let db = world.writing().await;
    let email = format!("{}@example.org", CANARY.to_lowercase());
    person::Entity::update_many()
        .col_expr(person::Column::GivenName, Expr::value(CANARY))
        .col_expr(person::Column::FamilyName, Expr::value(format!("van {CANARY}")))
        .col_expr(person::Column::DisplayName, Expr::value(format!("{CANARY} van {CANARY}")))
        .col_expr(person::Column::Email, Expr::value(format!("{CANARY}@example.org")))
        .filter(person::Column::Id.eq(someone.person))
        .exec(&db)
        .await
        .unwrap();
    account::Entity::update_many()
        .col_expr(account::Column::Email, Expr::value(email))
        .filter(account::Column::Id.eq(someone.account))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

/// What hangs on a login. The device.
pub async fn sign_in(world: &World, someone: Someone) -> DeviceId {
    let (db, now, account_id) = (world.writing().await, world.app.clock.now(), someone.account);
    let (session_id, id) = (SessionId::new(), DeviceId::new());
    put::<session::Entity>(
        &db,
        session::Model {
            id: session_id,
            account_id,
            device_name: Some(format!("{CANARY} session")),
            created_at: now,
            last_used_at: now,
            expires_at: now + TimeDelta::days(365),
            revoked_at: None,
            version: 1,
        },
    )
    .await;
    put::<refresh_token::Entity>(
        &db,
        refresh_token::Model {
            hash: id.0.as_bytes().to_vec(),
            session_id,
            generation: 0,
            created_at: now,
            rotated_at: None,
        },
    )
    .await;
    put::<device::Entity>(
        &db,
        device::Model {
            id,
            account_id,
            session_id,
            platform: PushPlatform::Fcm,
            token: format!("{CANARY}-token-{}", id.0),
            name: Some(format!("{CANARY} device")),
            registered_at: now,
            last_seen_at: now,
        },
    )
    .await;
    let secret_hash = id.0.as_bytes().to_vec();
    put::<calendar_feed::Entity>(&db, calendar_feed::Model { account_id, secret_hash, renewed_at: now }).await;
    let category = Category::Announcement;
    put::<channel_preference::Entity>(
        &db,
        channel_preference::Model { account_id, category, channel: Channel::Push, enabled: false, updated_at: now },
    )
    .await;
    put::<notification_settings::Entity>(
        &db,
        notification_settings::Model {
            account_id,
            quiet_from: None,
            quiet_until: None,
            time_zone: CANARY.to_owned(),
            digest: Digest::Daily,
            digest_hour: 7,
            updated_at: now,
            version: 1,
        },
    )
    .await;
    put::<material_state::Entity>(
        &db,
        material_state::Model {
            account_id,
            material_id: world.ours.published.material,
            state: MaterialState::Started,
            updated_at: now,
        },
    )
    .await;
    world.written(db).await;
    id
}
