//! Questions of named actors to the engine, past the transport.

use std::sync::Arc;

use glans::access::Standing;
use glans_entity::ids::AccountId;
use glans_tests::{Who, World};
use serde_json::Value;

/// The data of an answer without errors.
pub async fn ask(world: &World, who: Who, document: &str, variables: Value) -> Value {
    answer(world, &world.standing(who).await, document, variables).await
}

/// As [`ask`], of anybody with a login.
pub async fn ask_as(world: &World, account: impl Into<AccountId>, document: &str, variables: Value) -> Value {
    let standing = world.app.standings.of_account(&world.app, account.into(), None, None).await.expect("rights");
    answer(world, &standing, document, variables).await
}

async fn answer(world: &World, standing: &Arc<Standing>, document: &str, variables: Value) -> Value {
    let mut answer = world.execute(standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{document} was answered with {}", answer.body);
    answer.body["data"].take()
}

/// How many statements an answer took.
pub async fn statements(world: &World, who: Who, document: &str, variables: Value) -> u64 {
    let standing = world.standing(who).await;
    let answer = world.execute(&standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{} asked {document} and got {}", who.name(), answer.body);
    answer.statements
}

/// Runs one mutation `name` with one input and gives its payload: `fields` and the `userErrors`.
pub async fn act(world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
    let mut data = ask(world, who, &document(name, fields), serde_json::json!({ "input": input })).await;
    data[name].take()
}

/// As [`act`], of which nothing is refused.
pub async fn done(world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
    let payload = act(world, who, name, fields, input).await;
    assert_eq!(codes(&payload), [""; 0], "{name}: {payload}");
    payload
}

/// As [`act`], of anybody with a login.
pub async fn act_as(world: &World, account: impl Into<AccountId>, name: &str, fields: &str, input: Value) -> Value {
    let mut data = ask_as(world, account, &document(name, fields), serde_json::json!({ "input": input })).await;
    data[name].take()
}

/// As [`act`], in the session that the standing is of.
pub async fn act_in(world: &World, standing: &Arc<Standing>, name: &str, fields: &str, input: Value) -> Value {
    let mut data = answer(world, standing, &document(name, fields), serde_json::json!({ "input": input })).await;
    data[name].take()
}

fn document(name: &str, fields: &str) -> String {
    let type_name = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {type_name}!) {{ {name}(input: $input) {{ {fields} userErrors {{ code field }} }} }}")
}

/// The codes of a refused mutation.
pub fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().expect("a payload has userErrors");
    errors.iter().map(|error| error["code"].as_str().expect("an error has a code")).collect()
}

/// The refusals of a mutation, as `CODE path.into.input`.
pub fn refusals(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().expect("a payload has userErrors");
    let path = |error: &Value| {
        let parts = error["field"].as_array().into_iter().flatten();
        parts.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap_or_default(), path(error))).collect()
}
