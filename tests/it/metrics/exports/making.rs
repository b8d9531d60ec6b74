//! A file is made once, by one process at a time, and anew where one ended in the middle of it.

use chrono::TimeDelta;
use glans::metrics::exports::{self, Making};
use glans_entity::ids::ExportId;
use glans_entity::metrics::{ExportState, export, export_chunk};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{HEADER, blocks, fetched, row, sow, started, state, wanted, with};

async fn sent_twice_it_is_made_once(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let input = with(wanted(world.ours.schools[0]), json!({ "clientMutationId": "once" }));
    let first = started(&leader, input.clone()).await;
    assert_eq!(started(&leader, input).await, first);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let own = leader.asks("{ metricExports(first: 5) { nodes { id status } totalCount } }").await;
    assert_eq!(own.at("metricExports"), &json!({ "nodes": [{ "id": first, "status": "READY" }], "totalCount": 1 }));
}

/// Leaves an export as a process does that ends in the middle of it.
async fn abandon(world: &World, id: &str, since: TimeDelta) {
    let db = world.writing().await;
    let id: ExportId = id.parse().unwrap();
    export::Entity::update_many()
        .col_expr(export::Column::State, Expr::value(ExportState::Running.to_value()))
        .col_expr(export::Column::Attempts, Expr::value(1))
        .col_expr(export::Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(export::Column::LeasedUntil, Expr::value(world.app.clock.now() - since))
        .filter(export::Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let half = export_chunk::Model { export_id: id, position: 0, board_id: world.ours.id, bytes: b"half".to_vec() };
    export_chunk::Entity::insert(half.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

async fn what_was_left_is_begun_anew(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = started(&leader, wanted(world.ours.schools[0])).await;
    abandon(world, &id, TimeDelta::seconds(-30)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 0, "somebody has it under their hands");
    assert_eq!(fetched(&leader, &id).await.status.as_u16(), 404, "half a file is none");
    assert_eq!(state(&leader, &id).await["status"], "RUNNING");
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let text = fetched(&leader, &id).await.text;
    assert!(text.starts_with(HEADER) && text.ends_with(",0.75,15,20,0,\r\n"), "{text}");
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
}

async fn who_comes_back_too_late_keeps_nothing(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = started(&leader, wanted(world.ours.schools[0])).await;
    let late = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    world.app.clock.turn(TimeDelta::seconds(61));
    let next = Making::claim(&world.app, &[]).await.unwrap().expect("the lease ran out");
    late.run().await.unwrap();
    let taken = row(world, &id).await.unwrap();
    assert_eq!((taken.state, taken.attempts, blocks(world, &id).await), (ExportState::Running, 2, 0));
    next.run().await.unwrap();
    let text = fetched(&leader, &id).await.text;
    assert!(text.starts_with(HEADER) && text.ends_with(",0.75,15,20,0,\r\n"), "{text}");
    let ready = row(world, &id).await;
    late.run().await.unwrap();
    assert_eq!((row(world, &id).await, fetched(&leader, &id).await.text), (ready, text));
}

async fn one_that_breaks_off_is_tried_again_later_and_keeps_no_other_waiting(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let broken = started(&leader, wanted(world.ours.schools[0])).await;
    let sound = started(&leader, wanted(world.ours.schools[0])).await;
    let db = world.writing().await;
    export::Entity::update_many()
        .col_expr(export::Column::Metrics, Expr::value(json!(["NONSENSE"])))
        .filter(export::Column::Id.eq(broken.parse::<ExportId>().unwrap()))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 2);
    assert_eq!(state(&leader, &sound).await["status"], "READY");
    for tries in 1..=3 {
        assert_eq!(exports::round(&world.app).await.unwrap(), 0, "not at once");
        let left = row(world, &broken).await.unwrap();
        assert_eq!((left.state, left.attempts), (ExportState::Running, tries));
        world.app.clock.turn(TimeDelta::seconds(61));
        assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    }
    let given_up = state(&leader, &broken).await;
    assert_eq!(given_up["status"], "FAILED");
    assert_eq!(given_up["failure"], "This broke off several times. Start another export.");
}

on_each_database!(
    one_that_breaks_off_is_tried_again_later_and_keeps_no_other_waiting,
    sent_twice_it_is_made_once,
    what_was_left_is_begun_anew,
    who_comes_back_too_late_keeps_nothing,
);
