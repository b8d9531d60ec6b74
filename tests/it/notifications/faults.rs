//! What the gateways do wrong: nothing is lost, nothing seen twice, and no live device is taken for a dead one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use glans::notifications::deliveries::sender::Sender;
use glans::platform::dispatch::Dispatch;
use glans_entity::ids::DeviceId;
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery, device};
use glans_entity::scope::Scope;
use glans_tests::seed::Someone;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::occasions::done;
use super::phone;
use super::poison::claimed;
use super::stage::{Stage, daytime};

const PLATFORMS: [PushPlatform; 3] = [PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush];
/// Devices that fare alike.
const DEVICES: usize = 10;
/// In 2023, when nobody had registered yet.
const BEFORE: &str = "expired-1700000000000-";
/// The device itself is what is wrong with these, at all gateways.
const DEAD: [&str; 2] = ["unregistered-", "badtoken-"];
const ALIVE: [&str; 12] = [
    "ok-",
    "slow-",
    "sender-mismatch-",
    "auth-error-",
    "toolarge-",
    "quota-",
    "internal-",
    "unavailable-",
    "html-",
    "reset-before-",
    "reset-after-",
    "flaky-",
];

fn names(prefix: &str, platform: PushPlatform) -> Vec<String> {
    (0..DEVICES).map(|number| format!("{prefix}{platform:?}-{number}")).collect()
}

/// The teacher writes to the guardians of the child.
async fn message(world: &World) -> Someone {
    let (fien, sara, _) = world.family().await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", input).await;
    sara
}

/// What waits to be sent is due in two hours, but for what goes to these devices, which is due now.
async fn due_alone(world: &World, devices: &[DeviceId]) {
    use delivery::Column;
    let db = world.writing().await;
    let now = world.app.clock.now();
    let queued = delivery::Entity::update_many().filter(Column::State.eq(DeliveryState::Queued));
    queued.col_expr(Column::DueAt, Expr::value(now + TimeDelta::hours(2))).exec(&db).await.unwrap();
    let these = delivery::Entity::update_many().filter(Column::AddressId.is_in(devices.iter().map(|id| id.0)));
    let these = these.filter(Column::State.eq(DeliveryState::Queued)).col_expr(Column::DueAt, Expr::value(now));
    assert_eq!(these.exec(&db).await.unwrap().rows_affected, devices.len() as u64);
    world.written(db).await;
}

/// How many of the devices are still registered.
async fn left(world: &World, devices: &[DeviceId]) -> usize {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let found = device::Entity::find().filter(device::Column::Id.is_in(devices.iter().copied()));
    usize::try_from(found.count(&db).await.unwrap()).unwrap()
}

async fn a_device_goes_when_its_gateway_does_not_know_it_and_for_nothing_else(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    stage.gateway.set_slowness(Duration::from_millis(20));
    let (fien, sara, _) = world.family().await;
    let since = format!("expired-{}-", Utc::now().timestamp_millis());
    let mut all = Vec::new();
    for platform in PLATFORMS {
        // A device that registered since is another one; this gateway alone says since when.
        let is_taken_for_another = platform == PushPlatform::Apns;
        let dead = DEAD.into_iter().chain([since.as_str()]).map(|prefix| (prefix, true));
        let cases = dead.chain(ALIVE.map(|prefix| (prefix, false))).chain([(BEFORE, !is_taken_for_another)]);
        for (prefix, goes) in cases {
            let names = names(prefix, platform);
            let devices = stage.devices(sara, platform, &names).await;
            all.push((names, devices, goes));
        }
    }
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", input).await;
    stage.tells().await;
    for (names, devices, goes) in &all {
        due_alone(world, devices).await;
        stage.sends_anew().await;
        assert_eq!(left(world, devices).await, if *goes { 0 } else { DEVICES }, "{}", names[0]);
        for name in names {
            let tries = stage.gateway.tries(name);
            assert!(if *goes { tries == 1 } else { tries >= 1 }, "{name}: {tries} tries");
        }
    }
    let kept: Vec<_> = all.iter().filter(|(.., goes)| !goes).flat_map(|(_, devices, _)| devices.clone()).collect();
    assert_eq!(left(world, &kept).await, kept.len(), "nor did a later round take one");
    assert_eq!(stage.gateway.faults(), [""; 0]);
}

