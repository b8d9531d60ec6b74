//! From when to when something was so.

use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::metrics::{self, census, rollups};
use glans_entity::metrics::stretch;
use glans_entity::people::enrolment;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, SqlErr};
use serde_json::json;

use super::{cells, days, ilse, last, noor, noor_left, on, placed, speaks, stretches};
use crate::ask::done;

/// Long enough for the other one to come to the lock.
const MEANWHILE: Duration = Duration::from_millis(300);

/// Days pass, and the program looks.
async fn pass(world: &World, days: i64) {
    world.app.clock.turn(TimeDelta::days(days));
    rollups::round(&world.app).await.unwrap();
}

async fn who_left_before_it_was_told_is_in_no_week_after_it(world: &World) {
    pass(world, 0).await;
    pass(world, 7).await;
    speaks(world, ilse(world), "pl").await;
    pass(world, 1).await;
    pass(world, 4).await;
    assert!(stretches(world, noor(world)).await.len() > 1, "she stands otherwise since some days");
    let before = cells(world).await;
    let left = on(world) - Days::new(10);
    noor_left(world, left).await;
    let ends: Vec<_> = stretches(world, noor(world)).await.into_iter().map(|row| row.ends_on).collect();
    assert_eq!(ends, [Some(left)]);
    rollups::roll_up(&world.app).await.unwrap();
    let after = cells(world).await;
    assert_ne!(after, before);
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    assert_eq!(cells(world).await, after, "made anew");

    // That it was some days earlier still is found where nothing of her goes on any more.
    let earlier = left - Days::new(5);
    noor_left(world, earlier).await;
    assert_eq!(last(world, noor(world)).await.ends_on, Some(earlier));
}

/// The place of Noor ends on that day, which no act tells.
async fn place_ends(world: &World, day: NaiveDate) {
    let db = world.writing().await;
    let update = enrolment::Entity::update_many().col_expr(enrolment::Column::EndsOn, Expr::value(day));
    update.filter(enrolment::Column::StudentId.eq(noor(world))).exec(&db).await.unwrap();
    world.written(db).await;
}

async fn what_no_place_covers_any_more_is_found_by_the_next_census(world: &World) {
    pass(world, 0).await;
    let first = on(world) - Days::new(3);
    for day in [first, first - Days::new(10)] {
        place_ends(world, day).await;
        pass(world, 1).await;
        assert_eq!(last(world, noor(world)).await.ends_on, Some(day));
    }
}

/// What another takes is not committed yet when the act comes to its own.
async fn an_act_and_a_census_beside_it_are_one_after_the_other(world: &World) {
    census::daily(&world.app).await.unwrap();
    speaks(world, ilse(world), "pl").await;
    let db = world.writing().await;
    metrics::record(&db, world.ours.id, &placed(noor(world)), world.app.clock.now()).await.unwrap();
    let input = json!({ "id": world.ours.guardianships[0], "contactPriority": 1 });
    tokio::join!(done(world, Who::Leader, "guardianshipUpdate", "", input), async {
        tokio::time::sleep(MEANWHILE).await;
        world.written(db).await;
    });
    let today = on(world);
    let rows = days(world, noor(world)).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].1, Some(today - Days::new(1)));
    assert_eq!(rows[1], (today, None, "pl".to_owned()));
}

async fn of_a_child_one_stretch_goes_on(world: &World) {
    census::daily(&world.app).await.unwrap();
    let known = last(world, noor(world)).await;
    let other = stretch::Model { starts_on: known.starts_on + Days::new(1), ..known };
    let db = world.writing().await;
    let insert = stretch::Entity::insert(other.into_active_model().reset_all());
    let refused = insert.exec_without_returning(&db).await.unwrap_err();
    assert!(matches!(refused.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{refused}");
}

async fn a_clock_that_was_a_year_ahead_leaves_nothing(world: &World) {
    census::daily(&world.app).await.unwrap();
    let first = last(world, noor(world)).await.starts_on;
    speaks(world, ilse(world), "pl").await;
    world.app.clock.turn(TimeDelta::days(365));
    census::daily(&world.app).await.unwrap();
    assert!(last(world, noor(world)).await.starts_on > first + Days::new(300));
    speaks(world, ilse(world), "ar").await;
    world.app.clock.turn(TimeDelta::days(-365));
    census::daily(&world.app).await.unwrap();
    let (today, rows) = (on(world), days(world, noor(world)).await);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].0, rows[0].1), (first, Some(today - Days::new(1))));
    assert_eq!(rows[1], (today, None, "ar".to_owned()));
}

on_each_database!(
    who_left_before_it_was_told_is_in_no_week_after_it,
    what_no_place_covers_any_more_is_found_by_the_next_census,
    an_act_and_a_census_beside_it_are_one_after_the_other,
    of_a_child_one_stretch_goes_on,
    a_clock_that_was_a_year_ahead_leaves_nothing,
);
