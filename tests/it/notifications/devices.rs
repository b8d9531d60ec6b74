//! Where pushes go: registering, moving, and all the ways in which a device ends.

use std::collections::BTreeSet;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::{DateTime, TimeDelta, Utc};
use glans::call::today;
use glans::identity::accounts;
use glans::notifications::devices::store;
use glans_entity::identity::audit;
use glans_entity::ids::DeviceId;
use glans_entity::notifications::device;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::phone;

pub(super) const SHOWN: &str = "device { id platform name isCurrent registeredAt lastSeenAt }";
pub(super) const TOKEN: &str = "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH";

async fn registers(actor: &Actor, input: Value) -> Reply {
    actor.does("deviceRegister", SHOWN, input).await
}

/// Registers a token of Firebase; the id of the device.
pub(super) async fn has(actor: &Actor, token: &str) -> String {
    let reply = registers(actor, json!({ "platform": "FCM", "token": token })).await;
    reply.text_at("deviceRegister.device.id").to_owned()
}

/// The ids of the own devices, the one seen last first.
async fn own(actor: &Actor) -> Vec<String> {
    let reply = actor.asks("{ viewer { devices { id } } }").await;
    reply.texts_at("viewer.devices", "id").into_iter().map(str::to_owned).collect()
}

/// What is stored, of all boards.
async fn stored(world: &World) -> DatabaseTransaction {
    let everything = Scope::system(today(world.app.clock.now()));
    world.app.db.read(&everything).await.unwrap()
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
    let everything = Scope::system(today(world.app.clock.now()));
    let lines = audit::Entity::within(&everything).filter(audit::Column::Action.like("device.%"));
    let lines = lines.order_by_asc(audit::Column::Id).all(&stored(world).await).await.unwrap();
    lines.into_iter().map(|line| line.action).collect()
}

async fn a_phone_is_registered_and_shown_to_its_owner_alone(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let made = registers(&teacher, json!({ "platform": "FCM", "token": TOKEN, "name": " Telefoon " })).await;
    let device = made.at("deviceRegister.device");
    assert_eq!((&device["platform"], &device["name"]), (&json!("FCM"), &json!("Telefoon")));
    assert_eq!((&device["isCurrent"], &device["registeredAt"]), (&json!(true), &device["lastSeenAt"]));
    let id = made.text_at("deviceRegister.device.id");
    assert!(is_reached(world, id).await);
    let (tablet, _) = phone(world, "tablet", world.ours.teacher).await;
    let seen = tablet.asks("{ viewer { devices { id isCurrent } } }").await;
    assert_eq!(seen.at("viewer.devices"), &json!([{ "id": id, "isCurrent": false }]));
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    for (actor, expected) in [(&tablet, json!({ "id": id })), (&guardian, json!(null))] {
        let document = format!("{{ node(id: \"{id}\") {{ id }} }}");
        assert_eq!(actor.asks(&document).await.at("node"), &expected, "{}", actor.name);
    }
    assert_eq!(own(&guardian).await, [""; 0]);
    assert_eq!(deeds(world).await, ["device.registered"]);
}

async fn a_token_moves_to_who_registers_it_last(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let (guardian, session) = phone(world, "guardian", world.ours.guardians[0]).await;
    let first = has(&teacher, TOKEN).await;
    let second = has(&guardian, TOKEN).await;
    assert_ne!(first, second, "what was queued for the former owner finds nobody");
    assert!(!is_reached(world, &first).await && is_reached(world, &second).await);
    assert_eq!((own(&teacher).await, own(&guardian).await), (Vec::new(), vec![second.clone()]));
    let rows = rows(world).await;
    let [row] = &rows[..] else { panic!("one row: {rows:?}") };
    assert_eq!((row.account_id, row.session_id, &row.name), (world.ours.guardians[0].account, session, &None));
    assert_eq!(deeds(world).await, ["device.registered", "device.taken_over", "device.registered"]);

    // Another session of the same account is another phone, or the same one after a new sign-in.
    let (again, _) = phone(world, "guardian again", world.ours.guardians[0]).await;
    let third = has(&again, TOKEN).await;
    assert_eq!(second, third, "what waits for the same person still comes");
    assert_eq!(own(&guardian).await, [third]);
    // The same text at another gateway is another token.
    registers(&guardian, json!({ "platform": "APNS", "token": "ABCD" })).await.text_at("deviceRegister.device.id");
    let other = registers(&teacher, json!({ "platform": "FCM", "token": "abcd" })).await;
    other.text_at("deviceRegister.device.id");
    assert_eq!((own(&teacher).await.len(), own(&guardian).await.len()), (1, 2));
}

