//! Cells and figures that are made while facts come in are those of everything made anew, and say what the raw tables
//! say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ops::Range;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::app::App;
use glans::call::{begin, today};
use glans::metrics::{facts, rollups};
use glans::platform::db::Database;
use glans::platform::outbox::Event;
use glans_entity::ids::ClusterId;
use glans_entity::metrics::{Level, Metric, Span, cell, due, fact, figure};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Engine, Who, World, on_each_database, run};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::{act, codes};

use super::oracle::{
    Chronicle, Counting, Counts, History, Place, counting, covered, covered_days, key, keys, looked_on, sum, worth,
};

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

/// What the cells of a metric in a period say of each place.
fn counts(cells: &[cell::Model], metric: Metric, (span, key): (Span, NaiveDate)) -> Counts {
    let own = cells.iter().filter(|cell| (cell.metric, cell.span, cell.starts_on) == (metric, span, key));
    let count = |cell: &cell::Model| {
        let place = Place {
            cluster: cell.cluster_id,
            school: cell.school_id,
            group: cell.class_group_id,
            language: cell.language.clone(),
        };
        (place, (cell.numerator, cell.denominator, cell.unknown))
    };
    own.map(count).collect()
}

async fn live(world: &World, chronicle: &mut Chronicle, number: u64) -> History {
    let mut history = History::begin(world, chronicle, number).await;
    for _ in 0..STEPS {
        history.go_on(world, chronicle).await;
    }
    history.end(world, chronicle).await;
    let made = Made::of(world).await;
    must_say_what_the_tables_say(world, chronicle, &history, number).await;
    made.must_be(&rebuilt(world).await, &format!("history {number}, made anew"));
    history
}

/// The weeks and months of the history, those that are not over too, and the school years that meet in it.
async fn must_say_what_the_tables_say(world: &World, chronicle: &Chronicle, history: &History, number: u64) {
    let (cells, now) = (cells(world).await, world.app.clock.now());
    let spans = Span::iter().filter(|span| *span != Span::SchoolYear || history.is_of_summer());
    let periods = spans.flat_map(|span| keys(span, history.from, today(now)).into_iter().map(move |key| (span, key)));
    let of = |(span, key)| (span, key, covered_days(span, key), looked_on(span, key).min(today(now)));
    let periods: Vec<_> = periods.map(of).collect();
    for metric in Metric::iter() {
        let all = worth(world, chronicle, metric).await;
        for (span, key, days, on) in &periods {
            let told = match counting(metric) {
                Counting::Events => sum(&all, metric, days, now),
                Counting::Coverage => covered(world, chronicle, metric, days, *on).await,
                Counting::Standing => history.standing(*on, metric),
            };
            let made = counts(&cells, metric, (*span, *key));
            assert_eq!(made, told, "history {number}: {metric:?} of the {span:?} {key}");
        }
    }
}

async fn live_all(world: &World, histories: Range<u64>) {
    let mut chronicle = Chronicle::begin(world).await;
    let mut last = None;
    for number in histories {
        last = Some(live(world, &mut chronicle, number).await);
    }
    somebody_is_forgotten(world, &last.unwrap()).await;
}

/// What was published stays, in the next round and made anew.
async fn somebody_is_forgotten(world: &World, history: &History) {
    history.write_all(world).await;
    rollups::round(&world.app).await.unwrap();
    let before = rebuilt(world).await.figures;
    history.forget_somebody(world).await;
    rollups::round(&world.app).await.unwrap();
    let after = Made::of(world).await.figures;
    assert!(after == before, "somebody is forgotten, and figures changed: {:?}", first_of_one(&after, &before));
    let after = rebuilt(world).await.figures;
    assert!(after == before, "made anew, figures changed: {:?}", first_of_one(&after, &before));
}

