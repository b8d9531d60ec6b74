//! Surveys and pulses, as those who ask and those who answer use them.

mod anonymous;
mod answering;
mod asking;
mod pulses;

use chrono::TimeDelta;
use glans_entity::ids::StudentId;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{Who, World};
use serde_json::{Value, json};

use crate::ask::{act, codes};

const RESULTS: &str =
    "query($id: ID!) { node(id: $id) { ... on Survey { status responseCount recipientCount resultsFrom
    results { responseCount questions { answerCount counts { value text count } mean texts { nodes { text } } } }
    staffResults { responseCount questions { mean } } } } }";
const OWN: &str = "query($id: ID!) { node(id: $id) { ... on Survey { viewerHasResponded questions { id }
    viewerResponses { student { displayName } answers { choices score text } } } } }";

/// Families of one child in the group of the teacher, besides the one that is there.
async fn families(world: &World, count: usize) -> Vec<(Someone, StudentId)> {
    let ours = &world.ours;
    world
        .sow(ours, async |sower| {
            let mut families = Vec::new();
            for at in 0..count {
                let child = sower.pupil(&format!("Kind{at}"), ours.schools[0], ours.groups[0]).await;
                families.push((sower.parent(&format!("Ouder{at}"), &[(child, GuardianAccess::Full)]).await, child));
            }
            families
        })
        .await
}

/// A survey of the leader for the first school: its id and its questions.
async fn opened(world: &World, more: Value) -> (Value, Vec<Value>) {
    let mut input = json!({
        "title": "Overblijven", "closesAt": world.app.clock.now() + TimeDelta::days(7),
        "audience": { "include": [world.ours.schools[0]] },
        "questions": [
            { "kind": "SINGLE", "text": "Blijft u?", "isRequired": true, "options": ["Ja", "Nee"] },
            { "kind": "MULTIPLE", "text": "Wanneer?", "options": ["Ma", "Di", "Wo"] },
            { "kind": "SCALE", "text": "Hoe is het?", "isRequired": true },
            { "kind": "TEXT", "text": "Wat kan beter?" },
        ],
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = act(world, Who::Leader, "surveyCreate", "survey { id status questions { id } }", input).await;
    assert_eq!((codes(&made), &made["survey"]["status"]), (vec![], &json!("DRAFT")), "{made}");
    let id = made["survey"]["id"].clone();
    let open = act(world, Who::Leader, "surveyOpen", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(open["survey"], json!({ "status": "OPEN", "version": 2 }));
    let questions = made["survey"]["questions"].as_array().unwrap().iter().map(|question| question["id"].clone());
    (id, questions.collect())
}

fn answers(questions: &[Value], choice: i32, score: i32, text: &str) -> Value {
    json!([
        { "question": questions[0], "choices": [choice] }, { "question": questions[1], "choices": [0, 2] },
        { "question": questions[2], "score": score }, { "question": questions[3], "text": text },
    ])
}

async fn closed(world: &World, id: &Value) {
    let done = act(world, Who::Leader, "surveyClose", "survey { status }", json!({ "id": id })).await;
    assert_eq!(done["survey"]["status"], "CLOSED", "{done}");
}
