//! The examples with which GraphiQL opens.

use glans_tests::{Who, World, on_each_database};
use serde_json::json;

const START: &str = include_str!("../../../api/assets/graphiql/start.js");

/// A document that the schema does not know fails the test where it is executed.
async fn every_example_is_a_document_of_the_schema(world: &World) {
    let documents: Vec<&str> = START.split('`').skip(1).step_by(2).collect();
    assert_eq!(documents.len(), 5);
    let director = world.standing(Who::Director).await;
    let variables = json!({
        "scope": world.ours.clusters[0].to_string(), "from": "2026-09-07", "to": "2026-11-29",
        "lesson": world.ours.published.lesson.to_string(),
    });
    for document in documents {
        let answer = world.execute(&director, document, variables.clone()).await;
        assert_eq!(answer.body.get("errors"), None, "{document}: {}", answer.body);
    }
}

on_each_database!(every_example_is_a_document_of_the_schema);
