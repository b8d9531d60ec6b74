//! Meetings of a cohort, as those who arrange and attend them use them.

use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes, statements};

const MEETING: &str = "meeting { id startsAt endsAt location status version prepares { title } reviews { title } }";
const MEETINGS: &str = "query($id: ID!, $from: DateTime) { cohort(id: $id) { meetings(from: $from) { totalCount
    nodes { startsAt status prepares { title } cohort { name } } } } }";

/// A meeting of the first cohort on a day of March 2031, three hours from one o'clock.
fn on(world: &World, day: u32) -> Value {
    json!({
        "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson], "location": " Aula ",
        "startsAt": format!("2031-03-{day:02}T13:00:00Z"), "endsAt": format!("2031-03-{day:02}T16:00:00Z"),
    })
}

async fn planned(world: &World, day: u32) -> Value {
    let mut made = act(world, Who::Trainer, "meetingPlan", MEETING, on(world, day)).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    made["meeting"].take()
}

async fn a_trainer_plans_a_meeting_that_leaders_see_and_teachers_do_not(world: &World) {
    let meeting = planned(world, 4).await;
    assert_eq!((&meeting["location"], &meeting["status"]), (&json!("Aula"), &json!("PLANNED")));
    let asked = json!({ "id": world.ours.cohorts[0], "from": "2031-01-01T00:00:00Z" });
    let shown = json!({ "totalCount": 1, "nodes": [{
        "startsAt": meeting["startsAt"], "status": "PLANNED", "prepares": meeting["prepares"],
        "cohort": { "name": "Cohort Noord" },
    }] });
    assert_eq!(meeting["prepares"].as_array().map(Vec::len), Some(1));
    for who in [Who::Trainer, Who::Leader, Who::Director, Who::Admin] {
        assert_eq!(ask(world, who, MEETINGS, asked.clone()).await["cohort"]["meetings"], shown, "{}", who.name());
    }
    let seen = ask(world, Who::Teacher, MEETINGS, asked.clone()).await;
    assert_eq!(seen["cohort"]["meetings"], json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(ask(world, Who::Guardian, MEETINGS, asked).await["cohort"], Value::Null);
    assert_eq!(codes(&act(world, Who::Leader, "meetingPlan", "", on(world, 5)).await), ["FORBIDDEN"]);
}

async fn a_meeting_that_is_moved_keeps_its_length_and_what_was_not_named(world: &World) {
    let meeting = planned(world, 4).await;
    let moved = json!({ "id": meeting["id"], "startsAt": "2031-03-11T09:00:00Z", "ifVersion": 1 });
    let seen = act(world, Who::Director, "meetingUpdate", MEETING, moved.clone()).await;
    let expected = json!({
        "id": meeting["id"], "startsAt": "2031-03-11T09:00:00+00:00", "endsAt": "2031-03-11T12:00:00+00:00", "location": "Aula",
        "status": "PLANNED", "version": 2, "prepares": meeting["prepares"], "reviews": [],
    });
    assert_eq!(seen["meeting"], expected);
    // From the older version: refused, and the present one is shown.
    let stale = act(world, Who::Trainer, "meetingUpdate", MEETING, moved).await;
    assert_eq!((codes(&stale), &stale["meeting"]), (vec!["CONFLICT"], &expected));

    let looks_back =
        json!({ "id": meeting["id"], "prepares": [], "reviews": [world.ours.published.lesson], "location": "" });
    let seen = act(world, Who::Trainer, "meetingUpdate", MEETING, looks_back).await;
    let lessons = (&seen["meeting"]["prepares"], &seen["meeting"]["reviews"]);
    assert_eq!(lessons, (&json!([]), &meeting["prepares"]));
    assert_eq!(seen["meeting"]["location"], Value::Null);
}

async fn a_cancelled_meeting_stays_to_be_seen_and_is_not_moved(world: &World) {
    let meeting = planned(world, 4).await;
    let this = json!({ "id": meeting["id"] });
    let cancelled = act(world, Who::Trainer, "meetingCancel", MEETING, this.clone()).await;
    assert_eq!((&cancelled["meeting"]["status"], &cancelled["meeting"]["version"]), (&json!("CANCELLED"), &json!(2)));
    let again = act(world, Who::Admin, "meetingCancel", MEETING, this).await;
    assert_eq!(again["meeting"], cancelled["meeting"]);
    let moved = json!({ "id": meeting["id"], "startsAt": "2031-03-11T09:00:00Z" });
    assert_eq!(codes(&act(world, Who::Trainer, "meetingUpdate", "", moved).await), ["CONFLICT"]);
    let asked = json!({ "id": world.ours.cohorts[0], "from": "2031-01-01T00:00:00Z" });
    let seen = ask(world, Who::Leader, MEETINGS, asked).await;
    assert_eq!(seen["cohort"]["meetings"]["nodes"][0]["status"], "CANCELLED");
}

async fn what_cannot_be_planned_is_refused_and_leaves_nothing(world: &World) {
    let with = |field: &str, value: Value| {
        let mut input = on(world, 4);
        input[field] = value;
        input
    };
    let lesson = json!(world.ours.published.lesson);
    for (input, code) in [
        (with("endsAt", json!("2031-03-04T13:00:00Z")), "INVALID"),
        (with("endsAt", json!("2031-03-06T13:00:00Z")), "INVALID"),
        (with("startsAt", json!("0001-01-01T13:00:00Z")), "INVALID"),
        (with("startsAt", json!("9999-12-31T23:00:00Z")), "INVALID"),
        (with("prepares", json!([])), "REQUIRED"),
        (with("reviews", json!([lesson])), "INVALID"),
        (with("location", json!("x".repeat(201))), "TOO_LONG"),
        (with("prepares", json!(vec![lesson; 51])), "LIMIT_REACHED"),
        // A lesson of another edition, one of another board, and something else.
        (with("prepares", json!([world.ours.draft.lesson])), "NOT_FOUND"),
        (with("prepares", json!([world.theirs.published.lesson])), "NOT_FOUND"),
        (with("prepares", json!([world.ours.id])), "NOT_FOUND"),
        // A cohort that the trainer does not train, and one of another board.
        (with("cohort", json!(world.ours.cohorts[1])), "NOT_FOUND"),
        (with("cohort", json!(world.theirs.cohorts[0])), "NOT_FOUND"),
    ] {
        assert_eq!(codes(&act(world, Who::Trainer, "meetingPlan", "", input.clone()).await), [code], "{input}");
    }
    let asked = json!({ "id": world.ours.cohorts[0], "from": "2031-01-01T00:00:00Z" });
    assert_eq!(ask(world, Who::Trainer, MEETINGS, asked).await["cohort"]["meetings"]["totalCount"], 0);
}

async fn meetings_are_paged_by_time_in_as_many_statements_as_one(world: &World) {
    for day in [18, 4, 11] {
        planned(world, day).await;
    }
    let page = "query($id: ID!, $first: Int, $after: String) { cohort(id: $id) {
        meetings(from: \"2031-01-01T00:00:00Z\", first: $first, after: $after) {
            nodes { startsAt prepares { title } } pageInfo { endCursor hasNextPage } } } }";
    let asked = |first: i32, after: Value| json!({ "id": world.ours.cohorts[0], "first": first, "after": after });
    let first = ask(world, Who::Leader, page, asked(2, Value::Null)).await["cohort"]["meetings"].take();
    let info = &first["pageInfo"];
    let second = ask(world, Who::Leader, page, asked(2, info["endCursor"].clone())).await["cohort"]["meetings"].take();
    let days: Vec<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["nodes"].as_array().unwrap())
        .map(|meeting| &meeting["startsAt"].as_str().unwrap()[8..10])
        .collect();
    assert_eq!(days, ["04", "11", "18"]);
    assert_eq!((&info["hasNextPage"], &second["pageInfo"]["hasNextPage"]), (&json!(true), &json!(false)));
    let one = statements(world, Who::Leader, page, asked(1, Value::Null)).await;
    assert_eq!(statements(world, Who::Leader, page, asked(3, Value::Null)).await, one);
}

on_each_database!(
    a_trainer_plans_a_meeting_that_leaders_see_and_teachers_do_not,
    a_meeting_that_is_moved_keeps_its_length_and_what_was_not_named,
    a_cancelled_meeting_stays_to_be_seen_and_is_not_moved,
    what_cannot_be_planned_is_refused_and_leaves_nothing,
    meetings_are_paged_by_time_in_as_many_statements_as_one,
);
