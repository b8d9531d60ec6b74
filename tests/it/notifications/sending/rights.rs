//! Whose right ended is sent nothing, nor who gave the phone away.

use chrono::TimeDelta;
use glans::notifications::deliveries::rules::lane;
use glans_entity::ids::{NotificationId, PersonId, RosterImportId};
use glans_entity::notifications::{Category, Channel, PushPlatform, delivery, notification};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship, membership};
use glans_tests::seed::{Someone, notice, waiting};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::announcements::published;
use crate::ask::ask_as;
use crate::notifications::occasions::{done, in_days};
use crate::notifications::phone;
use crate::notifications::stage::{Stage, daytime, ids, to_confirm, urgent};
use crate::threads::end_roles;

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
    let (fien, sara, omar) = world.family().await;
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
    let (fien, sara, _) = world.family().await;
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
        source: format!("test.{}", id.0),
        text: "roster-imported".to_owned(),
        category: Category::Report,
        about_kind: Some(RosterImportId::PREFIX.to_owned()),
        about_id: Some(RosterImportId::new().0),
        ..notice(world.ours.id, someone.person, now)
    };
    let push = delivery::Model {
        board_id: Some(world.ours.id),
        notification_id: Some(id),
        account_id: Some(someone.account),
        lane: lane(Channel::Push, false),
        ..waiting(now)
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

async fn who_has_the_phone_now_sees_nothing_of_who_had_it(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
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
    whose_right_ended_is_sent_nothing,
    who_does_not_teach_a_child_any_more_is_pushed_nothing_of_it,
    a_report_is_for_who_administers_the_board,
    who_has_the_phone_now_sees_nothing_of_who_had_it,
);
