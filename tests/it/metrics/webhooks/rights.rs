//! Who has endpoints: an API client its own, an administrator those of the board.

use std::sync::Arc;

use glans::access::{ApiScope, ClientActor, Standing, Standings};
use glans_entity::identity::api_client;
use glans_entity::ids::{ApiClientId, SchoolId};
use glans_entity::localized::Strings;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::stage::integrator;
use crate::ask::{act, act_in, refusals};

const MADE: &str =
    "webhookEndpoint { id url events description isEnabled version viewerCanEdit apiClient { id } } secret";
const LISTED: &str = "query($board: ID!) { webhookEndpoints(board: $board) { totalCount nodes { id } } }";

fn new(url: &str) -> Value {
    json!({ "url": url, "events": ["PERSON_ERASED", "LESSON_TAUGHT", "LESSON_TAUGHT"] })
}

/// The endpoints of the first board that somebody sees.
async fn listed(world: &World, standing: &Arc<Standing>) -> Vec<Value> {
    let mut answer = world.execute(standing, LISTED, json!({ "board": world.ours.id })).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    let mut listed = answer.body["data"]["webhookEndpoints"]["nodes"].take();
    listed.as_array_mut().expect("a list").iter_mut().map(|node| node["id"].take()).collect()
}

/// Another client of the first board.
async fn another(world: &World) -> ApiClientId {
    let (id, now) = (ApiClientId::new(), world.app.clock.now());
    let row = api_client::Model {
        id,
        board_id: world.ours.id,
        name: "Ander".to_owned(),
        scopes: Strings(vec!["webhooks:write".to_owned()]),
        school_ids: None,
        revoked_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = world.writing().await;
    let insert = api_client::Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(&db).await.expect("a client");
    world.written(db).await;
    id
}

fn client(world: &World, id: ApiClientId, scopes: &[ApiScope], schools: Option<Vec<SchoolId>>) -> Arc<Standing> {
    let actor = ClientActor { id, board: world.ours.id, scopes: scopes.to_vec(), schools };
    Standings::of_client(&world.app, actor)
}

async fn a_client_has_its_own_endpoints_and_knows_of_no_others(world: &World) {
    let own = integrator(world, &world.ours);
    let made = act_in(world, &own, "webhookEndpointCreate", MADE, new("https://Hooks.example.org")).await;
    let endpoint = &made["webhookEndpoint"];
    assert_eq!(endpoint["url"], "https://hooks.example.org/");
    assert_eq!(endpoint["events"], json!(["LESSON_TAUGHT", "PERSON_ERASED"]));
    assert_eq!((&endpoint["isEnabled"], &endpoint["apiClient"]), (&json!(true), &Value::Null));
    assert_eq!(endpoint["viewerCanEdit"], true, "the client has its own");
    assert!(made["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_") && secret.len() == 50));

    let theirs = another(world).await;
    let other = client(world, theirs, &[ApiScope::WebhooksWrite], None);
    let narrowed = client(world, theirs, &[ApiScope::WebhooksWrite], Some(vec![world.ours.schools[0]]));
    let without = client(world, world.ours.client, &[ApiScope::OrganisationRead, ApiScope::MetricsRead], None);
    let abroad = integrator(world, &world.theirs);
    let admin = world.standing(Who::Admin).await;
    let seen = world.ours.webhook_endpoint;
    assert_eq!(listed(world, &own).await, [json!(seen), endpoint["id"].clone()]);
    assert_eq!(listed(world, &admin).await.len(), 2);
    for standing in [&other, &narrowed, &without, &abroad, &world.standing(Who::Leader).await] {
        assert_eq!(listed(world, standing).await, [Value::Null; 0]);
    }
    let deeds = [
        "webhookEndpointUpdate",
        "webhookEndpointDelete",
        "webhookEndpointSecretRotate",
        "webhookEndpointEnable",
        "webhookEndpointDisable",
        "webhookEndpointTest",
    ];
    for standing in [&other, &narrowed, &without, &abroad] {
        for deed in deeds {
            let refused = act_in(world, standing, deed, "", json!({ "id": endpoint["id"] })).await;
            assert_eq!(refusals(&refused), ["NOT_FOUND id"], "{deed}");
        }
        let refused =
            act_in(world, standing, "webhookDeliveryReplay", "", json!({ "id": world.ours.webhook_delivery })).await;
        assert_eq!(refusals(&refused), ["NOT_FOUND id"]);
    }
    let mut for_another = new("https://hooks.example.org");
    for_another["client"] = json!(theirs);
    let refused = act_in(world, &own, "webhookEndpointCreate", "", for_another.clone()).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND client"]);
    let refused = act_in(world, &without, "webhookEndpointCreate", "", new("https://hooks.example.org")).await;
    assert_eq!(refusals(&refused), ["FORBIDDEN "]);
    act_in(world, &narrowed, "webhookEndpointCreate", MADE, new("https://hooks.example.org")).await["secret"]
        .as_str()
        .expect("one that is narrowed has endpoints too");
    let made = act(world, Who::Admin, "webhookEndpointCreate", MADE, for_another).await;
    assert_eq!(made["webhookEndpoint"]["apiClient"]["id"], json!(theirs), "an administrator makes one for any");
}

