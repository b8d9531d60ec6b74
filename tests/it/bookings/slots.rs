//! A slot is booked once, moved and given back.

use std::time::Duration;

use glans_entity::people::{GuardianAccess, person};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{BOOK, SLOTS, at, book, bookings, conversations, events, open, opened, round_of};
use crate::ask::{act, act_as, ask, codes, refusals};

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
    let (child, sara, omar) = world.family().await;
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
    let (child, sara, omar) = world.family().await;
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
    let (child, sara, _) = world.family().await;
    act_as(world, sara, "slotBook", "", book(&slots[0], child)).await;
    let id = events(world, "slot.booked").await[0]["conversation"].clone();
    let later = json!({ "id": id, "startsAt": at(300) });
    assert_eq!(refusals(&act(world, Who::Teacher, "conversationUpdate", "", later).await), ["CONFLICT startsAt"]);
    let by_phone = json!({ "id": id, "mode": "PHONE", "startsAt": at(0) });
    assert_eq!(codes(&act(world, Who::Teacher, "conversationUpdate", "", by_phone).await), Vec::<&str>::new());
    assert_eq!(conversations(world, child).await, [(at(0), at(10), "Planned".to_owned())]);
}

async fn an_interpreter_takes_the_next_slot_as_well(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (child, sara, _) = world.family().await;
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

on_each_database!(
    fifty_phones_race_for_one_slot,
    a_booking_is_moved_in_one_step_or_not_at_all,
    who_comes_is_asked_anew_when_a_booking_is_moved,
    the_time_of_what_was_booked_is_that_of_its_slot,
    an_interpreter_takes_the_next_slot_as_well,
    booking_twice_under_one_id_books_once,
);
