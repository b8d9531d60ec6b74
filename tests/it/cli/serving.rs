//! Processes that go on: how they start, beside others too, and how they stop.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use glans::platform::db::{Turn, Way};
use glans_tests::{EmptyDatabase, Engine, TestDatabase, on_each_database};
use sea_orm::ConnectionTrait;

use super::{KEY, OTHER_KEY, complaint, glans};

async fn a_read_replica_is_looked_at_before_anything_is_done(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let run = |replica: &str, arguments: &[&str]| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY);
        command.env("GLANS_DATABASE_READ_URL", replica).output().unwrap()
    };
    let away = "postgres://glans:s3cret@127.0.0.1:1/glans";
    let refused = run(away, &["serve", "--listen", "127.0.0.1:0"]);
    let said = complaint(&refused);
    if database.engine() == Engine::Sqlite {
        assert_eq!(refused.status.code(), Some(2));
        assert!(said.contains("which is SQLite; leave it out"), "{said}");
        return;
    }
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("cannot reach the read replica of `database_read_url`: "), "{said}");
    assert!(said.contains("Connection refused") && !said.contains("s3cret"), "{said}");
    let pending = run(database.url(), &["doctor"]);
    assert!(complaint(&pending).contains("read replica has all tables: this is no replica"), "nothing was migrated");

    assert!(run(away, &["keys", "rotate"]).status.success(), "what reads no figures needs none");
    let sound = run(database.url(), &["doctor"]);
    assert!(sound.status.success(), "{}", complaint(&sound));
    assert!(String::from_utf8_lossy(&sound.stdout).contains("ok    read replica has all tables"));
    let gone = run(away, &["doctor"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(complaint(&gone).contains("read replica answers: cannot reach the read replica"), "{}", complaint(&gone));
}

/// As where the address is that of another installation.
async fn another_database_is_no_read_replica(database: &EmptyDatabase) {
    if database.engine() == Engine::Sqlite {
        return;
    }
    Turn::take(database.url()).await.unwrap().migrate(Way::Up(None)).await.unwrap();
    let other = TestDatabase::empty(Engine::Postgres).await.expect("the engine is there: this test runs on it");
    // As it is, and then migrated at another time.
    is_strange(database, other.url(), &["doctor"]);
    Turn::take(other.url()).await.unwrap().migrate(Way::Up(Some(1))).await.unwrap();
    let connection = sea_orm::Database::connect(other.url()).await.unwrap();
    connection.execute_unprepared("UPDATE seaql_migrations SET applied_at = applied_at - 3600").await.unwrap();
    connection.close().await.unwrap();
    for arguments in [&["doctor"][..], &["serve", "--listen", "127.0.0.1:0"], &["worker"]] {
        is_strange(database, other.url(), arguments);
    }
    other.remove().await;
}

fn is_strange(database: &EmptyDatabase, replica: &str, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = glans(folder.path(), arguments);
    command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY);
    let strange = command.env("GLANS_DATABASE_READ_URL", replica).output().unwrap();
    let said = complaint(&strange);
    assert_eq!(strange.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.contains("`database_read_url` names another database than `database_url`"), "{said}");
    assert!(!said.contains("read replica answers"), "it does: {said}");
}

/// A server on a free port, and its address, as soon as it says it.
fn serve(folder: &Path, database: &EmptyDatabase) -> (Child, String) {
    let mut server = start(folder, database, &[]);
    let address = address(&mut server);
    (server, address)
}

fn start(folder: &Path, database: &EmptyDatabase, more: &[&str]) -> Child {
    glans(folder, &[&["serve", "--listen", "127.0.0.1:0"], more].concat())
        .env("GLANS_DATABASE_URL", database.url())
        .env("GLANS_SECRET_KEY", KEY)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn address(server: &mut Child) -> String {
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.split_once("listening on ")?.1.to_owned()));
    address.expect("a server that starts")
}

/// Sends SIGTERM; gives the exit status, none where the signal killed it.
pub(crate) fn stop(mut server: Child) -> Option<i32> {
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    server.wait().unwrap().code()
}

async fn who_reads_listening_may_stop_it_at_once(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = serve(folder.path(), database);
    assert_eq!(stop(server), Some(0));
}