async fn what_is_wrong_with_an_endpoint_is_told_at_once(world: &World) {
    let wrong = json!({ "url": "http://hooks.example.org", "events": [], "description": "x".repeat(201) });
    let own = integrator(world, &world.ours);
    let refused = act_in(world, &own, "webhookEndpointCreate", "", wrong.clone()).await;
    assert_eq!(refusals(&refused), ["INVALID url", "TOO_LONG description", "REQUIRED events"]);
    let refused = act(world, Who::Admin, "webhookEndpointCreate", "", new("https://hooks.example.org")).await;
    assert_eq!(refusals(&refused), ["REQUIRED client"]);

    let id = world.ours.webhook_endpoint;
    let mut change = wrong;
    change["id"] = json!(id);
    let refused = act_in(world, &own, "webhookEndpointUpdate", "", change).await;
    assert_eq!(refusals(&refused), ["INVALID url", "TOO_LONG description", "REQUIRED events"]);
    let shown = "webhookEndpoint { url description version }";
    let change = json!({ "id": id, "description": null, "ifVersion": 1 });
    let changed = act_in(world, &own, "webhookEndpointUpdate", shown, change.clone()).await;
    let expected = json!({ "url": "https://hooks.example.org/glans", "description": null, "version": 2 });
    assert_eq!(changed["webhookEndpoint"], expected);
    let stale = act_in(world, &own, "webhookEndpointUpdate", shown, change).await;
    assert_eq!(refusals(&stale), ["CONFLICT ifVersion"]);
    assert_eq!(stale["webhookEndpoint"]["version"], 2);
    let gone = act_in(world, &own, "webhookEndpointDelete", "deletedId", json!({ "id": id })).await;
    assert_eq!(gone["deletedId"], json!(id));
    assert_eq!(listed(world, &own).await, [Value::Null; 0]);
}

async fn a_client_has_twenty_endpoints_at_most(world: &World) {
    let own = integrator(world, &world.ours);
    // One is there already.
    for _ in 1..20 {
        let made = act_in(world, &own, "webhookEndpointCreate", "", new("https://hooks.example.org")).await;
        assert_eq!(refusals(&made), [""; 0]);
    }
    let refused = act_in(world, &own, "webhookEndpointCreate", "", new("https://hooks.example.org")).await;
    assert_eq!(refusals(&refused), ["LIMIT_REACHED client"]);
}

on_each_database!(
    a_client_has_its_own_endpoints_and_knows_of_no_others,
    what_is_wrong_with_an_endpoint_is_told_at_once,
    a_client_has_twenty_endpoints_at_most,
);
