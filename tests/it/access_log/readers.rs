//! Whose looks stand in the log, and who may read it.

use std::collections::BTreeSet;

use glans::graphql::schema;
use glans::people::access_log::Subject;
use glans_entity::people::access_log::Model;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{LOG, RECORD, lines, opened, turn_to_the_next_hour};
use crate::ask::{ask, ask_as};

const LOG_OF_PERSON: &str = "query($id: ID!) { node(id: $id) { ... on Person { accessLog {
    nodes { readerName roles } } } } }";

async fn a_family_stands_in_no_log(world: &World) {
    let (schema, noor) = (schema(), world.ours.students[0]);
    let asked = json!({ "id": noor });
    let guardian = world.standing(Who::Guardian).await;
    assert_eq!(opened(world, &schema, &guardian, RECORD, asked.clone()).await, BTreeSet::new());
    let teacher = world.standing(Who::Teacher).await;
    let records = BTreeSet::from([
        Subject::Child(noor),
        Subject::Guardian(world.ours.guardians[0].person),
        Subject::Guardian(world.ours.distant.person),
    ]);
    assert_eq!(opened(world, &schema, &teacher, RECORD, asked.clone()).await, records);
    world.guardian_of_another(world.ours.teacher, noor).await;
    let parent = world.standing(Who::Teacher).await;
    assert_eq!(opened(world, &schema, &parent, RECORD, asked).await, BTreeSet::new(), "the own child");
}

async fn staff_who_open_a_record_stand_in_the_log_once_an_hour(world: &World) {
    turn_to_the_next_hour(world);
    let (noor, asked) = (world.ours.students[0], json!({ "id": world.ours.students[0] }));
    let teacher = world.actor(Who::Teacher).await;
    let first = teacher.asks_with(RECORD, asked.clone()).await;
    assert_eq!(first.at("student.displayName"), "Noor");
    assert_eq!(teacher.asks_with(RECORD, asked.clone()).await.at("student.displayName"), "Noor");
    let found = lines(world, false).await;
    let told = |line: &Model| (line.reader.clone(), line.roles.0.clone(), line.request_id.clone());
    let request = first.headers["x-request-id"].to_str().unwrap().to_owned();
    let line = (world.ours.teacher.person.to_string(), vec!["TEACHER".to_owned()], request);
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [line.clone(), line.clone(), line]);
    let guardians: BTreeSet<_> = found.iter().filter_map(|line| line.guardian_id).collect();
    assert_eq!(guardians, BTreeSet::from([world.ours.guardians[0].person, world.ours.distant.person]));
    let of_noor = |lines: &[Model]| lines.iter().filter(|line| line.student_id == Some(noor)).count();
    assert_eq!(of_noor(&found), 1);

    turn_to_the_next_hour(world);
    let later = world.actor(Who::Teacher).await;
    assert_eq!(later.asks_with(RECORD, asked).await.at("student.displayName"), "Noor");
    assert_eq!(of_noor(&lines(world, false).await), 2);
}

async fn a_guardian_with_everything_and_an_administrator_see_who_looked(world: &World) {
    turn_to_the_next_hour(world);
    let asked = json!({ "id": world.ours.students[0] });
    for who in [Who::Teacher, Who::Admin] {
        assert_eq!(world.actor(who).await.asks_with(RECORD, asked.clone()).await.at("student.displayName"), "Noor");
    }
    for who in [Who::Guardian, Who::Admin] {
        let seen = ask(world, who, LOG, asked.clone()).await;
        let log = &seen["student"]["accessLog"];
        let nodes = log["nodes"].as_array().unwrap();
        let told: Vec<_> = nodes.iter().map(|line| (&line["readerName"], &line["roles"])).collect();
        let (annelies, tarik) = (json!("Annelies de Wit"), json!("Tarik de Wit"));
        let (admin, teacher) = (json!(["BOARD_ADMIN"]), json!(["TEACHER"]));
        assert_eq!(told, [(&annelies, &admin), (&tarik, &teacher), (&tarik, &teacher)], "{}", who.name());
        assert_eq!(log["totalCount"], 3);
        assert_eq!(log["nodes"][1]["reader"]["id"], world.ours.teacher.person.to_string());
    }
    // A family knows an administrator by name only.
    let seen = ask(world, Who::Guardian, LOG, asked.clone()).await;
    assert_eq!(seen["student"]["accessLog"]["nodes"][0]["reader"], Value::Null);
    for who in [Who::Teacher, Who::Leader, Who::Director] {
        let seen = ask(world, who, LOG, asked.clone()).await;
        assert_eq!(seen["student"]["accessLog"], json!({ "totalCount": 0, "nodes": [] }), "{}", who.name());
    }
    assert_eq!(ask(world, Who::Distant, LOG, asked.clone()).await, json!({ "student": null }));
    for stranger in [world.theirs.admin, world.theirs.guardians[0]] {
        assert_eq!(ask_as(world, stranger, LOG, asked.clone()).await, json!({ "student": null }));
    }
}

async fn a_guardian_sees_who_looked_at_the_own_record(world: &World) {
    turn_to_the_next_hour(world);
    let ilse = world.ours.guardians[0].person;
    let email = "query($id: ID!) { node(id: $id) { ... on Person { email } } }";
    for person in [ilse, world.ours.teacher.person] {
        let reply = world.actor(Who::Leader).await.asks_with(email, json!({ "id": person })).await;
        assert!(reply.at("node.email").is_string());
    }
    assert_eq!(lines(world, false).await.len(), 1, "a colleague is no guardian");
    let own = "{ viewer { person { accessLog { nodes { readerName roles } } } } }";
    let told = json!([
        { "readerName": "Marieke de Wit", "roles": ["SCHOOL_LEADER"] },
        { "readerName": "Tarik de Wit", "roles": ["TEACHER"] },
    ]);
    assert_eq!(ask(world, Who::Guardian, own, json!({})).await["viewer"]["person"]["accessLog"]["nodes"], told);
    let asked = json!({ "id": ilse });
    assert_eq!(ask(world, Who::Admin, LOG_OF_PERSON, asked.clone()).await["node"]["accessLog"]["nodes"], told);
    assert_eq!(ask(world, Who::Leader, LOG_OF_PERSON, asked.clone()).await["node"]["accessLog"]["nodes"], json!([]));
    world.guardian_of_another(world.ours.admin, world.ours.students[0]).await;
    let family = ask(world, Who::Admin, LOG_OF_PERSON, asked).await;
    assert_eq!(family["node"]["accessLog"]["nodes"], json!([]), "the other guardian of the own child");
}

on_each_database!(
    a_family_stands_in_no_log,
    staff_who_open_a_record_stand_in_the_log_once_an_hour,
    a_guardian_with_everything_and_an_administrator_see_who_looked,
    a_guardian_sees_who_looked_at_the_own_record,
);
