//! How lines get into the log: whatever way a record is opened, at what cost, and while the database is busy.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use glans::books::Books;
use glans::call::Call;
use glans::people::access_log::{self as log, Subject};
use glans_entity::people::access_log::Model;
use glans_entity::people::student;
use glans_entity::scope::Scoped;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};

use super::{RECORD, lines, turn_to_the_next_hour};
use crate::ask::{act, codes};
use crate::realtime::Follower;

async fn a_colleague_is_looked_for_in_the_log_once_an_hour(world: &World) {
    turn_to_the_next_hour(world);
    let leader = world.actor(Who::Leader).await;
    let cost = async |field: &str| {
        // Who asks is looked up, and kept for a moment, which begins now.
        world.app.standings.forget_all();
        leader.asks("{ viewer { id } }").await.data();
        let before = world.app.db.statement_count();
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Person {{ {field} }} }} }}");
        leader.asks_with(&document, json!({ "id": world.ours.teacher.person })).await.data();
        world.app.db.statement_count() - before
    };
    let unlogged = cost("displayName").await;
    assert!(cost("language").await > unlogged);
    assert_eq!(cost("language").await, unlogged);
    assert_eq!(lines(world, false).await.len(), 0, "a colleague is no guardian");
}

async fn it_costs_the_same_however_many_records_are_opened(world: &World) {
    turn_to_the_next_hour(world);
    for name in ["Adam", "Bilal", "Cato"] {
        world.child(name, 0).await;
    }
    let teacher = world.actor(Who::Teacher).await;
    let page = "query($id: ID!, $first: Int!) { node(id: $id) { ... on ClassGroup {
        students(first: $first) { nodes { displayName guardianships { id } } } } } }";
    let cost = async |first: i32| {
        // Who asks is looked up, and kept for a moment, which begins now.
        world.app.standings.forget_all();
        teacher.asks("{ viewer { id } }").await.data();
        let before = world.app.db.statement_count();
        teacher.asks_with(page, json!({ "id": world.ours.groups[0], "first": first })).await.data();
        world.app.db.statement_count() - before
    };
    let one = cost(1).await;
    assert_eq!(lines(world, false).await.len(), 1);
    assert_eq!(cost(4).await, one);
    assert_eq!(lines(world, false).await.len(), 4);
    assert!(cost(4).await < one, "what stands there already is not written again");
}

async fn what_a_failing_request_read_stands_in_the_log(world: &World) {
    turn_to_the_next_hour(world);
    let document = "query($id: ID!, $school: ID!) { student(id: $id) { number }
        school(id: $school) { students(first: 1000) { nodes { id } } } }";
    let asked = json!({ "id": world.ours.students[0], "school": world.ours.schools[0] });
    let reply = world.actor(Who::Leader).await.asks_with(document, asked).await;
    assert_eq!((reply.codes(), &reply.body["data"]["student"]["number"]), (vec!["BAD_USER_INPUT"], &json!("Noor")));
    let found = lines(world, false).await;
    assert_eq!(found.iter().map(|line| line.student_id).collect::<Vec<_>>(), [Some(world.ours.students[0])]);
}

async fn what_is_read_as_events_stands_in_the_log(world: &World) {
    turn_to_the_next_hour(world);
    let teacher = world.actor(Who::Teacher).await;
    let body = json!({ "query": RECORD, "variables": { "id": world.ours.students[0] } });
    let request = teacher.request(reqwest::Method::POST, "/graphql").header("accept", "text/event-stream").json(&body);
    let reply = teacher.sends(request).await;
    assert!(reply.text.contains("Noor"), "{}", reply.text);
    assert_eq!(lines(world, false).await.len(), 3);
}

/// Whose records stand in the log since then.
async fn logged(world: &World, since: DateTime<Utc>) -> BTreeSet<Subject> {
    log::write(&world.app).await.unwrap();
    let subjects = |line: Model| {
        let child = line.student_id.map(Subject::Child);
        child.into_iter().chain(line.guardian_id.map(Subject::Guardian))
    };
    lines(world, false).await.into_iter().filter(|line| line.at >= since).flat_map(subjects).collect()
}

