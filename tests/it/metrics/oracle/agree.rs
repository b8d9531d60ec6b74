//! The facts and the slow computation say the same, act by act and written down anew.

use std::ops::Range;

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::metrics::facts::{self, Part};
use glans::platform::outbox::Event;
use glans_entity::engagement::{announcement, recipient};
use glans_entity::metrics::{Metric, fact};
use glans_tests::{Engine, World, on_each_database, run};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::acts::Course;
use super::calendar::today;
use super::chronicle::Chronicle;
use super::erased::forget_somebody;
use super::town::Town;
use super::{Counts, facts_of, sum, worth, written};

/// Histories in the suite, and in one database: they follow each other.
pub(super) const AT_ONCE: u64 = 10;
/// Acts of one history: few enough that nothing of it is older at its end than deliveries are kept.
const ACTS: u64 = 24;
/// From one history to the next, in days: longer than one lasts.
const APART: u64 = 60;
/// Days until all observation periods of a history are over.
const OVER: u64 = 8;

const TOLD: [Metric; 8] = [
    Metric::Reach,
    Metric::Confirmation,
    Metric::EventParticipation,
    Metric::SurveyResponse,
    Metric::GuardianTrust,
    Metric::TeacherTrust,
    Metric::Delivery,
    Metric::ContentUse,
];

/// In October, so that the clock changes in some of them.
pub(super) fn beginning(history: u64) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2035-10-15T06:00:00Z".parse().unwrap();
    first + Days::new(history % AT_ONCE * APART)
}

async fn agree(world: &World, chronicle: &mut Chronicle, history: u64) -> Town {
    let mut dice = StdRng::seed_from_u64(history);
    let from = beginning(history);
    let town = Town::settle(world, &mut dice, &history.to_string(), from).await;
    let db = world.writing().await;
    let mut course = Course::new(world, &db, (&town, &mut *chronicle), &mut dice, from);
    for _ in 0..ACTS {
        course.go_on().await;
    }
    course.rest(OVER).await;
    course.night().await;
    let now = course.now;
    world.written(db).await;
    world.app.clock.turn(now - world.app.clock.now());
    must_agree(world, chronicle, history, "act by act").await;

    let db = world.writing().await;
    let days = fact::Column::Day.between(today(from) - Days::new(2), today(now) + Days::new(2));
    fact::Entity::delete_many().filter(fact::Column::BoardId.eq(world.ours.id)).filter(days).exec(&db).await.unwrap();
    write_all(world, &db, now).await;
    world.written(db).await;
    must_agree(world, chronicle, history, "written down anew").await;
    town
}

pub(super) async fn write_all(world: &World, db: &DatabaseTransaction, now: DateTime<Utc>) {
    for part in Part::ALL {
        facts::all_of(db, world.ours.id, part, now).await.unwrap();
    }
}

/// At the end, and for what had been known for good some days before.
async fn must_agree(world: &World, chronicle: &Chronicle, history: u64, how: &str) {
    let (now, facts) = (world.app.clock.now(), facts_of(world).await);
    let days = today(beginning(history)) - Days::new(2)..=today(now);
    for metric in TOLD {
        let worth = worth(world, chronicle, metric).await;
        for at in [now, now - TimeDelta::days(9)] {
            let (made, told) = (written(&facts, metric, &days, at), sum(&worth, metric, &days, at));
            assert_eq!(made, told, "history {history}, {how}: {metric:?} at {at}");
        }
    }
}

async fn all_agree(world: &World, histories: Range<u64>) {
    let mut chronicle = Chronicle::begin(world).await;
    let mut last = None;
    for history in histories {
        last = Some(agree(world, &mut chronicle, history).await);
    }
    forget_somebody(world, &last.unwrap()).await;
}

async fn facts_of_what_is_told_and_asked_are_what_the_tables_say(world: &World) {
    all_agree(world, 0..AT_ONCE).await;
}

/// As many as `HISTORIES` says, ten in a database.
fn many(engine: Engine) {
    let histories = std::env::var("HISTORIES").map_or(200, |count| count.parse().expect("HISTORIES is a number"));
    for first in (0..histories).step_by(usize::try_from(AT_ONCE).unwrap()) {
        run(engine, async |world: &World| all_agree(world, first..(first + AT_ONCE).min(histories)).await);
    }
}

#[test]
#[ignore = "long: HISTORIES=200 cargo test --test it many_histories -- --ignored"]
fn sqlite_many_histories_of_what_is_told_and_asked() {
    many(Engine::Sqlite);
}

#[test]
#[ignore = "long: HISTORIES=200 cargo test --test it many_histories -- --ignored"]
fn postgres_many_histories_of_what_is_told_and_asked() {
    many(Engine::Postgres);
}

/// The reach of the seed's announcement of the first school.
async fn reach(world: &World, now: DateTime<Utc>) -> Counts {
    let all = today(now) - Days::new(30)..=today(now);
    let mut counts = written(&facts_of(world).await, Metric::Reach, &all, now);
    counts.retain(|place, _| place.school == world.ours.schools[0]);
    counts
}

/// The announcement of the seed is read a day after it appeared.
async fn a_read_announcement(world: &World) -> DateTime<Utc> {
    let id = world.ours.announcements[0];
    let mut dice = StdRng::seed_from_u64(1);
    Town::settle(world, &mut dice, "lezers", world.app.clock.now() + TimeDelta::days(400)).await;
    let db = world.writing().await;
    let row = announcement::Entity::find_by_id(id).one(&db).await.unwrap().unwrap();
    let published_at = row.published_at.unwrap();
    recipient::Entity::update_many()
        .col_expr(recipient::Column::ReadAt, Expr::val(published_at + TimeDelta::days(1)))
        .filter(recipient::Column::ItemId.eq(id.0))
        .exec(&db)
        .await
        .unwrap();
    write_all(world, &db, published_at + TimeDelta::days(1)).await;
    world.written(db).await;
    published_at
}

async fn what_was_reached_stays_so_when_a_correction_is_read_late(world: &World) {
    let published_at = a_read_announcement(world).await;
    let (id, later) = (world.ours.announcements[0], published_at + TimeDelta::days(6));
    let before = reach(world, later).await;
    assert_eq!(before.values().map(|(reached, ..)| *reached).sum::<i64>(), 1);
    let db = world.writing().await;
    recipient::Entity::update_many()
        .col_expr(recipient::Column::ReadAt, Expr::val(later))
        .filter(recipient::Column::ItemId.eq(id.0))
        .exec(&db)
        .await
        .unwrap();
    let payload = json!({ "ids": [id], "person": world.ours.guardians[0].person });
    facts::record(&db, world.ours.id, &Event { kind: "announcement.read", payload }, later).await.unwrap();
    write_all(world, &db, later).await;
    world.written(db).await;
    assert_eq!(reach(world, later).await, before);
}

async fn nothing_counts_before_its_time_is_over(world: &World) {
    let published_at = a_read_announcement(world).await;
    let over = published_at + TimeDelta::hours(72);
    assert_eq!(reach(world, over - TimeDelta::milliseconds(1)).await, Counts::new());
    assert_eq!(reach(world, over).await.len(), 1);
}

on_each_database!(
    facts_of_what_is_told_and_asked_are_what_the_tables_say,
    what_was_reached_stays_so_when_a_correction_is_read_late,
    nothing_counts_before_its_time_is_over,
);
