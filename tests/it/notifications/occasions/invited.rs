//! Who is invited to an event, or asked in a survey or for consent.

use glans_entity::people::GuardianAccess;
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{NOBODY, done, has_read, in_days, standing, told};

async fn an_event_is_told_to_those_who_may_come(world: &World) {
    let (_, sara, _) = world.family().await;
    let input = json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "capacity": 1, "audience": { "include": [world.ours.groups[0]] } });
    let made = done(world, world.ours.leader, "eventCreate", "event { id }", input).await;
    let id = made["event"]["id"].clone();
    assert_eq!(told(world, "event-invited").await, ["Ilse", "Omar", "Sara"]);
    done(world, sara, "eventRespond", "", json!({ "event": id, "answer": "NO" })).await;
    assert!(has_read(world, "event-invited", sara.person).await);
    done(world, world.ours.leader, "eventUpdate", "", json!({ "id": id, "location": "Aula" })).await;
    assert_eq!(told(world, "event-changed").await, ["Ilse", "Omar"], "Sara stays away");
    assert_eq!(standing(world, "event-invited").await, ["Sara"], "she had read it");
    // Two want the one place; the second has it once the first stays away.
    let ilse = world.ours.guardians[0];
    let bram = world.child("Bram", 0).await;
    let wim = world.guardian("Wim", &[(bram, GuardianAccess::Full)]).await;
    let first = json!({ "title": "Lezing", "startsAt": "2031-03-05T18:00:00Z", "endsAt": "2031-03-05T20:00:00Z",
        "capacity": 1, "audience": { "include": [world.ours.groups[0]] } });
    let lecture = done(world, world.ours.leader, "eventCreate", "event { id }", first).await["event"]["id"].clone();
    for (someone, answer) in [(ilse, "YES"), (wim, "YES"), (ilse, "NO")] {
        done(world, someone, "eventRespond", "", json!({ "event": lecture, "answer": answer })).await;
    }
    assert_eq!(told(world, "event-moved-up").await, ["Wim"]);

    done(world, world.ours.leader, "eventCancel", "", json!({ "id": id })).await;
    assert_eq!(told(world, "event-cancelled").await, ["Ilse", "Omar"]);
    assert_eq!(standing(world, "event-changed").await, NOBODY);
}

async fn what_people_are_asked_is_told_until_it_is_over(world: &World) {
    let (fien, sara, _) = world.family().await;
    let input = json!({
        "title": "Overblijven", "closesAt": in_days(world, 7), "audience": { "include": [world.ours.groups[0]] },
        "questions": [{ "kind": "SCALE", "text": "Hoe is het?", "isRequired": true }],
    });
    let made = done(world, world.ours.leader, "surveyCreate", "survey { id }", input).await;
    let survey = json!({ "id": made["survey"]["id"] });
    assert_eq!(told(world, "survey-opened").await, NOBODY, "a draft");
    done(world, world.ours.leader, "surveyOpen", "", survey.clone()).await;
    assert_eq!(told(world, "survey-opened").await, ["Ilse", "Omar", "Sara"]);
    done(world, world.ours.leader, "surveyClose", "", survey).await;
    assert_eq!(told(world, "survey-opened").await, NOBODY);

    let input = json!({ "school": world.ours.schools[0], "text": "Mag uw kind op de foto?" });
    let made = done(world, world.ours.leader, "consentPurposeCreate", "consentPurpose { id }", input).await;
    let purpose = made["consentPurpose"]["id"].clone();
    assert_eq!(told(world, "consent-asked").await, ["Ilse", "Omar", "Sara"]);
    let answer = json!({ "purpose": purpose, "student": fien, "answer": "GRANTED" });
    done(world, sara, "consentGive", "", answer).await;
    assert!(has_read(world, "consent-asked", sara.person).await);
    done(world, world.ours.leader, "consentPurposeArchive", "", json!({ "id": purpose })).await;
    assert_eq!(told(world, "consent-asked").await, ["Sara"]);
}

on_each_database!(an_event_is_told_to_those_who_may_come, what_people_are_asked_is_told_until_it_is_over);
