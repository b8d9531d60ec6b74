//! The facts of contact, conversations and lessons and the slow computation say the same, act by act and written down
//! anew.

use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans_entity::metrics::{Metric, fact};
use glans_tests::{Engine, World, on_each_database, run};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::agree::{AT_ONCE, beginning, write_all};
use super::calendar::today;
use super::chronicle::Chronicle;
use super::erased::forget_somebody;
use super::life::Life;
use super::town::Town;
use super::year::{Season, Year};
use super::{facts_of, sum, worth, written};

/// Acts of one history: ten days, with the last ones of its school year.
const ACTS: u64 = 70;
/// Days until all observation periods of a history are over.
const OVER: u64 = 8;

const LIVED: [Metric; 13] = [
    Metric::TwoWay,
    Metric::StaffReply,
    Metric::PositiveContact,
    Metric::Intake,
    Metric::StartConversation,
    Metric::ConversationCoverage,
    Metric::NoShow,
    Metric::AgreementsKept,
    Metric::Closing,
    Metric::LessonsPrepared,
    Metric::LessonsTaught,
    Metric::TeamAttendance,
    Metric::ExperienceReturn,
];

async fn agree(world: &World, chronicle: &mut Chronicle, history: u64) -> Town {
    let mut dice = StdRng::seed_from_u64(history);
    let from = beginning(history);
    let town = Town::settle(world, &mut dice, &format!("leven-{history}"), from).await;
    let year = Year::begin(world, &town, &mut dice, (history, Season::Short), from).await;
    let db = world.writing().await;
    let mut life = Life::new(world, &db, (&town, &year, &mut *chronicle), &mut dice, from);
    for _ in 0..ACTS {
        life.go_on().await;
    }
    life.rest(OVER).await;
    life.night().await;
    let now = life.now;
    world.written(db).await;
    world.app.clock.turn(now - world.app.clock.now());
    must_agree(world, chronicle, history, "act by act").await;

    let db = world.writing().await;
    let days = fact::Column::Day.between(since(from), today(now) + Days::new(2));
    fact::Entity::delete_many().filter(fact::Column::BoardId.eq(world.ours.id)).filter(days).exec(&db).await.unwrap();
    write_all(world, &db, now).await;
    world.written(db).await;
    must_agree(world, chronicle, history, "written down anew").await;
    town
}

/// At the end, and for what had been known for good some days before.
async fn must_agree(world: &World, chronicle: &Chronicle, history: u64, how: &str) {
    let (now, facts) = (world.app.clock.now(), facts_of(world).await);
    let days = since(beginning(history))..=today(now);
    for metric in LIVED {
        let worth = worth(world, chronicle, metric).await;
        for at in [now, now - TimeDelta::days(12)] {
            let (made, told) = (written(&facts, metric, &days, at), sum(&worth, metric, &days, at));
            assert_eq!(made, told, "history {history}, {how}: {metric:?} at {at}");
        }
    }
}

/// Before the first day on which something of a history was.
fn since(from: DateTime<Utc>) -> NaiveDate {
    today(from) - Days::new(12)
}

async fn all_agree(world: &World, histories: Range<u64>) {
    let mut chronicle = Chronicle::begin(world).await;
    let mut last = None;
    for history in histories {
        last = Some(agree(world, &mut chronicle, history).await);
    }
    forget_somebody(world, &last.unwrap()).await;
}

async fn facts_of_contact_conversations_and_lessons_are_what_the_tables_say(world: &World) {
    all_agree(world, 0..AT_ONCE).await;
    something_happened(world).await;
}

/// Nothing and nothing are the same as well.
async fn something_happened(world: &World) {
    let (now, facts) = (world.app.clock.now(), facts_of(world).await);
    let days = since(beginning(0))..=today(now);
    for metric in LIVED {
        let made = written(&facts, metric, &days, now);
        assert!(made.values().any(|(numerator, ..)| *numerator > 0), "nothing that counts for {metric:?}");
    }
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
fn sqlite_many_histories_of_contact_conversations_and_lessons() {
    many(Engine::Sqlite);
}

#[test]
#[ignore = "long: HISTORIES=200 cargo test --test it many_histories -- --ignored"]
fn postgres_many_histories_of_contact_conversations_and_lessons() {
    many(Engine::Postgres);
}

on_each_database!(facts_of_contact_conversations_and_lessons_are_what_the_tables_say);
