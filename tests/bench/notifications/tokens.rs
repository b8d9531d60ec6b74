//! Gateways in every kind of trouble, to each of very many devices, and devices that are gone.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use glans::app::App;
use glans::call::today;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::telling;
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans_entity::notifications::{DeliveryState, PushPlatform, delivery, device};
use glans_entity::scope::Scope;
use glans_tests::seed::Crowd;
use glans_tests::{Engine, FakeGateway};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};

use crate::server::SECRET_KEY;

const PLATFORMS: [PushPlatform; 3] = [PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush];
const LATENCY: Duration = Duration::from_millis(300);
/// Pushes that a sender has under way at once: all of them are tried before a breaker knows of the first that failed.
const AT_ONCE: usize = 400;
/// Until a breaker lets the next one through.
const REST: TimeDelta = TimeDelta::seconds(6);
/// Rounds after which those who were not tried will never be.
const ROUNDS: usize = 100;
/// Longer than any wait for the next try.
const AFTER_ALL_WAITS: TimeDelta = TimeDelta::minutes(20);

/// What became of the devices.
pub(super) struct Measure {
    live: usize,
    /// Those that a fault befell.
    befallen: usize,
    removed_live: u64,
    /// Deliveries to them that were sent in the end, and those that a gateway refused for ever.
    sent: u64,
    refused: u64,
    dead: usize,
    removed_dead: u64,
    /// How often a dead one was tried at most.
    tries: usize,
}

pub(super) fn head() {
    println!("\na fault of the gateway to each live device, and a verdict on each dead one");
    println!(
        "{:<11}{:>8}{:>10}{:>13}{:>8}{:>9}{:>8}{:>13}{:>12}",
        "", "live", "befallen", "removed = 0", "sent", "refused", "dead", "removed", "tries ≤ 1"
    );
}

pub(super) fn line(engine: Engine, measure: &Measure) {
    println!(
        "{:<11}{:>8}{:>10}{:>13}{:>8}{:>9}{:>8}{:>13}{:>12}",
        engine.to_string(),
        measure.live,
        measure.befallen,
        measure.removed_live,
        measure.sent,
        measure.refused,
        measure.dead,
        measure.removed_dead,
        measure.tries,
    );
}

pub(super) async fn measure(url: &str, live: usize, dead: usize) -> Measure {
    let gateway = FakeGateway::start().await;
    let app = app(url, &gateway).await;
    let (removed_dead, tries) = bury(&app, &gateway, dead).await;
    let before = devices(&app).await;
    let crowd = gathered(&app, &gateway, live, "live").await;
    super::analyse(&app.db).await;

    gateway.set_latency(LATENCY);
    let names: Vec<String> = (0..live).map(|at| name("live", at)).collect();
    for (number, some) in names.chunks(AT_ONCE).enumerate() {
        let from = number * AT_ONCE;
        crowd.publish(&app.db, app.clock.now(), from..from + some.len()).await;
        telling::round(&app).await.expect("a round of telling");
        trouble(&app, &gateway, some).await;
    }
    let befallen = names.iter().filter(|name| gateway.tries(name) > 0).count();
    let devices_left = devices(&app).await - before;
    let (sent, refused) = (deliveries(&app, DeliveryState::Sent).await, deliveries(&app, DeliveryState::Failed).await);
    let faults = gateway.faults();
    assert!(faults.is_empty(), "the gateways found faults: {:?}", &faults[..faults.len().min(5)]);
    app.db.clone().close().await.expect("a database that closes");
    let count = |number: usize| u64::try_from(number).expect("a number of devices");
    Measure {
        live,
        befallen,
        removed_live: count(live) - devices_left,
        sent,
        // Those to the dead devices failed, too.
        refused: refused.saturating_sub(count(dead)),
        dead,
        removed_dead,
        tries,
    }
}

/// The gateways are in trouble until they let down each of these devices, and then in order.
async fn trouble(app: &Arc<App>, gateway: &FakeGateway, names: &[String]) {
    gateway.set_trouble(true);
    for _ in 0..ROUNDS {
        // A sender that knows of no trouble yet.
        send(app).await;
        app.clock.turn(REST);
        if names.iter().all(|name| gateway.tries(name) > 0) {
            break;
        }
    }
    gateway.set_trouble(false);
    app.clock.turn(AFTER_ALL_WAITS);
    send(app).await;
}

async fn send(app: &Arc<App>) {
    Sender::new(Arc::clone(app)).round().await.expect("a round of sending");
}

/// A verdict on each of so many dead devices: how many went, and how often one of them was tried at most.
async fn bury(app: &Arc<App>, gateway: &FakeGateway, dead: usize) -> (u64, usize) {
    let before = devices(app).await;
    let crowd = gathered(app, gateway, dead, "unregistered").await;
    let there = devices(app).await - before;
    crowd.publish(&app.db, app.clock.now(), 0..dead).await;
    telling::round(app).await.expect("a round of telling");
    send(app).await;
    let tries = (0..dead).map(|at| gateway.tries(&name("unregistered", at))).max();
    (there - (devices(app).await - before), tries.unwrap_or_default())
}

fn name(kind: &str, at: usize) -> String {
    format!("{kind}-{at}")
}

/// So many guardians with one device each, of all platforms.
async fn gathered(app: &App, gateway: &FakeGateway, count: usize, kind: &str) -> Crowd {
    let devices = |at: usize| {
        let (platform, name) = (PLATFORMS[at % PLATFORMS.len()], name(kind, at));
        let token = if platform == PushPlatform::WebPush { gateway.subscription(&name) } else { name };
        vec![(platform, token)]
    };
    Crowd::gather(&app.db, app.clock.now(), count, devices).await
}

async fn app(url: &str, gateway: &FakeGateway) -> Arc<App> {
    let db = Database::connect(url).await.expect("a database");
    let config = Config { database_url: url.to_owned(), secret_key: Some(SECRET_KEY.to_owned()), ..Config::default() };
    App::new(gateway.configure(config), db, Clock::default()).expect("a sound configuration")
}

async fn everything(app: &App) -> DatabaseTransaction {
    app.db.read(&Scope::system(today(app.clock.now()))).await.expect("a snapshot")
}

async fn devices(app: &App) -> u64 {
    device::Entity::find().count(&everything(app).await).await.expect("the devices")
}

async fn deliveries(app: &App, state: DeliveryState) -> u64 {
    let of_state = delivery::Entity::find().filter(delivery::Column::State.eq(state));
    of_state.count(&everything(app).await).await.expect("the deliveries")
}