async fn who_waits_for_the_database_says_so_and_may_be_stopped(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let turn = Turn::take(database.url()).await.unwrap();
    for command in ["serve", "worker"] {
        let mut process = glans(folder.path(), &[command])
            .env("GLANS_DATABASE_URL", database.url())
            .env("GLANS_SECRET_KEY", KEY)
            .env("GLANS_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let waits = log.lines().map_while(Result::ok).any(|line| line.contains("waiting for it"));
        assert!(waits, "{command} goes on while another migrates");
        assert_eq!(stop(process), Some(0), "{command}");
    }
    turn.migrate(Way::Up(None)).await.unwrap();
    let (server, _) = serve(folder.path(), database);
    assert_eq!(stop(server), Some(0));
}

async fn nobody_goes_on_with_another_secret_key(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = serve(folder.path(), database);
    assert_eq!(stop(server), Some(0));
    for command in ["serve", "worker"] {
        let said = refused(glans(folder.path(), &[command]).env("GLANS_SECRET_KEY", OTHER_KEY), database);
        assert!(said.contains("this was sealed with another secret key"), "{command}: {said}");
    }
}

/// What a process that does not start says of it.
fn refused(command: &mut Command, database: &EmptyDatabase) -> String {
    let mut process = command
        .env("GLANS_DATABASE_URL", database.url())
        .env("GLANS_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    if lines.any(|line| line.contains("listening on ") || line.contains("working")) {
        stop(process);
        panic!("{command:?} starts");
    }
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{command:?}");
    complaint(&output)
}

async fn a_demo_is_not_served_in_production_mode(database: &EmptyDatabase) {
    const TOLD: &str = "this database holds a demo, whose password is published";
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], production: &str| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY);
        command.env("GLANS_PRODUCTION", production).output().unwrap()
    };
    assert!(run(&["migrate", "up"], "true").status.success());
    let real = run(&["doctor"], "true");
    assert!(real.status.success(), "{}", complaint(&real));
    let filled = run(&["demo", "--schools", "1", "--guardians-per-school", "25"], "false");
    assert!(filled.status.success(), "{}", complaint(&filled));
    for command in ["serve", "worker"] {
        let mut production = glans(folder.path(), &[command]);
        let said = refused(production.env("GLANS_SECRET_KEY", KEY).env("GLANS_PRODUCTION", "true"), database);
        assert!(said.contains(TOLD) && said.contains("name another database"), "{command}: {said}");
    }
    let said = complaint(&run(&["doctor"], "true"));
    assert!(said.contains(TOLD), "{said}");
    let elsewhere = run(&["doctor"], "false");
    assert!(elsewhere.status.success(), "{}", complaint(&elsewhere));
}

async fn two_that_start_at_once_on_an_empty_database_both_serve(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let mut servers = [start(folder.path(), database, &[]), start(folder.path(), database, &[])];
    let addresses = servers.each_mut().map(address);
    assert_ne!(addresses[0], addresses[1]);
    let mut published = Vec::new();
    for address in addresses {
        let keys = reqwest::get(format!("{address}/.well-known/jwks.json")).await;
        published.push(keys.unwrap().text().await.unwrap());
    }
    assert_eq!(published[0], published[1], "both sign with the same keys");
    assert_eq!(servers.map(stop), [Some(0), Some(0)]);
}

async fn of_two_demos_at_once_one_is_filled_and_both_are_served(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let demo = || start(folder.path(), database, &["--demo"]);
    let mut servers = [demo(), demo()];
    let addresses = servers.each_mut().map(address);
    let input = serde_json::json!({ "email": "leader@demo.example", "password": "samen-voor-elk-kind" });
    let document = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { tokens { accessToken } } }";
    for address in addresses {
        let body = serde_json::json!({ "query": document, "variables": { "input": input } });
        let answer = reqwest::Client::new().post(format!("{address}/graphql")).json(&body).send().await.unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        assert!(answer["data"]["sessionCreate"]["tokens"]["accessToken"].is_string(), "{answer}");
    }
    assert_eq!(servers.map(stop), [Some(0), Some(0)]);
}

async fn the_issuer_is_where_it_listens(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (server, address) = serve(folder.path(), database);
    let about = reqwest::get(format!("{address}/.well-known/oauth-authorization-server")).await;
    let about: serde_json::Value = serde_json::from_str(&about.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(stop(server), Some(0));
    assert_eq!(about["issuer"], address.as_str());
}

on_each_database!(
    a_read_replica_is_looked_at_before_anything_is_done,
    another_database_is_no_read_replica,
    who_reads_listening_may_stop_it_at_once,
    who_waits_for_the_database_says_so_and_may_be_stopped,
    nobody_goes_on_with_another_secret_key,
    a_demo_is_not_served_in_production_mode,
    two_that_start_at_once_on_an_empty_database_both_serve,
    of_two_demos_at_once_one_is_filled_and_both_are_served,
    the_issuer_is_where_it_listens,
);
