//! Students: they come, move to another class group, and leave.

use chrono::{Days, NaiveDate};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::STUDENT;
use crate::ask::{act, ask, codes, refusals};

async fn a_student_moves_to_another_group_and_its_teacher(world: &World) {
    let input = json!({
        "school": world.ours.schools[0], "schoolYear": world.ours.school_year, "name": "4b", "grades": ["4"],
    });
    let group = act(world, Who::Leader, "classGroupCreate", "classGroup { id }", input).await;
    let input = json!({ "student": world.ours.students[0], "classGroups": [group["classGroup"]["id"]] });
    assert_eq!(codes(&act(world, Who::Teacher, "enrolmentSet", "", input.clone()).await), ["FORBIDDEN"]);
    let moved = act(world, Who::Leader, "enrolmentSet", "student { classGroups { name } }", input).await;
    assert_eq!(moved["student"]["classGroups"], json!([{ "name": "4b" }]));
    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Teacher, STUDENT, variables).await, json!({ "student": null }));

    for group in [world.ours.groups[1].to_string(), world.theirs.groups[0].to_string(), "x".to_owned()] {
        let input = json!({ "student": world.ours.students[0], "classGroups": [group] });
        assert_eq!(codes(&act(world, Who::Admin, "enrolmentSet", "", input).await), ["NOT_FOUND"], "{group}");
    }
    let back = json!({ "student": world.ours.students[0], "classGroups": [world.ours.groups[0]] });
    let back = act(world, Who::Leader, "enrolmentSet", "student { classGroups { name } }", back).await;
    assert_eq!(back["student"]["classGroups"], json!([{ "name": "3a" }]));
}

async fn a_student_comes_and_leaves(world: &World) {
    let input = json!({
        "school": world.ours.schools[0], "displayName": "Sem", "number": "204", "classGroups": [world.ours.groups[0]],
    });
    let fields = "student { id number version classGroups { name } }";
    let made = act(world, Who::Leader, "studentCreate", fields, input.clone()).await;
    assert_eq!(made["student"]["classGroups"], json!([{ "name": "3a" }]));
    assert_eq!(codes(&act(world, Who::Leader, "studentCreate", "", input).await), ["TAKEN"]);
    let id = &made["student"]["id"];
    let bsn = json!({ "id": id, "number": "111222333" });
    assert_eq!(codes(&act(world, Who::Leader, "studentUpdate", "", bsn).await), ["INVALID"]);
    let renamed = json!({ "id": id, "displayName": "Sem V.", "number": null, "ifVersion": 1 });
    let renamed = act(world, Who::Leader, "studentUpdate", "student { displayName number version }", renamed).await;
    assert_eq!(renamed["student"], json!({ "displayName": "Sem V.", "number": null, "version": 2 }));

    let today = glans::call::today(world.app.clock.now());
    let yesterday = today.pred_opt().unwrap();
    let left = json!({ "id": world.ours.students[0], "on": yesterday });
    let left = act(world, Who::Leader, "studentLeave", "student { leftOn guardianships { id } }", left).await;
    assert_eq!(left["student"], json!({ "leftOn": yesterday, "guardianships": [] }));
    let document = "query($id: ID!) { classGroup(id: $id) { students { nodes { displayName } } } }";
    let group = ask(world, Who::Leader, document, json!({ "id": world.ours.groups[0] })).await;
    assert_eq!(group["classGroup"]["students"]["nodes"], json!([{ "displayName": "Sem V." }]));
    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await, json!({ "student": null }));
    let place = json!({ "student": world.ours.students[0], "classGroups": [] });
    assert_eq!(codes(&act(world, Who::Leader, "enrolmentSet", "", place).await), ["CONFLICT"]);
}

async fn a_last_day_at_school_is_corrected(world: &World) {
    let (today, child) = (glans::call::today(world.app.clock.now()), world.ours.students[0]);
    let (typed, meant) = (today - Days::new(10), today + Days::new(200));
    let (starts, before) = (today + Days::new(30), today + Days::new(29));
    let input = json!({
        "student": child, "relationship": "PARENT", "startsOn": starts,
        "guardian": { "newPerson": { "givenName": "Bas", "familyName": "Vos" } },
    });
    let later = act(world, Who::Leader, "guardianshipCreate", "guardianship { id }", input).await;
    let later = later["guardianship"]["id"].clone();
    let leave = async |on: NaiveDate| {
        let fields = "student { leftOn classGroups { name } guardianships(includeEnded: true) { endsOn } }";
        act(world, Who::Leader, "studentLeave", fields, json!({ "id": child, "on": on })).await["student"].take()
    };
    let left = |on: NaiveDate, groups: Value, last: [NaiveDate; 3]| {
        let relations = last.map(|last| json!({ "endsOn": last }));
        json!({ "leftOn": on, "classGroups": groups, "guardianships": relations })
    };
    assert_eq!(leave(typed).await, left(typed, json!([]), [typed, typed, before]), "what has not begun never begins");
    let input = json!({ "id": later, "contactPriority": 3 });
    let changed = act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(refusals(&changed), Vec::<String>::new());
    let group = json!([{ "name": "3a" }]);
    assert_eq!(leave(meant).await, left(meant, group, [meant, meant, meant]));
    let seen = async || ask(world, Who::Guardian, STUDENT, json!({ "id": child })).await["student"].take();
    assert_eq!(seen().await, Value::Null, "it waits for the school");
    let input = json!({ "id": world.ours.guardianships[0], "status": "ACTIVE" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", input).await), Vec::<String>::new());
    assert_eq!(seen().await["displayName"], "Noor");
    let ended = act(world, Who::Leader, "guardianshipEnd", "guardianship { endsOn }", json!({ "id": later })).await;
    assert_eq!(ended["guardianship"]["endsOn"], json!(before));
}

on_each_database!(
    a_student_moves_to_another_group_and_its_teacher,
    a_student_comes_and_leaves,
    a_last_day_at_school_is_corrected,
);
