//! What nobody may book: two conversations at once, or for children of others.

use glans_entity::ids::StudentId;
use glans_entity::people::GuardianAccess;
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{BOOK, ROUND, at, book, conversations, open, opened, round_of};
use crate::ask::{act, act_as, codes, refusals};
use crate::custody::lose;

async fn nobody_is_at_two_conversations_at_once(world: &World) {
    let (_, slots) = open(world, 2).await;
    // The guardian's other child goes to another school of the board, where another round is.
    let (child, sara, omar) = world.family().await;
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
    let (child, sara, _) = world.family().await;
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

async fn children_of_others_and_of_other_boards_are_not_booked_for(world: &World) {
    let (_, slots) = open(world, 2).await;
    let (child, ..) = world.family().await;
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

on_each_database!(
    nobody_is_at_two_conversations_at_once,
    a_guardian_at_two_boards_is_at_one_conversation_at_a_time,
    a_teacher_who_is_family_is_not_booked_for_the_own_child,
    children_of_others_and_of_other_boards_are_not_booked_for,
);
