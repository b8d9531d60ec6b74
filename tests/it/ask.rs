//! Questions of named actors to the engine, past the transport.

use glans_tests::seed::Someone;
use glans_tests::{Who, World};
use serde_json::Value;

/// The data of an answer without errors.
pub async fn ask(world: &World, who: Who, document: &str, variables: Value) -> Value {
    let standing = world.standing(who).await;
    let mut answer = world.execute(&standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{} asked {document} and got {}", who.name(), answer.body);
    answer.body["data"].take()
}

/// As [`ask`], by somebody who is not one of [`Who`].
pub async fn ask_as(world: &World, someone: Someone, document: &str, variables: Value) -> Value {
    let standing = world.standing_of(someone).await;
    let mut answer = world.execute(&standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "somebody asked {document} and got {}", answer.body);
    answer.body["data"].take()
}

/// As [`act`], by somebody who is not one of [`Who`].
pub async fn act_as(world: &World, someone: Someone, name: &str, fields: &str, input: Value) -> Value {
    let document = mutation(name, fields);
    let mut data = ask_as(world, someone, &document, serde_json::json!({ "input": input })).await;
    data[name].take()
}

fn mutation(name: &str, fields: &str) -> String {
    let type_name = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {type_name}!) {{ {name}(input: $input) {{ {fields} userErrors {{ code field }} }} }}")
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

/// How many statements an answer took.
pub async fn statements(world: &World, who: Who, document: &str, variables: Value) -> u64 {
    let standing = world.standing(who).await;
    let answer = world.execute(&standing, document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{} asked {document} and got {}", who.name(), answer.body);
    answer.statements
}

/// Runs one mutation `name` with one input and gives its payload: `fields` and the `userErrors`.
pub async fn act(world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
    let document = mutation(name, fields);
    let mut data = ask(world, who, &document, serde_json::json!({ "input": input })).await;
    data[name].take()
}

/// The codes of a refused mutation.
pub fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().expect("a payload has userErrors");
    errors.iter().map(|error| error["code"].as_str().expect("an error has a code")).collect()
}