async fn the_same_session_keeps_one_token_per_gateway(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let named = json!({ "platform": "FCM", "token": TOKEN, "name": "Telefoon" });
    let first = registers(&teacher, named).await;
    let id = first.text_at("deviceRegister.device.id");
    world.app.clock.turn(TimeDelta::minutes(3));
    let again = registers(&teacher, json!({ "platform": "FCM", "token": TOKEN })).await;
    let (before, now) = (first.at("deviceRegister.device"), again.at("deviceRegister.device"));
    for kept in ["id", "name", "registeredAt"] {
        assert_eq!(now[kept], before[kept], "{kept}");
    }
    let seen = |device: &Value| -> DateTime<Utc> { device["lastSeenAt"].as_str().unwrap().parse().unwrap() };
    assert!(seen(now) - seen(before) >= TimeDelta::minutes(3));
    let renamed = registers(&teacher, json!({ "platform": "FCM", "token": TOKEN, "name": "Werk" })).await;
    assert_eq!(renamed.at("deviceRegister.device")["name"], "Werk");

    registers(&teacher, json!({ "platform": "APNS", "token": "0a0b" })).await.text_at("deviceRegister.device.id");
    let fresh = has(&teacher, "another-token").await;
    assert_eq!(fresh, id, "what waits for the device still comes, by its new token");
    assert!(is_reached(world, id).await);
    assert_eq!(own(&teacher).await.len(), 2, "one of each gateway");
    let everything = Scope::system(today(world.app.clock.now()));
    let lines = audit::Entity::within(&everything).filter(audit::Column::Subject.eq(id));
    let lines = lines.all(&stored(world).await).await.unwrap();
    let deeds: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(deeds, ["device.registered"; 2], "by either token it is this one");
}

