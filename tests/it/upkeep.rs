//! What the hourly round takes away, and what it leaves.

use chrono::TimeDelta;
use glans::upkeep::{self, Gone};
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

async fn what_nothing_asks_for_goes_and_the_rest_stays(world: &World) {
    let admin = world.standing(Who::Admin).await;
    let create = "mutation ($input: BoardCreateInput!) { boardCreate(input: $input) { board { id } } }";
    let input = json!({ "input": { "name": "De Poolster", "clientMutationId": "once" } });
    let first = world.execute(&admin, create, input.clone()).await;
    assert_eq!(upkeep::round(&world.app).await.unwrap(), Gone::default());
    assert_eq!(world.execute(&admin, create, input.clone()).await.body["data"], first.body["data"]);

    world.app.clock.turn(TimeDelta::days(8));
    let gone = upkeep::round(&world.app).await.unwrap();
    assert_eq!(gone, Gone { answers: 1, ..Gone::default() });
    let again = world.execute(&admin, create, input).await;
    assert_ne!(again.body["data"]["boardCreate"]["board"]["id"], first.body["data"]["boardCreate"]["board"]["id"]);
}

on_each_database!(what_nothing_asks_for_goes_and_the_rest_stays);
