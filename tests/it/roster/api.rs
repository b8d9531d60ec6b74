//! Imports through the API: start, upload, follow, roll back.

use std::time::Duration;

use glans::organisation::boards;
use glans_entity::organisation::board;
use glans_tests::{Actor, Engine, Reply, Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, Statement};
use serde_json::{Value, json};

use super::bundle::{Bundle, STUDENTS_PER_CLASS};
use crate::ask::ask;

const STARTED: &str = "rosterImport { id status } upload { url method headers { name value } maxBytes expiresAt }";
const STATE: &str = "query($id: ID!) { rosterImport(id: $id) { status rowsTotal rowsDone errorCount noticeCount \
                     counts { kind createdCount updatedCount endedCount unchangedCount } \
                     problems(first: 3) { nodes { severity file line column message } totalCount } } }";

/// Its school year has the days of now, as the one that the board has already.
fn bundle() -> Bundle {
    let mut bundle = Bundle::sound();
    bundle.replace("orgs", "district,41613,", "district,,");
    let day = |from_now: i64| (chrono::Utc::now().date_naive() + chrono::Duration::days(from_now)).to_string();
    bundle.replace("academicSessions", "2026-08-01,2027-07-31", &format!("{},{}", day(-90), day(240)));
    bundle.replace("academicSessions", "2026-08-01,2026-12-31", &format!("{},{}", day(-90), day(30)));
    bundle
}

async fn start(world: &World, actor: &Actor, options: Value) -> Reply {
    let mut input = json!({ "board": world.ours.id.to_string() });
    input.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    actor.does("rosterImportStart", STARTED, input).await
}

/// The secret address, on the server of this test.
fn path(started: &Reply) -> String {
    let url = started.text_at("rosterImportStart.upload.url");
    url[url.find("/uploads/").expect("an address for uploads")..].to_owned()
}

async fn upload(anybody: &Actor, path: &str, bytes: Vec<u8>) -> Reply {
    anybody.sends(anybody.request(reqwest::Method::PUT, path).body(bytes)).await
}

