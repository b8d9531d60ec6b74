//! Who answers, with their name, and for how long.

use chrono::TimeDelta;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{OWN, RESULTS, answers, opened};
use crate::announcements::done_by;
use crate::ask::{act, ask, codes, refusals};

async fn an_answer_with_a_name_is_changed_as_long_as_it_is_open(world: &World) {
    let (id, questions) = opened(world, json!({})).await;
    let ilse = json!({ "survey": id, "answers": answers(&questions, 0, 4, "Meer fruit.") });
    act(world, Who::Guardian, "surveyRespond", "", ilse).await;
    let other = json!({ "survey": id, "answers": answers(&questions, 1, 2, " ") });
    act(world, Who::Guardian, "surveyRespond", "", other.clone()).await;
    let seen = ask(world, Who::Guardian, OWN, json!({ "id": id })).await;
    assert_eq!(seen["node"]["viewerHasResponded"], true);
    let of = |choices: &[i32], score: Value| json!({ "choices": choices, "score": score, "text": null });
    let expected =
        json!([{ "student": null, "answers": [of(&[1], Value::Null), of(&[0, 2], Value::Null), of(&[], json!(2))] }]);
    assert_eq!(seen["node"]["viewerResponses"], expected);
    let seen = ask(world, Who::Leader, OWN, json!({ "id": id })).await;
    assert_eq!(seen["node"]["viewerResponses"], json!([]));
    let count = ask(world, Who::Leader, RESULTS, json!({ "id": id })).await;
    assert_eq!((&count["node"]["responseCount"], &count["node"]["results"]), (&json!(1), &Value::Null));

    let close = json!({ "id": id, "ifVersion": 1 });
    assert_eq!(codes(&act(world, Who::Leader, "surveyClose", "", close).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Teacher, "surveyClose", "", json!({ "id": id })).await), ["FORBIDDEN"]);
    let closed = act(world, Who::Leader, "surveyClose", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(closed["survey"], json!({ "status": "CLOSED", "version": 3 }));
    let again = act(world, Who::Leader, "surveyClose", "survey { status version }", json!({ "id": id })).await;
    assert_eq!(again, closed);
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", other).await), ["EXPIRED"]);
    it_stays_closed(world, &id).await;
    // One whose time is over is closed without anybody closing it.
    let (id, questions) = opened(world, json!({})).await;
    world.app.clock.turn(TimeDelta::days(8));
    let late = json!({ "survey": id, "answers": answers(&questions, 0, 3, "Te laat.") });
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", late).await), ["EXPIRED"]);
    assert_eq!(ask(world, Who::Guardian, RESULTS, json!({ "id": id })).await["node"]["status"], "CLOSED");
    it_stays_closed(world, &id).await;
}

async fn it_stays_closed(world: &World, id: &Value) {
    let later = json!({ "id": id, "closesAt": world.app.clock.now() + TimeDelta::days(7) });
    assert_eq!(codes(&act(world, Who::Leader, "surveyUpdate", "", later).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Leader, "surveyOpen", "", json!({ "id": id })).await), ["CONFLICT"]);
}

async fn only_whom_it_reached_answers(world: &World) {
    let ours = &world.ours;
    let fons = world
        .sow(ours, async |sower| sower.parent("Fons", &[(ours.students[0], GuardianAccess::OnRequest)]).await)
        .await;
    let (id, questions) = opened(world, json!({})).await;
    let input = json!({ "survey": id, "answers": answers(&questions, 0, 3, "") });
    assert_eq!(codes(&done_by(world, fons.account, "surveyRespond", "", input.clone()).await), ["NOT_FOUND"]);
    for (who, code) in [
        (Who::Teacher, "FORBIDDEN"),
        (Who::Leader, "FORBIDDEN"),
        (Who::Distant, "NOT_FOUND"),
        (Who::Trainer, "NOT_FOUND"),
    ] {
        assert_eq!(codes(&act(world, who, "surveyRespond", "", input.clone()).await), [code], "{}", who.name());
    }
    let wrong = json!({ "survey": id, "answers": [
        { "question": questions[0], "choices": [0, 1] }, { "question": questions[1], "choices": [7] },
        { "question": questions[2], "score": 6 }, { "question": world.theirs.questions[0], "text": "x" },
    ] });
    let refused = act(world, Who::Guardian, "surveyRespond", "", wrong).await;
    let problem = |code: &str, field: &[&str]| json!({ "code": code, "field": field });
    let expected = json!([
        problem("INVALID", &["answers", "0", "choices"]),
        problem("INVALID", &["answers", "1", "choices"]),
        problem("INVALID", &["answers", "2", "score"]),
        problem("NOT_FOUND", &["answers", "3", "question"]),
    ]);
    assert_eq!(refused["userErrors"], expected);
    let none = act(world, Who::Guardian, "surveyRespond", "", json!({ "survey": id, "answers": [] })).await;
    assert_eq!(codes(&none), ["REQUIRED", "REQUIRED"]);
    let child = json!({ "survey": id, "student": ours.students[0], "answers": [] });
    let all = ["INVALID student", "REQUIRED answers", "REQUIRED answers"];
    assert_eq!(refusals(&act(world, Who::Guardian, "surveyRespond", "", child).await), all);
    // Access that is lowered takes the survey and the own answer away.
    act(world, Who::Guardian, "surveyRespond", "", input.clone()).await;
    act(world, Who::Leader, "guardianshipUpdate", "", json!({ "id": ours.guardianships[0], "access": "ON_REQUEST" }))
        .await;
    assert_eq!(ask(world, Who::Guardian, OWN, json!({ "id": id })).await["node"], Value::Null);
    assert_eq!(codes(&act(world, Who::Guardian, "surveyRespond", "", input).await), ["NOT_FOUND"]);
}

on_each_database!(an_answer_with_a_name_is_changed_as_long_as_it_is_open, only_whom_it_reached_answers);
