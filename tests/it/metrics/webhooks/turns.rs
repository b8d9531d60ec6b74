//! Who is slow keeps nobody waiting but the own board, and two processes send nothing twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use glans::metrics::webhooks::deliveries::LEASE;
use glans::metrics::webhooks::fan_out;
use glans::platform::dispatch::Dispatch;
use glans_entity::identity::api_client;
use glans_entity::ids::ApiClientId;
use glans_entity::metrics::webhook_event;
use glans_entity::platform::outbox;
use glans_tests::{Engine, Who, World, on_each_database};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    Statement,
};
use serde_json::json;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::stage::{Stage, deliveries, endpoint_of, fates, happens, leads_to, taught};
use crate::ask::act;

/// By then whatever is not waited for has arrived, on a busy machine too; an endpoint that is silent has fifteen seconds.
const SOON: Duration = Duration::from_secs(10);
/// Endpoints of one board to which something is under way at a time.
const OF_ONE_BOARD: usize = 4;
/// More than a process has under way at a time.
const SILENT: usize = 34;

/// Waits until something came to the endpoint of this name.
async fn arrives(stage: &Stage<'_>, name: &str) {
    let arrived = async {
        while stage.gateway.hooked(name).is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, arrived).await.unwrap_or_else(|_| panic!("nothing came to {name} in {SOON:?}"));
}

