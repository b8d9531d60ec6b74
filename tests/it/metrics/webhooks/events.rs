//! That something happened: each period is told once and none is left out, and what cannot be told waits.

use chrono::{NaiveDate, TimeDelta};
use glans::metrics::rollups;
use glans::metrics::webhooks::fan_out;
use glans::notifications::telling;
use glans::upkeep;
use glans_entity::metrics::webhook_endpoint;
use glans_entity::platform::outbox;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::stage::{Stage, fates};

/// The weeks of the first board that are told to be over.
async fn weeks(world: &World) -> Vec<NaiveDate> {
    rollups::round(&world.app).await.unwrap();
    let db = world.writing().await;
    let of_board = outbox::Entity::find().filter(outbox::Column::BoardId.eq(world.ours.id));
    let of_kind = of_board.filter(outbox::Column::Kind.eq("engagement.period_closed"));
    let told = of_kind.order_by_asc(outbox::Column::Seq).all(&db).await.unwrap();
    world.written(db).await;
    let weeks = told.iter().filter(|event| event.payload["span"] == "WEEK");
    weeks.map(|event| event.payload["startsOn"].as_str().unwrap().parse().unwrap()).collect()
}

async fn no_period_is_left_out(world: &World) {
    let [first] = weeks(world).await[..] else { panic!("the last one") };
    assert_eq!(weeks(world).await, [first], "once");
    world.app.clock.turn(TimeDelta::days(21));
    let expected = [0, 7, 14, 21].map(|days| first + TimeDelta::days(days));
    assert_eq!(weeks(world).await, expected, "nobody was there for three weeks");
}

async fn set_kinds(world: &World, kinds: Value) {
    let db = world.writing().await;
    webhook_endpoint::Entity::update_many()
        .col_expr(webhook_endpoint::Column::Kinds, Expr::value(kinds))
        .filter(webhook_endpoint::Column::Id.eq(world.ours.webhook_endpoint))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

async fn what_cannot_be_told_is_tried_again_later(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    // An endpoint of the same board that cannot be read.
    set_kinds(world, json!({})).await;
    stage.taught().await;
    assert_eq!(fan_out::round(&stage.app).await.unwrap(), 0);
    set_kinds(world, json!(["lesson.taught"])).await;
    assert_eq!(fan_out::round(&stage.app).await.unwrap(), 0, "not at once");
    stage.after(TimeDelta::seconds(3)).await;
    assert_eq!(fates(world, made.id).await, ["DELIVERED 1 200"]);
}

/// How many events of lessons are kept.
async fn kept(world: &World) -> u64 {
    let db = world.writing().await;
    let taught = outbox::Entity::find().filter(outbox::Column::Kind.eq("lesson.taught"));
    let kept = taught.count(&db).await.unwrap();
    world.written(db).await;
    kept
}

async fn what_was_not_told_yet_is_not_forgotten(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    stage.taught().await;
    while telling::round(&stage.app).await.unwrap() > 0 {}
    world.app.clock.turn(TimeDelta::days(15));
    upkeep::round(&stage.app).await.unwrap();
    assert_eq!(kept(world).await, 1);
    stage.works().await;
    assert_eq!(fates(world, made.id).await, ["DELIVERED 1 200"]);
    upkeep::round(&stage.app).await.unwrap();
    assert_eq!(kept(world).await, 0, "everybody was told");

    stage.taught().await;
    while telling::round(&stage.app).await.unwrap() > 0 {}
    world.app.clock.turn(TimeDelta::days(31));
    upkeep::round(&stage.app).await.unwrap();
    assert_eq!(kept(world).await, 0, "that is of no use any more");
}

on_each_database!(
    no_period_is_left_out,
    what_cannot_be_told_is_tried_again_later,
    what_was_not_told_yet_is_not_forgotten,
);
