//! Whoever signs in with a login: its owner hears of it elsewhere.

use chrono::{DateTime, Utc};
use glans_entity::identity::account;
use glans_entity::notifications::{Category, Channel, PushPlatform};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::occasions::{done, notifications, told};
use super::stage::{Stage, daytime, read};
use crate::ask::ask_as;
use crate::identity::{refresh, signed_in};

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

on_each_database!(
    a_sign_in_is_told_to_the_account_and_not_on_the_device_that_signed_in,
    neither_the_first_sign_in_nor_a_refresh_is_told,
);
