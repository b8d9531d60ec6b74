//! What is written twice, or made by two processes, is as if it were once.

use std::sync::Arc;

use chrono::{Days, TimeDelta};
use glans::app::App;
use glans::call::today;
use glans::metrics::{facts, rollups};
use glans::platform::db::Database;
use glans::platform::outbox::Event;
use glans_entity::ids::ClusterId;
use glans_entity::metrics::{Metric, Span, cell, due};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{Made, cells, rebuilt};
use crate::ask::done;
use crate::metrics::now;

/// A mark for each day on which the first school has cells, and for today.
async fn mark(world: &World) {
    let now = now(world);
    let days = cells(world).await.into_iter().filter(|cell| cell.span == Span::Week).map(|cell| cell.starts_on);
    let mark = |day| due::Model {
        id: Uuid::now_v7(),
        board_id: world.ours.id,
        school_id: world.ours.schools[0],
        day,
        due_at: now,
    };
    let db = world.writing().await;
    let marks = days.chain([today(now)]).map(mark).map(|row| row.into_active_model().reset_all());
    due::Entity::insert_many(marks).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

async fn marks(world: &World) -> u64 {
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    due::Entity::find().filter(due::Column::DueAt.lte(now(world))).count(&db).await.unwrap()
}

async fn marks_that_are_written_twice_change_nothing(world: &World) {
    rollups::round(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(40));
    rollups::round(&world.app).await.unwrap();
    let before = Made::of(world).await;
    let is_praise = |cell: cell::Model| cell.metric == Metric::PositiveContact && cell.numerator > 0;
    let is_something = cells(world).await.into_iter().any(is_praise) && !before.figures.is_empty();
    assert!(is_something, "there is something that could be doubled");
    for _ in 0..2 {
        let db = world.writing().await;
        for (kind, id) in [
            ("contact_moment.logged", world.ours.contact_moments[0].to_string()),
            ("conversation.recorded", world.ours.partners[0].held.to_string()),
        ] {
            let event = Event { kind, payload: json!({ "id": id }) };
            facts::record(&db, world.ours.id, &event, now(world)).await.unwrap();
        }
        world.written(db).await;
        mark(world).await;
    }
    assert!(marks(world).await > 2);
    rollups::roll_up(&world.app).await.unwrap();
    assert_eq!(marks(world).await, 0);
    Made::of(world).await.must_be(&before, "written twice");
    rebuilt(world).await.must_be(&before, "made anew");
}

/// Another process over the database of the world.
async fn process(world: &World) -> Arc<App> {
    let db = Database::connect(&world.app.config.database_url).await.unwrap();
    App::new(world.app.config.clone(), db, world.app.clock.clone()).unwrap()
}

/// The teacher pays a compliment.
async fn praise(world: &World) {
    let input = json!({ "student": world.ours.students[0], "kind": "PHONE", "tone": "COMPLIMENT", "note": "Top!" });
    done(world, Who::Teacher, "contactMomentLog", "", input).await;
}

/// The first school goes to that cluster, if it is not there.
async fn move_to(world: &World, cluster: ClusterId) {
    let input = json!({ "id": world.ours.schools[0], "cluster": cluster });
    done(world, Who::Admin, "schoolMove", "", input).await;
}

/// Both go round at the same time, days on end, and all the while something happens. What one leaves to the other is
/// made by the next round.
async fn two_processes_make_the_same_as_one(world: &World) {
    rollups::round(&world.app).await.unwrap();
    let other = process(world).await;
    for number in 0..10 {
        world.app.clock.turn(TimeDelta::days(1));
        mark(world).await;
        let (one, two, ()) = tokio::join!(rollups::round(&world.app), rollups::round(&other), praise(world));
        one.unwrap();
        two.unwrap();
        let moves = move_to(world, world.ours.clusters[1 - number % 2]);
        let (one, two, ()) = tokio::join!(rollups::roll_up(&world.app), rollups::roll_up(&other), moves);
        one.unwrap();
        two.unwrap();
    }
    world.app.clock.turn(TimeDelta::days(1));
    rollups::round(&other).await.unwrap();
    assert_eq!(marks(world).await, 0);
    let made = Made::of(world).await;
    assert!(!made.figures.is_empty(), "weeks are over");
    made.must_be(&rebuilt(world).await, "made anew");
    let over = today(now(world)) - Days::new(1);
    let last = cells(world).await.into_iter().map(|cell| cell.starts_on).max();
    assert!(last.is_some_and(|last| last > over - Days::new(8)), "days turned for both");
    // The week of the last days is under way, and cells of it are of where the school is.
    let own = |cell: &&cell::Model| cell.metric == Metric::TwoWay && cell.school_id == world.ours.schools[0];
    let all = cells(world).await;
    let latest = all.iter().filter(own).filter(|cell| cell.span == Span::Week).max_by_key(|cell| cell.starts_on);
    assert_eq!(latest.map(|cell| cell.cluster_id), Some(world.ours.clusters[0]), "where it went last");
    let praises = |cell: &&cell::Model| cell.metric == Metric::PositiveContact && cell.numerator > 0;
    assert!(all.iter().any(|cell| praises(&cell)), "what happened meanwhile counts");
    if let Ok(other) = Arc::try_unwrap(other) {
        other.db.close().await.unwrap();
    }
}

on_each_database!(marks_that_are_written_twice_change_nothing, two_processes_make_the_same_as_one);
