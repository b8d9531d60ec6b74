//! Cells and figures that are made while facts come in are those of everything made anew, and say what the raw tables
//! say.

use std::fmt::Debug;
use std::ops::Range;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::app::App;
use glans::call::today;
use glans::metrics::definitions::{self, Counting};
use glans::metrics::{facts, periods, rollups};
use glans::platform::db::Database;
use glans::platform::outbox::Event;
use glans_entity::metrics::{Metric, Span, cell, due, figure};
use glans_entity::scope::Scope;
use glans_tests::{Engine, World, on_each_database, run};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::oracle::{Counts, History, covered, expected, unknown};

/// Histories of the suite, which follow each other in one database.
const HISTORIES: u64 = 3;
/// As many as there are in a database of the long run.
const AT_ONCE: u64 = 5;
/// Times at which something happens in a history: about five days.
const STEPS: u32 = 12;

/// All cells and figures of the first board, each as a line.
#[derive(PartialEq)]
struct Made {
    cells: Vec<String>,
    figures: Vec<String>,
}

impl Made {
    async fn of(world: &World) -> Self {
        let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
        let figures = figure::Entity::find().filter(figure::Column::BoardId.eq(world.ours.id));
        Self { cells: lines(&cells(world).await), figures: lines(&figures.all(&db).await.unwrap()) }
    }

    /// Row by row, and no more than what differs is told.
    fn must_be(&self, other: &Self, what: &str) {
        for (own, others) in [(&self.cells, &other.cells), (&self.figures, &other.figures)] {
            let only = |these: &[String], those: &[String]| -> Vec<String> {
                these.iter().filter(|line| those.binary_search(line).is_err()).take(5).cloned().collect()
            };
            let differ = (only(own, others), only(others, own));
            assert_eq!(differ, (Vec::new(), Vec::new()), "{what}");
        }
        assert!(self == other, "{what}: the same rows, and not as often");
    }
}

fn lines<M: Debug>(rows: &[M]) -> Vec<String> {
    let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    lines.sort_unstable();
    lines
}

