//! The first sync, and what a cursor is good for.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::phone::{CHANGES, Phone, truth};
use crate::ask::statements;

const PERSONS: [Who; 7] =
    [Who::Distant, Who::Guardian, Who::Teacher, Who::Trainer, Who::Leader, Who::Director, Who::Admin];

async fn a_first_sync_is_what_the_viewer_may_see(world: &World) {
    for who in PERSONS {
        let mut known: Option<BTreeSet<String>> = None;
        for size in [1, 7, 500] {
            let mut phone = Phone::of(who, size);
            phone.agrees(world).await;
            assert_eq!(phone.wiped, BTreeSet::new(), "{}", who.name());
            let ids = phone.holds.keys().cloned().collect();
            assert_eq!(*known.get_or_insert_with(|| BTreeSet::clone(&ids)), ids, "{} by {size}", who.name());
            let theirs = [world.theirs.id.to_string(), world.theirs.students[0].to_string()];
            assert!(theirs.iter().all(|id| !phone.holds.contains_key(id)));
        }
    }
    assert!(truth(world, Who::Leader).await.contains_key(&world.ours.students[0].to_string()));
}

async fn applying_a_page_twice_changes_nothing(world: &World) {
    let mut phone = Phone::of(Who::Leader, 10);
    loop {
        let page = phone.page(world).await;
        let holds = phone.holds.clone();
        phone.apply(&page);
        assert_eq!(phone.holds, holds);
        if page["hasMore"] == false {
            break;
        }
    }
    phone.agrees(world).await;
}

async fn what_others_refer_to_comes_first(world: &World) {
    let mut phone = Phone::of(Who::Admin, 500);
    let page = phone.page(world).await;
    let ids: Vec<&str> = page["changes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let at = |id: String| ids.iter().position(|it| *it == id).unwrap();
    assert!(at(world.ours.schools[0].to_string()) < at(world.ours.groups[0].to_string()));
    assert!(at(world.ours.students[0].to_string()) < at(world.ours.guardianships[0].to_string()));
    assert!(at(world.ours.published.lesson.to_string()) < at(world.ours.published.material.to_string()));
    assert!(at(world.ours.cohorts[0].to_string()) < at(world.ours.meetings[0].to_string()));
}

async fn only_persons_sync(world: &World) {
    for (who, code) in [(Who::Client, "FORBIDDEN"), (Who::Anonymous, "UNAUTHENTICATED")] {
        assert_eq!(refusal(world, who, json!({})).await, code);
    }
}

async fn refusal(world: &World, who: Who, asked: Value) -> String {
    let standing = world.standing(who).await;
    let answer = world.execute(&standing, CHANGES, asked).await;
    answer.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

async fn a_cursor_is_refused_that_was_not_given_out_or_goes_with_other_types(world: &World) {
    let mut phone = Phone::of(Who::Leader, 500);
    phone.types = json!(["SCHOOL", "STUDENT"]);
    phone.pull(world).await;
    assert!(phone.holds.keys().all(|id| id.starts_with("school_") || id.starts_with("student_")));
    let cursor = phone.cursor.as_str().unwrap();
    for wrong in ["", "abc", &cursor[1..], &format!("A{}", &cursor[1..])] {
        assert_eq!(refusal(world, Who::Leader, json!({ "since": wrong })).await, "BAD_CURSOR", "{wrong}");
    }
    assert_eq!(refusal(world, Who::Leader, json!({ "since": cursor })).await, "BAD_USER_INPUT");
    for size in [0, -1, 501] {
        assert_eq!(refusal(world, Who::Leader, json!({ "first": size })).await, "BAD_USER_INPUT", "{size}");
    }
}

async fn a_cursor_of_another_account_or_age_begins_anew(world: &World) {
    let mut phone = Phone::of(Who::Leader, 500);
    phone.agrees(world).await;
    let mut other = Phone::of(Who::Guardian, 500);
    other.cursor = phone.cursor.clone();
    let page = other.page(world).await;
    assert_eq!((&page["resetRequired"], &page["changes"], &page["hasMore"]), (&json!(true), &json!([]), &json!(true)));
    other.agrees(world).await;

    world.app.clock.turn(TimeDelta::days(89));
    assert_eq!(phone.page(world).await["resetRequired"], false);
    world.app.clock.turn(TimeDelta::days(91));
    assert_eq!(phone.page(world).await["resetRequired"], true);
    phone.agrees(world).await;
}

async fn a_cursor_of_one_board_does_not_go_with_all_boards(world: &World) {
    let everywhere = world.actor(Who::Leader).await;
    let here = everywhere.with_header("Glans-Board", &world.ours.id.to_string());
    let first = everywhere.asks_with(CHANGES, json!({ "first": 500 })).await;
    let since = json!({ "since": first.text_at("changes.cursor"), "first": 500 });
    assert_eq!(everywhere.asks_with(CHANGES, since.clone()).await.at("changes.resetRequired"), &json!(false));
    assert_eq!(here.asks_with(CHANGES, since).await.at("changes.resetRequired"), &json!(true));
}

async fn a_page_takes_as_many_statements_whatever_its_size(world: &World) {
    let small = statements(world, Who::Leader, CHANGES, json!({ "first": 500, "types": ["STUDENT"] })).await;
    let (school, group) = (world.ours.schools[0], world.ours.groups[0]);
    world
        .sow(&world.ours, async |sower| {
            for number in 0..40 {
                sower.pupil(&format!("Kind {number}"), school, group).await;
            }
        })
        .await;
    let large = statements(world, Who::Leader, CHANGES, json!({ "first": 500, "types": ["STUDENT"] })).await;
    assert_eq!(small, large);
}

on_each_database!(
    a_first_sync_is_what_the_viewer_may_see,
    applying_a_page_twice_changes_nothing,
    what_others_refer_to_comes_first,
    only_persons_sync,
    a_cursor_is_refused_that_was_not_given_out_or_goes_with_other_types,
    a_cursor_of_another_account_or_age_begins_anew,
    a_cursor_of_one_board_does_not_go_with_all_boards,
    a_page_takes_as_many_statements_whatever_its_size,
);
