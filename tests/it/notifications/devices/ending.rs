//! How a device ends.

use chrono::TimeDelta;
use glans::identity::accounts;
use glans_entity::ids::DeviceId;
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{TOKEN, deeds, has, is_reached, own, removes, rows};
use crate::notifications::phone;

async fn signing_out_unbinds(world: &World) {
    let (teacher, session) = phone(world, "teacher", world.ours.teacher).await;
    let (laptop, _) = phone(world, "laptop", world.ours.teacher).await;
    let (gone, kept) = (has(&teacher, TOKEN).await, has(&laptop, "laptop").await);
    let revoked = laptop.does("sessionRevoke", "deletedId", json!({ "id": session })).await;
    revoked.text_at("sessionRevoke.deletedId");
    assert_eq!((is_reached(world, &gone).await, is_reached(world, &kept).await), (false, true));
    assert_eq!(rows(world).await.len(), 1, "its row is gone");
    laptop.does("sessionRevoke", "deletedId", json!({})).await.text_at("sessionRevoke.deletedId");
    assert!(rows(world).await.is_empty());
}

async fn a_new_password_unbinds_all_other_devices(world: &World) {
    const PASSWORD: &str = "vier gele fietsen";
    let account = world.ours.teacher.account;
    let hash = world.app.identity.hashing.hash(PASSWORD.to_owned()).await.unwrap();
    let db = world.writing().await;
    accounts::set_password(&db, account, hash, world.app.clock.now()).await.unwrap();
    world.written(db).await;
    let (teacher, _) = phone(world, "teacher", account).await;
    let (laptop, _) = phone(world, "laptop", account).await;
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let ids = [has(&teacher, TOKEN).await, has(&laptop, "laptop").await, has(&guardian, "guardian").await];
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "paarse tuinkabouter" });
    laptop.does("passwordChange", "viewer { id }", input).await.text_at("passwordChange.viewer.id");
    let mut reached = Vec::new();
    for id in &ids {
        reached.push(is_reached(world, id).await);
    }
    assert_eq!(reached, [false, true, true]);
    assert_eq!(rows(world).await.len(), 2);
}

async fn a_session_that_is_over_reaches_nobody(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let id = has(&teacher, TOKEN).await;
    world.app.clock.turn(TimeDelta::days(60) - TimeDelta::minutes(5));
    assert!(is_reached(world, &id).await);
    world.app.clock.turn(TimeDelta::minutes(10));
    assert!(!is_reached(world, &id).await);
    let (fresh, _) = phone(world, "fresh", world.ours.teacher).await;
    assert_eq!(own(&fresh).await, [""; 0]);
    assert_eq!(fresh.asks(&format!("{{ node(id: \"{id}\") {{ id }} }}")).await.at("node"), &json!(null));
}

async fn the_device_of_another_is_nowhere(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let id = has(&teacher, TOKEN).await;
    for foreign in [id.as_str(), &DeviceId::new().to_string(), &world.ours.teacher.person.to_string(), "x"] {
        let refused = removes(&guardian, foreign).await;
        assert_eq!(refused.refusals("deviceRemove"), ["NOT_FOUND id"], "{foreign}");
    }
    assert!(is_reached(world, &id).await);
    let removed = removes(&teacher, &id).await;
    assert_eq!(removed.text_at("deviceRemove.deletedId"), id);
    let again = removes(&teacher, &id).await;
    assert_eq!(again.refusals("deviceRemove"), ["NOT_FOUND id"]);
    assert_eq!(deeds(world).await, ["device.registered", "device.removed"]);
}

on_each_database!(
    signing_out_unbinds,
    a_new_password_unbinds_all_other_devices,
    a_session_that_is_over_reaches_nobody,
    the_device_of_another_is_nowhere,
);
