//! Rounds in which guardians book a conversation, as teachers and guardians use them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans::engagement::custody;
use glans_entity::engagement::{conversation, slot_booking, talk_choice};
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::people::{GuardianAccess, person};
use glans_entity::platform::outbox;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::ask::{act, act_as, ask, ask_as, codes, refusals};
use crate::custody::lose;

const ROUND: &str = "bookingRound { id kind status closesAt version slots { id startsAt endsAt isAvailable } }";
const SLOTS: &str = "query($id: ID!, $free: Boolean) { bookingRound(id: $id) { slots(availableOnly: $free) {
    id isAvailable bookedFor { displayName } bookedBy { givenName } } } }";
const BOOK: &str = "slot { id bookedFor { displayName } } freeSlots { id }";

/// Four o'clock in the afternoon (UTC) of a day in March 2031, and so many minutes later.
fn at(minutes: i64) -> DateTime<Utc> {
    "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

/// A round of the first group that is open now, with `count` slots of ten minutes from `minute` on.
fn round_of(world: &World, teacher: PersonId, minute: i64, count: i64) -> Value {
    let window = json!({ "startsAt": at(minute), "endsAt": at(minute + 10 * count) });
    json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [{ "teacher": teacher, "windows": [window] }],
    })
}

/// The id of a new round and those of its slots.
async fn opened(world: &World, input: Value) -> (String, Vec<String>) {
    let mut made = act(world, Who::Leader, "bookingRoundOpen", ROUND, input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    let round = made["bookingRound"].take();
    let slots = round["slots"].as_array().unwrap().iter();
    let ids = slots.map(|slot| slot["id"].as_str().unwrap().to_owned()).collect();
    (round["id"].as_str().unwrap().to_owned(), ids)
}

async fn open(world: &World, count: i64) -> (String, Vec<String>) {
    opened(world, round_of(world, world.ours.teacher.person, 0, count)).await
}

fn book(slot: &str, student: StudentId) -> Value {
    json!({ "slot": slot, "student": student })
}

/// A child of the first group with its two guardians, who come together.
async fn family(world: &World) -> (StudentId, Someone, Someone) {
    let child = world.child("Fien", 0).await;
    let sara = world.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
    let omar = world.guardian("Omar", &[(child, GuardianAccess::Full)]).await;
    (child, sara, omar)
}

async fn bookings(world: &World) -> u64 {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    slot_booking::Entity::within(&everywhere).count(&db).await.unwrap()
}

/// The conversations of a child, earliest first: begin, end and status.
async fn conversations(world: &World, student: StudentId) -> Vec<(DateTime<Utc>, DateTime<Utc>, String)> {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let rows = conversation::Entity::within(&everywhere).filter(conversation::Column::StudentId.eq(student));
    let rows = rows.order_by_asc(conversation::Column::StartsAt).order_by_asc(conversation::Column::Id).all(&db).await;
    let told = |row: conversation::Model| (row.starts_at, row.ends_at, format!("{:?}", row.status));
    rows.unwrap().into_iter().map(told).collect()
}

/// The payloads of the events of a kind, oldest first.
async fn events(world: &World, kind: &str) -> Vec<Value> {
    let db = world.writing().await;
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq(kind)).order_by_asc(outbox::Column::Seq);
    rows.all(&db).await.unwrap().into_iter().map(|row| row.payload).collect()
}

