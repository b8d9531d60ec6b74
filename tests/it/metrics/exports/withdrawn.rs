//! Figures that are withdrawn and published anew: their files go with them, and those to come wait.

use chrono::TimeDelta;
use glans::metrics::exports::{self, Making};
use glans::metrics::rollups;
use glans_entity::ids::ExportId;
use glans_entity::metrics::{ExportState, Metric, Span, cell, milestone, unpublished};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{blocks, fetched, made, row, started, state, wanted, with};
use crate::ask::{act, refusals};
use crate::metrics::day;

/// Fifty students are counted in a week of the past, of which there is nothing else.
async fn counted(world: &World) {
    let ours = &world.ours;
    let week = cell::Model {
        school_id: ours.schools[0],
        span: Span::Week,
        starts_on: day("2025-10-06"),
        metric: Metric::Reach,
        cluster_id: ours.clusters[0],
        class_group_id: ours.groups[0],
        language: String::new(),
        board_id: ours.id,
        version: 1,
        numerator: 25,
        denominator: 50,
        unknown: 0,
    };
    let year = cell::Model { span: Span::SchoolYear, starts_on: day("2025-08-01"), ..week.clone() };
    let db = world.writing().await;
    let rows = [week, year].map(|row| row.into_active_model().reset_all());
    cell::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// The figures of that week.
fn of_then(world: &World) -> Value {
    with(wanted(world.ours.id), json!({ "from": "2025-10-06", "to": "2025-10-12" }))
}

/// The board wishes to hide more: all its figures are withdrawn.
async fn hide_more(world: &World) {
    let input = json!({ "id": world.ours.id, "leastShown": 6 });
    assert_eq!(refusals(&act(world, Who::Admin, "boardUpdate", "", input).await), [""; 0]);
}

async fn what_is_published_anew_is_waited_for(world: &World) {
    rollups::round(&world.app).await.unwrap();
    counted(world).await;
    let admin = world.actor(Who::Admin).await;
    let id = started(&admin, of_then(world)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    hide_more(world).await;
    making.run().await.unwrap();
    let left = row(world, &id).await.unwrap();
    assert_eq!((left.state, left.attempts), (ExportState::Queued, 0), "withdrawn in the middle");
    let another = started(&admin, of_then(world)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
    for waits in [&id, &another] {
        assert_eq!(state(&admin, waits).await["status"], "QUEUED");
    }
    made(world, &world.actor_in(&world.theirs, Who::Admin).await, wanted(world.theirs.id)).await;

    rollups::round(&world.app).await.unwrap();
    assert_eq!(exports::round(&world.app).await.unwrap(), 2);
    for ready in [&id, &another] {
        let ready = state(&admin, ready).await;
        assert_eq!((&ready["status"], &ready["rowCount"]), (&json!("READY"), &json!(1)));
    }
    // What comes in after that is published tomorrow, and what is there until then is whole.
    let late = unpublished::Model {
        board_id: world.ours.id,
        school_year: day("2025-08-01"),
        token: Uuid::now_v7(),
        lease: None,
        leased_until: None,
    };
    let db = world.writing().await;
    unpublished::Entity::insert(late.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let id = made(world, &admin, of_then(world)).await;
    assert_eq!(state(&admin, &id).await["rowCount"], 1);
}

/// That not all figures of the board are there, or that they are.
async fn is_partial(world: &World, is_partial: bool) {
    let (kind, reached) = (milestone::PARTIAL.to_owned(), "2026-08-01".to_owned());
    let row = milestone::Model { board_id: world.ours.id, kind, reached, at: world.app.clock.now() };
    let db = world.writing().await;
    if is_partial {
        let row = row.into_active_model().reset_all();
        milestone::Entity::insert(row).exec_without_returning(&db).await.unwrap();
    } else {
        let own = milestone::Column::Kind.eq(milestone::PARTIAL);
        milestone::Entity::delete_many().filter(own).exec(&db).await.unwrap();
    }
    world.written(db).await;
}

async fn what_is_put_back_keeps_no_other_waiting(world: &World) {
    let (admin, other) = (world.actor(Who::Admin).await, world.actor_in(&world.theirs, Who::Admin).await);
    let first = started(&admin, wanted(world.ours.id)).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    let younger = started(&other, wanted(world.theirs.id)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    is_partial(world, true).await;
    assert!(!making.run().await.unwrap(), "it is put back");
    is_partial(world, false).await;
    let put_back: [ExportId; 1] = [first.parse().unwrap()];
    let next = Making::claim(&world.app, &put_back).await.unwrap().expect("the other one waits");
    let states = [row(world, &first).await.unwrap().state, row(world, &younger).await.unwrap().state];
    assert_eq!(states, [ExportState::Queued, ExportState::Running]);
    assert!(Making::claim(&world.app, &put_back).await.unwrap().is_none(), "once a round");
    assert!(next.run().await.unwrap());
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!(row(world, &first).await.unwrap().state, ExportState::Ready);
}

async fn files_of_figures_that_are_withdrawn_go_with_them(world: &World) {
    rollups::round(&world.app).await.unwrap();
    counted(world).await;
    let (admin, other) = (world.actor(Who::Admin).await, world.actor_in(&world.theirs, Who::Admin).await);
    let file = made(world, &admin, of_then(world)).await;
    let theirs = made(world, &other, wanted(world.theirs.id)).await;
    let id = started(&admin, of_then(world)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    hide_more(world).await;
    assert_eq!((fetched(&admin, &file).await.status.as_u16(), state(&admin, &file).await), (404, Value::Null));
    assert_eq!(fetched(&other, &theirs).await.status.as_u16(), 200);

    // Who was writing is too late, also where all is published anew by then.
    rollups::round(&world.app).await.unwrap();
    making.run().await.unwrap();
    let left = row(world, &id).await.unwrap();
    assert_eq!((left.state, left.attempts, left.lease), (ExportState::Queued, 0, None));
    assert_eq!(blocks(world, &id).await, 0);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!(state(&admin, &id).await["status"], "READY");
}

async fn what_is_not_published_is_not_waited_for_for_ever(world: &World) {
    counted(world).await;
    hide_more(world).await;
    let admin = world.actor(Who::Admin).await;
    let id = started(&admin, of_then(world)).await;
    world.app.clock.turn(TimeDelta::minutes(59));
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
    world.app.clock.turn(TimeDelta::minutes(1));
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let failed = row(world, &id).await.unwrap();
    let why = "The figures of this board are being published anew, which takes too long. Start another export later.";
    assert_eq!((failed.state, failed.failure.as_deref()), (ExportState::Failed, Some(why)));
}

on_each_database!(
    files_of_figures_that_are_withdrawn_go_with_them,
    what_is_not_published_is_not_waited_for_for_ever,
    what_is_put_back_keeps_no_other_waiting,
    what_is_published_anew_is_waited_for,
);
