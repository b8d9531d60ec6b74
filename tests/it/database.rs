//! The connections to the database.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use glans::http::house::LOOKUP_TIMEOUT;
use glans::identity::keys::KeyRing;
use glans::identity::master_key::MasterKey;
use glans::platform::db::Database;
use glans::platform::error::Error;
use glans_entity::ids::BoardId;
use glans_entity::organisation::{board, school};
use glans_entity::scope::Scope;
use glans_migration::Migrator;
use glans_tests::cluster::{self, Cluster};
use glans_tests::{Engine, Who, World, on_each_database, run};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    Statement, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use tokio::task::JoinSet;
use tokio::time::timeout;

async fn a_reader_sees_one_state_as_long_as_it_reads(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let in_urk = school::Entity::find().filter(school::Column::City.eq("Urk"));
    let reader = world.app.db.read(&scope).await.unwrap();
    assert_eq!(in_urk.clone().count(&reader).await.unwrap(), 0);
    let writer = world.app.db.write(&scope).await.unwrap();
    school::Entity::update_many().col_expr(school::Column::City, Expr::value("Urk")).exec(&writer).await.unwrap();
    writer.commit().await.unwrap();
    assert_eq!(in_urk.clone().count(&reader).await.unwrap(), 0, "the state at its first statement");
    reader.commit().await.unwrap();
    let reader = world.app.db.read(&scope).await.unwrap();
    assert_eq!(in_urk.count(&reader).await.unwrap(), 4);
    reader.commit().await.unwrap();
}

/// A connection that is there for whoever asks is given by then, on a busy machine too. Who asks in vain is told after
/// eight seconds.
const GIVEN: Duration = Duration::from_secs(4);
/// What two wait for who wait one after the other, each for eight seconds.
const ONE_AFTER_THE_OTHER: Duration = Duration::from_secs(16);

/// All connections of a pool.
pub async fn all_of(begin: impl AsyncFn() -> Result<DatabaseTransaction, DbErr>) -> Vec<DatabaseTransaction> {
    let mut all = Vec::new();
    while let Ok(begun) = timeout(GIVEN, begin()).await {
        all.push(begun.unwrap());
    }
    all
}

/// As when those who have one all wait for a lock, but for some who get it meanwhile.
async fn who_finds_all_connections_taken_comes_again(world: &World) {
    let teacher = world.actor(Who::Teacher).await;
    let (db, scope) = (&world.app.db, Scope::system(glans::call::today(world.app.clock.now())));
    let mut knowing = all_of(async || db.look_up(scope.on).await).await;
    let reading = all_of(async || db.read(&scope).await).await;
    let mut writing = all_of(async || db.write_soon(&scope).await).await;
    world.app.standings.forget_all();
    let asking = teacher.asks("{ viewer { person { id } } }");
    let letting_go = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        drop((knowing.pop(), writing.pop()));
    };
    // Of each two, the first is let in and stays.
    let (knows, reply, writes, written, read, ()) = tokio::join!(
        db.look_up(scope.on),
        asking,
        db.write_soon(&scope),
        db.write_soon(&scope),
        db.read(&scope),
        letting_go,
    );
    assert_eq!((reply.status.as_u16(), reply.codes()), (429, vec!["RATE_LIMITED"]), "{}", reply.text);
    assert_eq!(reply.errors()[0]["message"], "Others are at work just now. Try again in 5 seconds.");
    assert_eq!(reply.headers["retry-after"], "5");
    let [written, read] = [written, read].map(|begun| Error::from(begun.unwrap_err()));
    assert!(matches!(written, Error::Held), "{written:?}");
    // Where nobody gets anywhere, a server hangs; a file does not.
    match world.engine() {
        Engine::Postgres => assert!(matches!(read, Error::Fault(_)), "{read:?}"),
        Engine::Sqlite => assert!(matches!(read, Error::Held), "{read:?}"),
    }
    drop((knows.unwrap(), writes.unwrap(), knowing, reading, writing));
    teacher.asks("{ viewer { person { id } } }").await.text_at("viewer.person.id");
}

on_each_database!(a_reader_sees_one_state_as_long_as_it_reads, who_finds_all_connections_taken_comes_again);

