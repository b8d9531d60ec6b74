//! What fails keeps nothing else waiting, and nothing is published that is not counted.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::call::{begin, today};
use glans::metrics::{census, facts, periods, rollups};
use glans::platform::alone;
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Span, census as taken, due, fact, figure, milestone};
use glans_entity::scope::Scope;
use glans_tests::{Engine, World, on_each_database};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::census::on;
use super::rollups::{fifty, seen, wish};
use crate::ask::codes;

/// Long enough for the other one to come to the lock.
const MEANWHILE: Duration = Duration::from_millis(300);

/// From now on writing such a row of the table fails, until that [`is_mended`].
async fn breaks(world: &World, table: &str, such: &str) {
    let sql = match world.engine() {
        Engine::Sqlite => format!(
            "CREATE TRIGGER broken BEFORE INSERT ON {table} WHEN {such} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
             CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW WHEN ({such}) EXECUTE FUNCTION broken()"
        ),
    };
    world.app.db.connection().execute_unprepared(&sql).await.unwrap();
}

async fn is_mended(world: &World, table: &str) {
    let sql = match world.engine() {
        Engine::Sqlite => "DROP TRIGGER broken".to_owned(),
        Engine::Postgres => format!("DROP TRIGGER broken ON {table}; DROP FUNCTION broken()"),
    };
    world.app.db.connection().execute_unprepared(&sql).await.unwrap();
}

/// Rows of which the column holds that id.
fn of(world: &World, column: &str, id: Uuid) -> String {
    match world.engine() {
        Engine::Sqlite => format!("NEW.{column} = X'{}'", id.simple()),
        Engine::Postgres => format!("NEW.{column} = '{id}'"),
    }
}

/// The boards that were published today.
async fn published(world: &World) -> BTreeSet<BoardId> {
    use milestone::Column;
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let rows = milestone::Entity::find().filter(Column::Kind.eq("figures"));
    let rows = rows.filter(Column::Reached.eq(on(world).to_string())).all(&db).await.unwrap();
    rows.into_iter().map(|row| row.board_id).collect()
}

fn both(world: &World) -> BTreeSet<BoardId> {
    BTreeSet::from([world.ours.id, world.theirs.id])
}

/// Neither what the calendar changed nor the census of one school.
async fn a_board_that_is_not_counted_is_not_published_and_the_others_are(world: &World) {
    rollups::round(&world.app).await.unwrap();
    assert_eq!(published(world).await, both(world));
    let days = format!("{} AND NEW.kind = 'deliveries'", of(world, "board_id", world.ours.id.0));
    let school = of(world, "school_id", world.ours.schools[0].0);
    for (table, such) in [("metric_milestone", days), ("metric_census", school)] {
        world.app.clock.turn(TimeDelta::days(1));
        breaks(world, table, &such).await;
        rollups::round(&world.app).await.unwrap();
        assert_eq!(published(world).await, BTreeSet::from([world.theirs.id]), "{table}");
        is_mended(world, table).await;
        rollups::round(&world.app).await.unwrap();
        assert_eq!(published(world).await, both(world), "{table}");
    }
}

/// The schools of which there is a census.
async fn counted(world: &World) -> BTreeSet<SchoolId> {
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    taken::Entity::find().all(&db).await.unwrap().into_iter().map(|row| row.school_id).collect()
}

async fn a_first_census_that_fails_keeps_no_other_board_waiting(world: &World) {
    breaks(world, "metric_census", &of(world, "school_id", world.ours.schools[0].0)).await;
    assert_eq!(census::daily(&world.app).await.unwrap(), BTreeSet::from([world.ours.id]));
    assert_eq!(counted(world).await, BTreeSet::from(world.theirs.schools));
    is_mended(world, "metric_census").await;
    assert_eq!(census::daily(&world.app).await.unwrap(), BTreeSet::new());
    assert_eq!(counted(world).await.len(), 4);
}

/// The schools of which cells are due.
async fn behind(world: &World) -> BTreeSet<SchoolId> {
    let now = world.app.clock.now();
    let db = world.app.db.read(&Scope::system(today(now))).await.unwrap();
    let marks = due::Entity::find().filter(due::Column::DueAt.lte(now)).all(&db).await.unwrap();
    marks.into_iter().map(|mark| mark.school_id).collect()
}

