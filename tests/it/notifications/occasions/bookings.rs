//! Who is told of booking rounds and of what is booked in them.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{World, on_each_database};
use serde_json::{Value, json};

use super::{NOBODY, done, has_read, notifications, standing, told};
use crate::bookings::another_group;

/// A round of the first group in March 2031, and its slots.
async fn round(world: &World) -> (Value, Vec<Value>) {
    round_of(world, json!([world.ours.groups[0]])).await
}

async fn round_of(world: &World, groups: Value) -> (Value, Vec<Value>) {
    let at = |minutes: i64| "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes);
    let input = json!({
        "classGroups": groups, "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [{ "startsAt": at(0), "endsAt": at(30) }] }],
    });
    let fields = "bookingRound { id slots { id } }";
    let mut made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    let slots = made["bookingRound"]["slots"].as_array().unwrap().iter().map(|slot| slot["id"].clone()).collect();
    (made["bookingRound"]["id"].take(), slots)
}

async fn a_round_is_told_and_what_is_booked_in_it(world: &World) {
    let (fien, sara, _) = world.family().await;
    let (id, slots) = round(world).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    done(world, sara, "slotBook", "", json!({ "slot": slots[0], "student": fien })).await;
    assert_eq!(told(world, "conversation-booked").await, ["Tarik*"]);
    assert_eq!(standing(world, "conversation-planned").await, ["Omar"], "who comes along");
    assert!(has_read(world, "booking-opened", sara.person).await);

    done(world, world.ours.leader, "bookingRoundRemind", "", json!({ "id": id })).await;
    assert_eq!(told(world, "booking-reminder").await, ["Ilse"]);
    done(world, sara, "slotMove", "", json!({ "slot": slots[0], "to": slots[1] })).await;
    assert_eq!(told(world, "conversation-moved").await, ["Omar", "Tarik*"]);
    done(world, sara, "slotRelease", "", json!({ "slot": slots[1] })).await;
    assert_eq!(told(world, "conversation-cancelled").await, ["Omar", "Tarik*"]);
    assert_eq!(standing(world, "conversation-moved").await, NOBODY);
    let before = notifications(world, "conversation-cancelled").await.len();

    done(world, sara, "slotBook", "", json!({ "slot": slots[2], "student": fien })).await;
    done(world, world.ours.leader, "bookingRoundCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "conversation-cancelled").await, ["Omar", "Sara", "Tarik*"]);
    assert_eq!(notifications(world, "conversation-cancelled").await.len(), before + 3);
}

async fn who_gives_a_slot_no_more_is_not_told_of_the_new_time(world: &World) {
    let (fien, sara, _) = world.family().await;
    let jan = world.teacher("Jan", 0).await;
    let at = |minutes: i64| "2031-03-04T16:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes);
    let gives = |teacher: Someone, from: i64| {
        let window = json!({ "startsAt": at(from), "endsAt": at(from + 10) });
        json!({ "teacher": teacher.person, "windows": [window] })
    };
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": at(-600), "slotMinutes": 10,
        "slots": [gives(world.ours.teacher, 0), gives(jan, 60)],
    });
    let fields = "bookingRound { slots { id teacher { id } } }";
    let made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    let slots = made["bookingRound"]["slots"].as_array().unwrap();
    let of = |teacher: Someone| {
        let own = |slot: &&Value| slot["teacher"]["id"] == json!(teacher.person);
        slots.iter().find(own).unwrap()["id"].clone()
    };
    done(world, sara, "slotBook", "", json!({ "slot": of(world.ours.teacher), "student": fien })).await;
    done(world, sara, "slotMove", "", json!({ "slot": of(world.ours.teacher), "to": of(jan) })).await;
    assert_eq!(told(world, "conversation-moved").await, ["Jan*", "Omar"]);
    assert_eq!(standing(world, "conversation-cancelled").await, ["Tarik*"]);
    let row = &notifications(world, "conversation-cancelled").await[0];
    assert_eq!((row.about_kind.as_deref(), row.happens_at), (Some("round"), None));
}

async fn who_comes_to_a_group_later_hears_of_its_round(world: &World) {
    let (id, _) = round(world).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse"]);
    world.family().await;
    done(world, world.ours.leader, "bookingRoundUpdate", "", json!({ "id": id })).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(notifications(world, "booking-opened").await.len(), 3, "Ilse was told already");
}

async fn who_comes_to_a_group_that_is_closed_does_not(world: &World) {
    let (ours, leader) = (&world.ours, world.ours.leader);
    let input = json!({ "school": ours.schools[0], "schoolYear": ours.school_year, "name": "3b", "grades": ["3"] });
    let made = done(world, leader, "classGroupCreate", "classGroup { id }", input).await;
    let closed = &made["classGroup"]["id"];
    let fien = world.child("Fien", 0).await;
    done(world, leader, "enrolmentSet", "", json!({ "student": fien, "classGroups": [closed] })).await;
    let (id, _) = round_of(world, json!([ours.groups[0], closed])).await;
    done(world, leader, "classGroupArchive", "", json!({ "id": closed })).await;
    world.guardian("Sara", &[(fien, GuardianAccess::Full)]).await;
    done(world, leader, "bookingRoundUpdate", "", json!({ "id": id })).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse"]);
}

async fn who_is_in_a_group_that_was_closed_since_is_not_reminded(world: &World) {
    let (leader, other) = (world.ours.leader, another_group(world).await);
    let (id, _) = round_of(world, json!([world.ours.groups[0], other])).await;
    done(world, leader, "bookingRoundRemind", "", json!({ "id": id })).await;
    done(world, leader, "classGroupArchive", "", json!({ "id": other })).await;
    assert_eq!(told(world, "booking-reminder").await, ["Ilse"], "and not Bas");
}

on_each_database!(
    a_round_is_told_and_what_is_booked_in_it,
    who_gives_a_slot_no_more_is_not_told_of_the_new_time,
    who_comes_to_a_group_later_hears_of_its_round,
    who_comes_to_a_group_that_is_closed_does_not,
    who_is_in_a_group_that_was_closed_since_is_not_reminded,
);
