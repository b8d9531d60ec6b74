//! What becomes of an endpoint, and of deliveries to it, when something is wrong: with it, with its client, or with us.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use glans::metrics::webhooks::deliveries::LEASE;
use glans::metrics::webhooks::fan_out;
use glans::platform::dispatch::Dispatch;
use glans_entity::metrics::{WebhookState, webhook_delivery};
use glans_entity::organisation::board;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::stage::{Stage, deliveries, fates, leads_to};
use crate::ask::{act, ask, refusals};

async fn a_new_address_begins_with_a_clean_slate(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("internal-1").await;
    stage.taught().await;
    stage.works().await;
    let shown = "webhookEndpoint { failingSince }";
    let same = json!({ "id": made.id, "description": "Dashboard" });
    let same = act(world, Who::Admin, "webhookEndpointUpdate", shown, same).await;
    assert!(same["webhookEndpoint"]["failingSince"].is_string(), "{same}");
    let elsewhere = json!({ "id": made.id, "url": "https://elsewhere.example.org/" });
    let elsewhere = act(world, Who::Admin, "webhookEndpointUpdate", shown, elsewhere).await;
    assert_eq!(elsewhere["webhookEndpoint"], json!({ "failingSince": null }));
}

async fn an_address_that_is_left_takes_the_new_one_not_along(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("unregistered-1").await;
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    let (board, lease) = (world.ours.id, Uuid::now_v7());
    let batch = stage.sender.claim(board, lease).await.unwrap();
    let done = stage.sender.carry(board, batch).await.unwrap();
    // It answered, and that is not written yet.
    assert_eq!(stage.gateway.hooked("unregistered-1").len(), 1);
    leads_to(world, made.id, &stage.gateway.hook("ok-1")).await;
    stage.sender.settle(board, &done, lease).await.unwrap();
    assert_eq!(fates(world, made.id).await, ["QUEUED 1 410"]);
    stage.after(TimeDelta::seconds(7)).await;
    assert_eq!(fates(world, made.id).await, ["DELIVERED 2 200"]);
}

async fn a_process_with_another_key_uses_up_no_more_than_its_tries(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    let stranger = Stage::with_key(world, Some(BASE64_STANDARD.encode([9_u8; 32]))).await;
    stage.taught().await;
    stranger.works().await;
    let [row] = &deliveries(world, made.id).await[..] else { panic!("one") };
    assert_eq!((&row["state"], &row["attempts"]), (&json!("QUEUED"), &json!(1)));
    assert_eq!(row["failure"], "something went wrong on our side");
    stage.after(TimeDelta::seconds(7)).await;
    assert_eq!(fates(world, made.id).await, ["DELIVERED 2 200"]);

    stage.taught().await;
    stranger.works().await;
    stranger.every_try().await;
    assert_eq!(fates(world, made.id).await[1], "FAILED 10 -");
    let asked = "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { isEnabled failingSince } } }";
    let seen = ask(world, Who::Admin, asked, json!({ "id": made.id })).await;
    assert_eq!(seen["node"], json!({ "isEnabled": true, "failingSince": null }), "it is not to blame");
}

async fn who_is_killed_in_the_last_try_leaves_no_other(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    let db = world.writing().await;
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::State, Expr::value(WebhookState::Sending.to_value()))
        .col_expr(webhook_delivery::Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(webhook_delivery::Column::LeasedUntil, Expr::value(world.app.clock.now() + LEASE))
        .col_expr(webhook_delivery::Column::Attempts, Expr::value(10))
        .filter(webhook_delivery::Column::EndpointId.eq(made.id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    stage.after(LEASE + TimeDelta::seconds(1)).await;
    assert_eq!(fates(world, made.id).await, ["FAILED 10 -"]);
    assert_eq!(deliveries(world, made.id).await[0]["failure"], "the server stopped in the middle of the last try");
}

/// Claims what is due to the first board, and has ten seconds of the lease left when it is to be sent.
async fn comes_too_late(stage: &Stage<'_>) {
    let (board, lease) = (stage.world.ours.id, Uuid::now_v7());
    let batch = stage.sender.claim(board, lease).await.unwrap();
    assert_eq!(batch.len(), 1);
    stage.world.app.clock.turn(LEASE - TimeDelta::seconds(10));
    let done = stage.sender.carry(board, batch).await.unwrap();
    stage.sender.settle(board, &done, lease).await.unwrap();
}

async fn what_was_claimed_too_late_to_be_tried_was_not_tried(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("internal-1").await;
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    comes_too_late(&stage).await;
    assert_eq!(fates(world, made.id).await, ["QUEUED 0 -"]);
    assert_eq!(deliveries(world, made.id).await[0]["attemptedAt"], json!(null));
    assert_eq!(stage.gateway.hooked("internal-1").len(), 0);

    stage.works().await;
    let tried = deliveries(world, made.id).await[0]["attemptedAt"].clone();
    assert!(tried.is_string(), "{tried}");
    world.app.clock.turn(TimeDelta::seconds(7));
    comes_too_late(&stage).await;
    assert_eq!(fates(world, made.id).await, ["QUEUED 1 500"]);
    assert_eq!(deliveries(world, made.id).await[0]["attemptedAt"], tried, "when it was answered with 500");
}

async fn who_is_told_nothing_any_more_reads_why(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    act(world, Who::Admin, "apiClientRevoke", "", json!({ "id": world.ours.client })).await;
    stage.works().await;
    let [stopped] = &deliveries(world, made.id).await[..] else { panic!("one") };
    assert_eq!((&stopped["state"], &stopped["failure"]), (&json!("FAILED"), &json!("the API client was revoked")));
    for (deed, id) in [("webhookEndpointTest", json!(made.id)), ("webhookDeliveryReplay", stopped["id"].clone())] {
        let refused = act(world, Who::Admin, deed, "", json!({ "id": id })).await;
        assert_eq!(refusals(&refused), ["CONFLICT id"], "{deed}");
    }
}

async fn of_an_archived_board_nothing_is_sent(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    let db = world.writing().await;
    board::Entity::update_many()
        .col_expr(board::Column::ArchivedAt, Expr::value(world.app.clock.now()))
        .filter(board::Column::Id.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    stage.works().await;
    assert_eq!(stage.gateway.hooked("ok-1").len(), 0);
    let db = world.writing().await;
    let own = webhook_delivery::Column::EndpointId.eq(made.id);
    let row = webhook_delivery::Entity::find().filter(own).one(&db).await.unwrap().unwrap();
    world.written(db).await;
    assert_eq!((row.state, row.failure.as_deref()), (WebhookState::Failed, Some("the board was archived")));
}

on_each_database!(
    a_new_address_begins_with_a_clean_slate,
    a_process_with_another_key_uses_up_no_more_than_its_tries,
    an_address_that_is_left_takes_the_new_one_not_along,
    of_an_archived_board_nothing_is_sent,
    what_was_claimed_too_late_to_be_tried_was_not_tried,
    who_is_killed_in_the_last_try_leaves_no_other,
    who_is_told_nothing_any_more_reads_why,
);
