//! What families and the staff around a child are reminded of.

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::notifications::reminders;
use glans_entity::notifications::Category;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{NOBODY, asks_tomorrow, day, morning, reminded, today, turn_to};
use crate::announcements::published;
use crate::bookings::another_group;
use crate::notifications::occasions::{done, in_days, notifications, tell, told};

async fn a_conversation_in_two_days(world: &World) {
    let (fien, sara, omar) = world.family().await;
    let starts = in_days(world, 5);
    let plan = |starts: DateTime<Utc>| {
        json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
            "endsAt": starts + TimeDelta::minutes(20) })
    };
    let fields = "conversation { id }";
    let made = done(world, world.ours.teacher, "conversationSchedule", fields, plan(starts)).await;
    let away = json!({ "id": made["conversation"]["id"], "answer": "DECLINED" });
    done(world, omar, "conversationRespond", "", away).await;
    let called_off = plan(starts + TimeDelta::hours(2));
    let made = done(world, world.ours.teacher, "conversationSchedule", fields, called_off).await;
    done(world, world.ours.teacher, "conversationCancel", "", json!({ "id": made["conversation"]["id"] })).await;
    turn_to(world, morning(day(starts) - Days::new(2)));
    assert_eq!(reminded(world, "conversation-soon").await, ["Sara", "Tarik*"]);
    let rows = notifications(world, "conversation-soon").await;
    assert_eq!(rows.iter().filter(|row| row.person_id == sara.person).count(), 1, "of the one that takes place");
}

async fn an_agreement_that_is_due(world: &World) {
    let due = today(world) + Days::new(4);
    let input = json!({
        "id": world.ours.partners[0].planned, "summary": "Het gaat goed.",
        "agreements": [{ "text": "Het boek is uit.", "dueOn": due }],
        "attendance": [{ "person": world.ours.guardians[0].person, "status": "PRESENT" }],
    });
    done(world, world.ours.teacher, "conversationRecord", "", input).await;
    turn_to(world, morning(due - Days::new(2)));
    assert_eq!(reminded(world, "agreement-due").await, NOBODY);
    turn_to(world, morning(due - Days::new(1)));
    assert_eq!(reminded(world, "agreement-due").await, ["Ilse", "Tarik*"], "and not Ruud");
}

