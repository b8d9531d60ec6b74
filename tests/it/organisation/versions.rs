//! Versions: who looked at an older one closes nothing, and they count what changes.

use chrono::TimeDelta;
use glans_entity::scope::{Scope, Scoped};
use glans_entity::{identity, platform};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::ask::{act, ask, refusals};

async fn nothing_is_closed_or_taken_from_an_older_version(world: &World) {
    let ours = &world.ours;
    let empty = json!({ "board": ours.id, "name": "Oost" });
    let empty = act(world, Who::Admin, "clusterCreate", "cluster { id }", empty).await;
    let cluster = empty["cluster"]["id"].as_str().expect("a cluster").to_owned();
    for (name, node, id) in [
        ("membershipRevoke", "membership", ours.memberships[0].to_string()),
        ("apiClientRevoke", "apiClient", ours.client.to_string()),
        ("classGroupArchive", "classGroup", ours.groups[0].to_string()),
        ("schoolArchive", "school", ours.schools[0].to_string()),
        ("clusterArchive", "cluster", cluster),
        ("boardArchive", "board", ours.id.to_string()),
    ] {
        let fields = format!("{node} {{ id version }}");
        let ends = async |version: i64| {
            let payload = act(world, Who::Admin, name, &fields, json!({ "id": id, "ifVersion": version })).await;
            (refusals(&payload), payload[node].clone())
        };
        let (told, present) = ends(99).await;
        assert_eq!(told, ["CONFLICT ifVersion"], "{name}");
        assert_eq!(present, json!({ "id": id, "version": 1 }), "{name} shows the present one");
        let done = ends(1).await;
        assert_eq!(done, (vec![], json!({ "id": id, "version": 2 })), "{name}");
        assert_eq!(ends(1).await, done, "{name} again changes nothing");
    }
}

/// How many lines the audit log has, and how many events the outbox.
async fn told(world: &World) -> (u64, u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let lines = identity::audit::Entity::within(&scope).count(&db).await.unwrap();
    (lines, platform::outbox::Entity::find().count(&db).await.unwrap())
}

async fn an_update_that_changes_nothing_is_no_change(world: &World) {
    let ours = &world.ours;
    world.app.clock.turn(TimeDelta::minutes(1));
    let before = told(world).await;
    for (node, of_type, id, fields) in [
        ("board", "Board", ours.id.to_string(), "name leastShown"),
        ("cluster", "Cluster", ours.clusters[0].to_string(), "name"),
        ("school", "School", ours.schools[0].to_string(), "name city"),
        ("classGroup", "ClassGroup", ours.groups[0].to_string(), "name grades"),
        (
            "person",
            "Person",
            ours.teacher.person.to_string(),
            "givenName familyName displayName email language interpreterNeeded",
        ),
        ("student", "Student", ours.students[0].to_string(), "displayName number"),
        (
            "guardianship",
            "Guardianship",
            ours.guardianships[0].to_string(),
            "relationship access status contactPriority endsOn",
        ),
        (
            "lesson",
            "Lesson",
            ours.draft.lesson.to_string(),
            "title objectives theory practicalTips durationMinutes teamScript { durationMinutes text }",
        ),
        (
            "material",
            "Material",
            ours.draft.material.to_string(),
            "title kind audience body url durationMinutes bookReference",
        ),
    ] {
        let update = format!("{node}Update");
        let answer = format!("{node} {{ version updatedAt }}");
        let document = format!(
            "query($id: ID!) {{ seen: node(id: $id) {{ ... on {of_type} {{ version updatedAt }} }}
            same: node(id: $id) {{ ... on {of_type} {{ id {fields} }} }} }}"
        );
        let asked = ask(world, Who::Admin, &document, json!({ "id": id })).await;
        assert_eq!(asked["seen"]["version"], 1, "{update}");
        for input in [json!({ "id": id }), asked["same"].clone()] {
            let done = act(world, Who::Admin, &update, &answer, input).await;
            assert_eq!((refusals(&done), &done[node]), (vec![], &asked["seen"]), "{update}");
        }
    }
    assert_eq!(told(world).await, before);

    let named = json!({ "id": ours.schools[0], "name": "De Spreeuw", "ifVersion": 1 });
    let named = act(world, Who::Admin, "schoolUpdate", "school { version }", named).await;
    assert_eq!((refusals(&named), &named["school"]["version"]), (vec![], &Value::from(2)), "and one that does is one");
}

on_each_database!(nothing_is_closed_or_taken_from_an_older_version, an_update_that_changes_nothing_is_no_change);
