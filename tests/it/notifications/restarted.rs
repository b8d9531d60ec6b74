//! PostgreSQL is restarted in the middle of a fan-out: whoever was claimed, sent to or neither is told, and sees it once.

use std::time::{Duration, Instant};

use glans::platform::clock::Clock;
use glans::platform::db::Database;
use glans_migration::Migrator;
use glans_tests::FakeGateway;
use glans_tests::cluster::{self, Cluster};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use tokio::time::sleep;

use super::fan_out::{GOES_ON, Processes, all_is_told_and_sent, crowd, each_sees_one};

/// 32 bytes in base64.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// More than two processes have under their hands at a time, so that some are claimed and some wait.
const GUARDIANS: usize = 1_600;
/// Those who are told after the restart.
const LATER: usize = 100;
/// Long enough that the restart finds pushes under way.
const LATENCY: Duration = Duration::from_millis(300);
const AWAY: Duration = Duration::from_secs(3);
/// For processes to start, and for the first push.
const PATIENCE: Duration = Duration::from_mins(3);

/// A database of a cluster that no other test uses.
async fn a_database(cluster: &Cluster) -> String {
    let maintenance = sea_orm::Database::connect(cluster.url()).await.unwrap();
    maintenance.execute_unprepared("CREATE DATABASE glans").await.unwrap();
    maintenance.close().await.unwrap();
    let url = cluster.url();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/glans")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_postgres_loses_nothing_and_shows_nothing_twice() {
    let Some(programs) = cluster::programs() else { return };
    let mut cluster = Cluster::start(&programs);
    let url = a_database(&cluster).await;
    let now = || Clock::default().now();
    let db = Database::connect(&url).await.unwrap();
    Migrator::up(db.connection(), None).await.unwrap();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let crowd = crowd(&db, GUARDIANS).await;
    let folder = tempfile::tempdir().unwrap();
    let mut processes = Processes::start(folder.path(), (url.as_str(), KEY), &gateway, &[&["worker"], &["worker"]]);
    crowd.publish(&db, now(), 0..GUARDIANS - LATER).await;
    db.close().await.unwrap();

    let begun = Instant::now();
    while gateway.count() == 0 {
        assert!(begun.elapsed() < PATIENCE, "nothing is sent");
        processes.are_there();
        sleep(Duration::from_millis(2)).await;
    }
    cluster.stop();
    sleep(AWAY).await;
    let sent = gateway.count();
    assert!(sent < GUARDIANS - LATER, "the restart came too late: all {sent} were sent");
    cluster.start_again();
    let back = Instant::now();

    let db = Database::connect(&url).await.unwrap();
    crowd.publish(&db, now(), GUARDIANS - LATER..GUARDIANS).await;
    let settled = processes.settle(&db, back).await;
    drop(processes);
    let sights = each_sees_one(&gateway, GUARDIANS);
    all_is_told_and_sent(&db, GUARDIANS).await;
    println!(
        "{sent} of {GUARDIANS} were sent when PostgreSQL was gone; all was done {settled:.1?} after it was back, sent twice \
         under one name {}",
        sights.pushes - GUARDIANS,
    );
    assert!(settled <= GOES_ON, "it went on {settled:?} after PostgreSQL was back");
    db.close().await.unwrap();
}