async fn a_round_that_opens_and_closes(world: &World) {
    world.family().await;
    let (opens, closes) = (in_days(world, 1), in_days(world, 6));
    let starts = in_days(world, 8);
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "opensAt": opens, "closesAt": closes, "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person,
            "windows": [{ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) }] }],
    });
    let fields = "bookingRound { slots { id } }";
    let made = done(world, world.ours.leader, "bookingRoundOpen", fields, input).await;
    assert_eq!(told(world, "booking-opened").await, NOBODY, "it opens tomorrow");
    turn_to(world, opens + TimeDelta::minutes(5));
    assert_eq!(reminded(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    let slot = json!({ "slot": made["bookingRound"]["slots"][0]["id"], "student": world.ours.students[0] });
    done(world, world.ours.guardians[0], "slotBook", "", slot).await;
    turn_to(world, closes - TimeDelta::hours(47));
    assert_eq!(reminded(world, "booking-reminder").await, ["Omar", "Sara"], "Ilse has booked");
}

async fn a_round_that_closes_for_the_groups_that_are_left(world: &World) {
    let (ours, other) = (&world.ours, another_group(world).await);
    let (closes, starts) = (in_days(world, 6), in_days(world, 8));
    let input = json!({
        "classGroups": [ours.groups[0], other], "kind": "PROGRESS", "closesAt": closes, "slotMinutes": 10,
        "slots": [{ "teacher": ours.teacher.person, "times": [starts] }],
    });
    done(world, ours.leader, "bookingRoundOpen", "", input).await;
    done(world, ours.leader, "classGroupArchive", "", json!({ "id": other })).await;
    turn_to(world, closes - TimeDelta::hours(47));
    assert_eq!(reminded(world, "booking-reminder").await, ["Ilse"], "and not Bas");
}

async fn a_round_that_was_changed_since_it_opened_is_told_of_once(world: &World) {
    world.family().await;
    let (opens, starts) = (in_days(world, 1), in_days(world, 8));
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "opensAt": opens, "closesAt": in_days(world, 6),
        "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person,
            "windows": [{ "startsAt": starts, "endsAt": starts + TimeDelta::minutes(30) }] }],
    });
    let made = done(world, world.ours.leader, "bookingRoundOpen", "bookingRound { id }", input).await;
    turn_to(world, opens + TimeDelta::minutes(1));
    let later = json!({ "id": made["bookingRound"]["id"], "closesAt": in_days(world, 6) });
    done(world, world.ours.leader, "bookingRoundUpdate", "", later).await;
    assert_eq!(told(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(reminded(world, "booking-opened").await, ["Ilse", "Omar", "Sara"]);
    assert_eq!(notifications(world, "booking-opened").await.len(), 3, "once is enough");
}

async fn a_confirmation_that_is_missing(world: &World) {
    let (_, sara, _) = world.family().await;
    for (guardian, id) in world.ours.guardians.into_iter().zip(world.ours.announcements) {
        done(world, guardian, "announcementAcknowledge", "", json!({ "id": id })).await;
    }
    let more = |more: Value| {
        let mut all = json!({ "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let id = published(world, Who::Leader, "Studiedag", more(json!({}))).await;
    done(world, sara, "announcementAcknowledge", "", json!({ "id": id })).await;
    let gone = published(world, Who::Leader, "Vergissing", more(json!({}))).await;
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": gone })).await;
    tell(world).await;
    world.app.clock.turn(TimeDelta::hours(47));
    assert_eq!(reminded(world, "acknowledgement-missing").await, NOBODY);
    world.app.clock.turn(TimeDelta::hours(2));
    assert_eq!(reminded(world, "acknowledgement-missing").await, ["Ilse", "Omar"]);
    assert_eq!(notifications(world, "acknowledgement-missing").await.len(), 2, "of the one that stands");
    let term = json!({ "acknowledgeBy": in_days(world, 3) });
    published(world, Who::Leader, "Schoolreis", more(term)).await;
    world.app.clock.turn(TimeDelta::hours(49));
    reminders::round(&world.app).await.unwrap();
    assert_eq!(notifications(world, "acknowledgement-missing").await.len(), 5, "the day before the term");
    let urgent = json!({ "priority": "URGENT", "urgentReason": "Een gaslek." });
    published(world, Who::Leader, "De school is dicht", more(urgent)).await;
    world.app.clock.turn(TimeDelta::hours(49));
    reminders::round(&world.app).await.unwrap();
    let rows = notifications(world, "acknowledgement-missing").await;
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| row.category == Category::Confirmation && !row.urgent));
}

async fn a_survey_that_closes(world: &World) {
    let (_, sara, _) = world.family().await;
    let input = json!({
        "title": "Overblijven", "closesAt": in_days(world, 3), "audience": { "include": [world.ours.groups[0]] },
        "isAnonymous": true, "questions": [{ "kind": "SCALE", "text": "Hoe is het?", "isRequired": true }],
    });
    let fields = "survey { id questions { id } }";
    let made = done(world, world.ours.leader, "surveyCreate", fields, input).await;
    let id = made["survey"]["id"].clone();
    done(world, world.ours.leader, "surveyOpen", "", json!({ "id": id })).await;
    let answers = json!([{ "question": made["survey"]["questions"][0]["id"], "score": 4 }]);
    done(world, sara, "surveyRespond", "", json!({ "survey": id, "answers": answers })).await;
    world.app.clock.turn(TimeDelta::days(2) + TimeDelta::hours(1));
    assert_eq!(reminded(world, "survey-reminder").await, ["Ilse", "Omar"], "Sara has answered, nobody knows what");
}

async fn a_question_of_a_later_day(world: &World) {
    let tomorrow = asks_tomorrow(world).await;
    assert_eq!(told(world, "consent-asked").await, NOBODY);
    turn_to(world, morning(tomorrow));
    assert_eq!(reminded(world, "consent-asked").await, ["Ilse"]);
}

on_each_database!(
    a_conversation_in_two_days,
    an_agreement_that_is_due,
    a_round_that_opens_and_closes,
    a_round_that_closes_for_the_groups_that_are_left,
    a_round_that_was_changed_since_it_opened_is_told_of_once,
    a_confirmation_that_is_missing,
    a_survey_that_closes,
    a_question_of_a_later_day,
);
