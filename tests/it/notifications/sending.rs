//! What is looked at when something is sent: what was read, withdrawn or switched off since it was told, whose right ended,
//! the time of day, and who has the phone in hand.

use chrono::{TimeDelta, Weekday};
use glans::notifications::deliveries::rules::lane;
use glans_entity::ids::{DeliveryId, NotificationId, PersonId, RosterImportId};
use glans_entity::notifications::{Category, Channel, DeliveryState, PushPlatform, delivery, notification};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship, membership};
use glans_entity::platform::outbox;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::occasions::{done, family, in_days, notifications};
use super::phone;
use super::stage::{Stage, daytime, ids, to_confirm, turn_to, turn_to_weekday, urgent};
use crate::announcements::published;
use crate::ask::ask_as;
use crate::threads::end_roles;

async fn what_was_read_in_the_app_is_not_pushed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    published(world, Who::Leader, "Studiedag", to_confirm(world)).await;
    stage.tells().await;
    let inbox = ask_as(world, sara, "{ notifications { nodes { id } } }", Value::Null).await;
    let read = json!({ "ids": [inbox["notifications"]["nodes"][0]["id"]] });
    done(world, sara, "notificationsRead", "", read).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED READ"]);

    // Nobody has told yet that she read it where it stands.
    let id = published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.tells().await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED READ"; 2]);
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.seen("ok-omar").len()), (0, 2));
}

/// Nobody told of anything for a while, and that it was read is told last.
async fn what_was_read_before_it_was_told_is_not_pushed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    let id = published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    world.app.clock.turn(TimeDelta::minutes(10));
    let db = world.writing().await;
    let reading = outbox::Entity::update_many().filter(outbox::Column::Kind.eq("announcement.read"));
    let later = Expr::value(world.app.clock.now() + TimeDelta::minutes(1));
    assert_eq!(reading.col_expr(outbox::Column::DueAt, later).exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    stage.works().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED READ"]);
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.seen("ok-omar").len()), (0, 1));
}

/// Who confirmed what it said before learns that it says something else.
async fn a_correction_is_pushed_to_those_who_had_confirmed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    let id = published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.works().await;
    done(world, sara, "announcementAcknowledge", "", json!({ "id": id })).await;
    stage.works().await;
    let other = json!({ "id": id, "note": "De dag was verkeerd.", "body": "Dinsdag." });
    done(world, world.ours.leader, "announcementCorrect", "", other).await;
    stage.works().await;
    stage.works().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"; 2]);
    assert_eq!((stage.gateway.seen("ok-sara").len(), stage.gateway.tries("ok-sara")), (2, 2));
    assert_eq!(stage.gateway.seen("ok-omar").len(), 1, "he has yet to open it");

    // Once she read what it says now, she has nothing to learn of it.
    let another = json!({ "id": id, "note": "Toch niet.", "body": "Woensdag." });
    done(world, world.ours.leader, "announcementCorrect", "", another).await;
    stage.tells().await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT", "SENT", "SUPPRESSED READ"]);
}

/// Her phone had no connection when she read it, and none yet when it was corrected.
async fn who_read_it_without_a_connection_learns_that_it_was_corrected(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    let ids = [
        published(world, Who::Leader, "Schoolreis", to_confirm(world)).await,
        published(world, Who::Leader, "Luizen", to_confirm(world)).await,
    ];
    stage.works().await;
    world.app.clock.turn(TimeDelta::minutes(10));
    let read_at = world.app.clock.now();
    world.app.clock.turn(TimeDelta::minutes(30));
    for id in &ids {
        let other = json!({ "id": id, "note": "De dag was verkeerd.", "body": "Dinsdag." });
        done(world, world.ours.leader, "announcementCorrect", "", other).await;
    }
    stage.works().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"; 2], "she has yet to open them, for all one knows");
    world.app.clock.turn(TimeDelta::minutes(30));
    done(world, sara, "announcementRead", "", json!({ "ids": ids, "readAt": read_at })).await;
    stage.works().await;
    let corrected = notifications(world, "announcement-corrected").await;
    let mut about: Vec<_> = corrected.iter().map(|row| (row.person_id, row.about_id)).collect();
    about.dedup();
    assert_eq!(about.len(), 2, "{corrected:?}");
    assert!(corrected.iter().all(|row| row.person_id == sara.person && row.read_at.is_none()), "{corrected:?}");
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"; 4]);
    done(world, sara, "announcementRead", "", json!({ "ids": ids })).await;
    done(world, omar, "announcementRead", "", json!({ "ids": ids })).await;
    stage.works().await;
    let corrected = notifications(world, "announcement-corrected").await;
    assert!(corrected.len() == 2 && corrected.iter().all(|row| row.read_at.is_some()), "{corrected:?}");
    assert_eq!(stage.gateway.seen("ok-omar").len(), 2, "he read what it says now");
}