async fn whatever_way_a_record_is_opened_it_stands_in_the_log(world: &World) {
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    let next_hour = async || {
        turn_to_the_next_hour(world);
        (world.app.clock.now(), world.actor(Who::Teacher).await)
    };
    let (since, teacher) = next_hour().await;
    let input = json!({ "student": noor, "text": "Noor is vaak moe." });
    let raised = teacher.does("concernRaise", "concern { text }", input).await;
    assert_eq!(raised.at("concernRaise.concern.text"), "Noor is vaak moe.");
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "the answer to a mutation");

    let (since, teacher) = next_hour().await;
    let changes = "{ changes(first: 100, types: [STUDENT]) { changes { node { ... on Student { number } } } } }";
    teacher.asks(changes).await.data();
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "changes");

    let (since, teacher) = next_hour().await;
    let own = json!({ "id": world.ours.teacher.person });
    assert!(teacher.does("personExport", "exported { madeAt }", own).await.at("personExport.exported").is_object());
    let exported = logged(world, since).await;
    assert!(exported.contains(&Subject::Child(noor)) && exported.contains(&Subject::Guardian(ilse)), "{exported:?}");

    let (since, teacher) = next_hour().await;
    let received = "subscription { messageReceived { message { body } } }";
    let Some(mut follower) = Follower::start("ws", &teacher, received, &json!({})) else { return };
    assert_eq!(follower.event("messageReceived").await["message"], Value::Null);
    assert_eq!(logged(world, since).await, BTreeSet::new(), "nothing has come yet");
    let message = json!({ "thread": world.ours.threads[0], "body": "Tot morgen." });
    let sent = act(world, Who::Teacher, "messageSend", "message { id }", message).await;
    assert_eq!(codes(&sent), Vec::<&str>::new());
    assert_eq!(follower.event("messageReceived").await["message"]["body"], "Tot morgen.");
    assert_eq!(logged(world, since).await, BTreeSet::from([Subject::Child(noor)]), "a subscription");
}

async fn lines_wait_while_the_database_is_busy(world: &World) {
    turn_to_the_next_hour(world);
    let (teacher, noor) = (world.actor(Who::Teacher).await, world.ours.students[0]);
    // On SQLite nobody else writes meanwhile; on PostgreSQL somebody is changing the child.
    let busy = world.writing().await;
    let everywhere = world.everywhere();
    let changing = student::Entity::within(&everywhere).filter(student::Column::Id.eq(noor)).lock_exclusive();
    assert!(changing.one(&busy).await.unwrap().is_some());
    let asked = Instant::now();
    let reply = teacher.asks_with(RECORD, json!({ "id": noor })).await;
    assert_eq!(reply.at("student.displayName"), "Noor");
    // Opened again, they do not wait twice.
    teacher.asks_with(RECORD, json!({ "id": noor })).await.data();
    // A database that is asked says after 8 seconds that it is busy.
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    assert_eq!(lines(world, false).await.len(), 0, "the database is not busy");
    world.written(busy).await;
    log::write(&world.app).await.unwrap();
    assert_eq!(lines(world, false).await.len(), 3);
}

async fn a_process_that_stops_tries_until_its_lines_are_written(world: &World) {
    turn_to_the_next_hour(world);
    let call = Call::new(Arc::clone(&world.app), world.standing(Who::Leader).await, "last".to_owned());
    log::Opens::guardian(world.ours.id, world.ours.guardians[0].person).note(&call).unwrap();
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("access_log", "elsewhere").await;
    log::Pending::of(&call).settle().await;
    let closing = tokio::spawn(Books::open(&world.app).close());
    tokio::time::sleep(Duration::from_millis(500)).await;
    rename("elsewhere", "access_log").await;
    closing.await.unwrap();
    assert_eq!(lines(world, false).await.len(), 1);
}

on_each_database!(
    a_colleague_is_looked_for_in_the_log_once_an_hour,
    it_costs_the_same_however_many_records_are_opened,
    what_a_failing_request_read_stands_in_the_log,
    what_is_read_as_events_stands_in_the_log,
    whatever_way_a_record_is_opened_it_stands_in_the_log,
    lines_wait_while_the_database_is_busy,
    a_process_that_stops_tries_until_its_lines_are_written,
);
