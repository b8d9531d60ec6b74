//! A round is opened, reminded of, closed and cancelled.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{BOOK, ROUND, another_group, at, book, conversations, events, open, opened, round_of};
use crate::ask::{act, act_as, ask, codes, refusals};

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

async fn after_the_round_closed_only_staff_books(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (noor, ilse) = (world.ours.students[0], world.ours.guardians[0].person);
    act(world, Who::Guardian, "slotBook", "", book(&slots[0], noor)).await;
    let soon = world.app.clock.now() + TimeDelta::minutes(5);
    let input = json!({ "id": round, "closesAt": soon, "ifVersion": 1, "slots": [
        { "teacher": world.ours.teacher.person, "times": [at(300)] }] });
    let seen = act(world, Who::Teacher, "bookingRoundUpdate", ROUND, input.clone()).await;
    assert_eq!(seen["bookingRound"]["slots"].as_array().map(Vec::len), Some(4), "{seen}");
    let stale = act(world, Who::Teacher, "bookingRoundUpdate", "bookingRound { version }", input).await;
    assert_eq!(
        (refusals(&stale), &stale["bookingRound"]["version"]),
        (vec!["CONFLICT ifVersion".to_owned()], &json!(2))
    );
    world.app.clock.turn(TimeDelta::minutes(6));

    let (child, sara, _) = world.family().await;
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

/// Tarik teaches one of the two groups.
async fn a_round_of_two_groups_is_changed_by_who_may_write_in_both(world: &World) {
    let (ours, now) = (&world.ours, world.app.clock.now());
    let other = another_group(world).await;
    let mut input = round_of(world, ours.teacher.person, 0, 1);
    input["classGroups"] = json!([ours.groups[0], other]);
    let (round, _) = opened(world, input).await;
    let closing_in = |days: i64| json!({ "id": round, "closesAt": now + TimeDelta::days(days) });
    let id = json!({ "id": round });
    for (name, input) in
        [("bookingRoundUpdate", closing_in(1)), ("bookingRoundRemind", id.clone()), ("bookingRoundCancel", id)]
    {
        assert_eq!(codes(&act(world, Who::Teacher, name, "", input).await), ["FORBIDDEN"], "{name}");
    }
    // It goes on for the group that is left.
    for (group, expected) in [(other, vec![]), (json!(ours.groups[0]), vec!["CONFLICT id"])] {
        let closed = act(world, Who::Leader, "classGroupArchive", "", json!({ "id": group })).await;
        assert_eq!(refusals(&closed), [""; 0]);
        assert_eq!(refusals(&act(world, Who::Leader, "bookingRoundUpdate", "", closing_in(2)).await), expected);
    }
}

async fn only_who_has_not_booked_is_reminded(world: &World) {
    let (round, slots) = open(world, 3).await;
    let (child, sara, omar) = world.family().await;
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

async fn nobody_of_a_closed_group_is_reminded(world: &World) {
    let (ours, other) = (&world.ours, another_group(world).await);
    let mut input = round_of(world, ours.teacher.person, 0, 1);
    input["classGroups"] = json!([ours.groups[0], other]);
    let (round, _) = opened(world, input).await;
    let id = json!({ "id": round });
    let remind = async || act(world, Who::Leader, "bookingRoundRemind", "remindedCount", id.clone()).await;
    let close = async |group: Value| {
        let closed = act(world, Who::Leader, "classGroupArchive", "", json!({ "id": group })).await;
        assert_eq!(refusals(&closed), [""; 0]);
    };
    assert_eq!(remind().await["remindedCount"], 2);
    close(other).await;
    assert_eq!(remind().await["remindedCount"], 1);
    let told = events(world, "booking_round.reminded").await;
    assert_eq!(told[1]["guardians"], json!([ours.guardians[0].person]), "Ilse, and not Bas");

    let asked = "query($id: ID!) { bookingRound(id: $id) { unbookedStudents { displayName } } }";
    let seen = ask(world, Who::Leader, asked, id.clone()).await;
    let expected = json!([{ "displayName": "Lotte" }, { "displayName": "Noor" }]);
    assert_eq!(seen["bookingRound"]["unbookedStudents"], expected, "what is closed is read as before");

    close(json!(ours.groups[0])).await;
    assert_eq!(refusals(&remind().await), ["CONFLICT id"]);
    assert_eq!(events(world, "booking_round.reminded").await, told);
}

async fn a_cancelled_round_cancels_its_conversations(world: &World) {
    let (round, slots) = open(world, 2).await;
    let (child, sara, _) = world.family().await;
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
    let (child, sara, _) = world.family().await;
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
    after_the_round_closed_only_staff_books,
    a_round_of_two_groups_is_changed_by_who_may_write_in_both,
    only_who_has_not_booked_is_reminded,
    nobody_of_a_closed_group_is_reminded,
    a_cancelled_round_cancels_its_conversations,
    a_cancelled_round_leaves_what_has_begun,
    a_round_costs_the_same_however_many_slots_it_has,
);