async fn finished(actor: &Actor, id: &str) -> Reply {
    for _ in 0..2_400 {
        let reply = actor.asks_with(STATE, json!({ "id": id })).await;
        if ["SUCCEEDED", "FAILED"].contains(&reply.text_at("rosterImport.status")) {
            return reply;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import {id} does not end");
}

fn created(reply: &Reply, kind: &str) -> i64 {
    let counts = reply.at("rosterImport.counts").as_array().unwrap();
    let count = counts.iter().find(|count| count["kind"] == kind).unwrap();
    count["createdCount"].as_i64().unwrap()
}

async fn an_administrator_uploads_follows_and_rolls_back(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    assert_eq!(started.refusals("rosterImportStart"), Vec::<String>::new());
    assert_eq!(started.text_at("rosterImportStart.rosterImport.status"), "AWAITING_UPLOAD");
    assert_eq!(started.text_at("rosterImportStart.upload.method"), "PUT");
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();

    let nobody = world.actor(Who::Anonymous).await;
    let received = upload(&nobody, &path(&started), bundle().zip()).await;
    assert_eq!(received.status, 202, "{}", received.text);
    let done = finished(&admin, &id).await;
    assert_eq!(done.text_at("rosterImport.status"), "SUCCEEDED", "{}", done.text);
    assert_eq!(done.at("rosterImport.rowsDone"), done.at("rosterImport.rowsTotal"));
    assert_eq!(created(&done, "STUDENT"), 2 * i64::try_from(STUDENTS_PER_CLASS).unwrap());
    assert_eq!(done.at("rosterImport.noticeCount"), 2);
    assert_eq!(done.at("rosterImport.problems.totalCount"), 2);
    assert_eq!(done.text_at("rosterImport.problems.nodes.0.severity"), "NOTICE");

    let selection = "rosterImport { status rolledBackAt }";
    let undone = admin.does("rosterImportRollback", selection, json!({ "id": id })).await;
    assert_eq!(undone.text_at("rosterImportRollback.rosterImport.status"), "ROLLED_BACK", "{}", undone.text);
}

async fn an_address_works_once(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({ "dryRun": true })).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    let path = path(&started);
    assert_eq!(upload(&admin, &path, Vec::new()).await.status, 400, "nothing was sent, and nothing used up");
    let zipped = admin.request(reqwest::Method::PUT, &path).header("content-encoding", "gzip");
    assert_eq!(admin.sends(zipped.body(bundle().zip())).await.status, 415, "nor is anything by what nobody unpacks");
    assert_eq!(upload(&admin, &path, bundle().zip()).await.status, 202);
    assert_eq!(upload(&admin, &path, bundle().zip()).await.status, 404);
    assert_eq!(upload(&admin, "/uploads/guessed", bundle().zip()).await.status, 404);
    let done = finished(&admin, &id).await;
    assert_eq!(done.text_at("rosterImport.status"), "SUCCEEDED", "{}", done.text);
}

async fn a_bundle_has_a_place_until_it_is_imported(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let asked = json!({ "id": started.text_at("rosterImportStart.rosterImport.id") });
    let begin = |address: &[u8]| world.app.arriving.begin(address, world.ours.id);
    // A board has two.
    let beside = begin(b"beside it").unwrap();
    assert_eq!(upload(&admin, &path(&started), bundle().zip()).await.status, 202);
    while begin(b"after it").is_err() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(ask(world, Who::Admin, STATE, asked).await["rosterImport"]["status"], "SUCCEEDED");
    drop(beside);
}

async fn an_address_runs_out(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    world.app.clock.turn(chrono::Duration::hours(1));
    assert_eq!(upload(&admin, &path(&started), bundle().zip()).await.status, 404);
}

async fn an_import_whose_bundle_never_came_has_failed(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    let seen = async || ask(world, Who::Admin, STATE, json!({ "id": id })).await["rosterImport"].clone();
    glans::upkeep::round(&world.app).await.unwrap();
    assert_eq!(seen().await["status"], "AWAITING_UPLOAD");
    world.app.clock.turn(chrono::Duration::hours(1));
    glans::upkeep::round(&world.app).await.unwrap();
    let after = seen().await;
    assert_eq!(after["status"], "FAILED", "{after}");
    let told = "no bundle came while its address was valid; start an import again";
    assert_eq!(after["problems"]["nodes"][0]["message"], told, "{after}");
}

async fn nothing_is_uploaded_for_a_board_that_was_closed_meanwhile(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    let closed = admin.does("boardArchive", "board { archivedAt }", json!({ "id": world.ours.id })).await;
    assert!(closed.at("boardArchive.board.archivedAt").is_string(), "{}", closed.text);
    assert_eq!(upload(&admin, &path(&started), bundle().zip()).await.status, 404);
    let seen = ask(world, Who::Admin, STATE, json!({ "id": id })).await;
    assert_eq!(seen["rosterImport"]["status"], "AWAITING_UPLOAD", "{seen}");
}

async fn the_same_mutation_starts_one_import_and_tells_the_address_once(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let first = start(world, &admin, json!({ "clientMutationId": "een" })).await;
    let again = start(world, &admin, json!({ "clientMutationId": "een" })).await;
    let id = "rosterImportStart.rosterImport.id";
    assert_eq!(first.at(id), again.at(id));
    assert_eq!(again.at("rosterImportStart.upload"), &Value::Null);
}

async fn what_is_no_archive_fails_with_a_reason(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    upload(&admin, &path(&started), b"sourcedId,name\n".to_vec()).await;
    let done = finished(&admin, &id).await;
    assert_eq!(done.text_at("rosterImport.status"), "FAILED");
    assert_eq!(done.at("rosterImport.counts"), &json!([]));
    assert!(done.text_at("rosterImport.problems.nodes.0.message").contains("not a ZIP archive"));
}

async fn an_import_whose_end_cannot_be_written_ends_as_soon_as_it_can(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("roster_problem", "elsewhere").await;
    assert_eq!(upload(&admin, &path(&started), b"sourcedId,name\n".to_vec()).await.status, 202);
    // Its place is free once it has failed; that it has is not written yet.
    while [b"one", b"two"].map(|beside| world.app.arriving.begin(beside, world.ours.id)).iter().any(Result::is_err) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let status =
        ask(world, Who::Admin, "query($id: ID!) { rosterImport(id: $id) { status } }", json!({ "id": id })).await;
    assert_eq!(status["rosterImport"]["status"], "RUNNING");
    rename("elsewhere", "roster_problem").await;
    let done = finished(&admin, &id).await;
    assert_eq!(done.text_at("rosterImport.status"), "FAILED", "{}", done.text);
    assert!(done.text_at("rosterImport.problems.nodes.0.message").contains("a fault on our side"), "{}", done.text);
}

async fn only_administrators_import(world: &World) {
    for who in [Who::Director, Who::Leader, Who::Teacher, Who::Guardian] {
        let actor = world.actor(who).await;
        let refused = start(world, &actor, json!({})).await;
        assert_eq!(refused.refusals("rosterImportStart"), ["FORBIDDEN"], "{}", who.name());
        let seen = actor.asks_with(STATE, json!({ "id": world.ours.import.to_string() })).await;
        assert_eq!(seen.at("rosterImport"), &Value::Null, "{}", who.name());
    }
    let theirs = world.actor_in(&world.theirs, Who::Admin).await;
    assert_eq!(start(world, &theirs, json!({})).await.refusals("rosterImportStart"), ["NOT_FOUND board"]);
    let input = json!({ "id": world.ours.import.to_string() });
    let refused = theirs.does("rosterImportRollback", "rosterImport { id }", input).await;
    assert_eq!(refused.refusals("rosterImportRollback"), ["NOT_FOUND id"]);
}

/// Nobody writes guardianships until the transaction ends.
const STOP: &str = "LOCK TABLE guardianship IN SHARE MODE";
const STOPPED: &str = "SELECT count(*) AS number FROM pg_locks WHERE NOT granted \
                       AND relation = 'guardianship'::regclass \
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Waits until an import has written everything but guardianships.
async fn stopped(db: &DatabaseTransaction) {
    for _ in 0..3_000 {
        let counted = db.query_one_raw(Statement::from_string(DbBackend::Postgres, STOPPED)).await.unwrap().unwrap();
        if counted.try_get::<i64>("", "number").unwrap() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no import comes so far");
}

async fn an_import_keeps_nobody_else_waiting(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let id = started.text_at("rosterImportStart.rosterImport.id").to_owned();
    let stop = world.writing().await;
    stop.execute_unprepared(STOP).await.unwrap();
    assert_eq!(upload(&admin, &path(&started), bundle().zip()).await.status, 202);
    stopped(&stop).await;
    let others = async {
        let renamed = json!({ "id": world.ours.id, "name": "De Nieuwe Sterrenwacht" });
        let renamed = admin.does("boardUpdate", "board { name }", renamed).await;
        assert_eq!(renamed.text_at("boardUpdate.board.name"), "De Nieuwe Sterrenwacht", "{}", renamed.text);
        let figures = json!({ "scope": world.ours.id, "from": "2026-08-03", "to": "2026-08-16", "format": "CSV" });
        let exported = admin.does("exportStart", "metricExport { status }", figures).await;
        assert_eq!(exported.text_at("exportStart.metricExport.status"), "QUEUED", "{}", exported.text);
    };
    // Who waits for a lock is refused after eight seconds.
    tokio::time::timeout(Duration::from_mins(1), others).await.expect("an import is not waited for");
    stop.rollback().await.unwrap();
    let done = finished(&admin, &id).await;
    assert_eq!(done.text_at("rosterImport.status"), "SUCCEEDED", "{}", done.text);
}

/// How many transactions wait until they are alone with something.
const WAITING: &str = "SELECT count(*) AS number FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Waits until somebody waits for what is held in `db`.
async fn waited_for(db: &DatabaseTransaction) {
    for _ in 0..3_000 {
        let counted = db.query_one_raw(Statement::from_string(DbBackend::Postgres, WAITING)).await.unwrap().unwrap();
        if counted.try_get::<i64>("", "number").unwrap() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits");
}

async fn a_board_that_is_closed_while_an_import_runs_is_not_filled(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let started = start(world, &admin, json!({})).await;
    let asked = json!({ "id": started.text_at("rosterImportStart.rosterImport.id") });
    let closing = world.writing().await;
    boards::store::hold(&closing, world.ours.id).await.unwrap();
    assert_eq!(upload(&admin, &path(&started), bundle().zip()).await.status, 202);
    waited_for(&closing).await;
    let board = board::Entity::update_many()
        .col_expr(board::Column::ArchivedAt, Expr::value(world.app.clock.now()))
        .filter(board::Column::Id.eq(world.ours.id));
    board.exec(&closing).await.unwrap();
    world.written(closing).await;
    let mut seen = json!({});
    for _ in 0..1_200 {
        seen = ask(world, Who::Admin, STATE, asked.clone()).await["rosterImport"].clone();
        if seen["status"] != "RUNNING" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(seen["status"], "FAILED", "{seen}");
    let problems = seen["problems"]["nodes"].as_array().unwrap();
    let told = problems.iter().any(|problem| problem["message"].as_str().unwrap().contains("the board is closed"));
    assert!(told, "{seen}");
    assert_eq!(seen["counts"], json!([]));
}

#[test]
fn postgres_a_board_that_is_closed_while_an_import_runs_is_not_filled() {
    glans_tests::run(Engine::Postgres, a_board_that_is_closed_while_an_import_runs_is_not_filled);
}

/// On SQLite there is one writer, on whom everybody waits.
#[test]
fn postgres_an_import_keeps_nobody_else_waiting() {
    glans_tests::run(Engine::Postgres, an_import_keeps_nobody_else_waiting);
}

on_each_database!(
    an_administrator_uploads_follows_and_rolls_back,
    an_address_works_once,
    a_bundle_has_a_place_until_it_is_imported,
    an_address_runs_out,
    an_import_whose_bundle_never_came_has_failed,
    nothing_is_uploaded_for_a_board_that_was_closed_meanwhile,
    the_same_mutation_starts_one_import_and_tells_the_address_once,
    what_is_no_archive_fails_with_a_reason,
    an_import_whose_end_cannot_be_written_ends_as_soon_as_it_can,
    only_administrators_import,
);
