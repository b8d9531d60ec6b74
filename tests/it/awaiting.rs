//! What waits for an answer, as a parent answers it.

use chrono::TimeDelta;
use glans_entity::people::{GuardianAccess, enrolment};
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::announcements::published;
use crate::ask::{act, act_as, ask, ask_as, codes};

const AWAITING: &str = "query($student: ID) { awaiting(student: $student) { kind dueAt students { displayName }
    node { id } } }";

async fn waits(world: &World, someone: Someone) -> Vec<String> {
    let seen = ask_as(world, someone, AWAITING, json!({})).await;
    let line = |item: &Value| {
        assert!(item["node"]["id"].is_string(), "{item}");
        let names = item["students"].as_array().unwrap().iter().map(|child| child["displayName"].as_str().unwrap());
        format!("{} {}", item["kind"].as_str().unwrap(), names.collect::<Vec<_>>().join(" "))
    };
    seen["awaiting"].as_array().unwrap().iter().map(line).collect()
}

/// Does it, and gives the payload.
async fn done(world: &World, who: Who, name: &str, fields: &str, input: Value) -> Value {
    let done = act(world, who, name, fields, input).await;
    assert_eq!(codes(&done), Vec::<&str>::new(), "{name}: {done}");
    done
}

async fn all_that_is_asked_stands_in_one_list_until_it_is_answered(world: &World) {
    let [fien, bram] = [world.child("Fien", 0).await, world.child("Bram", 0).await];
    let both = [(fien, GuardianAccess::Full), (bram, GuardianAccess::Full)];
    let sara = world.guardian("Sara", &both).await;
    assert_eq!(waits(world, sara).await, ["CONSENT Bram Fien"], "the seed asks for one");
    let day = |days: i64| world.app.clock.now() + TimeDelta::days(days);
    let group = json!({ "include": [world.ours.groups[0]] });

    let more = json!({ "audience": group, "requiresAcknowledgement": true, "acknowledgeBy": day(1) });
    let announcement = published(world, Who::Leader, "Studiedag", more).await;
    let input =
        json!({ "title": "Kijkavond", "startsAt": day(8), "endsAt": day(9), "audience": group, "respondBy": day(2) });
    let event = done(world, Who::Leader, "eventCreate", "event { id }", input).await;
    let input = json!({ "title": "Overblijven", "closesAt": day(3), "audience": group,
        "questions": [{ "kind": "SCALE", "text": "Hoe is het?" }] });
    let survey = done(world, Who::Leader, "surveyCreate", "survey { id questions { id } }", input).await;
    done(world, Who::Leader, "surveyOpen", "", json!({ "id": survey["survey"]["id"] })).await;
    let slots = json!([{ "teacher": world.ours.teacher.person, "windows": [{ "startsAt": day(20), "endsAt": day(20) + TimeDelta::hours(1) }] }]);
    let input = json!({ "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": day(4), "slotMinutes": 10, "slots": slots });
    let round = done(world, Who::Leader, "bookingRoundOpen", "bookingRound { slots { id } }", input).await;
    let input = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": day(5), "endsAt": day(5) + TimeDelta::minutes(20) });
    let talk = done(world, Who::Teacher, "conversationSchedule", "conversation { id }", input).await;
    let asked = json!({ "id": bram });
    let document = "query($id: ID!) { student(id: $id) { partnership { id } } }";
    let line = ask(world, Who::Teacher, document, asked).await["student"]["partnership"]["id"].take();
    let input = json!({ "partnership": line, "text": "Elke dag lezen." });
    let goal = done(world, Who::Teacher, "goalPropose", "goal { id }", input).await;
    assert_eq!(
        waits(world, sara).await,
        [
            "ACKNOWLEDGEMENT Bram Fien",
            "RSVP Bram Fien",
            "SURVEY Bram Fien",
            "BOOKING Bram Fien",
            "INVITATION Fien",
            "CONSENT Bram Fien",
            "GOAL Bram",
        ]
    );
    let of_bram = ask_as(world, sara, AWAITING, json!({ "student": bram })).await;
    assert_eq!(of_bram["awaiting"].as_array().unwrap().len(), 6);

    let answers = json!([{ "question": survey["survey"]["questions"][0]["id"], "score": 4 }]);
    for (name, input) in [
        ("announcementAcknowledge", json!({ "id": announcement })),
        ("eventRespond", json!({ "event": event["event"]["id"], "answer": "MAYBE" })),
        ("surveyRespond", json!({ "survey": survey["survey"]["id"], "answers": answers })),
        ("slotBook", json!({ "slot": round["bookingRound"]["slots"][0]["id"], "student": fien })),
        ("conversationRespond", json!({ "id": talk["conversation"]["id"], "answer": "ACCEPTED" })),
        ("goalAgree", json!({ "id": goal["goal"]["id"] })),
        ("consentGive", json!({ "purpose": world.ours.purposes[0], "student": bram, "answer": "REFUSED" })),
    ] {
        let answered = act_as(world, sara, name, "", input).await;
        assert_eq!(codes(&answered), Vec::<&str>::new(), "{name}: {answered}");
    }
    assert_eq!(waits(world, sara).await, ["BOOKING Bram", "CONSENT Fien"]);
}