/// The gateway gave its verdict on the old token, and before that is written the phone registers its new one.
async fn a_verdict_on_the_token_of_before_leaves_the_device_there(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    let (of_sara, _) = phone(world, "sara", sara).await;
    let registers = async |token: &str| {
        let input = json!({ "platform": "FCM", "token": token });
        let reply = of_sara.does("deviceRegister", "device { id }", input).await;
        reply.text_at("deviceRegister.device.id").to_owned()
    };
    let id = registers("unregistered-before").await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", input).await;
    stage.tells().await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Push).await;
    let done = sender.carry(queue, batch).await.unwrap();
    assert_eq!(registers("ok-now").await, id, "the same device by a new token");
    sender.settle(queue, &done, lease).await.unwrap();
    stage.sends().await;
    assert_eq!((stage.gateway.tries("unregistered-before"), stage.gateway.seen("ok-now").len()), (1, 1));
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"]);
    assert_eq!(left(world, &[id.parse().unwrap()]).await, 1);
}

/// The app was gone for an hour, and registered anew by the same token.
async fn a_verdict_of_before_the_app_registered_again_leaves_the_device_there(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    let name = format!("expired-{}-again", (Utc::now() - TimeDelta::hours(1)).timestamp_millis());
    let id = stage.device(sara, PushPlatform::Apns, &name).await;
    let db = world.writing().await;
    let again = device::Entity::update_many().filter(device::Column::Id.eq(id));
    again.col_expr(device::Column::LastSeenAt, Expr::value(Utc::now())).exec(&db).await.unwrap();
    world.written(db).await;
    stage.works().await;
    assert!(stage.gateway.tries(&name) >= 1);
    assert_eq!(left(world, &[id]).await, 1);
}

/// Who forgets a person has the deliveries and waits for the devices while the verdict on one of these is written.
async fn a_dead_device_and_a_person_who_is_forgotten_do_not_wait_for_each_other(world: &World) {
    const NAME: &str = "unregistered-phone";
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    let id = stage.device(sara, PushPlatform::Fcm, NAME).await;
    stage.tells().await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Push).await;
    let done = sender.carry(queue, batch).await.unwrap();
    let db = world.writing().await;
    let cut_loose = delivery::Entity::update_many().filter(delivery::Column::AddressId.eq(id.0));
    cut_loose.col_expr(delivery::Column::Failure, Expr::value(None::<String>)).exec(&db).await.unwrap();
    let forgetting = async {
        // PostgreSQL looks once, after a second, whether who waits waits for ever; then it is the turn of who comes
        // next.
        tokio::time::sleep(Duration::from_millis(1_800)).await;
        let gone = device::Entity::delete_many().filter(device::Column::Id.eq(id)).exec(&db).await;
        gone.expect("a device that nobody keeps");
        world.written(db).await;
    };
    let (written, ()) = tokio::join!(sender.settle(queue, &done, lease), forgetting);
    written.unwrap();
    assert_eq!(stage.fates(sara, Channel::Push).await, ["FAILED 404 UNREGISTERED"]);
}

async fn what_a_gateway_takes_at_the_third_try_is_seen_once(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    for platform in PLATFORMS {
        stage.devices(sara, platform, &names("flaky-", platform)).await;
    }
    stage.works().await;
    // The gateway of one platform may have been left alone meanwhile.
    stage.passes(12, TimeDelta::minutes(2)).await;
    for name in PLATFORMS.into_iter().flat_map(|platform| names("flaky-", platform)) {
        assert_eq!((stage.gateway.seen(&name).len(), stage.gateway.tries(&name)), (1, 3), "{name}");
    }
    assert_eq!(stage.gateway.count(), 3 * DEVICES, "accepted once, too");
    let rows = stage.deliveries(sara, Channel::Push).await;
    assert!(rows.iter().all(|row| row.state == DeliveryState::Sent && row.attempts == 3), "{rows:?}");
}

/// Each of these was accepted once and is sent.
async fn all_are_sent_once(stage: &Stage<'_>, sara: Someone) {
    for name in PLATFORMS.into_iter().flat_map(|platform| names("ok-", platform)) {
        assert_eq!(stage.gateway.seen(&name).len(), 1, "{name}");
    }
    assert_eq!(stage.gateway.count(), 3 * DEVICES);
    let rows = stage.deliveries(sara, Channel::Push).await;
    assert_eq!(rows.len(), 3 * DEVICES);
    assert!(rows.iter().all(|row| row.state == DeliveryState::Sent), "{rows:?}");
    assert_eq!(stage.gateway.faults(), [""; 0]);
}

