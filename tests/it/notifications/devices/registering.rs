//! Who registers a device, and what is shown of it.

use std::collections::BTreeSet;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::audit;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{TOKEN, deeds, has, has_at, is_reached, own, registers, rows, stored};
use crate::notifications::phone;

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
    has_at(&guardian, "APNS", "ABCD").await;
    has(&teacher, "abcd").await;
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

    has_at(&teacher, "APNS", "0a0b").await;
    let fresh = has(&teacher, "another-token").await;
    assert_eq!(fresh, id, "what waits for the device still comes, by its new token");
    assert!(is_reached(world, id).await);
    assert_eq!(own(&teacher).await.len(), 2, "one of each gateway");
    let lines = audit::Entity::within(&world.everywhere()).filter(audit::Column::Subject.eq(id));
    let lines = lines.all(&stored(world).await).await.unwrap();
    let deeds: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(deeds, ["device.registered"; 2], "by either token it is this one");
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
    a_device_is_refused_with_what_to_mend,
    sent_again_it_is_done_once,
    of_fifty_registrations_at_once_one_row_is_left,
    of_too_many_devices_the_one_seen_longest_ago_goes,
);
