//! Processes that are killed in the middle of a fan-out: nothing is lost, nothing is seen twice, and it goes on.
//!
//! `KILLS=200 GUARDIANS=10000 cargo test -p glans-tests --test it -- --ignored --nocapture --test-threads 1 killed`

use std::time::{Duration, Instant};

use glans_tests::{Engine, FakeGateway, Program, on_each_database};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::DbBackend;
use tokio::time::sleep;
use uuid::Uuid;

use super::fan_out::{
    GOES_ON, Processes, all_is_told_and_sent, crowd, each_sees_one, is_claimed, is_done, is_under_way, were_hit,
};

const KILLS: usize = 10;
const GUARDIANS: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(40);
/// In this time all processes can be killed, while what they have is under way. A gateway is waited for ten seconds.
const LONG_LATENCY: Duration = Duration::from_secs(6);
/// From an announcement to a kill at most, in milliseconds: a process that was killed starts anew in less.
const MOMENTS: u64 = 2_500;

/// Between two kills of one fan-out, in milliseconds.
const BETWEEN: std::ops::Range<u64> = 200..1_500;
/// Kills that hit something in the middle of one fan-out, at least.
const HITS: usize = 5;
/// One fan-out that is not over by then will never be.
const PATIENCE: Duration = Duration::from_mins(10);

/// Any number of processes work on PostgreSQL, and one on SQLite.
fn all(backend: DbBackend) -> &'static [&'static [&'static str]] {
    match backend {
        DbBackend::Postgres => &[&["worker"], &["worker"], &["serve", "--listen", "127.0.0.1:0"]],
        _ => &[&["worker"]],
    }
}

/// The seed of this run, or that of an earlier one, to kill at the same moments again.
fn seed() -> u64 {
    std::env::var("SEED").map_or_else(|_| Uuid::now_v7().as_u64_pair().1, |seed| seed.parse().expect("a number"))
}

/// Waits for a moment at random: so long after an announcement, or when some of it is out and the rest under way.
async fn any_moment(dice: &mut StdRng, gateway: &FakeGateway, before: usize, told: usize) {
    if dice.random_bool(0.5) {
        return sleep(Duration::from_millis(dice.random_range(0..MOMENTS))).await;
    }
    let enough = before + dice.random_range(1..=told);
    let begun = Instant::now();
    while gateway.count() < enough && begun.elapsed() < Duration::from_millis(MOMENTS) {
        sleep(Duration::from_millis(2)).await;
    }
    sleep(Duration::from_millis(dice.random_range(0..100))).await;
}

/// Kills all processes, one after the other, while one of them has deliveries under its hands.
async fn hit_for_certain(program: &Program, gateway: &FakeGateway, processes: &mut Processes) {
    let begun = Instant::now();
    gateway.set_latency(LONG_LATENCY);
    while !is_claimed(&program.app.db).await {
        assert!(begun.elapsed() < PATIENCE, "nothing is claimed");
        sleep(Duration::from_millis(5)).await;
    }
    for victim in 0..processes.count() {
        processes.kill(victim);
    }
    gateway.set_latency(LATENCY);
}

/// Tells the guardians one share after the other, and kills a process in the middle of each. The first time it kills all of
/// them, so that something is hit for certain: its lease runs out while the others are told.
async fn a_fan_out_survives(program: &Program, kills: usize, guardians: usize) {
    let (app, seed) = (&program.app, seed());
    println!("seed {seed}: {kills} kills, {guardians} guardians, {:?}", app.db.backend());
    let mut dice = StdRng::seed_from_u64(seed);
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let crowd = crowd(&app.db, guardians).await;
    let folder = tempfile::tempdir().unwrap();
    let database = (app.config.database_url.as_str(), app.config.secret_key.as_deref().unwrap());
    let mut processes = Processes::start(folder.path(), database, &gateway, all(app.db.backend()));

    let (begun, share) = (Instant::now(), guardians.div_ceil(kills));
    let mut killed = begun;
    for kill in 0..kills {
        let told = (kill * share).min(guardians)..((kill + 1) * share).min(guardians);
        if !told.is_empty() {
            crowd.publish(&app.db, app.clock.now(), told).await;
        }
        if kill == 0 {
            hit_for_certain(program, &gateway, &mut processes).await;
        } else {
            any_moment(&mut dice, &gateway, gateway.count(), share).await;
            processes.kill(dice.random_range(0..processes.count()));
        }
        killed = Instant::now();
    }
    let settled = processes.settle(&app.db, killed).await;
    drop(processes);

    let sights = each_sees_one(&gateway, guardians);
    all_is_told_and_sent(&app.db, guardians).await;
    let hit = were_hit(&app.db).await;
    println!(
        "{:?}: {guardians} told and {kills} kills in {:.1?}, which hit {hit} deliveries; the last saw it {:.1?} after the \
         last kill, and all was done after {settled:.1?}; lost 0, seen twice 0, sent twice under one name {}",
        app.db.backend(),
        begun.elapsed(),
        sights.last.saturating_duration_since(killed),
        sights.pushes - guardians,
    );
    assert!(settled <= GOES_ON, "it went on {settled:?} after the last kill; seed {seed}");
    assert!(hit > 0, "no kill hit anything; seed {seed}");
}