async fn a_school_whose_cells_fail_keeps_no_other_one_waiting(world: &World) {
    let broken = world.ours.schools[0];
    rollups::round(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(7));
    breaks(world, "metric_cell", &of(world, "school_id", broken.0)).await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(behind(world).await, BTreeSet::from([broken]));
    assert_eq!(published(world).await, BTreeSet::from([world.theirs.id]));
    is_mended(world, "metric_cell").await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(behind(world).await, BTreeSet::new());
    assert_eq!(published(world).await, both(world));
}

/// How many figures there are of the first board of periods with that key.
async fn figures(world: &World, key: NaiveDate) -> u64 {
    use figure::Column;
    let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
    let own = figure::Entity::find().filter(Column::BoardId.eq(world.ours.id));
    own.filter(Column::StartsOn.eq(key)).count(&db).await.unwrap()
}

/// The Monday of the week before this one.
fn last_week(world: &World) -> NaiveDate {
    periods::start(Span::Week, on(world) - Days::new(7))
}

async fn a_school_year_that_fails_keeps_no_other_one_waiting(world: &World) {
    rollups::round(&world.app).await.unwrap();
    let broken = fifty(world).await;
    world.app.clock.turn(TimeDelta::days(7));
    assert_eq!(codes(&wish(world, Some(5)).await), Vec::<&str>::new());
    breaks(world, "metric_figure", &format!("NEW.starts_on = '{broken}'")).await;
    rollups::round(&world.app).await.unwrap();
    assert_eq!(figures(world, broken).await, 0);
    assert!(figures(world, last_week(world)).await > 0);
    assert_eq!(published(world).await, BTreeSet::from([world.theirs.id]), "it is tried again");
    assert_eq!(seen(world).await, 0, "not all of it is as it is wished");
    is_mended(world, "metric_figure").await;
    rollups::round(&world.app).await.unwrap();
    assert!(figures(world, broken).await > 0);
    assert_eq!(published(world).await, both(world));
    assert!(seen(world).await > 0);
}

/// What of the new day counts is not written down yet.
async fn a_round_over_midnight_publishes_by_the_day_on_which_it_began(world: &World) {
    rollups::round(&world.app).await.unwrap();
    let eve = on(world) + Days::new(1);
    let before_midnight = begin(eve + Days::new(1)) - TimeDelta::minutes(1) - world.app.clock.now();
    world.app.clock.turn(before_midnight);
    let db = world.writing().await;
    alone::wait(&db, "metrics.census").await.unwrap();
    let midnight = async {
        sleep(MEANWHILE).await;
        world.app.clock.turn(TimeDelta::minutes(2));
        world.written(db).await;
    };
    let (done, ()) = tokio::join!(rollups::round(&world.app), midnight);
    done.unwrap();
    assert_eq!(on(world), eve + Days::new(1));
    assert_eq!(published(world).await, BTreeSet::new());
    rollups::round(&world.app).await.unwrap();
    assert_eq!(published(world).await, both(world));
}

async fn facts_are_written_down_by_one_process_at_a_time(world: &World) {
    census::daily(&world.app).await.unwrap();
    let db = world.writing().await;
    fact::Entity::delete_many().exec(&db).await.unwrap();
    world.written(db).await;
    let db = world.writing().await;
    alone::wait(&db, "metrics.facts").await.unwrap();
    assert!(timeout(MEANWHILE, Box::pin(facts::all(&world.app, world.ours.id))).await.is_err());
    world.written(db).await;
    let counts = async || {
        let db = world.app.db.read(&Scope::system(on(world))).await.unwrap();
        fact::Entity::find().count(&db).await.unwrap()
    };
    assert_eq!(counts().await, 0);
    facts::all(&world.app, world.ours.id).await.unwrap();
    assert!(counts().await > 0);
}

on_each_database!(
    a_board_that_is_not_counted_is_not_published_and_the_others_are,
    a_first_census_that_fails_keeps_no_other_board_waiting,
    a_round_over_midnight_publishes_by_the_day_on_which_it_began,
    a_school_whose_cells_fail_keeps_no_other_one_waiting,
    a_school_year_that_fails_keeps_no_other_one_waiting,
    facts_are_written_down_by_one_process_at_a_time,
);
