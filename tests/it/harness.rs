//! The harness itself: what it starts, it removes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use glans_tests::cluster::{self, Cluster};
use glans_tests::{EmptyDatabase, Who, World, on_each_database};
use sea_orm::ConnectionTrait;

async fn a_test_has_a_database_of_its_own(database: &EmptyDatabase) {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    connection.execute_unprepared("CREATE TABLE only_here (id INTEGER)").await.unwrap();
    let insert = connection.execute_unprepared("INSERT INTO only_here VALUES (1), (2)").await.unwrap();
    assert_eq!(insert.rows_affected(), 2);
    connection.close().await.unwrap();
}

async fn another_test_does_not_see_it(database: &EmptyDatabase) {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let refused = connection.execute_unprepared("INSERT INTO only_here VALUES (1)").await;
    assert!(refused.is_err(), "the table of another test is visible");
    connection.close().await.unwrap();
}

async fn an_actor_speaks_http(world: &World) {
    let marieke = world.actor(Who::Leader).await;
    let reply = marieke.asks("{ schools { nodes { name } } }").await;
    assert_eq!(reply.texts_at("schools.nodes", "name"), ["De Zwaluw"]);

    let nobody = world.actor(Who::Anonymous).await;
    let reply = nobody.asks("{ schools { nodes { name } } }").await;
    assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
}

on_each_database!(a_test_has_a_database_of_its_own, another_test_does_not_see_it, an_actor_speaks_http);

#[test]
fn a_killed_test_process_leaves_no_cluster() {
    if cluster::programs().is_none() {
        return;
    }
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "harness::hold_a_cluster", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let directory = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("cluster in ")?.1.to_owned()))
        .expect("the process says where its cluster is");
    assert!(Path::new(&directory).exists(), "{directory} is not there");

    process.kill().unwrap();
    process.wait().unwrap();

    let patience = Instant::now() + Duration::from_secs(20);
    while Path::new(&directory).exists() {
        assert!(Instant::now() < patience, "{directory} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "a part of a_killed_test_process_leaves_no_cluster, which starts it"]
fn hold_a_cluster() {
    let cluster = Cluster::start(&cluster::programs().unwrap());
    println!("cluster in {}", cluster.directory().display());
    std::thread::sleep(Duration::from_mins(1));
}