/// However many knock: to those behind them the pool is as full as if others had it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_a_fault_of_ours() {
    let Some(programs) = cluster::programs() else { return };
    let mut cluster = Cluster::start(&programs);
    let db = Database::connect(&cluster.url()).await.unwrap();
    cluster.stop();
    let mut knocking = JoinSet::new();
    for _ in 0..40 {
        let db = db.clone();
        knocking.spawn(async move { db.look_up(NaiveDate::MIN).await.map(drop) });
    }
    // Who asks for the keys meanwhile waits no longer than one of them.
    let keys = Arc::new(KeyRing::default());
    let master = Arc::new(MasterKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap());
    let mut asking = JoinSet::new();
    for _ in 0..5 {
        let (keys, db, master) = (Arc::clone(&keys), db.clone(), Arc::clone(&master));
        asking.spawn(async move { keys.keys(&db, &master, DateTime::UNIX_EPOCH).await.map(drop) });
    }
    let asked = timeout(ONE_AFTER_THE_OTHER, asking.join_all()).await.expect("one waits for all");
    for told in asked {
        let told = told.unwrap_err();
        assert!(matches!(told, Error::Fault(_)), "{told:?}");
    }
    for told in knocking.join_all().await {
        let told = Error::from(told.unwrap_err());
        assert!(matches!(told, Error::Fault(_)), "{told:?}");
    }
}

/// The database of an application on a server of its own.
async fn migrated(cluster: &Cluster) -> Database {
    let maintenance = Database::connect(&cluster.url()).await.unwrap();
    maintenance.connection().execute_unprepared("CREATE DATABASE glans").await.unwrap();
    maintenance.close().await.unwrap();
    let url = cluster.url();
    let (server, _) = url.rsplit_once('/').unwrap();
    let db = Database::connect(&format!("{server}/glans")).await.unwrap();
    Migrator::up(db.connection(), None).await.unwrap();
    db
}

/// Gives them back, which goes on in the background, until nobody has any more.
async fn give_back(db: &Database, all: Vec<DatabaseTransaction>) {
    for begun in all {
        begun.rollback().await.unwrap();
    }
    let given_back = async {
        while db.pools().iter().any(|pool| pool.idle < pool.open) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), given_back).await.expect("nobody has any more");
}

/// Sends processes of a server a signal, as `-STOP`.
fn signal(which: &str, processes: &[String]) {
    assert!(Command::new("kill").arg(which).args(processes).status().unwrap().success());
}

/// As where its machine stands still: the connections are open, and nothing comes on them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_silent_is_a_fault_of_ours() {
    let Some(programs) = cluster::programs() else { return };
    let cluster = Cluster::start(&programs);
    let db = migrated(&cluster).await;
    let on = DateTime::UNIX_EPOCH.date_naive();
    let all = all_of(async || db.look_up(on).await).await;
    let mut processes = Vec::new();
    for begun in &all {
        processes.push(process(begun).await);
    }
    give_back(&db, all).await;
    signal("-STOP", &processes);
    let told = timeout(LOOKUP_TIMEOUT, db.look_up(on)).await;
    signal("-CONT", &processes);
    let told = Error::from(told.expect("told before a request is cut off").unwrap_err());
    assert!(matches!(told, Error::Fault(_)), "{told:?}");
    let maintenance = Database::connect(&cluster.url()).await.unwrap();
    let ended = async {
        while left_in_a_transaction(maintenance.connection()).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_mins(1), ended).await.expect("what was given up is rolled back");
    db.look_up(on).await.unwrap().rollback().await.unwrap();
}

/// How many connections are in a transaction in which nothing is done.
async fn left_in_a_transaction(db: &impl ConnectionTrait) -> i64 {
    let sql = "SELECT count(*) AS count FROM pg_stat_activity WHERE state = 'idle in transaction'";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    row.unwrap().unwrap().try_get("", "count").unwrap()
}

/// Each connection that lay idle is found gone by somebody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_a_server_that_was_started_again_does_not_notice() {
    let Some(programs) = cluster::programs() else { return };
    let mut cluster = Cluster::start(&programs);
    let db = migrated(&cluster).await;
    let on = DateTime::UNIX_EPOCH.date_naive();
    let all = all_of(async || db.look_up(on).await).await;
    assert!(all.len() > 1);
    let times = all.len() + 1;
    give_back(&db, all).await;
    cluster.stop();
    cluster.start_again();
    for _ in 0..times {
        db.look_up(on).await.unwrap().rollback().await.unwrap();
    }
}

