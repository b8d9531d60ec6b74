//! What everybody sees of people: of children, of guardians and of oneself.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::STUDENT;
use crate::ask::{act, ask, codes, statements};

async fn staff_sees_all_guardians_of_a_student_and_a_guardian_only_the_own_relation(world: &World) {
    let relation = |name: &str, access: &str, may: bool| {
        let guardian = json!({
            "displayName": format!("{name} de Wit"),
            "email": format!("{}@example.org", name.to_lowercase()),
        });
        json!({
            "access": access, "status": "ACTIVE", "viewerCanEdit": may, "guardian": guardian,
            "student": { "displayName": "Noor" },
        })
    };
    let student = |number: Value, may: bool, guardianships: Value| {
        json!({ "student": {
            "displayName": "Noor", "number": number, "viewerCanEdit": may, "school": { "name": "De Zwaluw" },
            "classGroups": [{ "name": "3a" }], "guardianships": guardianships,
        } })
    };
    let variables = json!({ "id": world.ours.students[0] });
    for (who, may) in [(Who::Leader, true), (Who::Admin, true), (Who::Teacher, false)] {
        let both = json!([relation("Ilse", "FULL", may), relation("Ruud", "NONE", may)]);
        let expected = student(json!("Noor"), may, both);
        assert_eq!(ask(world, who, STUDENT, variables.clone()).await, expected, "{}", who.name());
    }
    let own = json!([relation("Ilse", "FULL", false)]);
    assert_eq!(ask(world, Who::Guardian, STUDENT, variables.clone()).await, student(Value::Null, false, own));
    for who in [Who::Distant, Who::Trainer, Who::Client] {
        assert_eq!(ask(world, who, STUDENT, variables.clone()).await, json!({ "student": null }), "{}", who.name());
    }
}

async fn a_guardian_is_not_told_that_another_is_called_first(world: &World) {
    let link = world.ours.guardianships[0];
    let input = json!({ "id": link, "contactPriority": 2 });
    assert!(codes(&act(world, Who::Teacher, "guardianshipUpdate", "", input).await).is_empty());
    let document = "query($id: ID!) { node(id: $id) { ... on Guardianship { contactPriority } } }";
    for (who, place) in [(Who::Teacher, json!(2)), (Who::Leader, json!(2)), (Who::Guardian, Value::Null)] {
        let seen = ask(world, who, document, json!({ "id": link })).await;
        assert_eq!(seen["node"], json!({ "contactPriority": place }), "{}", who.name());
    }
}

async fn an_address_is_for_oneself_and_who_administers_the_person(world: &World) {
    let document = "query($id: ID!) { node(id: $id) { ... on Person { email } } }";
    let email = async |who, person: glans_entity::ids::PersonId| {
        ask(world, who, document, json!({ "id": person })).await["node"]["email"].clone()
    };
    let ours = &world.ours;
    assert_eq!(email(Who::Leader, ours.leader.person).await, "marieke@example.org");
    assert_eq!(email(Who::Director, ours.leader.person).await, "marieke@example.org");
    assert_eq!(email(Who::Teacher, ours.leader.person).await, Value::Null);
    assert_eq!(email(Who::Leader, ours.teacher.person).await, "tarik@example.org");
    assert_eq!(email(Who::Director, ours.teacher.person).await, Value::Null);
    assert_eq!(email(Who::Guardian, ours.teacher.person).await, Value::Null);
    assert_eq!(email(Who::Teacher, ours.guardians[0].person).await, "ilse@example.org");
}

async fn a_group_of_students_takes_as_many_statements_as_one_student(world: &World) {
    for number in 0..5 {
        let input = json!({
            "school": world.ours.schools[0], "displayName": format!("Sem {number}"), "number": format!("{number}"),
            "classGroups": [world.ours.groups[0]],
        });
        let made = act(world, Who::Leader, "studentCreate", "student { id }", input).await;
        let input = json!({
            "student": made["student"]["id"], "relationship": "PARENT",
            "guardian": { "newPerson": { "givenName": "Ouder", "familyName": "Jansen", "email": "o@example.org" } },
        });
        assert!(codes(&act(world, Who::Leader, "guardianshipCreate", "", input).await).is_empty());
    }
    let document = "query($id: ID!, $first: Int!) { classGroup(id: $id) { students(first: $first) { nodes {
        displayName number viewerCanEdit school { name } classGroups { name }
        guardianships { viewerCanEdit student { displayName } guardian { email memberships { role scope { __typename } } } }
    } } } }";
    let one = json!({ "id": world.ours.groups[0], "first": 1 });
    let six = json!({ "id": world.ours.groups[0], "first": 6 });
    let one = statements(world, Who::Leader, document, one).await;
    assert_eq!(statements(world, Who::Leader, document, six).await, one);
}

async fn a_viewer_is_a_person_with_roles_children_and_schools(world: &World) {
    let document = "{ viewer {
        person { displayName } memberships { role scope { ... on School { name } ... on ClassGroup { name } } }
        children { displayName } schools { name }
    } }";
    let viewer = |person: &str, role: &str, scope: &str, children: Value| {
        json!({ "viewer": {
            "person": { "displayName": person }, "memberships": [{ "role": role, "scope": { "name": scope } }],
            "children": children, "schools": [{ "name": "De Zwaluw" }],
        } })
    };
    let guardian = viewer("Ilse de Wit", "GUARDIAN", "De Zwaluw", json!([{ "displayName": "Noor" }]));
    assert_eq!(ask(world, Who::Guardian, document, json!({})).await, guardian);
    let teacher = viewer("Tarik de Wit", "TEACHER", "3a", json!([]));
    assert_eq!(ask(world, Who::Teacher, document, json!({})).await, teacher);
    let client = ask(world, Who::Client, document, json!({})).await;
    assert_eq!((&client["viewer"]["person"], &client["viewer"]["memberships"]), (&Value::Null, &json!([])));
    assert_eq!(client["viewer"]["schools"], json!([{ "name": "De Meent" }, { "name": "De Zwaluw" }]));
}

on_each_database!(
    a_viewer_is_a_person_with_roles_children_and_schools,
    staff_sees_all_guardians_of_a_student_and_a_guardian_only_the_own_relation,
    a_guardian_is_not_told_that_another_is_called_first,
    an_address_is_for_oneself_and_who_administers_the_person,
    a_group_of_students_takes_as_many_statements_as_one_student,
);
