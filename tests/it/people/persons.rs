//! Persons: staff and guardians who come and are archived, and all that is wrong with an input.

use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::ask::{act, ask, codes, refusals};

async fn all_that_is_wrong_with_people_is_told_at_once(world: &World) {
    let ours = &world.ours;
    let nobody = json!({ "givenName": " ", "familyName": "x".repeat(200), "email": "nope" });
    let guardianship = json!({
        "id": "nope", "student": ours.students[0], "relationship": "PARENT", "guardian": { "newPerson": nobody },
        "startsOn": "2031-02-01", "endsOn": "2031-01-01", "contactPriority": 0,
    });
    let status = json!({
        "id": ours.guardianships[0], "status": "ENDED", "contactPriority": 400, "endsOn": "2001-01-01",
    });
    let student = json!({
        "school": ours.schools[0], "displayName": " ", "number": "111222333", "classGroups": ["group_x"],
    });
    let person = json!({ "board": ours.id, "school": "school_x", "details": nobody, "id": "q" });
    for (mutation, input, told) in [
        (
            "guardianshipCreate",
            guardianship,
            vec![
                "INVALID id",
                "INVALID endsOn",
                "INVALID contactPriority",
                "REQUIRED guardian.newPerson.givenName",
                "TOO_LONG guardian.newPerson.familyName",
                "INVALID guardian.newPerson.email",
            ],
        ),
        ("guardianshipUpdate", status, vec!["INVALID status", "INVALID endsOn", "INVALID contactPriority"]),
        ("studentCreate", student, vec!["REQUIRED displayName", "INVALID number", "NOT_FOUND classGroups"]),
        (
            "personCreate",
            person,
            vec![
                "NOT_FOUND school",
                "INVALID id",
                "REQUIRED details.givenName",
                "TOO_LONG details.familyName",
                "INVALID details.email",
            ],
        ),
    ] {
        assert_eq!(refusals(&act(world, Who::Leader, mutation, "", input).await), told, "{mutation}");
    }
}

async fn a_leader_adds_staff_and_reaches_no_higher_role(world: &World) {
    let details = json!({ "givenName": "Joost", "familyName": "Kuiper", "email": "joost@example.org" });
    let at = |school: Option<glans_entity::ids::SchoolId>| json!({ "board": world.ours.id, "school": school, "details": details });
    let fields = "person { id displayName memberships { role scope { ... on School { name } } } }";
    let made = act(world, Who::Leader, "personCreate", fields, at(Some(world.ours.schools[0]))).await;
    assert_eq!(made["person"]["memberships"], json!([{ "role": "TEACHER", "scope": { "name": "De Zwaluw" } }]));
    assert_eq!(codes(&act(world, Who::Leader, "personCreate", "", at(None)).await), ["FORBIDDEN"]);
    let elsewhere = act(world, Who::Leader, "personCreate", "", at(Some(world.ours.schools[1]))).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);
    let wrong = json!({ "board": world.ours.id, "details": { "givenName": "", "familyName": "x", "email": "y" } });
    let wrong = act(world, Who::Admin, "personCreate", "", wrong).await;
    assert_eq!(
        wrong["userErrors"],
        json!([
            { "code": "REQUIRED", "field": ["details", "givenName"] },
            { "code": "INVALID", "field": ["details", "email"] },
        ])
    );

    for (who, person) in [(Who::Teacher, world.ours.leader.person), (Who::Leader, world.ours.leader.person)] {
        let input = json!({ "id": person, "email": "mine@example.org" });
        assert_eq!(codes(&act(world, who, "personUpdate", "", input).await), ["FORBIDDEN"], "{}", who.name());
    }
    let archived =
        act(world, Who::Leader, "personArchive", "person { archivedAt }", json!({ "id": made["person"]["id"] }));
    assert!(archived.await["person"]["archivedAt"].is_string());
    let own = act(world, Who::Admin, "personArchive", "", json!({ "id": world.ours.admin.person })).await;
    assert_eq!(codes(&own), ["FORBIDDEN"]);
}

async fn all_rights_end_with_an_archived_record(world: &World) {
    let input = json!({ "id": world.ours.guardians[0].person });
    assert!(codes(&act(world, Who::Leader, "personArchive", "", input).await).is_empty());
    assert_eq!(
        ask(world, Who::Guardian, "{ schools { nodes { name } } }", json!({})).await["schools"]["nodes"],
        json!([])
    );
    let input = json!({ "id": world.ours.teacher.person });
    assert!(codes(&act(world, Who::Admin, "personArchive", "", input).await).is_empty());
    assert_eq!(
        ask(world, Who::Teacher, "{ schools { nodes { name } } }", json!({})).await["schools"]["nodes"],
        json!([])
    );
}

async fn a_relation_ended_with_the_record_stays_over(world: &World) {
    let (guardian, link) = (world.ours.guardians[0].person, world.ours.guardianships[0]);
    assert!(codes(&act(world, Who::Leader, "personArchive", "", json!({ "id": guardian })).await).is_empty());
    for status in ["ACTIVE", "SUSPENDED"] {
        let input = json!({ "id": link, "status": status });
        let refused = act(world, Who::Leader, "guardianshipUpdate", "", input).await;
        assert_eq!(refusals(&refused), ["CONFLICT status"], "{status}");
    }
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { status } } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": link })).await;
    assert_eq!(seen["node"]["status"], "ENDED");
}

on_each_database!(
    all_that_is_wrong_with_people_is_told_at_once,
    a_leader_adds_staff_and_reaches_no_higher_role,
    all_rights_end_with_an_archived_record,
    a_relation_ended_with_the_record_stays_over,
);