async fn a_teacher_opens_a_round_and_guardians_see_its_slots(world: &World) {
    let (teacher, noor) = (world.ours.teacher.person, world.ours.students[0]);
    let mut input = round_of(world, teacher, 0, 3);
    input["slots"][0]["times"] = json!([at(60)]);
    let made = act(world, Who::Teacher, "bookingRoundOpen", ROUND, input.clone()).await;
    assert_eq!(codes(&made), Vec::<&str>::new());
    let starts: Vec<_> =
        made["bookingRound"]["slots"].as_array().unwrap().iter().map(|slot| &slot["startsAt"]).collect();
    let expected = [0, 10, 20, 60].map(|minute| json!(at(minute).to_rfc3339()));
    assert_eq!(starts, expected.iter().collect::<Vec<_>>());

    let id = json!({ "id": made["bookingRound"]["id"] });
    let asked = "query($id: ID!) { bookingRound(id: $id) { status classGroups { name } viewerOpensAt slots { teacher {
        givenName } isAvailable } unbookedStudents { displayName } } }";
    let seen = ask(world, Who::Guardian, asked, id.clone()).await;
    assert_eq!(seen["bookingRound"]["classGroups"], json!([{ "name": "3a" }]));
    assert_eq!(seen["bookingRound"]["slots"][3], json!({ "teacher": { "givenName": "Tarik" }, "isAvailable": true }));
    assert!(seen["bookingRound"]["viewerOpensAt"].is_string());
    assert_eq!(seen["bookingRound"]["unbookedStudents"], json!([]));
    let seen = ask(world, Who::Teacher, asked, id.clone()).await;
    assert_eq!(seen["bookingRound"]["unbookedStudents"], json!([{ "displayName": "Noor" }]));
    assert_eq!(seen["bookingRound"]["viewerOpensAt"], Value::Null);
    for who in [Who::Distant, Who::Director, Who::Admin, Who::Trainer] {
        assert_eq!(ask(world, who, asked, id.clone()).await["bookingRound"], Value::Null, "{}", who.name());
    }
    // The teacher is taken at these times, whoever asks and in whatever round.
    let again = act(world, Who::Leader, "bookingRoundOpen", "", round_of(world, teacher, 25, 1)).await;
    assert_eq!(refusals(&again), ["CONFLICT slots"]);
    for who in [Who::Director, Who::Admin, Who::Trainer, Who::Guardian] {
        let done = act(world, who, "bookingRoundOpen", "", round_of(world, teacher, 200, 1)).await;
        assert_eq!(codes(&done), ["FORBIDDEN"], "{}", who.name());
    }
    let slot = &made["bookingRound"]["slots"][0]["id"];
    let done = act(world, Who::Guardian, "slotBook", BOOK, book(slot.as_str().unwrap(), noor)).await;
    assert_eq!(done["slot"], json!({ "id": slot, "bookedFor": { "displayName": "Noor" } }));
    let left = ask(world, Who::Teacher, asked, id).await;
    assert_eq!(left["bookingRound"]["unbookedStudents"], json!([]));
}

async fn every_problem_of_a_round_is_told_at_once(world: &World) {
    let (ours, past) = (&world.ours, "2020-03-04T16:00:00Z");
    let stranger = json!({ "teacher": ours.leader.person, "times": [at(0)] });
    let late =
        json!({ "teacher": ours.teacher.person, "times": [past], "windows": [{ "startsAt": at(9), "endsAt": at(0) }] });
    let input = json!({
        "classGroups": [ours.groups[0]], "kind": "GOALS", "closesAt": past, "slotMinutes": 3,
        "siblingsEarlyHours": 169, "location": "x".repeat(201), "slots": [stranger, late],
    });
    let expected = [
        "INVALID kind",
        "INVALID siblingsEarlyHours",
        "INVALID slotMinutes",
        "INVALID closesAt",
        "TOO_LONG location",
        "NOT_FOUND slots.0.teacher",
        "INVALID slots.1.times.0",
        "INVALID slots.1.windows.0",
    ];
    assert_eq!(refusals(&act(world, Who::Leader, "bookingRoundOpen", "", input).await), expected);
    let mut abroad = round_of(world, ours.teacher.person, 0, 1);
    abroad["classGroups"] = json!([world.theirs.groups[0]]);
    assert_eq!(refusals(&act(world, Who::Leader, "bookingRoundOpen", "", abroad).await), ["NOT_FOUND classGroups"]);
}

async fn fifty_phones_race_for_one_slot(world: &World) {
    let (round, slots) = open(world, 3).await;
    let mut phones = Vec::new();
    for number in 0..50 {
        let name = format!("Ouder{number}");
        let child = world.child(&name, 0).await;
        let guardian = world.guardian(&name, &[(child, GuardianAccess::Full)]).await;
        phones.push((world.actor_of(&name, guardian).await, child));
    }
    let racing = phones.into_iter().map(|(phone, child)| {
        let input = book(&slots[1], child);
        tokio::spawn(async move {
            let reply = phone.does("slotBook", "slot { id } freeSlots { id }", input).await;
            (reply.refusals("slotBook"), reply.data()["slotBook"].clone())
        })
    });
    let racing: Vec<_> = racing.collect();
    let mut won = 0;
    for phone in racing {
        let (refusals, payload) = tokio::time::timeout(Duration::from_mins(1), phone).await.unwrap().unwrap();
        if refusals.is_empty() {
            won += 1;
            assert_eq!(payload, json!({ "slot": { "id": slots[1] }, "freeSlots": [], "userErrors": [] }));
        } else {
            assert_eq!(refusals, ["CONFLICT slot"]);
            assert_eq!(payload["freeSlots"], json!([{ "id": slots[0] }, { "id": slots[2] }]));
            assert_eq!(payload["slot"], Value::Null);
        }
    }
    assert_eq!((won, bookings(world).await), (1, 1));
    let left = ask(world, Who::Guardian, SLOTS, json!({ "id": round, "free": true })).await;
    assert_eq!(left["bookingRound"]["slots"].as_array().map(Vec::len), Some(2));
}

