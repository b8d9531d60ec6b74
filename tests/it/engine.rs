//! The quick way through the engine answers as the exact one does.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

const HALF_WRONG: &str = "query($id: ID!) { viewer { id } programmes { totalCount }
    school(id: $id) { name students(first: 1000) { nodes { id } } } }";

async fn a_failing_field_is_null_and_its_siblings_stand(world: &World) {
    let variables = json!({ "id": world.ours.schools[0] });
    let exact = world.execute(&world.standing(Who::Leader).await, HALF_WRONG, variables.clone()).await.body;
    let quick = world.actor(Who::Leader).await.asks_with(HALF_WRONG, variables).await.body;
    assert_eq!(quick["data"], exact["data"]);
    let told = |body: &Value| {
        let error = &body["errors"][0];
        json!([error["path"], error["message"], error["extensions"]["code"], body["errors"].as_array().map(Vec::len)])
    };
    assert_eq!(told(&quick), told(&exact));
    assert_eq!((&exact["data"]["school"], &exact["errors"][0]["path"]), (&Value::Null, &json!(["school", "students"])));
    assert!(exact["data"]["viewer"]["id"].is_string());
}

on_each_database!(a_failing_field_is_null_and_its_siblings_stand);