/// The process of the server that a connection speaks to.
async fn process(db: &DatabaseTransaction) -> String {
    let sql = "SELECT pg_backend_pid()::text AS process";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    row.unwrap().unwrap().try_get("", "process").unwrap()
}

async fn setting(db: &DatabaseTransaction, name: &str) -> String {
    let sql = "SELECT current_setting($1) AS value";
    let row = db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()])).await;
    row.unwrap().unwrap().try_get("", "value").unwrap()
}

async fn who_is_waited_for_does_not_wait_long_for_others(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = &world.app.db;
    let (program, request) = (db.write(&scope).await.unwrap(), db.write_soon(&scope).await.unwrap());
    let (reader, asked) = (db.read(&scope).await.unwrap(), db.read_soon(&scope).await.unwrap());
    let known = db.look_up(scope.on).await.unwrap();
    assert_eq!(setting(&program, "lock_timeout").await, "0", "an import may wait for another one");
    for db in [&program, &reader] {
        assert_eq!(setting(db, "statement_timeout").await, "30s", "nobody waits for it");
    }
    for db in [&request, &asked, &known] {
        assert_eq!(setting(db, "statement_timeout").await, "9s", "less than the ten seconds of a request");
    }
    for db in [&request, &reader, &asked, &known] {
        assert_eq!(setting(db, "lock_timeout").await, "8s", "less than that");
        assert_eq!(setting(db, "idle_in_transaction_session_timeout").await, "5min");
        assert_eq!(setting(db, "tcp_keepalives_idle").await, "30");
    }
    let touch = async |db: &DatabaseTransaction| -> Result<(), DbErr> {
        let all = board::Entity::update_many().col_expr(board::Column::TimeZone, Expr::value("Europe/Amsterdam"));
        all.exec(db).await.map(drop)
    };
    touch(&program).await.unwrap();
    request.execute_unprepared("SET LOCAL lock_timeout = '50ms'").await.unwrap();
    let told = Error::from(touch(&request).await.unwrap_err());
    assert!(matches!(told, Error::Held), "{told:?}");
    for db in [program, request, reader, asked, known] {
        db.rollback().await.unwrap();
    }
}

/// No word of the driver reaches who asked.
async fn what_takes_too_long_is_stopped_and_asked_for_again(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read_soon(&scope).await.unwrap();
    db.execute_unprepared("SET LOCAL statement_timeout = '50ms'").await.unwrap();
    let told = Error::from(db.execute_unprepared("SELECT pg_sleep(30)").await.unwrap_err());
    assert!(matches!(told, Error::Slow), "{told:?}");
    assert_eq!(told.to_string(), "This took too long and was stopped. Try again in 5 seconds.");
    assert_eq!(told.retry_after_seconds(), Some(5));
    db.rollback().await.unwrap();
}

#[test]
fn postgres_what_takes_too_long_is_stopped_and_asked_for_again() {
    run(Engine::Postgres, what_takes_too_long_is_stopped_and_asked_for_again);
}

/// As where each of them is at a statement that takes long: nobody is let in, and yet the server does not hang.
async fn who_finds_all_at_long_work_comes_again(world: &World) {
    let (db, scope) = (&world.app.db, Scope::system(glans::call::today(world.app.clock.now())));
    let reading = all_of(async || db.read(&scope).await).await;
    let told = timeout(LOOKUP_TIMEOUT, db.read_soon(&scope)).await.expect("told before a request is cut off");
    let told = Error::from(told.unwrap_err());
    assert!(matches!(told, Error::Held), "{told:?}");
    drop(reading);
    db.read_soon(&scope).await.unwrap().rollback().await.unwrap();
}

#[test]
fn postgres_who_finds_all_at_long_work_comes_again() {
    run(Engine::Postgres, who_finds_all_at_long_work_comes_again);
}

