//! From a committed fact to the right phone.

mod canary;
mod crowded;
mod dead;
mod deliveries;
mod devices;
mod digests;
mod fan_out;
mod faults;
mod following;
mod gateways;
mod inbox;
mod interleavings;
mod killed;
mod letters;
mod mail;
mod mail_faults;
mod occasions;
mod pictures;
mod poison;
mod preferences;
mod reminders;
mod restarted;
mod secrets;
mod sending;
mod settling;
mod sign_ins;
mod stage;
mod turns;
mod unsubscribe;

use chrono::TimeDelta;
use glans::identity::tokens::issue::{Subject, access_token};
use glans_entity::identity;
use glans_entity::ids::{AccountId, SessionId};
use glans_tests::{Actor, Who, World};
use sea_orm::{EntityTrait, IntoActiveModel};

/// A session of somebody.
async fn session(world: &World, name: &str, account_id: AccountId) -> SessionId {
    let (id, now) = (SessionId::new(), world.app.clock.now());
    let row = identity::session::Model {
        id,
        account_id,
        device_name: Some(name.to_owned()),
        created_at: now,
        last_used_at: now,
        expires_at: now + TimeDelta::days(365),
        revoked_at: None,
        version: 1,
    };
    let db = world.writing().await;
    identity::session::Entity::insert(row.into_active_model()).exec_without_returning(&db).await.expect("a session");
    world.written(db).await;
    id
}

/// A phone on which somebody is signed in, and its session.
async fn phone(world: &World, name: &str, account: impl Into<AccountId>) -> (Actor, SessionId) {
    let account_id = account.into();
    let id = session(world, name, account_id).await;
    let subject = Subject::Account { id: account_id, session: Some(id) };
    let token = access_token(&world.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
    let anonymous = world.actor(Who::Anonymous).await;
    (Actor::anonymous(name, anonymous.address()).with_token(&token.text), id)
}
