//! Boards and their clusters: who founds, changes and closes them.

use glans::call::Call;
use glans::organisation::boards;
use glans_entity::ids::BoardId;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::ask::{act, ask, codes, refusals};

async fn a_cluster_is_closed_once_its_schools_are_gone(world: &World) {
    let made = act(
        world,
        Who::Admin,
        "clusterCreate",
        "cluster { id name version board { name } }",
        json!({ "board": world.ours.id, "name": " Oost " }),
    )
    .await;
    assert_eq!(made["cluster"]["name"], "Oost");
    assert_eq!(made["cluster"]["board"]["name"], "De Sterrenwacht");
    let id = &made["cluster"]["id"];

    let twice = json!({ "board": world.ours.id, "name": "Oost" });
    assert_eq!(codes(&act(world, Who::Admin, "clusterCreate", "", twice).await), ["TAKEN"]);

    let named = json!({ "id": id, "name": "West", "ifVersion": 1 });
    let named = act(world, Who::Admin, "clusterUpdate", "cluster { name version }", named).await;
    assert_eq!(named["cluster"], json!({ "name": "West", "version": 2 }));
    let stale = json!({ "id": id, "name": "Oost", "ifVersion": 1 });
    let stale = act(world, Who::Admin, "clusterUpdate", "cluster { name version }", stale).await;
    assert_eq!(codes(&stale), ["CONFLICT"]);
    assert_eq!(stale["cluster"], json!({ "name": "West", "version": 2 }));

    let input = json!({ "id": world.ours.clusters[0] });
    assert_eq!(codes(&act(world, Who::Admin, "clusterArchive", "", input).await), ["CONFLICT"]);
    let closed = act(world, Who::Admin, "clusterArchive", "cluster { archivedAt }", json!({ "id": id })).await;
    assert!(closed["cluster"]["archivedAt"].is_string());
    let listed = ask(world, Who::Admin, "{ clusters { nodes { name } } }", json!({})).await;
    assert_eq!(listed, json!({ "clusters": { "nodes": [{ "name": "Noord" }, { "name": "Zuid" }] } }));
}

async fn a_cluster_is_changed_by_administrators_of_its_board_only(world: &World) {
    for who in [Who::Director, Who::Leader, Who::Teacher] {
        let payload = act(world, who, "clusterCreate", "", json!({ "board": world.ours.id, "name": "Oost" })).await;
        assert_eq!(codes(&payload), ["FORBIDDEN"], "{}", who.name());
    }
    for board in [world.theirs.id.to_string(), "board_00000000000000000000000000".to_owned(), "x".to_owned()] {
        let payload = act(world, Who::Admin, "clusterCreate", "", json!({ "board": board, "name": "Oost" })).await;
        assert_eq!(payload["userErrors"], json!([{ "code": "NOT_FOUND", "field": ["board"] }]));
    }
}

async fn who_founds_a_board_administers_it(world: &World) {
    let fields = "board { id clusters { nodes { name } } people { nodes { displayName memberships { role } } } }";
    let made = act(world, Who::Admin, "boardCreate", fields, json!({ "name": "De Horizon" })).await;
    assert_eq!(
        made["board"]["people"]["nodes"],
        json!([{ "displayName": "Annelies de Wit", "memberships": [{ "role": "BOARD_ADMIN" }] }])
    );
    let input = json!({ "board": made["board"]["id"], "name": "Midden" });
    let cluster = act(world, Who::Admin, "clusterCreate", "cluster { name }", input).await;
    assert_eq!(cluster["cluster"]["name"], "Midden");
}

/// Whoever had the number of another board would get its schools and its director, and hear which boards are here.
async fn the_number_of_a_board_is_for_no_person_to_set(world: &World) {
    let call = Call::system(&world.app, "import duo");
    let write = call.write().await.unwrap();
    boards::found(&write, BoardId::new(), "Schoolbestuur 41613", Some("41613")).await.unwrap();
    write.commit().await.unwrap();

    for number in ["41613", "41614", "4161"] {
        let input = json!({ "name": "De Horizon", "number": number });
        let made = act(world, Who::Admin, "boardCreate", "board { id }", input).await;
        assert_eq!(made["board"], json!(null));
        assert_eq!(refusals(&made), ["FORBIDDEN number"], "{number}");
        let input = json!({ "id": world.ours.id, "number": number });
        assert_eq!(refusals(&act(world, Who::Admin, "boardUpdate", "", input).await), ["FORBIDDEN number"], "{number}");
    }
    let same = json!({ "id": world.ours.id, "number": null, "name": "De Horizon" });
    let same = act(world, Who::Admin, "boardUpdate", "board { name number }", same).await;
    assert_eq!(same["board"], json!({ "name": "De Horizon", "number": null }));
}

async fn a_board_tells_by_which_clock_its_schools_go(world: &World) {
    let tell = async |zone: &str| {
        let input = json!({ "id": world.ours.id, "timeZone": zone });
        act(world, Who::Admin, "boardUpdate", "board { timeZone version }", input).await
    };
    for wrong in ["", "Bonaire", "Mars/Olympus"] {
        assert_eq!(refusals(&tell(wrong).await), ["INVALID timeZone"], "{wrong}");
    }
    assert_eq!(tell("Europe/Amsterdam").await["board"], json!({ "timeZone": "Europe/Amsterdam", "version": 1 }));
    assert_eq!(tell("America/Kralendijk").await["board"], json!({ "timeZone": "America/Kralendijk", "version": 2 }));
    let rules = "query($id: ID!) { school(id: $id) { contactRules { timeZone } } }";
    let seen = ask(world, Who::Guardian, rules, json!({ "id": world.ours.schools[0] })).await;
    assert_eq!(seen["school"]["contactRules"]["timeZone"], "America/Kralendijk");
    let both = json!({ "id": world.ours.id, "name": "", "timeZone": "Mars" });
    let told = refusals(&act(world, Who::Admin, "boardUpdate", "", both).await);
    assert_eq!(told, ["INVALID timeZone", "REQUIRED name"]);
}

on_each_database!(
    a_cluster_is_closed_once_its_schools_are_gone,
    a_cluster_is_changed_by_administrators_of_its_board_only,
    who_founds_a_board_administers_it,
    the_number_of_a_board_is_for_no_person_to_set,
    a_board_tells_by_which_clock_its_schools_go,
);
