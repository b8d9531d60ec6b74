//! What was withdrawn, cancelled or is over is not sent.

use chrono::TimeDelta;
use glans_entity::notifications::{Channel, PushPlatform};
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::announcements::published;
use crate::notifications::occasions::{done, in_days};
use crate::notifications::stage::{Stage, daytime, urgent};

async fn what_was_withdrawn_is_not_sent(world: &World) {
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    let id = published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    stage.works().await;
    for channel in [Channel::Push, Channel::Email] {
        assert_eq!(stage.fates(sara, channel).await, ["SUPPRESSED WITHDRAWN"]);
    }
    assert_eq!((stage.gateway.tries("ok-sara"), stage.office.posted().len()), (0, 0));
}

/// Nobody told of it yet.
async fn what_was_taken_back_meanwhile_is_not_sent(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    let id = published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20) });
    let made = done(world, world.ours.teacher, "conversationSchedule", "conversation { id }", plan).await;
    let event = json!({ "title": "Kijkavond", "startsAt": "2031-03-04T18:00:00Z", "endsAt": "2031-03-04T20:00:00Z",
        "audience": { "include": [world.ours.groups[0]] } });
    let event = done(world, world.ours.leader, "eventCreate", "event { id }", event).await;
    stage.tells().await;
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    done(world, world.ours.teacher, "conversationCancel", "", json!({ "id": made["conversation"]["id"] })).await;
    done(world, world.ours.leader, "eventCancel", "", json!({ "id": event["event"]["id"] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED WITHDRAWN"; 3]);
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED WITHDRAWN"; 2]);
    assert_eq!((stage.gateway.tries("ok-sara"), stage.office.posted().len()), (0, 0));

    // That it does not take place is sent.
    stage.works().await;
    let sent = stage.fates(sara, Channel::Push).await.into_iter().filter(|fate| fate == "SENT");
    assert_eq!((sent.count(), stage.gateway.seen("ok-sara").len()), (2, 2));
}

/// The same of what is asked, reported or planned for staff.
async fn what_ended_meanwhile_is_not_sent(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, omar) = world.family().await;
    let leader = world.ours.leader;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(leader, PushPlatform::Fcm, "ok-leader").await;
    let meeting = json!({ "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
        "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z" });
    let meeting = done(world, world.ours.trainer, "meetingPlan", "meeting { id }", meeting).await;
    let absence = json!({ "student": fien, "startsOn": "2031-03-04", "reason": "SICK" });
    let absence = done(world, omar, "absenceReport", "absenceNotice { id }", absence).await;
    let survey = json!({ "title": "Vragen", "closesAt": in_days(world, 7),
        "audience": { "include": [world.ours.groups[0]] },
        "questions": [{ "kind": "SCALE", "text": "Hoe gaat het?", "isRequired": true }] });
    let survey = done(world, leader, "surveyCreate", "survey { id }", survey).await;
    done(world, leader, "surveyOpen", "", json!({ "id": survey["survey"]["id"] })).await;
    let purpose = json!({ "school": world.ours.schools[0], "text": "Mag uw kind op de foto?" });
    let purpose = done(world, leader, "consentPurposeCreate", "consentPurpose { id }", purpose).await;
    stage.tells().await;
    let to_sara = stage.fates(sara, Channel::Push).await;
    assert_eq!((to_sara.len(), stage.fates(leader, Channel::Push).await.len()), (3, 1), "{to_sara:?}");
    done(world, world.ours.trainer, "meetingCancel", "", json!({ "id": meeting["meeting"]["id"] })).await;
    done(world, omar, "absenceWithdraw", "", json!({ "id": absence["absenceNotice"]["id"] })).await;
    done(world, leader, "surveyClose", "", json!({ "id": survey["survey"]["id"] })).await;
    done(world, leader, "consentPurposeArchive", "", json!({ "id": purpose["consentPurpose"]["id"] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED WITHDRAWN"; 3]);
    assert_eq!(stage.fates(leader, Channel::Push).await, ["SUPPRESSED WITHDRAWN"]);
    // That it does not take place is sent, and that the child comes after all.
    stage.works().await;
    assert_eq!((stage.gateway.seen("ok-sara").len(), stage.gateway.seen("ok-leader").len()), (1, 1));
}

on_each_database!(
    what_was_withdrawn_is_not_sent,
    what_was_taken_back_meanwhile_is_not_sent,
    what_ended_meanwhile_is_not_sent,
);
