//! Where pushes go: registering, moving, and all the ways in which a device ends.

mod ending;
mod registering;

use glans::notifications::devices::store;
use glans_entity::identity::audit;
use glans_entity::ids::DeviceId;
use glans_entity::notifications::device;
use glans_entity::scope::Scoped;
use glans_tests::{Actor, Reply, World};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

pub(super) const SHOWN: &str = "device { id platform name isCurrent registeredAt lastSeenAt }";
pub(super) const TOKEN: &str = "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH";

async fn registers(actor: &Actor, input: Value) -> Reply {
    actor.does("deviceRegister", SHOWN, input).await
}

/// Registers a token of Firebase; the id of the device.
pub(super) async fn has(actor: &Actor, token: &str) -> String {
    has_at(actor, "FCM", token).await
}

/// The same of any gateway.
async fn has_at(actor: &Actor, platform: &str, token: &str) -> String {
    let reply = registers(actor, json!({ "platform": platform, "token": token })).await;
    reply.text_at("deviceRegister.device.id").to_owned()
}

async fn removes(actor: &Actor, id: &str) -> Reply {
    actor.does("deviceRemove", "deletedId", json!({ "id": id })).await
}

/// The ids of the own devices, the one seen last first.
async fn own(actor: &Actor) -> Vec<String> {
    let reply = actor.asks("{ viewer { devices { id } } }").await;
    reply.texts_at("viewer.devices", "id").into_iter().map(str::to_owned).collect()
}

/// What is stored, of all boards.
async fn stored(world: &World) -> DatabaseTransaction {
    world.app.db.read(&world.everywhere()).await.unwrap()
}

/// All devices with the token of a test, whoever has them.
async fn rows(world: &World) -> Vec<device::Model> {
    let db = stored(world).await;
    device::Entity::find().filter(device::Column::Token.not_like("%token-%")).all(&db).await.unwrap()
}

/// Whether something may be sent to the device.
pub(super) async fn is_reached(world: &World, id: &str) -> bool {
    let id: DeviceId = id.parse().unwrap();
    let db = stored(world).await;
    !store::of_ids(&db, &[id.0], world.app.clock.now()).await.unwrap().is_empty()
}

/// What the audit log says was done with devices, the oldest first.
async fn deeds(world: &World) -> Vec<String> {
    let lines = audit::Entity::within(&world.everywhere()).filter(audit::Column::Action.like("device.%"));
    let lines = lines.order_by_asc(audit::Column::Id).all(&stored(world).await).await.unwrap();
    lines.into_iter().map(|line| line.action).collect()
}
