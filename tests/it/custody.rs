//! A guardian who may not have everything of a child any more: what goes with it, everywhere and at once.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use glans::engagement::{custody, schedule};
use glans_entity::ids::{PersonId, RosterImportId, StudentId};
use glans_entity::people::{GuardianAccess, guardianship};
use glans_entity::roster::{RosterImportState, roster_import};
use glans_tests::{Actor, Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes};
use crate::sync::Phone;

/// What does not hold by then waits for a round that never comes. That it holds within the five seconds that are promised
/// follows from how often rights are looked at (`door`), whatever the machine does besides.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes everything of `student` from a guardian, and what goes with it.
pub async fn lose(world: &World, guardian: PersonId, student: StudentId) {
    use guardianship::Column;
    let db = world.writing().await;
    let taken = guardianship::Entity::update_many()
        .col_expr(Column::Access, Expr::val(GuardianAccess::None))
        .col_expr(Column::UpdatedAt, Expr::val(world.app.clock.now()))
        .filter(Column::GuardianId.eq(guardian))
        .filter(Column::StudentId.eq(student));
    assert_eq!(taken.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    custody::take_leave(&world.app, Some(world.app.clock.now() - TimeDelta::minutes(1))).await.unwrap();
}

/// Asks again and again until it holds, without anybody doing anything for it.
async fn soon(since: Instant, what: &str, holds: impl AsyncFn() -> bool) {
    while !holds().await {
        assert!(since.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Makes it so, with errors of nobody.
async fn done(world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
    let made = act(world, who, name, fields, input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{name}: {made}");
    made
}

/// Ilse comes to a talk, has a slot and a place at an event about Noor, follows their thread and a calendar. Then the leader
/// closes her access.
async fn a_right_that_ends_ends_everywhere_by_itself(world: &World) {
    let noor = world.ours.students[0];
    let day = |days: i64| world.app.clock.now() + TimeDelta::days(days);
    let input = json!({ "student": noor, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": day(3), "endsAt": day(3) + TimeDelta::minutes(20) });
    let talk = done(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let window = json!({ "startsAt": day(9), "endsAt": day(9) + TimeDelta::minutes(10) });
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": day(8), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [window] }],
    });
    let round = done(world, Who::Leader, "bookingRoundOpen", "bookingRound { slots { id } }", input).await;
    let slot = round["bookingRound"]["slots"][0]["id"].clone();
    done(world, Who::Guardian, "slotBook", "", json!({ "slot": slot, "student": noor })).await;
    done(world, Who::Guardian, "eventRespond", "", json!({ "event": world.ours.events[0], "answer": "YES" })).await;
    let parent = world.actor(Who::Guardian).await;
    let made = parent.does("calendarFeedRenew", "url", json!({})).await;
    let url = made.text_at("calendarFeedRenew.url").to_owned();
    let calendar = url[url.find("/calendar/").unwrap()..].to_owned();
    let program = Actor::anonymous("calendar", parent.address());
    let talk = talk["conversation"]["id"].as_str().unwrap().to_owned();
    let event = world.ours.events[0].to_string();
    let shown = program.gets(&calendar).await.text;
    // No line of a calendar names the child.
    assert!(shown.contains(&talk) && shown.contains(&event) && !shown.contains("Noor"), "{shown}");
    let mut phone = Phone::of(Who::Guardian, 500);
    phone.agrees(world).await;
    let schedule = tokio::spawn(schedule::run(std::sync::Arc::clone(&world.app)));

    done(world, Who::Leader, "guardianshipUpdate", "", json!({ "id": world.ours.guardianships[0], "access": "NONE" }))
        .await;
    let ended = Instant::now();
    let reads = "query($talk: ID!, $thread: ID!, $slot: ID!, $event: ID!) { talk: node(id: $talk) { id }
        thread: node(id: $thread) { id } slot: node(id: $slot) { id } event: node(id: $event) { id }
        feedUnreadCount feed { totalCount } appointments { __typename } awaiting { kind } viewer { children { id } } }";
    let ids = json!({ "talk": talk, "thread": world.ours.threads[0], "slot": slot, "event": event });
    let nothing = json!({ "talk": null, "thread": null, "slot": null, "event": null, "feedUnreadCount": 0,
        "feed": { "totalCount": 0 }, "appointments": [], "awaiting": [], "viewer": { "children": [] } });
    soon(ended, "reads", async || parent.asks_with(reads, ids.clone()).await.body["data"] == nothing).await;
    soon(ended, "calendar", async || {
        let shown = program.gets(&calendar).await;
        shown.status == 200 && !shown.text.contains("BEGIN:VEVENT")
    })
    .await;
    // Nobody comes to the talk any more, and others can have the slot and the place.
    let document = "query($talk: ID!, $slot: ID!, $event: ID!) { talk: node(id: $talk) { ... on Conversation { status cancelReason } }
        slot: node(id: $slot) { ... on Slot { isAvailable } } event: node(id: $event) { ... on Event { responses { yes } } } }";
    let free = json!({ "talk": { "status": "CANCELLED", "cancelReason": null }, "slot": { "isAvailable": true },
        "event": { "responses": { "yes": 0 } } });
    let asked = json!({ "talk": talk, "slot": slot, "event": event });
    soon(ended, "bookings", async || ask(world, Who::Leader, document, asked.clone()).await == free).await;
    schedule.abort();
    // There is nobody left in the thread to write to, and who followed it hears nothing.
    let unread = json!({ "thread": world.ours.threads[0], "body": "Niet voor Ilse." });
    assert_eq!(codes(&act(world, Who::Teacher, "messageSend", "", unread).await), ["CONFLICT"]);
    phone.agrees(world).await;
    for id in [&talk, &event, slot.as_str().unwrap(), &world.ours.threads[0].to_string(), &noor.to_string()] {
        assert!(phone.held.contains(id) && !phone.holds.contains_key(id), "{id} is wiped");
    }
    // Who did it is written down, and who looks into it finds it.
    let (lines, _) =
        crate::people::told(world, "guardianship.access_changed", &world.ours.guardianships[0].to_string()).await;
    assert_eq!(lines, 1);
}

/// Omar keeps what was Sara's with him, and is not told why.
async fn the_other_guardian_keeps_what_is_theirs_and_is_not_told_why(world: &World) {
    let child = world.child("Fien", 0).await;
    let sara = world.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
    let omar = world.guardian("Omar", &[(child, GuardianAccess::Full)]).await;
    let starts = world.app.clock.now() + TimeDelta::days(3);
    for guardian in [sara, omar] {
        let asked = json!({ "student": child, "apart": false });
        assert_eq!(codes(&act_as(world, guardian, "talkChoiceSet", "", asked).await), Vec::<&str>::new());
    }
    let input = json!({ "student": child, "kind": "PROGRESS", "mode": "AT_SCHOOL", "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let talk = done(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    lose(world, sara.person, child).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Conversation { status cancelReason attendance { person { givenName } } } } }";
    let id = json!({ "id": talk["conversation"]["id"] });
    let seen = ask_as(world, omar, document, id.clone()).await;
    assert_eq!((&seen["node"]["status"], &seen["node"]["cancelReason"]), (&json!("PLANNED"), &Value::Null));
    assert!(!seen.to_string().contains("Sara"), "{seen}");
    assert_eq!(ask_as(world, sara, document, id).await["node"], Value::Null);
    let about = "query($id: ID!) { student(id: $id) { guardianships { guardian { givenName } access } } }";
    let shown = ask_as(world, omar, about, json!({ "id": child })).await.to_string();
    assert!(!shown.contains("Sara") && !shown.contains("NONE"), "{shown}");
}

/// A right that ends on a day ends without anybody writing it.
async fn a_day_that_passes_ends_a_right_as_well(world: &World) {
    let (ilse, noor) = (world.ours.guardians[0], world.ours.students[0]);
    let today = glans::call::today(world.app.clock.now());
    let input = json!({ "id": world.ours.guardianships[0], "endsOn": today + chrono::Days::new(2) });
    done(world, Who::Leader, "guardianshipUpdate", "", input).await;
    let starts = world.app.clock.now() + TimeDelta::days(9);
    let input = json!({ "student": noor, "kind": "PROGRESS", "mode": "PHONE", "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let talk = done(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    world.app.clock.turn(TimeDelta::days(4));
    schedule::round(&world.app, None).await.unwrap();
    let document = "query($id: ID!) { node(id: $id) { ... on Conversation { status } } }";
    let id = json!({ "id": talk["conversation"]["id"] });
    assert_eq!(ask(world, Who::Teacher, document, id.clone()).await["node"]["status"], "CANCELLED");
    assert_eq!(ask_as(world, ilse, document, id).await["node"], Value::Null);
}

/// What an import made is taken away without a trace, and what it changed is as old as it was.
async fn a_roster_that_is_rolled_back_ends_rights_as_well(world: &World) {
    let child = world.child("Fien", 0).await;
    world.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
    let now = world.app.clock.now();
    let starts = now + TimeDelta::days(3);
    let input = json!({ "student": child, "kind": "PROGRESS", "mode": "PHONE", "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let talk = done(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let db = world.writing().await;
    let made = guardianship::Entity::delete_many().filter(guardianship::Column::StudentId.eq(child));
    assert_eq!(made.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    // Nothing of the board was imported since.
    let lately = Some(now);
    assert_eq!(custody::take_leave(&world.app, lately).await.unwrap(), 0);
    let import = roster_import::Model {
        id: RosterImportId::new(),
        board_id: world.ours.id,
        started_by: None,
        kind: "guardianships".to_owned(),
        state: RosterImportState::RolledBack,
        dry_run: false,
        accept_removals: false,
        upload_hash: None,
        upload_expires_at: None,
        rows_total: 1,
        rows_done: 1,
        counts: json!({}),
        left_out: None,
        finished_at: Some(now),
        rolled_back_at: Some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = world.writing().await;
    import.into_active_model().reset_all().insert(&db).await.unwrap();
    world.written(db).await;
    assert_eq!(custody::take_leave(&world.app, lately).await.unwrap(), 1);
    let document = "query($id: ID!) { node(id: $id) { ... on Conversation { status } } }";
    let id = json!({ "id": talk["conversation"]["id"] });
    assert_eq!(ask(world, Who::Teacher, document, id).await["node"]["status"], "CANCELLED");
}

on_each_database!(
    a_right_that_ends_ends_everywhere_by_itself,
    the_other_guardian_keeps_what_is_theirs_and_is_not_told_why,
    a_day_that_passes_ends_a_right_as_well,
    a_roster_that_is_rolled_back_ends_rights_as_well,
);
