//! Versions: who looked at an older one closes and cancels nothing.

use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::ask::{act, refusals};

/// The mutation `name` ends what is at its first version: not from another one, and once.
async fn ends_the_version_that_was_seen(world: &World, who: Who, name: &str, node: &str, id: &str) {
    let fields = format!("{node} {{ id version }}");
    let ends = async |version: i64| {
        let payload = act(world, who, name, &fields, json!({ "id": id, "ifVersion": version })).await;
        (refusals(&payload), payload[node].clone())
    };
    let (told, present) = ends(99).await;
    assert_eq!(told, ["CONFLICT ifVersion"], "{name}");
    assert_eq!(present, json!({ "id": id, "version": 1 }), "{name} shows the present one");
    let done = ends(1).await;
    assert_eq!(done, (vec![], json!({ "id": id, "version": 2 })), "{name}");
    assert_eq!(ends(1).await, done, "{name} again changes nothing");
}

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
        ends_the_version_that_was_seen(world, Who::Admin, name, node, &id).await;
    }
}

async fn nothing_is_cancelled_from_an_older_version(world: &World) {
    let ours = &world.ours;
    for (who, name, node, id) in [
        (Who::Leader, "teamSessionCancel", "teamSession", ours.sessions[0].to_string()),
        (Who::Trainer, "meetingCancel", "meeting", ours.meetings[0].to_string()),
        (Who::Teacher, "conversationCancel", "conversation", ours.partners[0].planned.to_string()),
        (Who::Leader, "eventCancel", "event", ours.events[0].to_string()),
        (Who::Leader, "bookingRoundCancel", "bookingRound", ours.rounds[0].to_string()),
    ] {
        ends_the_version_that_was_seen(world, who, name, node, &id).await;
    }
}

on_each_database!(nothing_is_closed_or_taken_from_an_older_version, nothing_is_cancelled_from_an_older_version);
