//! How long files are kept, and how many there may be.

use chrono::TimeDelta;
use glans::metrics::exports;
use glans::upkeep;
use glans_entity::metrics::{ExportState, export};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{blocks, fetched, made, row, sow, start, started, state, wanted};

async fn after_a_week_it_goes(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = made(world, &leader, wanted(world.ours.schools[0])).await;
    assert_eq!(upkeep::round(&world.app).await.unwrap().exports, 0);
    assert_eq!(blocks(world, &id).await, 1);
    world.app.clock.turn(TimeDelta::days(7));
    let leader = world.actor(Who::Leader).await;
    assert_eq!(fetched(&leader, &id).await.status.as_u16(), 404);
    assert_eq!(state(&leader, &id).await, Value::Null);
    assert_eq!(upkeep::round(&world.app).await.unwrap().exports, 1);
    assert_eq!((row(world, &id).await, blocks(world, &id).await), (None, 0));
}

async fn the_oldest_files_go_for_a_new_one(world: &World) {
    sow(world).await;
    let (leader, school) = (world.actor(Who::Leader).await, world.ours.schools[0]);
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(made(world, &leader, wanted(school)).await);
    }
    assert_eq!(blocks(world, &ids[0]).await, 1, "ten are kept");
    started(&leader, wanted(school)).await;
    assert_eq!(fetched(&leader, &ids[0]).await.status.as_u16(), 404);
    assert_eq!(state(&leader, &ids[0]).await, Value::Null);
    assert_eq!(blocks(world, &ids[0]).await, 1, "whoever asks for a file does not wait until another is removed");
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!((row(world, &ids[0]).await, blocks(world, &ids[0]).await), (None, 0), "gone once the next one is made");
    assert_eq!(fetched(&leader, &ids[1]).await.status.as_u16(), 200);

    // Files of somebody else that are as large as a board may have.
    let admin = world.actor(Who::Admin).await;
    for _ in 0..5 {
        made(world, &admin, wanted(world.ours.id)).await;
    }
    let db = world.writing().await;
    export::Entity::update_many()
        .col_expr(export::Column::ByteLength, Expr::value(i32::MAX))
        .filter(export::Column::AccountId.eq(world.ours.admin.account))
        .filter(export::Column::State.eq(ExportState::Ready))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(start(&leader, wanted(school)).await.refusals("exportStart"), ["LIMIT_REACHED"]);
    assert_eq!(fetched(&leader, &ids[1]).await.status.as_u16(), 200, "what was refused took nothing away");
    let other = world.actor_in(&world.theirs, Who::Admin).await;
    started(&other, wanted(world.theirs.id)).await;
    started(&admin, wanted(world.ours.id)).await;
    started(&leader, wanted(school)).await;
}

async fn five_are_made_at_a_time(world: &World) {
    let admin = world.actor(Who::Admin).await;
    for _ in 0..5 {
        started(&admin, wanted(world.ours.id)).await;
    }
    let leader = world.actor(Who::Leader).await;
    let refused = start(&leader, wanted(world.ours.schools[0])).await;
    assert_eq!(refused.refusals("exportStart"), ["LIMIT_REACHED"]);
    let other = world.actor_in(&world.theirs, Who::Admin).await;
    started(&other, wanted(world.theirs.id)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 6);
    started(&leader, wanted(world.ours.schools[0])).await;
}

on_each_database!(after_a_week_it_goes, five_are_made_at_a_time, the_oldest_files_go_for_a_new_one);
