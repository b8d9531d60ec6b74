//! The harness itself: what it starts, it removes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use glans_tests::cluster::{self, Cluster};
use glans_tests::{EmptyDatabase, Engine, Setting, TestDatabase, Who, World, on_each_database, run};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};

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

/// What a test did on PostgreSQL is undone and not thrown away; see `snapshot.sql`.
async fn what_a_test_did_is_gone_for_the_next(_: &EmptyDatabase) {
    let sown = TestDatabase::migrated(Engine::Postgres).await.expect("the engine is there: this test runs on it");
    done(&sown, &[A_BOARD, A_BOARD, "SELECT nextval('outbox_seq_seq')"]).await;
    let snapshot = sown.freeze().await;

    let first = TestDatabase::copy(&snapshot).await;
    let before = content(&first).await;
    let writes = [
        A_BOARD,
        "UPDATE board SET name = 'De Beuk' WHERE id = (SELECT id FROM board LIMIT 1)",
        "INSERT INTO throttle (key, failures, first_at) VALUES ('x', 1, now())",
        "DELETE FROM board WHERE name = 'De Linde'",
        "SELECT nextval('outbox_seq_seq')",
    ];
    for write in writes {
        let now = content(&first).await;
        done(&first, &[write]).await;
        assert_ne!(content(&first).await, now, "{write}");
    }
    let url = first.url().to_owned();
    first.remove().await;

    let second = TestDatabase::copy(&snapshot).await;
    assert_eq!(content(&second).await, before);
    if std::env::var_os("GLANS_TEST_POSTGRES_URL").is_none() {
        assert_eq!(second.url(), url, "a copy is made anew that could be brought back");
    }
    done(&second, &["ALTER TABLE board ADD COLUMN motto text"]).await;
    second.remove().await;

    let third = TestDatabase::copy(&snapshot).await;
    assert_eq!(content(&third).await, before);
    assert_ne!(third.url(), url, "a database with another schema goes to the next test");
    third.remove().await;
}

const A_BOARD: &str = "INSERT INTO board (id, name, time_zone, created_at, updated_at, version)
    VALUES (gen_random_uuid(), 'De Linde', 'Europe/Amsterdam', now(), now(), 1)";

/// A connection of its owner, to the rows of all boards.
async fn owner(database: &TestDatabase) -> DatabaseConnection {
    let mut options = ConnectOptions::new(database.url());
    options.max_connections(1).sqlx_logging(false);
    let connection = sea_orm::Database::connect(options).await.unwrap();
    connection.execute_unprepared("SET glans.system = 'on'").await.unwrap();
    connection
}

async fn done(database: &TestDatabase, statements: &[&str]) {
    let owner = owner(database).await;
    for statement in statements {
        owner.execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    owner.close().await.unwrap();
}

/// All rows of all tables, and where the sequences are.
async fn content(database: &TestDatabase) -> Vec<String> {
    let owner = owner(database).await;
    let each = lines(
        &owner,
        "SELECT format('SELECT %L || t::text AS line FROM %I t ORDER BY line', relname || ' ', relname) AS line
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY relname",
    )
    .await;
    let mut content = Vec::new();
    for select in &each {
        // Of a sequence, how far it logged ahead is its own affair.
        let select = select.replace("_seq_seq t", "_seq_seq, LATERAL (SELECT last_value, is_called) t");
        content.extend(lines(&owner, &select).await);
    }
    owner.close().await.unwrap();
    content
}

async fn lines(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.into_iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

#[test]
fn postgres_what_a_test_did_is_gone_for_the_next() {
    run(Engine::Postgres, what_a_test_did_is_gone_for_the_next);
}

/// The connections of a world on SQLite go to the next test.
async fn who_was_told_to_wait_for_nobody_waits_in_the_next_test(_: &EmptyDatabase) {
    let world = Box::pin(World::prepare(Engine::Sqlite)).await.expect("SQLite is always there");
    let usual = waits(&world).await;
    assert!(usual > 0);
    world.app.db.connection().execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
    assert_eq!(waits(&world).await, 0);
    let next = Box::pin(world.renewed()).await;
    assert_eq!(waits(&next).await, usual);
    next.remove().await.remove().await;
}

/// For how many milliseconds who writes waits for another process.
async fn waits(world: &World) -> i32 {
    let sql = Statement::from_string(DbBackend::Sqlite, "PRAGMA busy_timeout");
    let row = world.app.db.connection().query_one_raw(sql).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[test]
fn sqlite_who_was_told_to_wait_for_nobody_waits_in_the_next_test() {
    run(Engine::Sqlite, who_was_told_to_wait_for_nobody_waits_in_the_next_test);
}

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

    let patience = Instant::now() + Duration::from_mins(1);
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
