//! Who sees the figures of which places, and what is hidden.

use std::sync::Arc;

use glans::access::Standing;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{MONDAY, SUNDAY, answer, asked, sow};
use crate::metrics::client;

const OF_SCHOOL: &str = "query($id: ID!, $input: EngagementInput!) { node(id: $id) { ... on School {
    engagement(input: $input) { series { points { numerator denominator suppressed } } } } } }";

/// A figure in a word: `15/20`, why it is hidden, or the code of the error.
async fn seen(world: &World, standing: &Arc<Standing>, scope: &str) -> String {
    let body = answer(world, standing, scope, asked(json!({}))).await;
    if let Some(code) = body["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    shown(&body["data"]["engagement"])
}

fn shown(report: &Value) -> String {
    let Some(point) = report["series"][0]["points"].get(0) else { return "nothing".to_owned() };
    match point["suppressed"].as_str() {
        Some(why) => why.to_owned(),
        None => format!("{}/{}", point["numerator"], point["denominator"]),
    }
}

/// Board, both clusters, both schools, both groups.
fn places(world: &World) -> [String; 7] {
    let ours = &world.ours;
    [
        ours.id.to_string(),
        ours.clusters[0].to_string(),
        ours.clusters[1].to_string(),
        ours.schools[0].to_string(),
        ours.schools[1].to_string(),
        ours.groups[0].to_string(),
        ours.groups[1].to_string(),
    ]
}

async fn seen_of_all(world: &World, standing: &Arc<Standing>) -> Vec<String> {
    let mut all = Vec::new();
    for place in places(world) {
        all.push(seen(world, standing, &place).await);
    }
    all
}

async fn everybody_sees_figures_of_what_is_theirs(world: &World) {
    sow(world).await;
    let none = "NOT_FOUND";
    let (own, hidden) = ("15/20", "COMPLEMENTARY");
    for (who, expected) in [
        (Who::Admin, ["30/40", own, own, hidden, own, none, none]),
        (Who::Director, [none, own, none, hidden, none, none, none]),
        (Who::Leader, [none, none, none, own, none, own, none]),
        (Who::Teacher, [none, none, none, none, none, own, none]),
        (Who::Trainer, [none; 7]),
        (Who::Guardian, [none; 7]),
        (Who::Distant, [none; 7]),
        (Who::Client, [none; 7]),
        (Who::Anonymous, ["UNAUTHENTICATED"; 7]),
    ] {
        let standing = world.standing(who).await;
        assert_eq!(seen_of_all(world, &standing).await, expected, "{}", who.name());
    }
    let whole = seen_of_all(world, &client(world, None)).await;
    assert_eq!(whole, ["30/40", own, own, hidden, own, none, none]);
    let narrow = seen_of_all(world, &client(world, Some(vec![world.ours.schools[0]]))).await;
    assert_eq!(narrow, [none, none, none, hidden, none, none, none]);
    for who in [Who::Admin, Who::Director, Who::Leader, Who::Teacher] {
        let stranger = world.standing_in(&world.theirs, who).await;
        assert_eq!(seen_of_all(world, &stranger).await, [none; 7], "{} of the other board", who.name());
    }
}

async fn another_board_looks_like_none(world: &World) {
    sow(world).await;
    let theirs = &world.theirs;
    let ids = [
        theirs.id.to_string(),
        theirs.clusters[0].to_string(),
        theirs.schools[0].to_string(),
        theirs.groups[0].to_string(),
        BoardId::new().to_string(),
        ClusterId::new().to_string(),
        SchoolId::new().to_string(),
        ClassGroupId::new().to_string(),
        world.ours.students[0].to_string(),
        "nothing".to_owned(),
    ];
    for who in [Who::Admin, Who::Director, Who::Leader, Who::Guardian] {
        let standing = world.standing(who).await;
        let unknown = answer(world, &standing, "nothing", asked(json!({}))).await;
        for id in &ids {
            let refused = answer(world, &standing, id, asked(json!({}))).await;
            assert_eq!(refused, unknown, "{} asks for {id}", who.name());
        }
        assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(unknown["errors"][0]["message"], "There is no such place, or you see no figures of it.");
    }
}

async fn a_school_tells_its_figures_to_who_sees_them(world: &World) {
    sow(world).await;
    let school = world.ours.schools[0].to_string();
    for (who, expected) in [
        (Who::Leader, Some("15/20")),
        (Who::Director, Some("COMPLEMENTARY")),
        (Who::Admin, Some("COMPLEMENTARY")),
        (Who::Teacher, None),
        (Who::Trainer, None),
        (Who::Guardian, None),
        (Who::Client, None),
    ] {
        let asked = json!({ "id": school, "input": asked(json!({})) });
        let body = world.execute(&world.standing(who).await, OF_SCHOOL, asked).await.body;
        assert!(body.get("errors").is_none(), "{}: {body}", who.name());
        let school = &body["data"]["node"];
        assert!(school.is_object(), "the {} sees the school", who.name());
        let report = &school["engagement"];
        let told = (!report.is_null()).then(|| shown(report));
        assert_eq!(told.as_deref(), expected, "{}", who.name());
    }
}

async fn what_is_hidden_says_why_and_no_more(world: &World) {
    sow(world).await;
    let school = world.ours.schools[0].to_string();
    let hidden = json!({
        "periodStart": MONDAY, "value": null, "numerator": null, "denominator": null, "unknown": null,
        "suppressed": "COMPLEMENTARY", "definitionVersion": 1,
    });
    let open = json!({
        "periodStart": MONDAY, "value": 0.75, "numerator": 15, "denominator": 20, "unknown": 0,
        "suppressed": null, "definitionVersion": 1,
    });
    for (who, point) in [(Who::Director, hidden), (Who::Leader, open)] {
        let body = answer(world, &world.standing(who).await, &school, asked(json!({}))).await;
        let report = json!({
            "from": MONDAY, "to": SUNDAY, "series": [{ "metric": "REACH", "group": null, "points": [point] }],
        });
        assert_eq!(body["data"]["engagement"], report, "{}", who.name());
    }
}

on_each_database!(
    everybody_sees_figures_of_what_is_theirs,
    another_board_looks_like_none,
    a_school_tells_its_figures_to_who_sees_them,
    what_is_hidden_says_why_and_no_more,
);