async fn an_agreement_waits_from_its_release_on(world: &World) {
    let [ilse, _] = world.ours.guardians;
    let input = json!({
        "id": world.ours.partners[0].planned, "summary": "Het gaat goed.", "agreements": [{ "text": "Elke dag lezen." }],
        "attendance": [{ "person": ilse.person, "status": "PRESENT" }],
    });
    done(world, Who::Teacher, "conversationRecord", "", input).await;
    let before = waits(world, ilse).await;
    world.app.clock.turn(TimeDelta::hours(25));
    let after = waits(world, ilse).await;
    let agreements = |lines: &[String]| lines.iter().filter(|line| line.starts_with("AGREEMENT")).count();
    assert_eq!(agreements(&after), agreements(&before) + 1, "{before:?} {after:?}");
}

async fn what_nobody_may_answer_any_more_waits_for_nobody(world: &World) {
    let fien = world.child("Fien", 0).await;
    let sara = world.guardian("Sara", &[(fien, GuardianAccess::Full)]).await;
    let grandpa = world.guardian("Opa", &[(fien, GuardianAccess::OnRequest)]).await;
    let day = |days: i64| world.app.clock.now() + TimeDelta::days(days);
    let more = json!({ "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true, "acknowledgeBy": day(1) });
    let announcement = published(world, Who::Leader, "Studiedag", more).await;
    assert_eq!(waits(world, sara).await, ["ACKNOWLEDGEMENT Fien", "CONSENT Fien"]);
    assert_eq!(waits(world, grandpa).await, Vec::<String>::new());
    assert_eq!(waits(world, world.ours.distant).await, Vec::<String>::new());
    done(world, Who::Leader, "announcementWithdraw", "", json!({ "id": announcement })).await;
    assert_eq!(waits(world, sara).await, ["CONSENT Fien"]);
    let asked = world.execute(&world.standing_of(sara).await, "{ awaiting(first: 0) { kind } }", json!({})).await;
    assert_eq!(asked.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

async fn a_round_waits_for_those_who_can_book_in_it(world: &World) {
    let [fien, bram] = [world.child("Fien", 0).await, world.child("Bram", 0).await];
    let both = [(fien, GuardianAccess::Full), (bram, GuardianAccess::Full)];
    let [sara, omar] = [world.guardian("Sara", &both).await, world.guardian("Omar", &both).await];
    let document = "query($id: ID!) { student(id: $id) { partnership { id } } }";
    let mut seen = ask(world, Who::Teacher, document, json!({ "id": fien })).await;
    let input = json!({ "id": seen["student"]["partnership"]["id"].take(), "needsIntake": true });
    done(world, Who::Leader, "partnershipUpdate", "", input).await;
    let day = |days: i64| world.app.clock.now() + TimeDelta::days(days);
    let mut slots = Vec::new();
    for (kind, closes, held) in [("INTAKE", 4, 20), ("PROGRESS", 5, 21)] {
        let window = json!({ "startsAt": day(held), "endsAt": day(held) + TimeDelta::minutes(30) });
        let input = json!({
            "classGroups": [world.ours.groups[0]], "kind": kind, "closesAt": day(closes), "slotMinutes": 10,
            "slots": [{ "teacher": world.ours.teacher.person, "windows": [window] }],
        });
        let round = done(world, Who::Leader, "bookingRoundOpen", "bookingRound { slots { id } }", input).await;
        slots.push(round["bookingRound"]["slots"].clone());
    }
    let rounds = async || {
        let lines = waits(world, sara).await.into_iter();
        lines.filter(|line| line.starts_with("BOOKING")).collect::<Vec<_>>()
    };
    // Only Fien is new at the school.
    assert_eq!(rounds().await, ["BOOKING Fien", "BOOKING Bram Fien"]);
    let db = world.writing().await;
    let yesterday = glans::call::today(world.app.clock.now()) - chrono::Days::new(1);
    let left = enrolment::Entity::update_many()
        .col_expr(enrolment::Column::EndsOn, Expr::val(yesterday))
        .filter(enrolment::Column::StudentId.eq(bram));
    assert_eq!(left.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    assert_eq!(rounds().await, ["BOOKING Fien", "BOOKING Fien"], "Bram is in no group of the round any more");
    let booked = json!({ "slot": slots[1][0]["id"], "student": fien });
    assert_eq!(codes(&act_as(world, omar, "slotBook", "", booked).await), Vec::<&str>::new());
    assert_eq!(rounds().await, ["BOOKING Fien"], "they come together");
    let apart = json!({ "student": fien, "apart": true });
    assert_eq!(codes(&act_as(world, omar, "talkChoiceSet", "", apart).await), Vec::<&str>::new());
    assert_eq!(rounds().await, ["BOOKING Fien", "BOOKING Fien"], "what Omar booked is his");
    let own = json!({ "slot": slots[1][1]["id"], "student": fien });
    assert_eq!(codes(&act_as(world, sara, "slotBook", "", own).await), Vec::<&str>::new());
    assert_eq!(rounds().await, ["BOOKING Fien"]);
}

async fn the_list_takes_as_many_statements_for_many_children_as_for_one(world: &World) {
    let mut families = Vec::new();
    for children in [1, 4] {
        let mut all = Vec::new();
        for number in 0..children {
            all.push((world.child(&format!("Kind{number} van {children}"), 0).await, GuardianAccess::Full));
        }
        families.push((children, world.guardian(&format!("Ouder{children}"), &all).await));
    }
    // Something to book as well.
    let day = |days: i64| world.app.clock.now() + TimeDelta::days(days);
    let window = json!({ "startsAt": day(9), "endsAt": day(9) + TimeDelta::hours(1) });
    let input = json!({
        "classGroups": [world.ours.groups[0]], "kind": "PROGRESS", "closesAt": day(5), "slotMinutes": 10,
        "slots": [{ "teacher": world.ours.teacher.person, "windows": [window] }],
    });
    done(world, Who::Leader, "bookingRoundOpen", "", input).await;
    let mut counts = Vec::new();
    for (children, guardian) in families {
        assert_eq!(
            waits(world, guardian).await.iter().filter(|line| line.starts_with("BOOKING")).count(),
            1,
            "{children}"
        );
        let standing = world.standing_of(guardian).await;
        counts.push(world.execute(&standing, "{ awaiting { kind dueAt askedAt } }", json!({})).await.statements);
    }
    assert_eq!(counts[0], counts[1]);
}

on_each_database!(
    all_that_is_asked_stands_in_one_list_until_it_is_answered,
    an_agreement_waits_from_its_release_on,
    what_nobody_may_answer_any_more_waits_for_nobody,
    a_round_waits_for_those_who_can_book_in_it,
    the_list_takes_as_many_statements_for_many_children_as_for_one,
);
