//! A survey is written, opened and listed, and its texts are read.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{OWN, answers, closed, families, opened};
use crate::announcements::{asked_by, done_by};
use crate::ask::{act, ask, codes, statements};

async fn texts_are_read_by_the_page(world: &World) {
    let families = families(world, 11).await;
    let (id, questions) = opened(world, json!({})).await;
    for (at, (family, _)) in families.iter().enumerate() {
        // Two of them say the same.
        let answers = answers(&questions, 0, 3, &format!("Antwoord {:02}", at.max(1)));
        done_by(world, family.account, "surveyRespond", "", json!({ "survey": id, "answers": answers })).await;
    }
    closed(world, &id).await;
    let page = async |args: &str| {
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Survey {{ results {{ questions {{ texts({args}) {{ totalCount
                nodes {{ text }} pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} }} }} }} }} }} }}"
        );
        let mut seen = ask(world, Who::Leader, &document, json!({ "id": id })).await;
        let mut of = seen["node"]["results"]["questions"].take();
        let chosen = &of[0]["texts"];
        assert_eq!((&chosen["totalCount"], &chosen["nodes"]), (&json!(0), &json!([])), "it has no words of their own");
        let texts = of[3]["texts"].take();
        assert_eq!(texts["totalCount"], 11);
        let nodes = texts["nodes"].as_array().unwrap().iter();
        let told: Vec<_> = nodes.map(|node| node["text"].as_str().unwrap().replace("Antwoord ", "")).collect();
        (told.join(" "), texts["pageInfo"].clone())
    };
    let more = |info: &Value| (info["hasPreviousPage"] == true, info["hasNextPage"] == true);
    let (told, info) = page("first: 4").await;
    assert_eq!((told.as_str(), more(&info)), ("01 01 02 03", (false, true)));
    let (told, info) = page(&format!("first: 4, after: {}", info["endCursor"])).await;
    assert_eq!((told.as_str(), more(&info)), ("04 05 06 07", (true, true)));
    let (told, end) = page(&format!("first: 4, after: {}", info["endCursor"])).await;
    assert_eq!((told.as_str(), more(&end)), ("08 09 10", (true, false)));
    let (told, info) = page(&format!("last: 2, before: {}", info["startCursor"])).await;
    assert_eq!((told.as_str(), more(&info)), ("02 03", (true, true)));
    let (told, _) = page(&format!("after: {}", end["endCursor"])).await;
    assert_eq!(told, "");
}

async fn everything_that_is_wrong_with_a_survey_is_told_at_once(world: &World) {
    let input = json!({
        "kind": "PULSE", "isAnonymous": true, "title": "", "closesAt": "2001-01-01T00:00:00Z",
        "audience": { "include": [] },
        "questions": [{ "kind": "SINGLE", "text": "", "options": ["Ja"] }],
    });
    let refused = act(world, Who::Leader, "surveyCreate", "", input).await;
    let problem = |code: &str, field: &[&str]| json!({ "code": code, "field": field });
    let expected = json!([
        problem("REQUIRED", &["audience", "include"]),
        problem("INVALID", &["isAnonymous"]),
        problem("INVALID", &["closesAt"]),
        problem("REQUIRED", &["title"]),
        problem("INVALID", &["questions"]),
        problem("REQUIRED", &["questions", "0", "text"]),
        problem("INVALID", &["questions", "0", "options"]),
    ]);
    assert_eq!(refused["userErrors"], expected);
}

