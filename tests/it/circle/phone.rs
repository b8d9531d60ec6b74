//! A phone that gives up and sends again.

use std::time::Duration;

use glans_tests::{Who, World, on_each_database};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{about, just_now, taught};
use crate::ask::{act, ask, codes};

/// A request that a phone gives up at a random moment, and sends again until it is answered.
async fn sends(world: &World, dice: &mut StdRng, name: &str, fields: &str, input: Value) -> Value {
    for _ in 0..dice.random_range(0..3) {
        let patience = Duration::from_micros(dice.random_range(0..8_000));
        let _ = tokio::time::timeout(patience, act(world, Who::Leader, name, fields, input.clone())).await;
    }
    loop {
        let answer = act(world, Who::Leader, name, fields, input.clone()).await;
        // The first attempt may still be at work.
        if codes(&answer) != ["IDEMPOTENCY_IN_PROGRESS"] {
            assert_eq!(codes(&answer), Vec::<&str>::new(), "{name} {input}");
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn what_a_phone_sends_again_has_one_effect(world: &World) {
    let session = taught(world).await["id"].clone();
    let mut dice = StdRng::seed_from_u64(2_026);
    let mut texts = Vec::new();
    for run in 0..500 {
        let key = format!("queue-{run}");
        match run % 4 {
            0 => {
                texts.push(format!("Ervaring {run}"));
                let input =
                    about(world, &json!({ "kind": "TIP", "text": format!("Ervaring {run}"), "clientMutationId": key }));
                sends(world, &mut dice, "experienceShare", "experience { id }", input).await;
            }
            1 => {
                let state = ["STARTED", "COMPLETED"][dice.random_range(0..2)];
                let input =
                    json!({ "material": world.ours.published.material, "state": state, "clientMutationId": key });
                let set = sends(world, &mut dice, "materialStateSet", "material { viewerState }", input).await;
                assert_eq!(set["material"]["viewerState"], state);
            }
            2 => {
                let presence = ["PRESENT", "ABSENT"][dice.random_range(0..2)];
                let attendance = json!([{ "person": world.ours.teacher.person, "status": presence }]);
                let input = json!({ "id": session, "attendance": attendance, "clientMutationId": key });
                let before = version(world, &session).await;
                sends(world, &mut dice, "teamSessionRecord", "teamSession { version }", input).await;
                assert_eq!(version(world, &session).await, before + 1);
            }
            _ => {
                let mut input = just_now(world);
                input["clientMutationId"] = json!(key);
                let id =
                    sends(world, &mut dice, "teamSessionPlan", "teamSession { id }", input).await["teamSession"]["id"]
                        .take();
                let attendance = json!([{ "person": world.ours.teacher.person, "status": "PRESENT" }]);
                let input = json!({ "id": id, "attendance": attendance, "clientMutationId": format!("held-{run}") });
                sends(world, &mut dice, "teamSessionRecord", "teamSession { version }", input).await;
                assert_eq!(version(world, &id).await, 2);
            }
        }
    }
    let all = "query($id: ID!) { node(id: $id) { ... on SchoolCohort { lessons { teamSessions { status experiences { text } } } } } }";
    let seen = ask(world, Who::Leader, all, json!({ "id": world.ours.school_cohorts[0] })).await;
    let sessions = seen["node"]["lessons"][0]["teamSessions"].as_array().unwrap();
    assert_eq!(sessions.iter().filter(|session| session["status"] == "HELD").count(), 1 + 125);
    let shared = sessions[0]["experiences"].as_array().unwrap();
    let mut shared: Vec<&str> = shared.iter().map(|it| it["text"].as_str().unwrap()).collect();
    shared.retain(|text| text.starts_with("Ervaring"));
    assert_eq!(shared, texts);
}

async fn version(world: &World, session: &Value) -> i64 {
    let query = "query($id: ID!) { node(id: $id) { ... on TeamSession { version } } }";
    ask(world, Who::Leader, query, json!({ "id": session })).await["node"]["version"].as_i64().unwrap()
}

on_each_database!(what_a_phone_sends_again_has_one_effect);
