//! What an app wrote itself, on its own phone.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::phone::{CHANGES, Phone, settled};
use crate::ask::{act, ask, codes};

const PAGE: &str = "query($since: String, $of: String!) { changes(since: $since, first: 1) {
    cursor hasMore includes(syncCursor: $of)
    changes { id operation reason node { id
        ... on Cluster { version } ... on School { version city } ... on Board { version } } } } }";

/// One page of the phone, and whether it has what was written before the mark.
async fn page(world: &World, phone: &mut Phone, of: &str) -> Value {
    let page = ask(world, phone.who, PAGE, json!({ "since": phone.cursor, "of": of })).await["changes"].take();
    phone.apply(&page);
    phone.cursor = page["cursor"].clone();
    page
}

async fn what_it_wrote_comes_once_with_all_that_others_wrote(world: &World) {
    let ours = &world.ours;
    let leader = world.actor(Who::Leader).await;
    let mut phone = Phone::of(Who::Leader, 500);
    phone.agrees(world).await;

    let input = json!({ "id": ours.clusters[0], "name": "Noordoost" });
    assert_eq!(codes(&act(world, Who::Admin, "clusterUpdate", "", input).await), Vec::<&str>::new());
    let relocates = async || {
        let input = json!({ "id": ours.schools[0], "city": "Delft", "clientMutationId": "verhuizing" });
        leader.does("schoolUpdate", "syncCursor twice: syncCursor", input).await
    };
    let moved = relocates().await;
    let own = moved.text_at("schoolUpdate.syncCursor");
    let beside = moved.body["extensions"]["syncCursor"].as_str();
    assert_eq!((moved.text_at("schoolUpdate.twice"), beside), (own, Some(own)));
    let input = json!({ "id": ours.id, "name": "De Poolster" });
    assert_eq!(codes(&act(world, Who::Admin, "boardUpdate", "", input).await), Vec::<&str>::new());

    settled(world).await;
    let (mut told, mut includes) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let page = page(world, &mut phone, own).await;
        let changes = page["changes"].as_array().unwrap();
        told.extend(changes.iter().map(|change| (change["id"].clone(), change["node"]["city"].clone())));
        includes.push(page["includes"] == true);
        assert_eq!(page["hasMore"], json!(includes.len() < 3));
    }
    let [cluster, school] = [ours.clusters[0].to_string(), ours.schools[0].to_string()];
    let all = [(cluster, Value::Null), (school, json!("Delft")), (ours.id.to_string(), Value::Null)];
    assert_eq!(told, all.map(|(id, city)| (json!(id), city)));
    // Where transactions overlap, the page with the school itself cannot say so yet.
    assert_eq!((includes[0], includes[2]), (false, true));
    assert_eq!(phone.page(world).await["changes"], json!([]));

    let again = relocates().await;
    assert_eq!(again.body["extensions"]["replayed"], true);
    settled(world).await;
    let rest = page(world, &mut phone, again.text_at("schoolUpdate.syncCursor")).await;
    assert_eq!((&rest["changes"], &rest["includes"]), (&json!([]), &json!(true)));
    phone.agrees(world).await;

    let since = leader.asks_with(CHANGES, json!({ "since": own, "first": 1 })).await;
    assert_eq!(since.codes(), ["BAD_CURSOR"]);
}

async fn each_mutation_of_a_request_has_its_own_mark(world: &World) {
    let document = "mutation($school: SchoolUpdateInput!, $cluster: ClusterUpdateInput!) {
        schoolUpdate(input: $school) { syncCursor userErrors { code } }
        clusterUpdate(input: $cluster) { syncCursor userErrors { code } } }";
    let mut phone = Phone::of(Who::Admin, 500);
    phone.agrees(world).await;
    let variables = json!({
        "school": { "id": world.ours.schools[0], "city": "Delft" },
        "cluster": { "id": world.ours.clusters[0], "name": "Noordoost" },
    });
    let body = world.execute(&world.standing(Who::Admin).await, document, variables).await.body;
    let of = |name: &str| body["data"][name]["syncCursor"].as_str().unwrap_or_else(|| panic!("no mark: {body}"));
    let (first, second) = (of("schoolUpdate"), of("clusterUpdate"));
    assert_ne!(first, second);
    assert_eq!(body["extensions"]["syncCursor"], second);
    settled(world).await;
    assert_eq!(page(world, &mut phone, second).await["includes"], false);
    assert_eq!(page(world, &mut phone, second).await["includes"], true);
    assert_eq!(page(world, &mut phone, first).await["includes"], true);
}

async fn there_is_no_mark_where_nothing_is_written_or_nobody_syncs(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let input = json!({ "id": world.theirs.schools[0], "city": "Delft" });
    let refused = leader.does("schoolUpdate", "syncCursor", input).await;
    assert_eq!(refused.refusals("schoolUpdate"), ["NOT_FOUND id"]);
    let anybody = world.actor(Who::Anonymous).await;
    let asked = anybody.does("passwordResetRequest", "syncCursor", json!({ "email": "niemand@example.org" })).await;
    assert_eq!(asked.refusals("passwordResetRequest"), Vec::<String>::new());
    for (reply, name) in [(&refused, "schoolUpdate"), (&asked, "passwordResetRequest")] {
        assert_eq!(reply.data()[name].get("syncCursor"), Some(&Value::Null), "{name}");
        assert_eq!(reply.body["extensions"].get("syncCursor"), None, "{name}");
    }
}

on_each_database!(
    what_it_wrote_comes_once_with_all_that_others_wrote,
    each_mutation_of_a_request_has_its_own_mark,
    there_is_no_mark_where_nothing_is_written_or_nobody_syncs,
);
