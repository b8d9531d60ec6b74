//! Guardianships: who makes, verifies, changes and ends them, and when that is in force.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{STUDENT, told};
use crate::ask::{act, ask, codes};

async fn a_change_of_custody_is_in_force_with_the_commit(world: &World) {
    let id = world.ours.guardianships[0].to_string();
    let variables = json!({ "id": world.ours.students[0] });
    let distant = ask(world, Who::Distant, STUDENT, variables.clone()).await;
    let before = ask(world, Who::Guardian, STUDENT, variables.clone()).await;
    assert_eq!(before["student"]["displayName"], "Noor");

    let input = json!({ "id": id, "access": "NONE", "ifVersion": 1 });
    let teacher = act(world, Who::Teacher, "guardianshipUpdate", "", input.clone()).await;
    assert_eq!(codes(&teacher), ["FORBIDDEN"]);
    let changed = act(world, Who::Leader, "guardianshipUpdate", "guardianship { access version }", input).await;
    assert_eq!(changed["guardianship"], json!({ "access": "NONE", "version": 2 }));

    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    assert_eq!(ask(world, Who::Distant, STUDENT, variables.clone()).await, distant);
    assert_eq!(told(world, "guardianship.access_changed", &id).await, (1, 1));

    let input = json!({ "id": id, "access": "FULL", "status": "SUSPENDED" });
    act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    let input = json!({ "id": id, "status": "ACTIVE" });
    act(world, Who::Leader, "guardianshipUpdate", "", input).await;
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await["student"]["displayName"], "Noor");
}

async fn a_guardianship_ends_and_is_revived(world: &World) {
    let id = world.ours.guardianships[0];
    let fields = "guardianship { status endsOn guardian { displayName } }";
    let ended = act(world, Who::Leader, "guardianshipEnd", fields, json!({ "id": id })).await;
    assert_eq!(ended["guardianship"]["status"], "ENDED");
    assert_eq!(ended["guardianship"]["guardian"]["displayName"], "Ilse de Wit");
    let again = act(world, Who::Leader, "guardianshipEnd", fields, json!({ "id": id })).await;
    assert_eq!(again, ended);
    assert_eq!(told(world, "guardianship.ended", &id.to_string()).await, (1, 1));

    let variables = json!({ "id": world.ours.students[0] });
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, json!({ "student": null }));
    let document = "query($id: ID!, $all: Boolean) { student(id: $id) { guardianships(includeEnded: $all) { id } } }";
    let listed = async |all| {
        let data = ask(world, Who::Leader, document, json!({ "id": world.ours.students[0], "all": all })).await;
        data["student"]["guardianships"].as_array().unwrap().len()
    };
    assert_eq!((listed(false).await, listed(true).await), (1, 2));

    let wrong = json!({ "id": id, "status": "ENDED" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", wrong).await), ["INVALID"]);
    let later = json!({ "id": id, "endsOn": "2031-01-01" });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", later).await), ["CONFLICT"], "it has ended");
    let revived = act(world, Who::Leader, "guardianshipUpdate", fields, json!({ "id": id, "status": "ACTIVE" })).await;
    assert_eq!(revived["guardianship"]["status"], "ACTIVE");
    assert_eq!(revived["guardianship"]["endsOn"], Value::Null);
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables).await["student"]["displayName"], "Noor");
}

async fn nobody_decides_on_the_own_guardianship(world: &World) {
    let input = json!({
        "student": world.ours.students[0], "guardian": { "id": world.ours.leader.person },
        "relationship": "PARENT", "access": "NONE",
    });
    let own = act(world, Who::Leader, "guardianshipCreate", "", input.clone()).await;
    assert_eq!(codes(&own), ["FORBIDDEN"]);
    let made = act(world, Who::Admin, "guardianshipCreate", "guardianship { id status }", input).await;
    assert_eq!(made["guardianship"]["status"], "ACTIVE");
    let id = &made["guardianship"]["id"];
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { access viewerCanEdit } } }";
    // Who has nothing of the child sees no more of it for leading the school.
    for (access, code, seen) in
        [("NONE", "NOT_FOUND", Value::Null), ("FULL", "FORBIDDEN", json!({ "access": "FULL", "viewerCanEdit": false }))]
    {
        let input = json!({ "id": id, "access": access });
        assert_eq!(codes(&act(world, Who::Admin, "guardianshipUpdate", "", input).await), Vec::<&str>::new());
        let none = json!({ "id": id, "access": "NONE" });
        assert_eq!(codes(&act(world, Who::Leader, "guardianshipUpdate", "", none).await), [code]);
        assert_eq!(ask(world, Who::Leader, document, json!({ "id": id })).await["node"], seen);
    }
}

async fn a_teacher_adds_guardians_to_the_own_group_and_the_school_verifies_them(world: &World) {
    let input = |student| {
        json!({
            "student": student, "relationship": "STEP_PARENT", "clientMutationId": "one",
            "guardian": { "newPerson": { "givenName": "Bas", "familyName": "Vos", "email": "Bas@Example.org" } },
        })
    };
    let fields = "guardianship { id status access guardian { id displayName email language } }";
    let made = act(world, Who::Teacher, "guardianshipCreate", fields, input(world.ours.students[0])).await;
    // The other guardian has no access, so the family may be separated.
    assert_eq!(made["guardianship"]["status"], "SUSPENDED");
    assert_eq!(made["guardianship"]["guardian"]["displayName"], "Bas Vos");
    assert_eq!(made["guardianship"]["guardian"]["email"], "bas@example.org");
    assert_eq!(made["guardianship"]["guardian"]["language"], "nl");
    let replayed = act(world, Who::Teacher, "guardianshipCreate", fields, input(world.ours.students[0])).await;
    assert_eq!(replayed, made);
    assert_eq!(told(world, "guardianship.created", made["guardianship"]["id"].as_str().unwrap()).await, (1, 1));

    let nameless = json!({
        "student": world.ours.students[0], "relationship": "PARENT",
        "guardian": { "newPerson": { "givenName": "", "familyName": "Vos" } },
    });
    let nameless = act(world, Who::Teacher, "guardianshipCreate", "", nameless).await;
    assert_eq!(
        nameless["userErrors"],
        json!([{ "code": "REQUIRED", "field": ["guardian", "newPerson", "givenName"] }])
    );

    let mut elsewhere = input(world.ours.students[1]);
    elsewhere["clientMutationId"] = json!("two");
    assert_eq!(codes(&act(world, Who::Teacher, "guardianshipCreate", "", elsewhere).await), ["NOT_FOUND"]);
    let person = &made["guardianship"]["guardian"]["id"];
    let twice = json!({
        "student": world.ours.students[0], "guardian": { "id": person }, "relationship": "PARENT",
    });
    assert_eq!(codes(&act(world, Who::Leader, "guardianshipCreate", "", twice).await), ["TAKEN"]);
    let named = json!({ "id": person, "familyName": "de Vos" });
    let named = act(world, Who::Teacher, "personUpdate", "person { displayName }", named).await;
    assert_eq!(named["person"]["displayName"], "Bas de Vos");
    let verified = json!({ "id": made["guardianship"]["id"], "status": "ACTIVE" });
    let verified = act(world, Who::Leader, "guardianshipUpdate", "guardianship { status }", verified).await;
    assert_eq!(verified["guardianship"]["status"], "ACTIVE");
}

on_each_database!(
    a_change_of_custody_is_in_force_with_the_commit,
    a_guardianship_ends_and_is_revived,
    nobody_decides_on_the_own_guardianship,
    a_teacher_adds_guardians_to_the_own_group_and_the_school_verifies_them,
);
