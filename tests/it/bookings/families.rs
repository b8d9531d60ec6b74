//! Guardians who talk apart, families with several children, and who loses a child.

use chrono::TimeDelta;
use glans::engagement::custody;
use glans_entity::engagement::talk_choice;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{SLOTS, at, book, bookings, conversations, events, open, opened, round_of};
use crate::ask::{act, act_as, ask, ask_as, codes, refusals};
use crate::custody::lose;

async fn a_child_has_one_booking_and_two_where_the_guardians_talk_apart(world: &World) {
    let (round, slots) = open(world, 4).await;
    let (child, sara, omar) = world.family().await;
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
    let (child, sara, omar) = world.family().await;
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
    let (child, sara, omar) = world.family().await;
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
    let (first, sara, _) = world.family().await;
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

async fn who_loses_a_child_loses_its_bookings(world: &World) {
    let (_, slots) = open(world, 3).await;
    let (child, sara, omar) = world.family().await;
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

on_each_database!(
    a_child_has_one_booking_and_two_where_the_guardians_talk_apart,
    who_talks_apart_from_now_on_keeps_what_they_booked,
    a_family_that_is_apart_by_a_right_is_parted_as_well,
    families_with_several_children_book_first,
    who_loses_a_child_loses_its_bookings,
);