/// Of what waits to be told it says that it happened a minute from now, as by the clock of another process.
async fn by_another_clock(world: &World) {
    let ahead = Expr::value(world.app.clock.now() + TimeDelta::minutes(1));
    let db = world.writing().await;
    let waiting = outbox::Entity::update_many()
        .filter(outbox::Column::Kind.eq("announcement.published"))
        .filter(outbox::Column::ToldAt.is_null());
    assert_eq!(waiting.col_expr(outbox::Column::At, ahead).exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

async fn what_a_clock_that_is_ahead_told_can_be_read_and_withdrawn(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.tells().await;
    let id = published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    by_another_clock(world).await;
    stage.tells().await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED READ"], "nobody told of the reading yet");
    stage.tells().await;
    let told = notifications(world, "announcement-published").await;
    assert!(told.iter().any(|row| row.person_id == sara.person && row.read_at.is_some()), "{told:?}");

    let id = published(world, Who::Leader, "Luizen", to_confirm(world)).await;
    by_another_clock(world).await;
    stage.tells().await;
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    stage.tells().await;
    let told = notifications(world, "announcement-published").await;
    let (last, now) = (told.last().unwrap(), world.app.clock.now());
    assert!(last.occurred_at > now && last.withdrawn_at.is_some(), "{last:?}");
}

async fn what_was_withdrawn_is_not_sent(world: &World) {
    let stage = Stage::set(world).await;
    let (_, sara, _) = family(world).await;
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
    let (fien, sara, _) = family(world).await;
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
    let (fien, sara, omar) = family(world).await;
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

/// Changes the guardianships of `guardian`.
async fn set(world: &World, guardian: PersonId, column: guardianship::Column, value: SimpleExpr) {
    let db = world.writing().await;
    let update = guardianship::Entity::update_many().filter(guardianship::Column::GuardianId.eq(guardian));
    assert_eq!(update.col_expr(column, value).exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

async fn whose_right_ended_is_sent_nothing(world: &World) {
    use guardianship::Column;
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, omar) = family(world).await;
    let (tarik, ilse) = (world.ours.teacher, world.ours.guardians[0]);
    let wim = world.guardian("Wim", &[(fien, GuardianAccess::Full)]).await;
    let all = [("sara", sara), ("omar", omar), ("wim", wim), ("tarik", tarik), ("ilse", ilse)];
    for (name, someone) in all {
        stage.device(someone, PushPlatform::Fcm, &format!("ok-{name}")).await;
    }
    let message = json!({ "student": fien, "subject": "Gymtas", "body": "Ligt die nog daar?" });
    done(world, sara, "threadStart", "", message).await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    let last_day = world.app.clock.now().date_naive() - TimeDelta::days(2);
    set(world, sara.person, Column::Access, Expr::value(GuardianAccess::None.to_value())).await;
    set(world, omar.person, Column::Status, Expr::value(GuardianshipStatus::Ended.to_value())).await;
    set(world, wim.person, Column::EndsOn, Expr::value(last_day)).await;
    end_roles(world, tarik.person).await;
    stage.sends().await;
    for (name, someone) in all.into_iter().filter(|(name, _)| *name != "ilse") {
        let pushes = stage.fates(someone, Channel::Push).await;
        assert!(!pushes.is_empty() && pushes.iter().all(|fate| fate == "SUPPRESSED NO_RIGHT"), "{name}: {pushes:?}");
        assert_eq!(stage.gateway.tries(&format!("ok-{name}")), 0, "{name}");
        assert_eq!(stage.office.posted_to(&format!("{name}@example.org")).len(), 0, "{name}");
    }
    for guardian in [sara, omar, wim] {
        assert_eq!(stage.fates(guardian, Channel::Email).await, ["SUPPRESSED NO_RIGHT"]);
    }
    assert_eq!((stage.gateway.seen("ok-ilse").len(), stage.office.posted().len()), (1, 1));
}

/// He teaches the second group from now on.
async fn goes_to_another_group(world: &World, teacher: PersonId) {
    use membership::Column;
    let db = world.writing().await;
    let roles = membership::Entity::update_many().filter(Column::PersonId.eq(teacher));
    let moved = roles.col_expr(Column::ScopeId, Expr::value(world.ours.groups[1].0)).exec(&db).await.unwrap();
    assert_eq!(moved.rows_affected, 1);
    world.written(db).await;
}

async fn who_does_not_teach_a_child_any_more_is_pushed_nothing_of_it(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = family(world).await;
    let (tarik, leader) = (world.ours.teacher, world.ours.leader);
    stage.device(tarik, PushPlatform::Fcm, "ok-tarik").await;
    stage.device(leader, PushPlatform::Fcm, "ok-leader").await;
    let message = json!({ "student": fien, "subject": "Gymtas", "body": "Ligt die nog daar?" });
    done(world, sara, "threadStart", "", message).await;
    done(world, sara, "concernRaise", "", json!({ "student": fien, "text": "Zij slaapt slecht." })).await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20), "staff": tarik.person });
    let plan = done(world, leader, "conversationSchedule", "conversation { id }", plan).await;
    stage.tells().await;
    assert_eq!(stage.fates(tarik, Channel::Push).await, ["QUEUED"; 3]);
    goes_to_another_group(world, tarik.person).await;
    stage.sends().await;
    assert_eq!(stage.fates(tarik, Channel::Push).await, ["SUPPRESSED NO_RIGHT"; 3]);
    assert_eq!((stage.gateway.tries("ok-tarik"), stage.gateway.seen("ok-leader").len()), (0, 1));
    let asked = "{ unreadNotifications notifications { totalCount } }";
    let seen = ask_as(world, tarik, asked, Value::Null).await;
    assert_eq!((&seen["unreadNotifications"], &seen["notifications"]["totalCount"]), (&json!(0), &json!(0)));

    // He need not come to the talk.
    done(world, leader, "conversationCancel", "", json!({ "id": plan["conversation"]["id"] })).await;
    stage.works().await;
    assert_eq!(stage.fates(tarik, Channel::Push).await.last().unwrap(), "SENT");
    assert_eq!(stage.gateway.seen("ok-tarik").len(), 1);
    assert_eq!(ask_as(world, tarik, asked, Value::Null).await["unreadNotifications"], 1);
}

/// A report, and a push of it.
async fn is_reported_to(world: &World, someone: Someone) {
    let (id, now) = (NotificationId::new(), world.app.clock.now());
    let report = notification::Model {
        id,
        board_id: world.ours.id,
        person_id: someone.person,
        source: format!("test.{}", id.0),
        text: "roster-imported".to_owned(),
        category: Category::Report,
        urgent: false,
        about_kind: Some(RosterImportId::PREFIX.to_owned()),
        about_id: Some(RosterImportId::new().0),
        figures: None,
        as_staff: true,
        happens_at: None,
        occurred_at: now,
        event_seq: None,
        bundled: false,
        created_at: now,
        read_at: None,
        withdrawn_at: None,
        digested_at: None,
    };
    let push = delivery::Model {
        id: DeliveryId::new(),
        board_id: Some(world.ours.id),
        notification_id: Some(id),
        digest_until: None,
        letter: None,
        secret: None,
        account_id: Some(someone.account),
        channel: Channel::Push,
        address_id: Uuid::now_v7(),
        lane: lane(Channel::Push, false),
        state: DeliveryState::Queued,
        attempts: 0,
        cut_off: 0,
        due_at: now,
        expires_at: now + TimeDelta::hours(1),
        over_at: None,
        lease: None,
        leased_until: None,
        finished_at: None,
        failure: None,
        created_at: now,
    };
    let db = world.writing().await;
    notification::Entity::insert(report.into_active_model()).exec_without_returning(&db).await.unwrap();
    delivery::Entity::insert(push.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// Whoever was an administrator may teach still.
async fn a_report_is_for_who_administers_the_board(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let told = [(world.ours.admin, 1), (world.ours.teacher, 0)];
    for (someone, _) in told {
        is_reported_to(world, someone).await;
    }
    stage.sends().await;
    for (someone, in_the_inbox) in told {
        let fates = stage.fates(someone, Channel::Push).await;
        assert_eq!(fates.last().unwrap() == "SUPPRESSED NO_RIGHT", in_the_inbox == 0, "{fates:?}");
        let seen = ask_as(world, someone, "{ notifications { nodes { category } } }", Value::Null).await;
        let reports = seen["notifications"]["nodes"].as_array().unwrap();
        assert_eq!(reports.iter().filter(|node| node["category"] == "REPORT").count(), in_the_inbox);
    }
}

async fn what_was_switched_off_meanwhile_is_not_pushed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, omar) = family(world).await;
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
    let (fien, sara, _) = family(world).await;
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

async fn who_has_the_phone_now_sees_nothing_of_who_had_it(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = family(world).await;
    let registered = json!({ "platform": "FCM", "token": "ok-shared" });
    let (of_sara, _) = phone(world, "sara", sara).await;
    of_sara.does("deviceRegister", "device { id }", registered.clone()).await.text_at("deviceRegister.device.id");
    published(world, Who::Leader, "Studiedag", to_confirm(world)).await;
    stage.tells().await;
    let (of_omar, _) = phone(world, "omar", omar).await;
    of_omar.does("deviceRegister", "device { id }", registered).await.text_at("deviceRegister.device.id");
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SUPPRESSED UNBOUND"]);
    assert_eq!(stage.gateway.tries("ok-shared"), 0);

    published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.works().await;
    let seen = stage.gateway.seen("ok-shared");
    let [push] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(ids(push)["account"], omar.account.to_string());

    published(world, Who::Leader, "Luizen", to_confirm(world)).await;
    stage.tells().await;
    of_omar.does("sessionRevoke", "deletedId", json!({})).await.text_at("sessionRevoke.deletedId");
    stage.sends().await;
    assert_eq!(stage.fates(omar, Channel::Push).await, ["SENT", "SUPPRESSED UNBOUND"]);
    assert_eq!(stage.gateway.tries("ok-shared"), 1);
}

on_each_database!(
    what_was_read_in_the_app_is_not_pushed,
    what_was_read_before_it_was_told_is_not_pushed,
    a_correction_is_pushed_to_those_who_had_confirmed,
    who_read_it_without_a_connection_learns_that_it_was_corrected,
    what_a_clock_that_is_ahead_told_can_be_read_and_withdrawn,
    what_was_withdrawn_is_not_sent,
    what_was_taken_back_meanwhile_is_not_sent,
    what_ended_meanwhile_is_not_sent,
    whose_right_ended_is_sent_nothing,
    who_does_not_teach_a_child_any_more_is_pushed_nothing_of_it,
    a_report_is_for_who_administers_the_board,
    what_was_switched_off_meanwhile_is_not_pushed,
    in_quiet_hours_only_what_is_urgent_makes_a_sound,
    what_comes_after_work_on_friday_is_pushed_to_staff_on_monday,
    who_has_the_phone_now_sees_nothing_of_who_had_it,
);