async fn a_booking_is_moved_in_one_step_or_not_at_all(world: &World) {
    let (_, slots) = open(world, 3).await;
    let (child, sara, omar) = family(world).await;
    let noor = world.ours.students[0];
    act(world, Who::Guardian, "slotBook", "", book(&slots[2], noor)).await;
    assert_eq!(codes(&act_as(world, sara, "slotBook", "", book(&slots[0], child)).await), Vec::<&str>::new());

    let taken = act_as(world, sara, "slotMove", BOOK, json!({ "slot": slots[0], "to": slots[2] })).await;
    assert_eq!(refusals(&taken), ["CONFLICT to"]);
    assert_eq!(taken["freeSlots"], json!([{ "id": slots[1] }]));
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Planned".to_owned())]);

    // Either guardian of a family that comes together may move it; the conversation stays the same one.
    let moved = act_as(world, omar, "slotMove", BOOK, json!({ "slot": slots[0], "to": slots[1] })).await;
    assert_eq!(moved["slot"], json!({ "id": slots[1], "bookedFor": { "displayName": "Fien" } }));
    assert_eq!(conversations(world, child).await, [(at(10), at(20), "Planned".to_owned())]);
    let gone = act_as(world, sara, "slotMove", "", json!({ "slot": slots[0], "to": slots[2] })).await;
    assert_eq!(refusals(&gone), ["CONFLICT slot"]);

    let released = act_as(world, sara, "slotRelease", "slot { isAvailable }", json!({ "slot": slots[1] })).await;
    assert_eq!(released["slot"], json!({ "isAvailable": true }));
    assert_eq!(conversations(world, child).await, [(at(10), at(20), "Cancelled".to_owned())]);
    assert_eq!(refusals(&act_as(world, sara, "slotRelease", "", json!({ "slot": slots[1] })).await), ["CONFLICT slot"]);
    // What is Noor's is nobody else's to give back.
    assert_eq!(refusals(&act_as(world, sara, "slotRelease", "", json!({ "slot": slots[2] })).await), ["CONFLICT slot"]);
    assert_eq!(bookings(world).await, 1);
}

