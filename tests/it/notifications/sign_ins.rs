//! Whoever signs in with a login: its owner hears of it elsewhere.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::notifications::{Category, Channel, PushPlatform};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::occasions::{done, notifications, told};
use super::stage::{Stage, daytime, read};
use crate::ask::ask_as;
use crate::identity::{deeds, refresh, signed_in, signed_in_on};

const TARIK: &str = "tarik@example.org";
const NOBODY: [&str; 0] = [];

async fn a_sign_in_is_told_to_the_account_and_not_on_the_device_that_signed_in(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let tarik = world.ours.teacher;
    let pushed = json!({ "channels": [{ "category": "SECURITY", "channel": "PUSH", "enabled": true }] });
    done(world, tarik, "notificationPreferencesUpdate", "", pushed).await;
    stage.device(tarik, PushPlatform::Fcm, "ok-own").await;
    let (phone, _) = signed_in(world, Who::Teacher).await;
    let registered = phone.does("deviceRegister", "", json!({ "platform": "FCM", "token": "ok-new" })).await;
    assert_eq!(registered.refusals("deviceRegister"), NOBODY);
    stage.works().await;

    assert_eq!((stage.gateway.seen("ok-own").len(), stage.gateway.tries("ok-new")), (1, 0));
    let mut fates = stage.fates(tarik, Channel::Push).await;
    fates.sort();
    assert_eq!(fates, ["SENT", "SUPPRESSED OWN_SESSION"]);
    let posted = stage.office.posted_to(TARIK);
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    let (subject, text) = read(posted);
    assert_eq!(subject, "Er is ingelogd");
    assert!(text.contains("wachtwoord") && !text.contains("Telefoon"), "{text}");

    let rows = notifications(world, "signed-in").await;
    assert_eq!(rows.iter().map(|row| row.category).collect::<Vec<_>>(), [Category::Security]);
    let inbox = "{ notifications(first: 1) { nodes { body about { __typename ... on Session { deviceName } } } } }";
    let inbox = ask_as(world, tarik, inbox, Value::Null).await;
    let item = &inbox["notifications"]["nodes"][0];
    assert_eq!(item["about"], json!({ "__typename": "Session", "deviceName": "Telefoon" }));
    assert!(item["body"].as_str().unwrap().contains("“Telefoon”"), "{item}");
}

async fn neither_the_first_sign_in_nor_a_refresh_is_told(world: &World) {
    let db = world.writing().await;
    account::Entity::update_many()
        .col_expr(account::Column::FirstSignedInAt, Expr::val(None::<DateTime<Utc>>))
        .filter(account::Column::Id.eq(world.ours.teacher.account))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    let (_, token) = signed_in(world, Who::Teacher).await;
    refresh(world, &token).await.text_at("sessionRefresh.tokens.accessToken");
    assert_eq!(told(world, "signed-in").await, NOBODY);
    signed_in(world, Who::Teacher).await;
    assert_eq!(told(world, "signed-in").await, ["Tarik"]);
}

/// Whoever has the password may name the device as its owner does, or otherwise each time.
async fn of_many_sign_ins_three_are_told_in_ten_minutes_whatever_the_name(world: &World) {
    let signs_in = async |device: Option<&str>| {
        signed_in_on(world, Who::Teacher, device).await;
        assert_eq!(told(world, "signed-in").await, ["Tarik"]);
        notifications(world, "signed-in").await.len()
    };
    let created = async || deeds(world).await.into_iter().filter(|deed| deed == "session.created").count();
    let before = created().await;
    assert_eq!((signs_in(None).await, signs_in(None).await), (1, 2), "the second is never silent");
    assert_eq!((signs_in(Some("Telefoon")).await, signs_in(Some("Laptop")).await), (3, 3));
    world.app.clock.turn(TimeDelta::minutes(9));
    assert_eq!(signs_in(Some("Tablet")).await, 3);
    world.app.clock.turn(TimeDelta::minutes(1));
    assert_eq!(signs_in(Some("Telefoon")).await, 4, "by those that were told");
    assert_eq!(created().await - before, 6, "the audit log has all");
}

async fn of_sign_ins_that_are_told_late_three_are_told(world: &World) {
    for _ in 0..5 {
        signed_in(world, Who::Teacher).await;
    }
    world.app.clock.turn(TimeDelta::hours(1));
    assert_eq!(told(world, "signed-in").await, ["Tarik"]);
    assert_eq!(notifications(world, "signed-in").await.len(), 3);
}

on_each_database!(
    a_sign_in_is_told_to_the_account_and_not_on_the_device_that_signed_in,
    neither_the_first_sign_in_nor_a_refresh_is_told,
    of_many_sign_ins_three_are_told_in_ten_minutes_whatever_the_name,
    of_sign_ins_that_are_told_late_three_are_told,
);
