//! Versions: who looked at an older one closes nothing.

use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::ask::{act, refusals};

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

on_each_database!(nothing_is_closed_or_taken_from_an_older_version);