/// Sara booked and Omar will come; then Sara moves it to a slot of another teacher, and the leader to a third.
async fn who_comes_is_asked_anew_when_a_booking_is_moved(world: &World) {
    let anna = world.teacher("Anna", 0).await;
    let mut input = round_of(world, world.ours.teacher.person, 0, 2);
    let window = json!({ "startsAt": at(100), "endsAt": at(110) });
    input["slots"].as_array_mut().unwrap().push(json!({ "teacher": anna.person, "windows": [window] }));
    let (_, slots) = opened(world, input).await;
    let (child, sara, omar) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let id = events(world, "slot.booked").await[0]["conversation"].clone();
    let yes = json!({ "id": id, "answer": "ACCEPTED" });
    assert_eq!(codes(&act_as(world, omar, "conversationRespond", "", yes).await), Vec::<&str>::new());
    let document =
        "query($id: ID!) { node(id: $id) { ... on Conversation { attendance { person { givenName } status } } } }";
    let answers = async || {
        let seen = ask(world, Who::Leader, document, json!({ "id": id })).await;
        let said = |row: &Value| {
            format!("{} {}", row["person"]["givenName"].as_str().unwrap(), row["status"].as_str().unwrap())
        };
        let mut all: Vec<String> = seen["node"]["attendance"].as_array().unwrap().iter().map(said).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(answers().await, ["Omar ACCEPTED", "Sara ACCEPTED", "Tarik ACCEPTED"]);
    act_as(world, sara, "slotMove", "", json!({ "slot": slots[0], "to": slots[2] })).await;
    assert_eq!(answers().await, ["Anna ACCEPTED", "Omar INVITED", "Sara ACCEPTED"]);
    act(world, Who::Leader, "slotMove", "", json!({ "slot": slots[2], "to": slots[1] })).await;
    assert_eq!(answers().await, ["Omar INVITED", "Sara INVITED", "Tarik ACCEPTED"]);
}

async fn the_time_of_what_was_booked_is_that_of_its_slot(world: &World) {
    let (_, slots) = open(world, 1).await;
    let (child, sara, _) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let id = events(world, "slot.booked").await[0]["conversation"].clone();
    let later = json!({ "id": id, "startsAt": at(300) });
    assert_eq!(refusals(&act(world, Who::Teacher, "conversationUpdate", "", later).await), ["CONFLICT startsAt"]);
    let by_phone = json!({ "id": id, "mode": "PHONE", "startsAt": at(0) });
    assert_eq!(codes(&act(world, Who::Teacher, "conversationUpdate", "", by_phone).await), Vec::<&str>::new());
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Planned".to_owned())]);
}

async fn a_child_has_one_booking_and_two_where_the_guardians_talk_apart(world: &World) {
    let (round, slots) = open(world, 4).await;
    let (child, sara, omar) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let second = act_as(world, omar, "slotBook", "", book(&slots[1], child)).await;
    assert_eq!(refusals(&second), ["CONFLICT student"]);
    let id = json!({ "id": round });
    let seen = ask_as(world, omar, SLOTS, id.clone()).await;
    let taken =
        json!({ "id": slots[0], "isAvailable": false, "bookedFor": { "displayName": "Fien" }, "bookedBy": null });
    assert_eq!(seen["bookingRound"]["slots"][0], taken);

    let db = world.writing().await;
    let apart = talk_choice::Model {
        student_id: child,
        guardian_id: omar.person,
        board_id: world.ours.id,
        apart: true,
        chosen_by: omar.person,
        chosen_at: world.app.clock.now(),
    };
    talk_choice::Entity::insert(apart.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let second = act_as(world, omar, "slotBook", "", book(&slots[1], child)).await;
    assert_eq!(codes(&second), Vec::<&str>::new());
    let third = act_as(world, omar, "slotBook", "", book(&slots[2], child)).await;
    assert_eq!(refusals(&third), ["CONFLICT student"]);
    let third = act_as(world, sara, "slotBook", "", book(&slots[2], child)).await;
    assert_eq!(refusals(&third), ["CONFLICT student"]);
    // What Omar booked for himself is not Sara's to know; the teacher knows both.
    let seen = ask_as(world, sara, SLOTS, id.clone()).await;
    let hidden = json!({ "id": slots[1], "isAvailable": false, "bookedFor": null, "bookedBy": null });
    assert_eq!(seen["bookingRound"]["slots"][1], hidden);
    assert_eq!(refusals(&act_as(world, sara, "slotRelease", "", json!({ "slot": slots[1] })).await), ["CONFLICT slot"]);
    let seen = ask(world, Who::Teacher, SLOTS, id).await;
    let names: Vec<_> = (0..2).map(|at| &seen["bookingRound"]["slots"][at]["bookedBy"]["givenName"]).collect();
    assert_eq!(names, ["Sara", "Omar"]);
}

async fn who_talks_apart_from_now_on_keeps_what_they_booked(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (child, sara, omar) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let starts = world.app.clock.now() + TimeDelta::days(3);
    let input = json!({ "student": child, "kind": "CLOSING", "mode": "PHONE", "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let both = act(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    assert_eq!(codes(&both), Vec::<&str>::new(), "{both}");

    let apart = json!({ "student": child, "apart": true });
    assert_eq!(codes(&act_as(world, omar, "talkChoiceSet", "", apart).await), Vec::<&str>::new());
    let seen = ask_as(world, omar, SLOTS, json!({ "id": round })).await;
    let hidden = json!({ "id": slots[0], "isAvailable": false, "bookedFor": null, "bookedBy": null });
    assert_eq!(seen["bookingRound"]["slots"][0], hidden);
    for (name, input) in
        [("slotRelease", json!({ "slot": slots[0] })), ("slotMove", json!({ "slot": slots[0], "to": slots[1] }))]
    {
        assert_eq!(refusals(&act_as(world, omar, name, "", input).await), ["CONFLICT slot"], "{name}");
    }
    let talk = json!({ "id": events(world, "slot.booked").await[0]["conversation"] });
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(ask_as(world, omar, node, talk.clone()).await["node"], Value::Null);
    assert_eq!(ask_as(world, sara, node, talk.clone()).await["node"], talk);
    // What nobody booked is the school's to plan anew.
    let statuses: Vec<_> = conversations(world, child).await.into_iter().map(|(.., status)| status).collect();
    assert_eq!(statuses, ["Cancelled", "Planned"]);
    assert_eq!(events(world, "conversation.cancelled").await, [both["conversation"].clone()]);
    // Each books for themselves from now on.
    assert_eq!(codes(&act_as(world, omar, "slotBook", "", book(&slots[1], child)).await), Vec::<&str>::new());
    let moved = act_as(world, sara, "slotMove", "", json!({ "slot": slots[0], "to": slots[2] })).await;
    assert_eq!(codes(&moved), Vec::<&str>::new());
}

async fn a_family_that_is_apart_by_a_right_is_parted_as_well(world: &World) {
    let (_, slots) = open(world, 2).await;
    let (child, sara, omar) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let since = Some(world.app.clock.now() - TimeDelta::minutes(1));
    assert_eq!(custody::take_leave(&world.app, since).await.unwrap(), 0, "they come together");
    let talk = json!({ "id": events(world, "slot.booked").await[0]["conversation"] });
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(ask_as(world, omar, node, talk.clone()).await["node"], talk);
    // Somebody with less than everything: the family may be separated, and has not said that it comes together.
    world.guardian("Bas", &[(child, GuardianAccess::OnRequest)]).await;
    assert_eq!(custody::take_leave(&world.app, since).await.unwrap(), 1);
    assert_eq!(ask_as(world, omar, node, talk.clone()).await["node"], Value::Null);
    assert_eq!(ask_as(world, sara, node, talk.clone()).await["node"], talk);
    let released = act_as(world, omar, "slotRelease", "", json!({ "slot": slots[0] })).await;
    assert_eq!(refusals(&released), ["CONFLICT slot"]);
    assert_eq!(codes(&act_as(world, omar, "slotBook", "", book(&slots[1], child)).await), Vec::<&str>::new());
    assert_eq!(custody::take_leave(&world.app, None).await.unwrap(), 0, "once");
}

async fn families_with_several_children_book_first(world: &World) {
    let mut input = round_of(world, world.ours.teacher.person, 0, 4);
    input["opensAt"] = json!(world.app.clock.now() + TimeDelta::hours(20));
    input["siblingsEarlyHours"] = json!(24);
    let (first, sara, _) = family(world).await;
    let second = world.child("Guus", 0).await;
    let elsewhere = world.child("Mila", 1).await;
    let siblings = world.guardian("Siham", &[(first, GuardianAccess::Full), (second, GuardianAccess::Full)]).await;
    let two_schools =
        world.guardian("Teun", &[(second, GuardianAccess::Full), (elsewhere, GuardianAccess::Full)]).await;
    let (round, slots) = opened(world, input).await;
    for who in [sara, two_schools] {
        let child = if who.person == sara.person { first } else { second };
        assert_eq!(refusals(&act_as(world, who, "slotBook", "", book(&slots[0], child)).await), ["CONFLICT slot"]);
    }
    let waits = async |who: Someone| {
        let seen = ask_as(world, who, "{ awaiting { node { ... on BookingRound { id } } } }", json!({})).await;
        seen.to_string().contains(&round)
    };
    assert!(waits(siblings).await && !waits(sara).await && !waits(two_schools).await, "it waits for who can book");
    assert_eq!(codes(&act_as(world, siblings, "slotBook", "", book(&slots[0], first)).await), Vec::<&str>::new());
    assert_eq!(codes(&act_as(world, siblings, "slotBook", "", book(&slots[1], second)).await), Vec::<&str>::new());
    let opens = "query($id: ID!) { bookingRound(id: $id) { opensAt viewerOpensAt } }";
    let seen = ask_as(world, siblings, opens, json!({ "id": round })).await;
    assert_ne!(seen["bookingRound"]["opensAt"], seen["bookingRound"]["viewerOpensAt"]);
}

async fn after_the_round_closed_only_staff_books(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    act(world, Who::Guardian, "slotBook", "", book(&slots[0], noor)).await;
    let soon = world.app.clock.now() + TimeDelta::seconds(5);
    let input = json!({ "id": round, "closesAt": soon, "ifVersion": 1, "slots": [
        { "teacher": world.ours.teacher.person, "times": [at(300)] }] });
    let seen = act(world, Who::Teacher, "bookingRoundUpdate", ROUND, input.clone()).await;
    assert_eq!(seen["bookingRound"]["slots"].as_array().map(Vec::len), Some(4), "{seen}");
    let stale = act(world, Who::Teacher, "bookingRoundUpdate", "bookingRound { version }", input).await;
    assert_eq!(
        (refusals(&stale), &stale["bookingRound"]["version"]),
        (vec!["CONFLICT ifVersion".to_owned()], &json!(2))
    );
    world.app.clock.turn(TimeDelta::seconds(6));

    let (child, sara, _) = family(world).await;
    assert_eq!(refusals(&act_as(world, sara, "slotBook", "", book(&slots[1], child)).await), ["EXPIRED slot"]);
    for (name, input) in
        [("slotRelease", json!({ "slot": slots[0] })), ("slotMove", json!({ "slot": slots[0], "to": slots[1] }))]
    {
        assert_eq!(codes(&act(world, Who::Guardian, name, "", input).await), ["EXPIRED"], "{name}");
    }
    let mut input = book(&slots[1], child);
    assert_eq!(refusals(&act(world, Who::Teacher, "slotBook", "", input.clone()).await), ["REQUIRED guardian"]);
    input["guardian"] = json!(ilse);
    assert_eq!(refusals(&act(world, Who::Teacher, "slotBook", "", input.clone()).await), ["NOT_FOUND guardian"]);
    input["guardian"] = json!(sara.person);
    assert_eq!(codes(&act(world, Who::Teacher, "slotBook", "", input).await), Vec::<&str>::new());
    assert_eq!(
        codes(&act(world, Who::Leader, "slotRelease", "", json!({ "slot": slots[0] })).await),
        Vec::<&str>::new()
    );
    assert_eq!(codes(&act(world, Who::Teacher, "bookingRoundRemind", "", json!({ "id": round })).await), ["EXPIRED"]);
}

async fn nobody_is_at_two_conversations_at_once(world: &World) {
    let (_, slots) = open(world, 2).await;
    // The guardian's other child goes to another school of the board, where another round is.
    let (child, sara, omar) = family(world).await;
    let sibling = world.child("Guus", 1).await;
    world.guardian_of_another(sara, sibling).await;
    let other = world.teacher("Jan", 1).await;
    let window = json!({ "startsAt": at(5), "endsAt": at(25) });
    let input = json!({
        "classGroups": [world.ours.groups[1]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [{ "teacher": other.person, "windows": [window] }],
    });
    let made = act_as(world, other, "bookingRoundOpen", ROUND, input).await;
    let there: Vec<_> =
        made["bookingRound"]["slots"].as_array().unwrap().iter().map(|slot| slot["id"].clone()).collect();
    assert_eq!(
        codes(&act_as(world, sara, "slotBook", "", book(there[0].as_str().unwrap(), sibling)).await),
        Vec::<&str>::new()
    );
    for (who, slot) in [(sara, &slots[0]), (omar, &slots[1])] {
        let clash = act_as(world, who, "slotBook", BOOK, book(slot, child)).await;
        // Sara is elsewhere from five past to a quarter past; where they come together, Omar cannot book that time either.
        assert_eq!(refusals(&clash), ["CONFLICT slot"]);
    }
    assert_eq!(conversations(world, child).await, []);
}

/// Ilse has Noor here and a son at a school of another board, under one login.
async fn a_guardian_at_two_boards_is_at_one_conversation_at_a_time(world: &World) {
    let (ilse, theirs) = (world.ours.guardians[0], &world.theirs);
    world
        .sow(theirs, async |sower| {
            sower.known_here("Ilse-elders", ilse.account, &[(theirs.students[0], GuardianAccess::Full)]).await
        })
        .await;
    // Both boards give a slot in 40 days.
    let there = book(&theirs.slots[0].to_string(), theirs.students[0]);
    assert_eq!(codes(&act_as(world, ilse, "slotBook", "", there).await), Vec::<&str>::new());
    let here = book(&world.ours.slots[0].to_string(), world.ours.students[0]);
    assert_eq!(refusals(&act_as(world, ilse, "slotBook", "", here).await), ["CONFLICT slot"]);
}

async fn a_teacher_who_is_family_is_not_booked_for_the_own_child(world: &World) {
    let (_, slots) = open(world, 1).await;
    let (child, sara, _) = family(world).await;
    // Anna, of the same group, has nothing of the child: what she was to it is enough.
    let anna = world.teacher("Anna", 0).await;
    let (_, hers) = opened(world, round_of(world, anna.person, 60, 2)).await;
    world.guardian_of_another(anna, child).await;
    lose(world, anna.person, child).await;
    assert_eq!(refusals(&act_as(world, sara, "slotBook", "", book(&hers[0], child)).await), ["INVALID slot"]);
    assert_eq!(codes(&act_as(world, sara, "slotBook", "", book(&slots[0], child)).await), Vec::<&str>::new());
    let more = json!({ "teacher": world.ours.teacher.person, "times": [at(200)] });
    let mut both = round_of(world, anna.person, 100, 1);
    both["slots"].as_array_mut().unwrap().push(more);
    let (_, slots) = opened(world, both).await;
    assert_eq!(codes(&act_as(world, sara, "slotBook", "", book(&slots[1], child)).await), Vec::<&str>::new());
    let onto = json!({ "slot": slots[1], "to": slots[0] });
    assert_eq!(refusals(&act_as(world, sara, "slotMove", "", onto).await), ["INVALID to"]);
}

async fn an_interpreter_takes_the_next_slot_as_well(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (child, sara, _) = family(world).await;
    let db = world.writing().await;
    let needs = person::Entity::update_many().col_expr(person::Column::InterpreterNeeded, Expr::value(true));
    needs.filter(person::Column::Id.eq(sara.person)).exec(&db).await.unwrap();
    world.written(db).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    assert_eq!(conversations(world, child).await, [(at(0), at(15), "Planned".to_owned())]);
    let seen = ask(world, Who::Guardian, SLOTS, json!({ "id": round })).await;
    let free: Vec<_> = (0..3).map(|at| &seen["bookingRound"]["slots"][at]["isAvailable"]).collect();
    assert_eq!(free, [&json!(false), &json!(false), &json!(true)]);
    let refused = act(world, Who::Guardian, "slotBook", BOOK, book(&slots[1], world.ours.students[0])).await;
    assert_eq!(
        (refusals(&refused), &refused["freeSlots"]),
        (vec!["CONFLICT slot".to_owned()], &json!([{ "id": slots[2] }]))
    );
}

async fn only_who_has_not_booked_is_reminded(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (child, sara, omar) = family(world).await;
    let id = json!({ "id": round });
    let fields = "remindedCount bookingRound { id }";
    act(world, Who::Guardian, "slotBook", "", book(&slots[0], world.ours.students[0])).await;
    let done = act(world, Who::Leader, "bookingRoundRemind", fields, id.clone()).await;
    assert_eq!(done["remindedCount"], 2);
    let mut expected = [sara.person, omar.person];
    expected.sort_unstable();
    let told = [json!({ "id": round, "guardians": expected })];
    assert_eq!(events(world, "booking_round.reminded").await, told);
    act_as(world, omar, "slotBook", "", book(&slots[1], child)).await;
    let done = act(world, Who::Leader, "bookingRoundRemind", fields, id.clone()).await;
    assert_eq!(done["remindedCount"], 0);
    assert_eq!(events(world, "booking_round.reminded").await, told, "nobody is left to remind");
    assert_eq!(codes(&act(world, Who::Guardian, "bookingRoundRemind", "", id).await), ["FORBIDDEN"]);
}

async fn a_cancelled_round_cancels_its_conversations(world: &World) {
    let (round, slots) = open(world, 2).await;
    let (child, sara, _) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let input = json!({ "id": round, "reason": "Griep", "clientMutationId": "weg" });
    for _ in 0..2 {
        let done = act(world, Who::Leader, "bookingRoundCancel", ROUND, input.clone()).await;
        assert_eq!(
            (&done["bookingRound"]["status"], &done["bookingRound"]["slots"]),
            (&json!("CANCELLED"), &json!([]))
        );
    }
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Cancelled".to_owned())]);
    assert_eq!(refusals(&act_as(world, sara, "slotBook", "", book(&slots[1], child)).await), ["NOT_FOUND slot"]);
    assert_eq!(events(world, "booking_round.cancelled").await.len(), 1);
    // The teacher can give the same times anew.
    open(world, 2).await;
}

async fn a_cancelled_round_leaves_what_has_begun(world: &World) {
    let now = world.app.clock.now();
    let mut input = round_of(world, world.ours.teacher.person, 0, 1);
    input["slots"][0]["times"] = json!([now + TimeDelta::minutes(1)]);
    input["closesAt"] = json!(now + TimeDelta::days(1));
    let (round, slots) = opened(world, input).await;
    let (child, sara, _) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    act(world, Who::Guardian, "slotBook", "", book(&slots[1], world.ours.students[0])).await;
    world.app.clock.turn(TimeDelta::minutes(2));
    let done = act(world, Who::Leader, "bookingRoundCancel", ROUND, json!({ "id": round })).await;
    let left = done["bookingRound"]["slots"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(slots[0])), "{done}");
    let statuses = [conversations(world, child).await, conversations(world, world.ours.students[0]).await];
    assert_eq!(statuses[0][0].2, "Planned", "it is to be recorded");
    assert!(statuses[1].iter().any(|talk| (talk.0, talk.2.as_str()) == (at(0), "Cancelled")), "{statuses:?}");
    let told = events(world, "booking_round.cancelled").await;
    assert_eq!(told[0]["conversations"], json!([events(world, "slot.booked").await[1]["conversation"]]));
}

async fn booking_twice_under_one_id_books_once(world: &World) {
    let (_, slots) = open(world, 2).await;
    let mut input = book(&slots[0], world.ours.students[0]);
    input["clientMutationId"] = json!("boek");
    for _ in 0..2 {
        let done = act(world, Who::Guardian, "slotBook", BOOK, input.clone()).await;
        assert_eq!((codes(&done), &done["slot"]["id"]), (Vec::new(), &json!(slots[0])));
    }
    assert_eq!((bookings(world).await, events(world, "slot.booked").await.len()), (1, 1));
}

async fn who_loses_a_child_loses_its_bookings(world: &World) {
    let (_, slots) = open(world, 3).await;
    let (child, sara, omar) = family(world).await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    act(world, Who::Guardian, "slotBook", "", book(&slots[1], world.ours.students[0])).await;
    let whose =
        "query($id: ID!) { node(id: $id) { ... on Slot { bookedFor { displayName } bookedBy { givenName } } } }";
    // They come together: the conversation stays Omar's.
    lose(world, sara.person, child).await;
    let seen = ask_as(world, omar, whose, json!({ "id": slots[0] })).await;
    assert_eq!(seen["node"], json!({ "bookedFor": { "displayName": "Fien" }, "bookedBy": { "givenName": "Omar" } }));
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Planned".to_owned())]);
    lose(world, omar.person, child).await;
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Cancelled".to_owned())]);
    lose(world, world.ours.guardians[0].person, world.ours.students[0]).await;
    assert_eq!(bookings(world).await, 0);
}

async fn children_of_others_and_of_other_boards_are_not_booked_for(world: &World) {
    let (_, slots) = open(world, 2).await;
    let (child, ..) = family(world).await;
    for student in [child, world.theirs.students[0], StudentId::new()] {
        assert_eq!(
            refusals(&act(world, Who::Guardian, "slotBook", "", book(&slots[0], student)).await),
            ["NOT_FOUND student"]
        );
    }
    let named = json!({ "slot": slots[0], "student": world.ours.students[0], "guardian": world.ours.distant.person });
    assert_eq!(refusals(&act(world, Who::Guardian, "slotBook", "", named).await), ["NOT_FOUND guardian"]);
    let foreign = book(&world.theirs.slots[0].to_string(), world.ours.students[0]);
    assert_eq!(refusals(&act(world, Who::Guardian, "slotBook", "", foreign).await), ["NOT_FOUND slot"]);
    // A teacher of another group gives slots to other children.
    let jan = world.teacher("Jan", 1).await;
    let lotte = world.ours.students[1];
    assert_eq!(refusals(&act_as(world, jan, "slotBook", "", book(&slots[0], lotte)).await), ["NOT_FOUND slot"]);
    // A guardian with access on request may not book.
    let grandpa = world.guardian("Opa", &[(child, GuardianAccess::OnRequest)]).await;
    assert_eq!(refusals(&act_as(world, grandpa, "slotBook", "", book(&slots[0], child)).await), ["NOT_FOUND slot"]);
}

async fn a_round_costs_the_same_however_many_slots_it_has(world: &World) {
    let (few, _) = open(world, 2).await;
    let (many, _) = opened(world, round_of(world, world.ours.teacher.person, 100, 30)).await;
    let asked = "query($id: ID!) { bookingRound(id: $id) { slots { isAvailable teacher { givenName } bookedFor {
        displayName } bookedBy { givenName } } unbookedStudents { displayName } classGroups { name } viewerOpensAt } }";
    for who in [Who::Teacher, Who::Guardian] {
        let one = crate::ask::statements(world, who, asked, json!({ "id": few })).await;
        assert_eq!(crate::ask::statements(world, who, asked, json!({ "id": many })).await, one);
    }
}

