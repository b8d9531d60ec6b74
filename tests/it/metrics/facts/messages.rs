//! Messages that arrive in another order than they were written.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::call::begin;
use glans_entity::engagement::message;
use glans_entity::ids::MessageId;
use glans_entity::metrics::{Metric, fact};
use glans_tests::seed::put;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{MONDAY, counted, facts_of, reading, told_at};
use crate::metrics::day;

/// Somebody writes in the thread about the first student. It arrives at that time, and nobody was told of it yet.
async fn write(world: &World, is_staff: bool, arrives_at: DateTime<Utc>) -> MessageId {
    let (id, guardian, teacher) = (MessageId::new(), world.ours.guardians[0], world.ours.teacher);
    let row = message::Model {
        id,
        board_id: world.ours.id,
        thread_id: world.ours.threads[0],
        school_id: world.ours.schools[0],
        student_id: world.ours.students[0],
        author_id: if is_staff { teacher.person } else { guardian.person },
        is_staff,
        body: "Hoe gaat het?".to_owned(),
        sent_at: arrives_at,
        arrives_at,
        announced_at: None,
        undeliverable_at: None,
        updated_at: arrives_at,
        version: 1,
    };
    let db = world.writing().await;
    put::<message::Entity>(&db, row).await;
    world.written(db).await;
    id
}

async fn arrive(world: &World, id: MessageId, at: DateTime<Utc>) {
    let db = world.writing().await;
    message::Entity::update_many()
        .col_expr(message::Column::AnnouncedAt, Expr::val(at))
        .filter(message::Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    told_at(world, "message.arrived", id, at).await;
}

/// As [`write`], of what is not held.
async fn say(world: &World, is_staff: bool, at: DateTime<Utc>) -> MessageId {
    let id = write(world, is_staff, at).await;
    arrive(world, id, at).await;
    id
}

/// The messages that are marks.
async fn marks(world: &World) -> BTreeSet<Uuid> {
    let all = fact::Entity::find().filter(fact::Column::Metric.eq(Metric::TwoWay));
    let all = all.filter(fact::Column::Day.gte(day(MONDAY))).all(&reading(world).await).await.unwrap();
    all.into_iter().map(|fact| fact.item_id).collect()
}

fn ids<const N: usize>(messages: [MessageId; N]) -> BTreeSet<Uuid> {
    messages.into_iter().map(|id| id.0).collect()
}

/// The thread has a message of the guardian, of years ago.
async fn contact_is_two_way_where_one_side_answers_the_other(world: &World) {
    let monday = day(MONDAY);
    counted(world, (monday - Days::new(14), None), 0, 0).await;
    let at = |days: u64, hour: i64| begin(monday + Days::new(days)) + TimeDelta::hours(hour);
    say(world, true, at(0, 12)).await;
    assert_eq!(marks(world).await, ids([]), "no answer to what was asked years ago");
    let answer = say(world, false, at(1, 12)).await;
    assert_eq!(marks(world).await, ids([answer]));
    // A week later the guardian goes on, unasked.
    let alone = say(world, false, at(8, 12)).await;
    assert_eq!(marks(world).await, ids([answer]), "nobody answered in that week");
    let reply = say(world, true, at(9, 12)).await;
    assert_eq!(marks(world).await, ids([answer, reply]));

    // It arrived before the answer, and is told of after it.
    let held = write(world, false, at(0, 15)).await;
    arrive(world, held, at(10, 12)).await;
    assert_eq!(marks(world).await, ids([held, reply]));

    // Each counts when its two days are over, answered or not.
    for (id, is_answered, over) in [(answer, 0, 4), (alone, 1, 11)] {
        let facts = facts_of(world, Metric::StaffReply, id.0).await;
        let found: Vec<_> = facts.iter().map(|fact| (fact.numerator, fact.counts_at)).collect();
        assert_eq!(found, [(is_answered, at(over, 0))]);
    }
}

on_each_database!(contact_is_two_way_where_one_side_answers_the_other);