async fn cells(world: &World) -> Vec<cell::Model> {
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    cell::Entity::find().filter(cell::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap()
}

async fn rebuilt(world: &World) -> Made {
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    Made::of(world).await
}

/// Sums of the cells of a metric in a period.
fn sums(cells: &[cell::Model], metric: Metric, (span, first): (Span, NaiveDate)) -> Counts {
    let mut counts = Counts::new();
    for cell in cells.iter().filter(|cell| (cell.metric, cell.span, cell.starts_on) == (metric, span, first)) {
        let sum = counts.entry(cell.school_id).or_default();
        *sum = (sum.0 + cell.numerator, sum.1 + cell.denominator, sum.2 + cell.unknown);
    }
    counts
}

async fn live(world: &World, number: u64) {
    let mut history = History::begin(world, number).await;
    for _ in 0..STEPS {
        history.go_on(world).await;
    }
    history.end(world).await;
    let made = Made::of(world).await;
    must_say_what_the_tables_say(world, &history, number).await;
    made.must_be(&rebuilt(world).await, &format!("history {number}, made anew"));
}

/// The weeks and months of the history, those that are not over too.
async fn must_say_what_the_tables_say(world: &World, history: &History, number: u64) {
    let (cells, until) = (cells(world).await, today(history.now));
    for span in [Span::Week, Span::Month] {
        let first = periods::start(span, history.from);
        let later = std::iter::successors(Some(first), |at| Some(periods::next(span, *at)));
        for first in later.take_while(|at| *at <= until) {
            for metric in Metric::iter() {
                let told = slow(world, history, metric, (span, first)).await;
                let made = sums(&cells, metric, (span, first));
                assert_eq!(made, told, "history {number}: {metric:?} of the {span:?} from {first}");
            }
        }
    }
}

/// What the raw tables say of a metric in a period.
async fn slow(world: &World, history: &History, metric: Metric, (span, first): (Span, NaiveDate)) -> Counts {
    let days = first..=periods::last(span, first);
    let on = (*days.end()).min(today(history.now));
    match definitions::of(metric).counting {
        Counting::Events => {
            let now = world.app.clock.now();
            let sums = expected(world, metric, world.ours.id, days.clone(), now).await;
            let unknown = unknown(world, metric, world.ours.id, days, now).await;
            let counts = |((school, _), (numerator, denominator))| {
                (school, (numerator, denominator, unknown.get(&school).copied().unwrap_or_default()))
            };
            sums.into_iter().map(counts).collect()
        }
        Counting::Coverage => covered(world, metric, days, on).await,
        Counting::Standing => history.standings[&on][&metric].clone(),
    }
}

async fn live_all(world: &World, histories: Range<u64>) {
    for number in histories {
        live(world, number).await;
    }
}

async fn what_is_made_while_facts_come_in_is_what_is_made_anew(world: &World) {
    live_all(world, 0..HISTORIES).await;
    something_was_made(world).await;
}

/// Nothing and nothing are the same as well.
async fn something_was_made(world: &World) {
    let made = cells(world).await;
    let sum = |of: fn(&cell::Model) -> i64, metric: Metric| -> i64 {
        made.iter().filter(|cell| cell.metric == metric).map(of).sum()
    };
    for metric in Metric::iter() {
        assert!(sum(|cell| cell.denominator, metric) > 0, "nothing is counted for {metric:?}");
    }
    let common =
        [Metric::Contactability, Metric::Activation, Metric::Delivery, Metric::TwoWay, Metric::ConversationCoverage];
    for metric in common {
        assert!(sum(|cell| cell.numerator, metric) > 0, "nothing counts for {metric:?}");
    }
}

/// As many as `HISTORIES` says, some in a database.
fn many(engine: Engine) {
    let histories = std::env::var("HISTORIES").map_or(60, |count| count.parse().expect("HISTORIES is a number"));
    for first in (0..histories).step_by(usize::try_from(AT_ONCE).unwrap()) {
        run(engine, async |world: &World| live_all(world, first..(first + AT_ONCE).min(histories)).await);
    }
}

#[test]
#[ignore = "long: HISTORIES=60 cargo test --test it many_histories -- --ignored"]
fn sqlite_many_histories_are_rolled_up() {
    many(Engine::Sqlite);
}

#[test]
#[ignore = "long: HISTORIES=60 cargo test --test it many_histories -- --ignored"]
fn postgres_many_histories_are_rolled_up() {
    many(Engine::Postgres);
}

/// A mark for each day on which the first school has cells, and for today.
async fn mark(world: &World) {
    let now = world.app.clock.now();
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
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    due::Entity::find().filter(due::Column::DueAt.lte(world.app.clock.now())).count(&db).await.unwrap()
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
            facts::record(&db, world.ours.id, &event, world.app.clock.now()).await.unwrap();
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
async fn process(world: &World) -> std::sync::Arc<App> {
    let db = Database::connect(&world.app.config.database_url).await.unwrap();
    App::new(world.app.config.clone(), db, world.app.clock.clone()).unwrap()
}

/// Both go round at the same time, days on end. What one leaves to the other is made by the next round.
async fn two_processes_make_the_same_as_one(world: &World) {
    rollups::round(&world.app).await.unwrap();
    let other = process(world).await;
    for _ in 0..10 {
        world.app.clock.turn(TimeDelta::days(1));
        mark(world).await;
        let (one, two) = tokio::join!(rollups::round(&world.app), rollups::round(&other));
        one.unwrap();
        two.unwrap();
        let (one, two) = tokio::join!(rollups::roll_up(&world.app), rollups::roll_up(&other));
        one.unwrap();
        two.unwrap();
    }
    world.app.clock.turn(TimeDelta::days(1));
    rollups::round(&other).await.unwrap();
    assert_eq!(marks(world).await, 0);
    let made = Made::of(world).await;
    assert!(!made.figures.is_empty(), "weeks are over");
    made.must_be(&rebuilt(world).await, "made anew");
    let over = today(world.app.clock.now()) - Days::new(1);
    let last = cells(world).await.into_iter().map(|cell| cell.starts_on).max();
    assert!(last.is_some_and(|last| last > over - Days::new(8)), "days turned for both");
    if let Ok(other) = std::sync::Arc::try_unwrap(other) {
        other.db.close().await.unwrap();
    }
}

on_each_database!(
    what_is_made_while_facts_come_in_is_what_is_made_anew,
    marks_that_are_written_twice_change_nothing,
    two_processes_make_the_same_as_one,
);