/// Tells all guardians by one announcement, and kills a process whenever some of it is under way, until all is done. Between
/// that, what was hit waits for the end of its lease.
async fn one_fan_out_survives(program: &Program, kills: usize, guardians: usize) {
    let (app, seed) = (&program.app, seed());
    println!("seed {seed}: one announcement to {guardians} guardians, {:?}", app.db.backend());
    let mut dice = StdRng::seed_from_u64(seed);
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let crowd = crowd(&app.db, guardians).await;
    let folder = tempfile::tempdir().unwrap();
    let database = (app.config.database_url.as_str(), app.config.secret_key.as_deref().unwrap());
    let mut processes = Processes::start(folder.path(), database, &gateway, all(app.db.backend()));

    crowd.publish(&app.db, app.clock.now(), 0..guardians).await;
    let (begun, mut killed, mut hits) = (Instant::now(), Instant::now(), 0);
    while hits < kills && !is_done(&app.db).await {
        assert!(begun.elapsed() < PATIENCE, "it does not go on; seed {seed}");
        sleep(Duration::from_millis(dice.random_range(BETWEEN))).await;
        if is_under_way(&app.db).await {
            killed = Instant::now();
            processes.kill(dice.random_range(0..processes.count()));
            hits += 1;
        }
    }
    let settled = processes.settle(&app.db, killed).await;
    drop(processes);

    let sights = each_sees_one(&gateway, guardians);
    all_is_told_and_sent(&app.db, guardians).await;
    println!(
        "{:?}: {guardians} told at once and {hits} kills in the middle of it in {:.1?}; all was done {settled:.1?} after \
         the last; lost 0, seen twice 0, sent twice under one name {}",
        app.db.backend(),
        begun.elapsed(),
        sights.pushes - guardians,
    );
    assert!(settled <= GOES_ON, "it went on {settled:?} after the last kill; seed {seed}");
    assert!(hits >= HITS, "{hits} kills are no proof; seed {seed}");
}

async fn a_fan_out_loses_nothing_and_shows_nothing_twice(program: &Program) {
    a_fan_out_survives(program, KILLS, GUARDIANS).await;
}

on_each_database!(a_fan_out_loses_nothing_and_shows_nothing_twice);

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

async fn in_full(program: &Program) {
    a_fan_out_survives(program, number("KILLS", 200), number("GUARDIANS", 10_000)).await;
}

async fn at_once(program: &Program) {
    one_fan_out_survives(program, number("KILLS", 200), number("GUARDIANS", 10_000)).await;
}

#[test]
#[ignore = "kills for minutes; `docs/operations.md` has the command"]
fn at_once_on_sqlite() {
    glans_tests::run(Engine::Sqlite, at_once);
}

#[test]
#[ignore = "kills for minutes; `docs/operations.md` has the command"]
fn at_once_on_postgres() {
    glans_tests::run(Engine::Postgres, at_once);
}

#[test]
#[ignore = "kills for ten minutes; `docs/operations.md` has the command"]
fn in_full_on_sqlite() {
    glans_tests::run(Engine::Sqlite, in_full);
}

#[test]
#[ignore = "kills for ten minutes; `docs/operations.md` has the command"]
fn in_full_on_postgres() {
    glans_tests::run(Engine::Postgres, in_full);
}