async fn an_endpoint_that_does_not_answer_is_not_waited_for(world: &World) {
    let stage = Stage::set(world).await;
    stage.gateway.set_slowness(Duration::from_mins(1));
    let (slow, quick) = (stage.endpoint("slow-1").await, stage.endpoint("ok-1").await);
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    let begun = Instant::now();
    let sender = Arc::clone(&stage.sender);
    let sending = tokio::spawn(async move { sender.round().await });
    arrives(&stage, "slow-1").await;
    arrives(&stage, "ok-1").await;
    assert!(!sending.is_finished(), "the slow one is under way");
    sending.await.unwrap().unwrap();
    // It would answer after a minute.
    assert!((15..40).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert_eq!(fates(world, quick.id).await, ["DELIVERED 1 200"]);
    assert_eq!(fates(world, slow.id).await, ["QUEUED 1 -"]);
    assert_eq!(deliveries(world, slow.id).await[0]["failure"], "no answer in time");
}

/// It takes the time that an endpoint has: once is enough.
#[test]
fn sqlite_an_endpoint_that_does_not_answer_is_not_waited_for() {
    glans_tests::run(Engine::Sqlite, an_endpoint_that_does_not_answer_is_not_waited_for);
}

/// Another client of the first board.
async fn another(world: &World) -> ApiClientId {
    let db = world.writing().await;
    let known = api_client::Entity::find_by_id(world.ours.client).one(&db).await.unwrap().unwrap();
    let client = api_client::Model { id: ApiClientId::new(), name: "Ander".to_owned(), ..known };
    let id = client.id;
    client.into_active_model().reset_all().insert(&db).await.unwrap();
    world.written(db).await;
    id
}

async fn a_board_whose_endpoints_are_silent_keeps_no_other_waiting(world: &World) {
    let stage = Stage::set(world).await;
    stage.gateway.set_slowness(Duration::from_mins(1));
    let clients = [world.ours.client, another(world).await];
    for at in 0..SILENT {
        let made = endpoint_of(world, &world.ours, clients[at % 2]).await;
        leads_to(world, made.id, &stage.gateway.hook(&format!("slow-{at}"))).await;
    }
    // Made last of all, it would be the last whose turn it is.
    let quick = endpoint_of(world, &world.theirs, world.theirs.client).await;
    leads_to(world, quick.id, &stage.gateway.hook("ok-1")).await;
    stage.taught().await;
    happens(world, world.theirs.id, "lesson.taught", taught(&world.theirs)).await;
    fan_out::round(&stage.app).await.unwrap();
    let sender = Arc::clone(&stage.sender);
    let sending = tokio::spawn(async move { sender.round().await });
    arrives(&stage, "ok-1").await;
    let under_way = || (0..SILENT).filter(|at| !stage.gateway.hooked(&format!("slow-{at}")).is_empty()).count();
    let begun = Instant::now();
    while under_way() < OF_ONE_BOARD && begun.elapsed() < SOON {
        sleep(Duration::from_millis(5)).await;
    }
    sleep(Duration::from_millis(100)).await;
    assert_eq!(under_way(), OF_ONE_BOARD);
    sending.abort();
}

async fn a_board_in_which_much_happens_keeps_no_other_waiting(world: &World) {
    let stage = Stage::set(world).await;
    let begun = world.app.clock.now();
    for _ in 0..5 {
        stage.taught().await;
    }
    happens(world, world.theirs.id, "lesson.taught", taught(&world.theirs)).await;
    fan_out::round(&stage.app).await.unwrap();
    let db = world.writing().await;
    let happened = outbox::Entity::find().filter(outbox::Column::At.gte(begun));
    let mut happened = happened.filter(outbox::Column::Kind.eq("lesson.taught")).all(&db).await.unwrap();
    world.written(db).await;
    happened.sort_by_key(|event| event.hooked_at);
    let first: Vec<_> = happened.iter().take(2).map(|event| event.board_id).collect();
    assert_eq!(happened.len(), 6);
    assert!(first.contains(&Some(world.theirs.id)), "{first:?}");
}

async fn two_processes_at_once_tell_each_endpoint_once(world: &World) {
    let (one, other) = (Stage::set(world).await, Stage::set(world).await);
    let made = [one.endpoint("ok-1").await, one.endpoint("ok-2").await].map(|made| made.id);
    for _ in 0..20 {
        one.taught().await;
    }
    let (first, second) = tokio::join!(fan_out::round(&one.app), fan_out::round(&other.app));
    assert_eq!(first.unwrap() + second.unwrap(), 20);
    let db = world.writing().await;
    let events = webhook_event::Entity::find().count(&db).await.unwrap();
    world.written(db).await;
    assert_eq!(events, 20 + SOWN);
    let (first, second) = tokio::join!(one.sender.round(), other.sender.round());
    first.unwrap();
    second.unwrap();
    for (id, name) in made.into_iter().zip(["ok-1", "ok-2"]) {
        assert_eq!(fates(world, id).await, vec!["DELIVERED 1 200"; 20]);
        let mut told: Vec<String> = one.gateway.hooked(name).into_iter().map(|hooked| hooked.id).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!((told.len(), one.gateway.hooked(name).len()), (20, 20));
    }
}

async fn two_processes_at_once_have_nothing_under_way_to_the_same_endpoint(world: &World) {
    let (one, other) = (Stage::set(world).await, Stage::set(world).await);
    let made = one.endpoint("ok-1").await;
    for _ in 0..20 {
        one.taught().await;
    }
    fan_out::round(&one.app).await.unwrap();
    let board = world.ours.id;
    for _ in 0..5 {
        let (first, second) =
            tokio::join!(one.sender.claim(board, Uuid::now_v7()), other.sender.claim(board, Uuid::now_v7()));
        let batches = [first.unwrap(), second.unwrap()];
        let to_it = batches.iter().filter(|batch| batch.iter().any(|row| row.endpoint_id == made.id));
        assert_eq!(to_it.count(), 1);
        world.app.clock.turn(LEASE + TimeDelta::seconds(1));
        one.sender.give_back_overdue().await.unwrap();
    }
}

/// Much of which endpoints are not told.
const MUCH: &str = "INSERT INTO outbox (board_id, kind, payload, at) \
                    SELECT board.id, 'school.moved', '{}', now() FROM board, generate_series(1, 1000)";

async fn what_waits_is_found_in_its_order(world: &World) {
    let db = world.writing().await;
    let (explain, column) = match world.engine() {
        Engine::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        Engine::Postgres => {
            db.execute_unprepared(MUCH).await.unwrap();
            // Of the little that waits here it would be as quick.
            db.execute_unprepared("SET LOCAL enable_sort = off").await.unwrap();
            ("EXPLAIN", "QUERY PLAN")
        }
    };
    let first = fan_out::first(world.ours.id, 8, world.app.clock.now());
    let Statement { sql, values, db_backend } = db.get_database_backend().build(&first);
    let rows = db.query_all_raw(Statement { sql: format!("{explain} {sql}"), values, db_backend }).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("outbox_to_hook"), "of what waits, nothing else is looked at: {plan}");
    assert!(!plan.contains("Sort") && !plan.contains("B-TREE"), "nor all of it sorted: {plan}");
    db.rollback().await.unwrap();
}

/// Events of the two boards that are there from the start.
pub(super) const SOWN: u64 = 2;

async fn two_who_make_the_last_endpoint_at_once_make_one(world: &World) {
    let new = || {
        let (client, url) = (world.ours.client, "https://hooks.example.org");
        let input = json!({ "client": client, "url": url, "events": ["LESSON_TAUGHT"] });
        act(world, Who::Admin, "webhookEndpointCreate", "webhookEndpoint { id }", input)
    };
    // One is there already.
    for _ in 1..19 {
        new().await;
    }
    let (first, second) = tokio::join!(new(), new());
    let made = [first, second].iter().filter(|made| made["webhookEndpoint"].is_object()).count();
    assert_eq!(made, 1, "twenty at most");
}

on_each_database!(
    a_board_whose_endpoints_are_silent_keeps_no_other_waiting,
    a_board_in_which_much_happens_keeps_no_other_waiting,
    two_processes_at_once_have_nothing_under_way_to_the_same_endpoint,
    two_processes_at_once_tell_each_endpoint_once,
    two_who_make_the_last_endpoint_at_once_make_one,
    what_waits_is_found_in_its_order,
);
