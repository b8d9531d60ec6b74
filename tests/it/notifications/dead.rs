//! What was given up: who sees it, and who tries it again.

use std::process::Output;

use chrono::TimeDelta;
use glans::notifications::dead::replay_all;
use glans_entity::ids::{AccountId, DeliveryId};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::occasions::{done, in_days};
use super::stage::{Stage, daytime, nothing_is_dead, urgent};
use crate::announcements::published;
use crate::ask::{act_as, ask_as, refusals};
use crate::cli;

const REPLAY: &str = "deadDeliveriesReplay";
const DEAD: &str = "query($board: ID!) { deadDeliveries(board: $board) {
    totalCount nodes { id channel attempts failure createdAt givenUpAt } } }";

/// The deliveries of the first board that were given up, as the login sees them.
async fn dead(world: &World, account: impl Into<AccountId>) -> Vec<Value> {
    let mut seen = ask_as(world, account, DEAD, json!({ "board": world.ours.id })).await;
    let nodes: Vec<Value> = serde_json::from_value(seen["deadDeliveries"]["nodes"].take()).unwrap();
    assert_eq!(seen["deadDeliveries"]["totalCount"], nodes.len());
    nodes
}

async fn what_cannot_be_sent_for_a_day_is_listed_for_the_administrator_who_tries_it_again(world: &World) {
    nothing_is_dead(world).await;
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    let names = ["ok-phone", "ok-tablet", "ok-laptop"];
    for (name, platform) in names.into_iter().zip([PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush]) {
        stage.device(sara, platform, name).await;
    }
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.gateway.die().await;
    stage.works().await;
    stage.passes(23, TimeDelta::hours(1)).await;
    assert_eq!(dead(world, world.ours.admin).await.len(), 0, "it is of use for a day");
    stage.passes(2, TimeDelta::hours(1)).await;
    let rows = stage.deliveries(sara, Channel::Push).await;
    assert!(rows.iter().all(|row| row.state == DeliveryState::Dead), "{rows:?}");

    let listed = dead(world, world.ours.admin).await;
    assert_eq!(listed.len(), 3);
    for item in &listed {
        assert_eq!(item["channel"], "PUSH");
        assert!(item["failure"].is_string() && item["givenUpAt"].is_string(), "{item}");
    }
    let others = [world.ours.director, world.ours.leader, world.ours.teacher, world.ours.trainer, sara];
    for other in others.into_iter().chain([world.theirs.admin]) {
        assert!(dead(world, other).await.is_empty());
        let refused = act_as(world, other, REPLAY, "replayed { count }", json!({ "ids": [listed[0]["id"]] })).await;
        assert_eq!((refusals(&refused), &refused["replayed"]), (vec!["NOT_FOUND ids.0".to_owned()], &Value::Null));
    }
    let wrong = json!({ "ids": [listed[0]["id"], DeliveryId::new(), world.ours.id] });
    let refused = act_as(world, world.ours.admin, REPLAY, "", wrong).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND ids.1", "NOT_FOUND ids.2"], "all or nothing");
    let refused = act_as(world, world.ours.admin, REPLAY, "", json!({ "ids": [] })).await;
    assert_eq!(refusals(&refused), ["INVALID ids"]);
    assert_eq!(dead(world, world.ours.admin).await.len(), 3);

    stage.gateway.revive().await;
    let ids: Vec<_> = listed.iter().map(|item| item["id"].clone()).collect();
    let replayed = done(world, world.ours.admin, REPLAY, "replayed { count }", json!({ "ids": ids })).await;
    assert_eq!(replayed["replayed"]["count"], 3);
    assert_eq!(dead(world, world.ours.admin).await.len(), 0);
    stage.sends_anew().await;
    for name in names {
        assert_eq!(stage.gateway.seen(name).len(), 1, "{name}");
    }
    let again = act_as(world, world.ours.admin, REPLAY, "", json!({ "ids": [ids[0]] })).await;
    assert_eq!(refusals(&again), ["NOT_FOUND ids.0"], "what was sent is not sent again");
    assert_eq!(stage.gateway.faults(), [""; 0]);
}

