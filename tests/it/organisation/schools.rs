//! Schools, school years and class groups: who makes and changes them, and all that is wrong with an input.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, refusals};

async fn school_years_follow_one_another(world: &World) {
    let input = json!({ "board": world.ours.id, "startsOn": "2031-08-01" });
    let made = act(world, Who::Admin, "schoolYearCreate", "schoolYear { title startsOn endsOn current }", input).await;
    assert_eq!(
        made["schoolYear"],
        json!({ "title": "2031-2032", "startsOn": "2031-08-01", "endsOn": "2032-07-31", "current": false })
    );
    for day in ["2031-08-01", "2032-07-31", "2030-10-01"] {
        let input = json!({ "board": world.ours.id, "startsOn": day });
        assert_eq!(codes(&act(world, Who::Admin, "schoolYearCreate", "", input).await), ["TAKEN"], "{day}");
    }
    let input = json!({ "board": world.ours.id, "startsOn": "2032-08-01" });
    assert!(codes(&act(world, Who::Admin, "schoolYearCreate", "", input).await).is_empty());
}

async fn a_leader_makes_class_groups_and_a_teacher_does_not(world: &World) {
    let input =
        |school| json!({ "school": school, "schoolYear": world.ours.school_year, "name": "7/8", "grades": ["8", "7"] });
    let made = act(world, Who::Leader, "classGroupCreate", "classGroup { id grades }", input(world.ours.schools[0]));
    let made = made.await;
    assert_eq!(made["classGroup"]["grades"], json!(["7", "8"]));
    let again = act(world, Who::Leader, "classGroupCreate", "", input(world.ours.schools[0])).await;
    assert_eq!(codes(&again), ["TAKEN"]);
    let teacher = act(world, Who::Teacher, "classGroupCreate", "", input(world.ours.schools[0])).await;
    assert_eq!(codes(&teacher), ["FORBIDDEN"]);
    let elsewhere = act(world, Who::Leader, "classGroupCreate", "", input(world.ours.schools[1])).await;
    assert_eq!(codes(&elsewhere), ["NOT_FOUND"]);

    let id = &made["classGroup"]["id"];
    let wrong = json!({ "id": id, "name": "", "grades": ["9"] });
    assert_eq!(codes(&act(world, Who::Leader, "classGroupUpdate", "", wrong).await), ["REQUIRED", "INVALID"]);
    let closed = act(world, Who::Leader, "classGroupArchive", "classGroup { archivedAt }", json!({ "id": id })).await;
    assert!(closed["classGroup"]["archivedAt"].is_string());
    let document = "query($id: ID!) { school(id: $id) { classGroups { nodes { name } } } }";
    let listed = ask(world, Who::Leader, document, json!({ "id": world.ours.schools[0] })).await;
    assert_eq!(listed["school"]["classGroups"]["nodes"], json!([{ "name": "3a" }]));
}

async fn all_that_is_wrong_is_told_at_once(world: &World) {
    let school = json!({
        "board": world.ours.id, "id": "q", "cluster": "x", "name": "", "city": "x".repeat(100), "brin": "3ab",
        "locationCode": "1",
    });
    let told =
        ["INVALID id", "NOT_FOUND cluster", "REQUIRED name", "TOO_LONG city", "INVALID brin", "INVALID locationCode"];
    assert_eq!(refusals(&act(world, Who::Admin, "schoolCreate", "", school).await), told);
    let group = json!({
        "school": world.ours.schools[0], "id": "q", "schoolYear": world.theirs.school_year, "name": "", "grades": ["9"],
    });
    let told = ["INVALID id", "NOT_FOUND schoolYear", "REQUIRED name", "INVALID grades"];
    assert_eq!(refusals(&act(world, Who::Admin, "classGroupCreate", "", group).await), told);
}

async fn a_school_leaves_its_cluster_only_when_that_is_said(world: &World) {
    let id = world.ours.schools[0];
    let fields = "school { cluster { name } }";
    let unsaid = act(world, Who::Admin, "schoolMove", fields, json!({ "id": id })).await;
    assert_eq!((refusals(&unsaid), &unsaid["school"]), (vec!["REQUIRED cluster".to_owned()], &Value::Null));
    let document = "query($id: ID!) { school(id: $id) { cluster { name } } }";
    let stands = ask(world, Who::Admin, document, json!({ "id": id })).await;
    assert_eq!(stands["school"]["cluster"], json!({ "name": "Noord" }));
    let out = act(world, Who::Admin, "schoolMove", fields, json!({ "id": id, "cluster": null })).await;
    assert_eq!((refusals(&out), &out["school"]), (vec![], &json!({ "cluster": null })));
}

async fn a_school_is_asked_for_by_its_id_or_its_brin(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let by = async |keys: Value| {
        leader.asks_with("query($id: ID, $brin: String) { school(id: $id, brin: $brin) { name } }", keys).await
    };
    let id = world.ours.schools[0].to_string();
    assert_eq!(by(json!({ "id": id })).await.text_at("school.name"), "De Zwaluw");
    for unknown in [json!({ "brin": "99ZZ" }), json!({ "brin": "99ZZ99" }), json!({ "id": "nonsense" })] {
        assert_eq!(by(unknown.clone()).await.at("school"), &Value::Null, "{unknown}");
    }
    for mistaken in [json!({}), json!({ "id": id, "brin": "99ZZ" }), json!({ "brin": "zz" })] {
        assert_eq!(by(mistaken.clone()).await.codes(), ["BAD_USER_INPUT"], "{mistaken}");
    }
}

on_each_database!(
    school_years_follow_one_another,
    a_leader_makes_class_groups_and_a_teacher_does_not,
    all_that_is_wrong_is_told_at_once,
    a_school_leaves_its_cluster_only_when_that_is_said,
    a_school_is_asked_for_by_its_id_or_its_brin,
);
