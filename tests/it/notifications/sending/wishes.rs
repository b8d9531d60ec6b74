//! What somebody switched off is not pushed, and in quiet hours only what is urgent.

use chrono::{TimeDelta, Weekday};
use glans_entity::notifications::{Channel, PushPlatform};
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::announcements::published;
use crate::notifications::occasions::{done, in_days};
use crate::notifications::stage::{Stage, daytime, ids, to_confirm, turn_to, turn_to_weekday, urgent};

async fn what_was_switched_off_meanwhile_is_not_pushed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, omar) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    let message = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", message).await;
    stage.tells().await;
    let off = json!({ "channels": [{ "category": "MESSAGE", "channel": "PUSH", "enabled": false }] });
    done(world, sara, "notificationPreferencesUpdate", "", off).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED NOT_WANTED"]);
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.seen("ok-omar").len()), (0, 1));
}

async fn in_quiet_hours_only_what_is_urgent_makes_a_sound(world: &World) {
    turn_to_weekday(world, Weekday::Tue, 23, 0);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    published(world, Who::Leader, "Studiedag", to_confirm(world)).await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20) });
    done(world, world.ours.teacher, "conversationSchedule", "", plan).await;
    stage.works().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["QUEUED QUIET_HOURS"; 2]);
    assert_eq!(stage.office.posted_to("sara@example.org").len(), 1, "an e-mail makes no sound");
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.works().await;
    let seen = stage.gateway.seen("ok-sara");
    assert_eq!(seen.iter().map(|push| ids(push)["category"].clone()).collect::<Vec<_>>(), ["ALERT"]);
    assert_eq!(stage.office.posted_to("sara@example.org").len(), 2);

    turn_to(world, 6, 58);
    stage.sends().await;
    assert_eq!(stage.gateway.tries("ok-sara"), 1);
    let morning = turn_to(world, 7, 0);
    let held = stage.deliveries(sara, Channel::Push).await.into_iter().take(2);
    assert!(held.clone().all(|row| row.due_at == morning && row.attempts == 0), "{held:?}");
    stage.sends().await;
    assert_eq!(stage.gateway.seen("ok-sara").len(), 3);
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"; 3]);
}

/// What comes on Friday evening waits for Monday morning, and is not given up on Saturday.
async fn what_comes_after_work_on_friday_is_pushed_to_staff_on_monday(world: &World) {
    turn_to_weekday(world, Weekday::Fri, 18, 30);
    let stage = Stage::set(world).await;
    let (ilse, tarik) = (world.ours.guardians[0], world.ours.teacher);
    stage.device(tarik, PushPlatform::Fcm, "ok-tarik").await;
    let input = json!({ "student": world.ours.students[0], "text": "Zij slaapt slecht." });
    done(world, ilse, "concernRaise", "", input).await;
    stage.works().await;
    assert_eq!(stage.fates(tarik, Channel::Push).await, ["QUEUED QUIET_HOURS"]);
    let row = stage.deliveries(tarik, Channel::Push).await.remove(0);
    assert_eq!(row.expires_at - row.created_at, TimeDelta::hours(88));
    stage.passes(2, TimeDelta::days(1)).await;
    turn_to(world, 7, 28);
    stage.sends().await;
    assert_eq!(stage.fates(tarik, Channel::Push).await, ["QUEUED QUIET_HOURS"]);
    turn_to(world, 7, 30);
    stage.sends().await;
    stage.sends().await;
    assert_eq!((stage.gateway.seen("ok-tarik").len(), stage.gateway.tries("ok-tarik")), (1, 1));
    assert_eq!(stage.fates(tarik, Channel::Push).await, ["SENT"]);
}

on_each_database!(
    what_was_switched_off_meanwhile_is_not_pushed,
    in_quiet_hours_only_what_is_urgent_makes_a_sound,
    what_comes_after_work_on_friday_is_pushed_to_staff_on_monday,
);