/// The first line that is in one alone.
fn first_of_one<'l>(one: &'l [String], other: &'l [String]) -> Option<&'l String> {
    let only = |these: &'l [String], those: &'l [String]| these.iter().find(|line| those.binary_search(line).is_err());
    only(one, other).or_else(|| only(other, one))
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
    assert!(sum(|cell| cell.unknown, Metric::FullEngagement) > 0, "of some not everything is known");
    let spoken: BTreeSet<&str> = made.iter().map(|cell| cell.language.as_str()).collect();
    assert!(spoken.len() > 2, "{spoken:?}");
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

/// A fact of the first school on each day.
async fn sow_days(world: &World, days: &[NaiveDate]) {
    let row = |day: &NaiveDate| fact::Model {
        metric: Metric::Reach,
        item_id: Uuid::now_v7(),
        subject_id: Uuid::now_v7(),
        board_id: world.ours.id,
        cluster_id: world.ours.clusters[0],
        school_id: world.ours.schools[0],
        class_group_id: world.ours.groups[0],
        language: "nl".to_owned(),
        day: *day,
        counts_at: begin(*day),
        numerator: 1,
        denominator: 1,
        unknown: 0,
    };
    let rows = days.iter().map(|day| row(day).into_active_model().reset_all());
    let db = world.writing().await;
    fact::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// Round a school year that begins in July and ends in August.
async fn months_and_school_years_are_made_of_whole_weeks(world: &World) {
    let from: NaiveDate = "2019-06-24".parse().unwrap();
    let days: Vec<NaiveDate> = from.iter_days().take(63 * 7).collect();
    sow_days(world, &days).await;
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    let mut expected: BTreeMap<(Span, NaiveDate), i64> = BTreeMap::new();
    for (day, span) in days.iter().flat_map(|day| Span::iter().map(move |span| (day, span))) {
        *expected.entry((span, key(span, *day))).or_default() += 1;
    }
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let own = figure::Entity::find()
        .filter(figure::Column::BoardId.eq(world.ours.id))
        .filter(figure::Column::Metric.eq(Metric::Reach))
        .filter(figure::Column::Level.eq(Level::School))
        .filter(figure::Column::Language.eq(""))
        .filter(figure::Column::StartsOn.lt(*days.last().unwrap()));
    let rows = own.all(&db).await.unwrap();
    let made: BTreeMap<_, _> = rows.iter().map(|row| ((row.span, row.starts_on), row.denominator)).collect();
    assert_eq!(made, expected);
    let of = |span: Span, key: &str| made[&(span, key.parse::<NaiveDate>().unwrap())];
    assert_eq!((of(Span::Month, "2019-07-01"), of(Span::Month, "2019-08-01")), (28, 35));
    assert_eq!(of(Span::SchoolYear, "2019-08-01"), 371, "53 weeks, from 29 July 2019 to 2 August 2020");
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

/// The teacher pays a compliment.
async fn praise(world: &World) {
    let input = json!({ "student": world.ours.students[0], "kind": "PHONE", "tone": "COMPLIMENT", "note": "Top!" });
    assert_eq!(codes(&act(world, Who::Teacher, "contactMomentLog", "", input).await), Vec::<&str>::new());
}

/// The first school goes to that cluster, if it is not there.
async fn move_to(world: &World, cluster: ClusterId) {
    let input = json!({ "id": world.ours.schools[0], "cluster": cluster });
    assert_eq!(codes(&act(world, Who::Admin, "schoolMove", "", input).await), Vec::<&str>::new());
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
    let over = today(world.app.clock.now()) - Days::new(1);
    let last = cells(world).await.into_iter().map(|cell| cell.starts_on).max();
    assert!(last.is_some_and(|last| last > over - Days::new(8)), "days turned for both");
    // The week of the last days is under way, and cells of it are of where the school is.
    let own = |cell: &&cell::Model| cell.metric == Metric::TwoWay && cell.school_id == world.ours.schools[0];
    let all = cells(world).await;
    let latest = all.iter().filter(own).filter(|cell| cell.span == Span::Week).max_by_key(|cell| cell.starts_on);
    assert_eq!(latest.map(|cell| cell.cluster_id), Some(world.ours.clusters[0]), "where it went last");
    let praises = |cell: &&cell::Model| cell.metric == Metric::PositiveContact && cell.numerator > 0;
    assert!(all.iter().any(|cell| praises(&cell)), "what happened meanwhile counts");
    if let Ok(other) = std::sync::Arc::try_unwrap(other) {
        other.db.close().await.unwrap();
    }
}

pub(super) async fn wish(world: &World, least: Option<i32>) -> Value {
    let input = json!({ "id": world.ours.id, "leastShown": least });
    act(world, Who::Admin, "boardUpdate", "board { leastShown }", input).await
}

/// How many figures the administrator sees.
pub(super) async fn seen(world: &World) -> u64 {
    let standing = world.standing(Who::Admin).await;
    let db = world.app.db.read(&standing.scope).await.unwrap();
    figure::Entity::within(&standing.scope).count(&db).await.unwrap()
}

/// Two schools of fifty in a week of last year, of which there is nothing else. Its Monday.
pub(super) async fn fifty(world: &World) -> NaiveDate {
    let week = today(world.app.clock.now()) - Days::new(7 * 60);
    let monday = key(Span::Week, week);
    let db = world.writing().await;
    for school in &world.ours.schools[..2] {
        let cell = cell::Model {
            school_id: *school,
            span: Span::Week,
            starts_on: monday,
            metric: Metric::Reach,
            cluster_id: world.ours.clusters[0],
            class_group_id: world.ours.groups[0],
            language: String::new(),
            board_id: world.ours.id,
            version: 1,
            numerator: 25,
            denominator: 50,
            unknown: 0,
        };
        let year = cell::Model { span: Span::SchoolYear, starts_on: key(Span::SchoolYear, week), ..cell.clone() };
        for row in [cell, year] {
            row.into_active_model().reset_all().insert(&db).await.unwrap();
        }
    }
    world.written(db).await;
    monday
}

async fn a_board_that_hides_more_hides_at_once(world: &World) {
    rollups::round(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(1));
    fifty(world).await;
    assert_eq!(wish(world, Some(5)).await["board"]["leastShown"], 5);
    rollups::round(&world.app).await.unwrap();
    let shows = |made: &Made| {
        made.figures.iter().filter(|line| line.contains("numerator: 25,") && line.contains("outside: None")).count()
    };
    let before = Made::of(world).await;
    assert_eq!(shows(&before), 4, "both schools, of the week and of the year");
    assert!(seen(world).await > 0);
    assert_eq!(wish(world, Some(51)).await["board"]["leastShown"], 51);
    assert_eq!(seen(world).await, 0, "what was published shows too much");
    rollups::round(&world.app).await.unwrap();
    assert!(seen(world).await > 0);
    let raised = Made::of(world).await;
    assert_eq!((raised.figures.len(), shows(&raised)), (before.figures.len(), 0));
    assert_eq!(wish(world, None).await["board"]["leastShown"], Value::Null);
    rollups::round(&world.app).await.unwrap();
    Made::of(world).await.must_be(&before, "no wish any more");
    for wrong in [4, 101] {
        assert_eq!(wish(world, Some(wrong)).await["userErrors"][0]["field"], json!(["leastShown"]));
    }
}

on_each_database!(
    a_board_that_hides_more_hides_at_once,
    months_and_school_years_are_made_of_whole_weeks,
    what_is_made_while_facts_come_in_is_what_is_made_anew,
    marks_that_are_written_twice_change_nothing,
    two_processes_make_the_same_as_one,
);