on_each_database!(
    a_teacher_opens_a_round_and_guardians_see_its_slots,
    every_problem_of_a_round_is_told_at_once,
    fifty_phones_race_for_one_slot,
    a_booking_is_moved_in_one_step_or_not_at_all,
    who_comes_is_asked_anew_when_a_booking_is_moved,
    the_time_of_what_was_booked_is_that_of_its_slot,
    a_child_has_one_booking_and_two_where_the_guardians_talk_apart,
    who_talks_apart_from_now_on_keeps_what_they_booked,
    a_family_that_is_apart_by_a_right_is_parted_as_well,
    families_with_several_children_book_first,
    after_the_round_closed_only_staff_books,
    nobody_is_at_two_conversations_at_once,
    a_guardian_at_two_boards_is_at_one_conversation_at_a_time,
    a_teacher_who_is_family_is_not_booked_for_the_own_child,
    an_interpreter_takes_the_next_slot_as_well,
    only_who_has_not_booked_is_reminded,
    a_cancelled_round_cancels_its_conversations,
    a_cancelled_round_leaves_what_has_begun,
    booking_twice_under_one_id_books_once,
    who_loses_a_child_loses_its_bookings,
    children_of_others_and_of_other_boards_are_not_booked_for,
    a_round_costs_the_same_however_many_slots_it_has,
);
