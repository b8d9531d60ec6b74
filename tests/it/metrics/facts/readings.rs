//! A reading that is told late, or while its announcement is withdrawn.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::{AnnouncementStatus, announcement, recipient};
use glans_entity::ids::AnnouncementId;
use glans_entity::metrics::{Metric, fact};
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::{counted_all_along, facts_of, reading};
use crate::announcements::published;
use crate::ask::{act, codes};
use crate::metrics::now;

/// The teacher publishes something for the class group, which concerns the first student.
async fn announced(world: &World) -> AnnouncementId {
    counted_all_along(world).await;
    let to_group = json!({ "audience": { "include": [world.ours.groups[0]] } });
    let id = published(world, Who::Teacher, "Schoolreis", to_group).await;
    id.as_str().unwrap().parse().unwrap()
}

async fn read(world: &World, id: AnnouncementId, said: Option<DateTime<Utc>>) {
    let done = act(world, Who::Guardian, "announcementRead", "", json!({ "ids": [id], "readAt": said })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
}

/// How many students were reached, how many it concerns, and how often it was told that somebody read.
async fn reach(world: &World, id: AnnouncementId) -> (i32, i32, u64) {
    let facts = facts_of(world, Metric::Reach, id.0).await;
    let reads = outbox::Entity::find().filter(outbox::Column::Kind.eq("announcement.read"));
    let told = reads.count(&reading(world).await).await.unwrap();
    let sum = |of: fn(&fact::Model) -> i32| -> i32 { facts.iter().map(of).sum() };
    (sum(|fact| fact.numerator), sum(|fact| fact.denominator), told)
}

async fn a_phone_that_was_offline_tells_of_an_earlier_reading(world: &World) {
    let id = announced(world).await;
    let said = now(world) + TimeDelta::hours(10);
    world.app.clock.turn(TimeDelta::hours(80));
    let read_there = now(world);
    read(world, id, None).await;
    assert_eq!(reach(world, id).await, (0, 1, 1), "too late");
    world.app.clock.turn(TimeDelta::hours(10));
    read(world, id, Some(said)).await;
    assert_eq!(reach(world, id).await, (1, 1, 2));
    // Nor is it told again, or put off.
    read(world, id, Some(said)).await;
    read(world, id, Some(read_there)).await;
    assert_eq!(reach(world, id).await, (1, 1, 2));
    let own = recipient::Entity::find().filter(recipient::Column::ItemId.eq(id.0));
    let own = own.filter(recipient::Column::PersonId.eq(world.ours.guardians[0].person));
    let row = own.one(&reading(world).await).await.unwrap().unwrap();
    for at in [row.read_at, row.delivered_at] {
        assert_eq!(at.map(|at| at.timestamp_millis()), Some(said.timestamp_millis()));
    }
}

async fn what_is_read_while_it_is_withdrawn_counts_for_nobody(world: &World) {
    use announcement::Column;
    let id = announced(world).await;
    assert_eq!(reach(world, id).await, (0, 1, 0));
    world.app.clock.turn(TimeDelta::hours(1));
    let db = world.writing().await;
    announcement::Entity::update_many()
        .col_expr(Column::Status, Expr::val(AnnouncementStatus::Withdrawn.to_value()))
        .col_expr(Column::WithdrawnAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let event = Event { kind: "announcement.withdrawn", payload: json!({ "id": id.to_string() }) };
    facts::record(&db, world.ours.id, &event, now(world)).await.unwrap();
    let withdrawn = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.written(db).await;
    };
    tokio::join!(read(world, id, None), withdrawn);
    assert_eq!(facts_of(world, Metric::Reach, id.0).await, Vec::<fact::Model>::new());
}

on_each_database!(
    a_phone_that_was_offline_tells_of_an_earlier_reading,
    what_is_read_while_it_is_withdrawn_counts_for_nobody,
);