/// Both wait for each other: one gives in and is told to come again, the other goes on.
async fn of_two_who_wait_for_each_other_one_comes_again(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let (ours, theirs) = (world.ours.id, world.theirs.id);
    let [one, other] = [world.app.db.write(&scope).await.unwrap(), world.app.db.write(&scope).await.unwrap()];
    let touch = async |db: &DatabaseTransaction, id: BoardId| -> Result<(), DbErr> {
        let it = board::Entity::update_many().filter(board::Column::Id.eq(id));
        it.col_expr(board::Column::TimeZone, Expr::value("Europe/Amsterdam")).exec(db).await.map(drop)
    };
    touch(&one, ours).await.unwrap();
    touch(&other, theirs).await.unwrap();
    // Who gives in lets go at once: until then the other would wait.
    let crossing = async |db: DatabaseTransaction, id| match touch(&db, id).await {
        Ok(()) => db.commit().await.map_err(Error::from),
        Err(cause) => db.rollback().await.map_err(Error::from).and(Err(cause.into())),
    };
    let told = tokio::join!(crossing(one, theirs), crossing(other, ours));
    let ((Err(given_in), Ok(())) | (Ok(()), Err(given_in))) = told else { panic!("{told:?}") };
    assert!(matches!(given_in, Error::Held), "{given_in:?}");
}

#[test]
fn postgres_of_two_who_wait_for_each_other_one_comes_again() {
    run(Engine::Postgres, of_two_who_wait_for_each_other_one_comes_again);
}

/// As when somebody repairs the table of accounts.
async fn who_is_not_known_for_what_others_hold_comes_again(world: &World) {
    let teacher = world.actor(Who::Teacher).await;
    let others = world.app.db.connection().begin().await.unwrap();
    others.execute_unprepared("LOCK TABLE account").await.unwrap();
    world.app.standings.forget_all();
    let reply = teacher.asks("{ viewer { person { id } } }").await;
    others.rollback().await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.codes()), (429, vec!["RATE_LIMITED"]), "{}", reply.text);
    assert_eq!(reply.errors()[0]["message"], "Others are at work just now. Try again in 5 seconds.");
    assert_eq!(reply.headers["retry-after"], "5");
}

#[test]
fn postgres_who_is_not_known_for_what_others_hold_comes_again() {
    run(Engine::Postgres, who_is_not_known_for_what_others_hold_comes_again);
}

/// A server and a command of another process write into one file. Who is told to wait for nobody is of this test alone: the
/// connections of the world go to the next one.
async fn who_finds_the_file_busy_comes_again(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let url = &world.app.config.database_url;
    let [other, db] = [Database::connect(url).await.unwrap(), Database::connect(url).await.unwrap()];
    let writing = other.write(&scope).await.unwrap();
    db.connection().execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
    let told = Error::from(db.write_soon(&scope).await.unwrap_err());
    assert!(matches!(told, Error::Held), "{told:?}");
    writing.rollback().await.unwrap();

    // Within the process there is one connection to wait for.
    let writing = db.write(&scope).await.unwrap();
    let told = Error::from(db.write_soon(&scope).await.unwrap_err());
    assert!(matches!(told, Error::Held), "{told:?}");
    writing.rollback().await.unwrap();
    db.write_soon(&scope).await.unwrap().rollback().await.unwrap();
    for db in [other, db] {
        db.close().await.unwrap();
    }
}

#[test]
fn sqlite_who_finds_the_file_busy_comes_again() {
    run(Engine::Sqlite, who_finds_the_file_busy_comes_again);
}

/// Nobody is refused at once for another process that is about to let go.
async fn who_finds_the_file_busy_waits(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let other = Database::connect(&world.app.config.database_url).await.unwrap();
    let writing = other.write(&scope).await.unwrap();
    let letting_go = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        writing.rollback().await.unwrap();
    };
    let (written, ()) = tokio::join!(world.app.db.write_soon(&scope), letting_go);
    written.expect("it is waited for").rollback().await.unwrap();
    other.close().await.unwrap();
}

#[test]
fn sqlite_who_finds_the_file_busy_waits() {
    run(Engine::Sqlite, who_finds_the_file_busy_waits);
}

#[test]
fn postgres_who_is_waited_for_does_not_wait_long_for_others() {
    run(Engine::Postgres, who_is_waited_for_does_not_wait_long_for_others);
}