async fn a_draft_is_changed_and_what_is_open_is_not(world: &World) {
    let ours = &world.ours;
    let input = json!({
        "title": "Reis", "closesAt": world.app.clock.now() + TimeDelta::days(7), "intro": "Hallo",
        "audience": { "include": [ours.groups[0]] }, "questions": [{ "kind": "TEXT", "text": "Waarheen?" }],
        "clientMutationId": "made",
    });
    let fields = "survey { id version intro questions { text } viewerCanEdit recipientCount responseCount }";
    let made = act(world, Who::Teacher, "surveyCreate", fields, input.clone()).await;
    assert_eq!(act(world, Who::Teacher, "surveyCreate", fields, input).await, made);
    let id = &made["survey"]["id"];
    assert_eq!(made["survey"]["recipientCount"], Value::Null);
    assert_eq!(ask(world, Who::Guardian, OWN, json!({ "id": id })).await["node"], Value::Null);
    let respond = json!({ "survey": id, "answers": [] });
    assert_eq!(codes(&act(world, Who::Teacher, "surveyRespond", "", respond).await), ["FORBIDDEN"]);
    let wanted =
        json!({ "id": id, "intro": null, "questions": [{ "kind": "TEXT", "text": "Hoe laat?" }], "ifVersion": 1 });
    let changed = act(world, Who::Leader, "surveyUpdate", fields, wanted.clone()).await;
    let survey = &changed["survey"];
    assert_eq!((&survey["version"], &survey["intro"]), (&json!(2), &Value::Null));
    assert_eq!((&survey["questions"], &survey["viewerCanEdit"]), (&json!([{ "text": "Hoe laat?" }]), &json!(true)));
    assert_eq!(codes(&act(world, Who::Teacher, "surveyUpdate", "", wanted).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Teacher, "surveyClose", "", json!({ "id": id })).await), ["CONFLICT"]);
    let opened = act(world, Who::Teacher, "surveyOpen", fields, json!({ "id": id })).await;
    assert_eq!((&opened["survey"]["recipientCount"], &opened["survey"]["version"]), (&json!(1), &json!(3)));
    assert_eq!(act(world, Who::Teacher, "surveyOpen", fields, json!({ "id": id })).await, opened);
    assert_eq!(
        codes(&act(world, Who::Teacher, "surveyUpdate", "", json!({ "id": id, "title": "X" })).await),
        ["CONFLICT"]
    );
}

async fn who_will_see_it_stands_beside_the_questions(world: &World) {
    let document = "query($id: ID!) { node(id: $id) { ... on Survey { seenBy english: seenBy(locale: \"en\") } } }";
    let (id, _) = opened(world, json!({ "isAnonymous": true })).await;
    let seen = ask(world, Who::Guardian, document, json!({ "id": id })).await;
    assert!(seen["node"]["seenBy"].as_str().unwrap().starts_with("Anoniem: "), "{seen}");
    assert!(seen["node"]["english"].as_str().unwrap().starts_with("Anonymous: "), "{seen}");
}

async fn a_list_takes_as_many_statements_as_one(world: &World) {
    let document = "query($first: Int) { surveys(first: $first) { nodes { title status author { displayName } questions { text }
        concerns { displayName } viewerHasResponded viewerResponses { answers { text question { text } } } audience { __typename }
        recipientCount responseCount results { responseCount } viewerCanEdit } } }";
    for _ in 0..3 {
        opened(world, json!({})).await;
    }
    let list = ask(
        world,
        Who::Guardian,
        "{ surveys(filter: { status: OPEN, isAddressedToViewer: true }) { totalCount } }",
        Value::Null,
    )
    .await;
    assert_eq!(list["surveys"]["totalCount"], 4);
    for who in [Who::Guardian, Who::Leader, Who::Admin] {
        let some = statements(world, who, document, json!({ "first": 4 })).await;
        let one = statements(world, who, document, json!({ "first": 1 })).await;
        assert!(some <= one + 1, "{}: {one} for one, {some} for four", who.name());
    }
    let other =
        asked_by(world, world.theirs.guardians[0].account, "{ surveys { nodes { title } } }", Value::Null).await;
    assert_eq!(other["surveys"]["nodes"].as_array().map(Vec::len), Some(1));
}

on_each_database!(
    texts_are_read_by_the_page,
    everything_that_is_wrong_with_a_survey_is_told_at_once,
    a_draft_is_changed_and_what_is_open_is_not,
    who_will_see_it_stands_beside_the_questions,
    a_list_takes_as_many_statements_as_one,
);
