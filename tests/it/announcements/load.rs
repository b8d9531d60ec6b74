//! An announcement to a whole board, measured. It asserts no time: machines differ.
//!
//! `GUARDIANS=100000 cargo test -p glans-tests --test it -- --ignored --nocapture announcements::load`

use std::time::Instant;

use glans_entity::scope::Scope;
use glans_tests::{Engine, Who, World, run};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::drafted;
use crate::ask::{act, ask, codes};

/// Two guardians per child, as in most families.
async fn fill(world: &World, guardians: u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.write(&scope).await.unwrap();
    let ours = &world.ours;
    let postgres = world.engine() == Engine::Postgres;
    let (ids, series) = if postgres {
        ("gen_random_uuid()", format!("SELECT n FROM generate_series(1, {}) AS s(n)", guardians / 2))
    } else {
        let count = guardians / 2;
        (
            "randomblob(16)",
            format!(
                "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s"
            ),
        )
    };
    let uuid = |id: uuid::Uuid| if postgres { format!("'{id}'::uuid") } else { format!("x'{}'", id.simple()) };
    let (board, school) = (uuid(ours.id.0), uuid(ours.schools[0].0));
    let now = if postgres { "now()".to_owned() } else { "(SELECT created_at FROM board LIMIT 1)".to_owned() };
    let day = if postgres { "DATE '2020-01-01'" } else { "'2020-01-01'" };
    let no = if postgres { "false" } else { "0" };
    db.execute_unprepared(&format!("CREATE TEMPORARY TABLE grown AS SELECT n, {ids} AS child, {ids} AS mother, {ids} AS father FROM ({series}) AS numbers")).await.unwrap();
    for parent in ["mother", "father"] {
        db.execute_unprepared(&format!("INSERT INTO person (id, board_id, given_name, family_name, display_name, email, language, interpreter_needed, created_at, updated_at, version) SELECT {parent}, {board}, 'A', 'B', 'A B', 'a@example.org', 'nl', {no}, {now}, {now}, 1 FROM grown")).await.unwrap();
    }
    db.execute_unprepared(&format!("INSERT INTO student (id, board_id, school_id, display_name, created_at, updated_at, version) SELECT child, {board}, {school}, 'K', {now}, {now}, 1 FROM grown")).await.unwrap();
    for parent in ["mother", "father"] {
        db.execute_unprepared(&format!("INSERT INTO guardianship (id, board_id, guardian_id, student_id, relationship, access, status, starts_on, created_at, updated_at, version) SELECT {ids}, {board}, {parent}, child, 'PARENT', 'FULL', 'ACTIVE', {day}, {now}, {now}, 1 FROM grown")).await.unwrap();
    }
    db.execute_unprepared("DROP TABLE grown").await.unwrap();
    db.commit().await.unwrap();
    if postgres {
        world.app.db.connection().execute_unprepared("ANALYZE").await.unwrap();
    }
}

async fn a_whole_board_is_told(world: &World) {
    let guardians = std::env::var("GUARDIANS").map_or(2000, |count| count.parse().expect("a number"));
    fill(world, guardians).await;
    let id = drafted(world, Who::Admin, "Iedereen", json!({ "audience": { "include": [world.ours.id] } })).await;
    let start = Instant::now();
    let done = act(world, Who::Admin, "announcementPublish", "announcement { status }", json!({ "id": id })).await;
    let published = start.elapsed();
    assert_eq!(codes(&done), Vec::<&str>::new());
    let start = Instant::now();
    let document = "query($id: ID!) { node(id: $id) { ... on Announcement { reach { recipients } } } }";
    let seen = ask(world, Who::Admin, document, json!({ "id": id })).await;
    let counted = start.elapsed();
    let recipients = &seen["node"]["reach"]["recipients"];
    assert_eq!(recipients, &json!(guardians + 2));
    let start = Instant::now();
    let document = "{ announcements(filter: { isAddressedToViewer: true }) { nodes { title } } }";
    ask(world, Who::Guardian, document, Value::Null).await;
    println!(
        "{}: {recipients} guardians, published and committed in {published:.2?}, counted in {counted:.2?}, a list of one in {:.2?}",
        world.engine(),
        start.elapsed(),
    );
}

#[test]
#[ignore = "a measurement"]
fn sqlite() {
    run(Engine::Sqlite, a_whole_board_is_told);
}

#[test]
#[ignore = "a measurement"]
fn postgres() {
    run(Engine::Postgres, a_whole_board_is_told);
}