/// What `glans ARGUMENTS` says over the database of the world.
async fn said(world: &World, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = cli::glans(folder.path(), arguments);
    command
        .env("GLANS_DATABASE_URL", &world.app.config.database_url)
        .env("GLANS_SECRET_KEY", world.app.config.secret_key.as_deref().expect("a key"));
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn the_program_lists_it_and_tries_it_again(world: &World) {
    nothing_is_dead(world).await;
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-phone").await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    let nothing = said(world, &["outbox", "dead"]).await;
    assert!(nothing.contains("0 events and 0 deliveries were given up"), "{nothing}");
    let db = world.writing().await;
    let given_up = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::Dead))
        .col_expr(delivery::Column::FinishedAt, Expr::value(world.app.clock.now()))
        .col_expr(delivery::Column::Failure, Expr::value("GATEWAY_DOWN"))
        .filter(delivery::Column::AccountId.eq(sara.account))
        .filter(delivery::Column::Channel.eq(Channel::Push));
    assert_eq!(given_up.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;

    let row = stage.deliveries(sara, Channel::Push).await.remove(0);
    let listed = said(world, &["outbox", "dead"]).await;
    assert!(listed.contains(&format!("{}\tPush\t0 tries\tGATEWAY_DOWN", row.id)), "{listed}");
    assert!(listed.contains("0 events and 1 deliveries were given up"), "{listed}");
    let replayed = said(world, &["outbox", "replay"]).await;
    assert!(replayed.contains("0 events and 1 deliveries are tried again"), "{replayed}");
    stage.sends().await;
    assert_eq!(stage.gateway.seen("ok-phone").len(), 1);
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"]);
}

async fn what_is_over_is_not_sent_when_it_is_tried_again(world: &World) {
    daytime(world);
    nothing_is_dead(world).await;
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    stage.device(sara, PushPlatform::Fcm, "ok-phone").await;
    let starts = in_days(world, 1);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "startsAt": starts,
        "endsAt": starts + TimeDelta::minutes(20) });
    done(world, world.ours.teacher, "conversationSchedule", "", plan).await;
    let anonymous = world.actor(Who::Anonymous).await;
    anonymous.does("passwordResetRequest", "", json!({ "email": "sara@example.org" })).await;
    stage.tells().await;
    let db = world.writing().await;
    let given_up = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::Dead))
        .col_expr(delivery::Column::FinishedAt, Expr::value(world.app.clock.now()))
        .filter(delivery::Column::State.eq(DeliveryState::Queued));
    given_up.exec(&db).await.unwrap();
    world.written(db).await;
    // While it is to come it is of use.
    let (pushes, mails) = (Channel::Push, Channel::Email);
    replay_all(&world.app).await.unwrap();
    let ends = starts + TimeDelta::minutes(20);
    let rows = [stage.deliveries(sara, pushes).await, stage.deliveries(sara, mails).await].concat();
    assert!(rows.len() == 3 && rows.iter().all(|row| row.expires_at <= ends), "{rows:?}");

    world.app.clock.turn(TimeDelta::days(2));
    replay_all(&world.app).await.unwrap();
    stage.sends().await;
    assert_eq!(stage.fates(sara, pushes).await, ["DEAD TIME_TO_LIVE"]);
    assert_eq!(stage.fates(sara, mails).await, ["DEAD TIME_TO_LIVE"; 2]);
    // And once more, as somebody may who does not know of that.
    replay_all(&world.app).await.unwrap();
    stage.sends_anew().await;
    assert_eq!(stage.fates(sara, mails).await, ["DEAD TIME_TO_LIVE"; 2]);
    assert_eq!((stage.gateway.tries("ok-phone"), stage.office.posted().len()), (0, 0));
}

on_each_database!(
    what_cannot_be_sent_for_a_day_is_listed_for_the_administrator_who_tries_it_again,
    the_program_lists_it_and_tries_it_again,
    what_is_over_is_not_sent_when_it_is_tried_again,
);