async fn a_gateway_that_is_overrun_is_left_alone_and_gets_all_of_it_later(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    for platform in PLATFORMS {
        stage.devices(sara, platform, &names("ok-", platform)).await;
    }
    stage.gateway.set_storm(true);
    let began = world.app.clock.now();
    stage.works().await;
    for row in stage.deliveries(sara, Channel::Push).await {
        assert_eq!(row.state, DeliveryState::Queued);
        assert!(row.due_at >= began + TimeDelta::seconds(1), "not before `Retry-After`: {row:?}");
        let why = row.failure.as_deref().unwrap_or_default();
        assert!(why.starts_with("429") || why == "GATEWAY_DOWN", "{row:?}");
    }
    let tries = || {
        let names = PLATFORMS.into_iter().flat_map(|platform| names("ok-", platform));
        names.map(|name| stage.gateway.tries(&name)).sum::<usize>()
    };
    let before = tries();
    assert!(before >= 3 * DEVICES, "{before}");
    // A minute before, so that it may not be tried however long the round takes.
    world.app.clock.turn(began - TimeDelta::minutes(1) - world.app.clock.now());
    stage.sends().await;
    assert_eq!(tries(), before, "nobody tries before it may be tried");
    stage.passes(6, TimeDelta::minutes(10)).await;
    assert_eq!(stage.gateway.count(), 0);
    stage.gateway.set_storm(false);
    stage.passes(12, TimeDelta::minutes(10)).await;
    all_are_sent_once(&stage, sara).await;
}

async fn what_one_push_service_asks_for_keeps_no_other_browser_waiting(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    let mut browsers = Vec::new();
    for (prefix, seen) in [("quota-", 0), ("unavailable-", 0), ("ok-", 1)] {
        let names = names(prefix, PushPlatform::WebPush);
        browsers.push((stage.devices(sara, PushPlatform::WebPush, &names).await, names, seen));
    }
    stage.tells().await;
    for (devices, names, seen) in browsers {
        due_alone(world, &devices).await;
        stage.sends().await;
        for name in names {
            assert_eq!(stage.gateway.seen(&name).len(), seen, "{name}");
        }
    }
}

/// Anybody can subscribe at an address that takes a push and never answers.
async fn a_push_service_that_hangs_is_left_alone_and_no_other(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    let hole = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (gateway, nowhere) = (stage.gateway.url(), format!("http://{}", hole.local_addr().unwrap()));
    let hanging = stage.devices(sara, PushPlatform::WebPush, &names("hanging-", PushPlatform::WebPush)).await;
    let db = world.writing().await;
    let theirs = device::Column::Id.is_in(hanging.iter().copied());
    for row in device::Entity::find().filter(theirs).all(&db).await.unwrap() {
        let token = Expr::value(row.token.replace(&gateway, &nowhere));
        let update = device::Entity::update_many().filter(device::Column::Id.eq(row.id));
        update.col_expr(device::Column::Token, token).exec(&db).await.unwrap();
    }
    world.written(db).await;
    let other = stage.device(sara, PushPlatform::WebPush, "ok-browser").await;
    stage.tells().await;
    due_alone(world, &hanging).await;
    stage.sends().await;
    // They were tried, all at once. The next ones are not, and the browser of another push service is. The rest of the push
    // service lasts a minute more, however long that takes.
    world.app.clock.turn(-TimeDelta::minutes(1));
    due_alone(world, &[hanging, vec![other]].concat()).await;
    let began = Instant::now();
    stage.sends().await;
    // A push service that does not answer is waited for ten seconds.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let fates = stage.fates(sara, Channel::Push).await;
    assert_eq!(fates.iter().filter(|fate| *fate == "QUEUED GATEWAY_DOWN").count(), DEVICES, "{fates:?}");
    assert_eq!((fates.len(), stage.gateway.seen("ok-browser").len()), (DEVICES + 1, 1));
}

async fn gateways_that_are_dead_for_two_hours_lose_nothing(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = message(world).await;
    for platform in PLATFORMS {
        stage.devices(sara, platform, &names("ok-", platform)).await;
    }
    stage.gateway.die().await;
    stage.works().await;
    stage.passes(12, TimeDelta::minutes(10)).await;
    let rows = stage.deliveries(sara, Channel::Push).await;
    assert!(rows.iter().all(|row| row.state == DeliveryState::Queued), "{rows:?}");
    stage.gateway.revive().await;
    stage.passes(12, TimeDelta::minutes(10)).await;
    all_are_sent_once(&stage, sara).await;
}

on_each_database!(
    a_device_goes_when_its_gateway_does_not_know_it_and_for_nothing_else,
    a_verdict_on_the_token_of_before_leaves_the_device_there,
    a_verdict_of_before_the_app_registered_again_leaves_the_device_there,
    a_dead_device_and_a_person_who_is_forgotten_do_not_wait_for_each_other,
    what_a_gateway_takes_at_the_third_try_is_seen_once,
    a_gateway_that_is_overrun_is_left_alone_and_gets_all_of_it_later,
    what_one_push_service_asks_for_keeps_no_other_browser_waiting,
    a_push_service_that_hangs_is_left_alone_and_no_other,
    gateways_that_are_dead_for_two_hours_lose_nothing,
);
