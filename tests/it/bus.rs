//! Waking followers in other processes: by PostgreSQL and by NATS, and after either was away.

use std::time::Duration;

use glans::platform::bus::{Bus, Wakes};
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans_entity::organisation::school;
use glans_tests::{Engine, Nats, World, on_each_database, run};
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait};

const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than a message takes.
const QUIET: Duration = Duration::from_millis(500);
/// Longer than a connection takes on a busy machine.
const REST: Duration = Duration::from_secs(2);

async fn woken(wakes: &mut Wakes) {
    tokio::time::timeout(PATIENCE, wakes.next()).await.expect("a wake-up call");
}

/// Until nobody calls any more: who begins to listen is woken, perhaps more than once.
async fn at_rest(wakes: &mut Wakes) {
    woken(wakes).await;
    while tokio::time::timeout(REST, wakes.next()).await.is_ok() {}
}

/// Two processes over one database.
fn two(world: &World, bus_url: Option<String>) -> (Bus, Bus) {
    let config = Config { bus_url, ..world.app.config.clone() };
    (Bus::of(&config, &world.app.db), Bus::of(&config, &world.app.db))
}

/// Who begins to listen is woken, on a busy machine long after: once out of so often is nobody woken for another topic.
const OFTEN: usize = 10;

async fn must_hear(here: &Bus, wakes: &mut Wakes) {
    let mut is_quiet = false;
    for _ in 0..OFTEN {
        here.publish("another").await;
        is_quiet = tokio::time::timeout(QUIET, wakes.next()).await.is_err();
        if is_quiet {
            break;
        }
    }
    assert!(is_quiet, "woken for another topic");
    here.publish("topic").await;
    woken(wakes).await;
}

async fn another_process_is_woken_by_the_database(world: &World) {
    if world.engine() == Engine::Sqlite {
        return;
    }
    let (here, there) = two(world, None);
    let mut wakes = there.subscribe("topic");
    at_rest(&mut wakes).await;
    must_hear(&here, &mut wakes).await;

    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                  WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    world.app.db.connection().execute_unprepared(ended).await.unwrap();
    at_rest(&mut wakes).await;
    must_hear(&here, &mut wakes).await;
}

/// All schools move; whoever moves them tells nobody.
async fn writes(db: &Database, world: &World, city: &str) {
    let writing = db.write(&world.everywhere()).await.unwrap();
    school::Entity::update_many().col_expr(school::Column::City, Expr::value(city)).exec(&writing).await.unwrap();
    writing.commit().await.unwrap();
}

/// As an import on the command line, beside a server.
async fn what_another_process_writes_wakes_and_what_this_one_writes_does_not(world: &World) {
    let db = &world.app.db;
    let other = Database::connect(&world.app.config.database_url).await.unwrap();
    let bus = Bus::of(&world.app.config, db);
    let mut wakes = bus.subscribe("topic");
    woken(&mut wakes).await;
    writes(db, world, "Urk").await;
    let looked_twice = Duration::from_millis(1_200);
    assert!(tokio::time::timeout(looked_twice, wakes.next()).await.is_err(), "woken by its own process");
    writes(&other, world, "Kampen").await;
    woken(&mut wakes).await;
    other.close().await.unwrap();
}

#[test]
fn sqlite_what_another_process_writes_wakes_and_what_this_one_writes_does_not() {
    run(Engine::Sqlite, what_another_process_writes_wakes_and_what_this_one_writes_does_not);
}

async fn another_process_is_woken_by_nats(world: &World) {
    let Some(mut nats) = Nats::start() else { return };
    let (here, there) = two(world, Some(nats.url()));
    let mut wakes = there.subscribe("topic");
    at_rest(&mut wakes).await;
    must_hear(&here, &mut wakes).await;

    nats.kill();
    // Who writes meanwhile is not held up, and not told.
    tokio::time::timeout(PATIENCE, here.publish("topic")).await.expect("it returns");
    nats.restart();
    at_rest(&mut wakes).await;
    must_hear(&here, &mut wakes).await;
}

async fn a_bus_that_is_not_there_yet_is_waited_for(world: &World) {
    let Some(mut nats) = Nats::start() else { return };
    nats.kill();
    let (here, there) = two(world, Some(nats.url()));
    let mut wakes = there.subscribe("topic");
    tokio::time::timeout(PATIENCE, here.publish("topic")).await.expect("it returns");
    here.wake("topic");
    nats.restart();
    at_rest(&mut wakes).await;
    // The one that writes comes by itself as well.
    let heard = async {
        loop {
            here.publish("topic").await;
            if tokio::time::timeout(QUIET, wakes.next()).await.is_ok() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("a wake-up call");
}

on_each_database!(
    another_process_is_woken_by_the_database,
    another_process_is_woken_by_nats,
    a_bus_that_is_not_there_yet_is_waited_for,
);
