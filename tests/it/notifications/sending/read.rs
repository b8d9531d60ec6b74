//! What was read is not pushed, and what was corrected since is.

use chrono::TimeDelta;
use glans_entity::notifications::{Channel, PushPlatform};
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::announcements::published;
use crate::ask::ask_as;
use crate::notifications::occasions::{done, notifications};
use crate::notifications::stage::{Stage, daytime, to_confirm};

async fn what_was_read_in_the_app_is_not_pushed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
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
    let (_, sara, omar) = world.family().await;
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
    let (_, sara, omar) = world.family().await;
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
    let (_, sara, omar) = world.family().await;
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
    let (_, sara, _) = world.family().await;
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

on_each_database!(
    what_was_read_in_the_app_is_not_pushed,
    what_was_read_before_it_was_told_is_not_pushed,
    a_correction_is_pushed_to_those_who_had_confirmed,
    who_read_it_without_a_connection_learns_that_it_was_corrected,
    what_a_clock_that_is_ahead_told_can_be_read_and_withdrawn,
);