async fn signing_out_unbinds(world: &World) {
    let (teacher, session) = phone(world, "teacher", world.ours.teacher).await;
    let (laptop, _) = phone(world, "laptop", world.ours.teacher).await;
    let (gone, kept) = (has(&teacher, TOKEN).await, has(&laptop, "laptop").await);
    laptop
        .does("sessionRevoke", "deletedId", json!({ "id": session.to_string() }))
        .await
        .text_at("sessionRevoke.deletedId");
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

async fn a_device_is_refused_with_what_to_mend(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let point = BASE64_URL_SAFE_NO_PAD.encode([&[4_u8][..], &[7_u8; 64]].concat());
    let secret = BASE64_URL_SAFE_NO_PAD.encode([9; 16]);
    let browser = |endpoint: &str, auth: &str| {
        json!({ "endpoint": endpoint, "expirationTime": null, "keys": { "p256dh": point, "auth": auth } }).to_string()
    };
    let right = browser("https://updates.push.example/wpush/v2/gAAA", &secret);
    let cases = [
        ("FCM", " ".to_owned(), vec!["REQUIRED token"]),
        ("FCM", "with blank".to_owned(), vec!["INVALID token"]),
        ("FCM", "a".repeat(2_049), vec!["TOO_LONG token"]),
        ("APNS", "abc".to_owned(), vec!["INVALID token"]),
        ("WEB_PUSH", "abc".to_owned(), vec!["INVALID token"]),
        ("WEB_PUSH", browser("http://updates.push.example/a", &secret), vec!["INVALID token"]),
        ("WEB_PUSH", browser("https://updates.push.example/a", "AAAA"), vec!["INVALID token"]),
        ("WEB_PUSH", right, vec![]),
    ];
    for (platform, token, refused) in cases {
        let reply = registers(&teacher, json!({ "platform": platform, "token": token })).await;
        assert_eq!(reply.refusals("deviceRegister"), refused, "{platform} {token}");
    }
    let both = json!({ "platform": "APNS", "token": "abc", "name": "n".repeat(81) });
    assert_eq!(registers(&teacher, both).await.refusals("deviceRegister"), ["INVALID token", "TOO_LONG name"]);
    assert_eq!(rows(world).await.len(), 1);

    let input = json!({ "platform": "FCM", "token": TOKEN });
    let unbound = registers(&world.actor(Who::Teacher).await, input.clone()).await;
    assert_eq!(unbound.refusals("deviceRegister"), ["FORBIDDEN"], "a token without a session");
    assert_eq!(registers(&world.actor(Who::Anonymous).await, input.clone()).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(registers(&world.actor(Who::Client).await, input).await.codes(), ["FORBIDDEN"]);
}

async fn the_device_of_another_is_nowhere(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let id = has(&teacher, TOKEN).await;
    for foreign in [id.as_str(), &DeviceId::new().to_string(), &world.ours.teacher.person.to_string(), "x"] {
        let refused = guardian.does("deviceRemove", "deletedId", json!({ "id": foreign })).await;
        assert_eq!(refused.refusals("deviceRemove"), ["NOT_FOUND id"], "{foreign}");
    }
    assert!(is_reached(world, &id).await);
    let removed = teacher.does("deviceRemove", "deletedId", json!({ "id": id })).await;
    assert_eq!(removed.text_at("deviceRemove.deletedId"), id);
    let again = teacher.does("deviceRemove", "deletedId", json!({ "id": id })).await;
    assert_eq!(again.refusals("deviceRemove"), ["NOT_FOUND id"]);
    assert_eq!(deeds(world).await, ["device.registered", "device.removed"]);
}

async fn sent_again_it_is_done_once(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let input = json!({ "platform": "FCM", "token": TOKEN, "clientMutationId": "registered-once" });
    let first = registers(&teacher, input.clone()).await;
    let again = registers(&teacher, input).await;
    assert_eq!(first.at("deviceRegister.device"), again.at("deviceRegister.device"));
    assert_eq!(again.body["extensions"]["replayed"], true);
    assert_eq!(deeds(world).await, ["device.registered"]);
    let id = first.text_at("deviceRegister.device.id");
    for _ in 0..2 {
        let input = json!({ "id": id, "clientMutationId": "removed-once" });
        let removed = teacher.does("deviceRemove", "deletedId", input).await;
        assert_eq!(removed.text_at("deviceRemove.deletedId"), id);
    }
    assert_eq!(deeds(world).await, ["device.registered", "device.removed"]);
}

async fn of_fifty_registrations_at_once_one_row_is_left(world: &World) {
    let (teacher, _) = phone(world, "teacher", world.ours.teacher).await;
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let mut race = JoinSet::new();
    for turn in 0..50 {
        let actor = if turn % 2 == 0 { teacher.clone() } else { guardian.clone() };
        race.spawn(async move { has(&actor, TOKEN).await });
    }
    let told: BTreeSet<String> = race.join_all().await.into_iter().collect();
    let left = rows(world).await;
    let [row] = &left[..] else { panic!("one row: {left:?}") };
    assert!(told.contains(&row.id.to_string()));
    let mut seen = own(&teacher).await;
    seen.extend(own(&guardian).await);
    assert_eq!(seen, [row.id.to_string()]);
    for former in told.iter().filter(|id| **id != row.id.to_string()) {
        assert!(!is_reached(world, former).await, "{former} is none any more");
    }
}

async fn of_too_many_devices_the_one_seen_longest_ago_goes(world: &World) {
    let mut ids = Vec::new();
    for at in 0..20 {
        let (phone, _) = phone(world, "phone", world.ours.teacher).await;
        ids.push(has(&phone, &format!("phone-{at}")).await);
        world.app.clock.turn(TimeDelta::seconds(1));
    }
    let (last, _) = phone(world, "last", world.ours.teacher).await;
    assert_eq!(own(&last).await.len(), 20);
    ids.push(has(&last, "phone-20").await);
    let seen: Vec<String> = ids.iter().skip(1).rev().cloned().collect();
    assert_eq!(own(&last).await, seen);
    assert!(!is_reached(world, &ids[0]).await);
}

on_each_database!(
    a_phone_is_registered_and_shown_to_its_owner_alone,
    a_token_moves_to_who_registers_it_last,
    the_same_session_keeps_one_token_per_gateway,
    signing_out_unbinds,
    a_new_password_unbinds_all_other_devices,
    a_session_that_is_over_reaches_nobody,
    a_device_is_refused_with_what_to_mend,
    the_device_of_another_is_nowhere,
    sent_again_it_is_done_once,
    of_fifty_registrations_at_once_one_row_is_left,
    of_too_many_devices_the_one_seen_longest_ago_goes,
);
