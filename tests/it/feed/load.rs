//! A list of thousands of items, measured from its beginning to its end. It asserts no time: machines differ.
//!
//! `ITEMS=5000 cargo test -p glans-tests --test it -- --ignored --nocapture feed::load`

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use glans_entity::engagement::{AnnouncementStatus, Priority, RecipientKind, announcement, recipient};
use glans_entity::ids::AnnouncementId;
use glans_entity::localized::Strings;
use glans_entity::people::GuardianAccess;
use glans_tests::{Engine, Who, World, run};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::ask::ask;

const FEED: &str = "query($after: String) { feed(first: 20, after: $after) { pageInfo { endCursor hasNextPage }
    nodes { kind at isRead students { displayName } node { ... on Announcement { title author { displayName } } } } } }";

async fn fill(world: &World, items: i64) {
    let (ours, now) = (&world.ours, world.app.clock.now());
    let db = world.writing().await;
    let rows: Vec<_> = (0..items)
        .map(|number| {
            let at = now - TimeDelta::minutes(number + 1);
            announcement::Model {
                id: AnnouncementId::new(),
                board_id: ours.id,
                school_id: Some(ours.schools[0]),
                author_id: ours.leader.person,
                language: "nl".to_owned(),
                title: format!("Bericht {number}"),
                body: "Tekst.".to_owned(),
                roles: Strings(vec!["GUARDIAN".to_owned()]),
                priority: Priority::Normal,
                urgent_reason: None,
                important_facts: false,
                requires_acknowledgement: false,
                acknowledge_by: None,
                status: AnnouncementStatus::Published,
                publish_at: at,
                published_at: Some(at),
                expires_at: None,
                corrected_at: None,
                correction_note: None,
                withdrawn_at: None,
                created_at: at,
                updated_at: at,
                version: 1,
            }
        })
        .collect();
    for rows in rows.chunks(500) {
        let lines = rows.iter().map(|row| {
            let line = recipient::Model {
                item_id: row.id.0,
                person_id: ours.guardians[0].person,
                student_id: ours.students[0],
                board_id: ours.id,
                kind: RecipientKind::Announcement,
                least: GuardianAccess::Full,
                at: row.publish_at,
                delivered_at: None,
                read_at: None,
                acknowledged_at: None,
            };
            line.into_active_model().reset_all()
        });
        recipient::Entity::insert_many(lines).exec_without_returning(&db).await.unwrap();
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        announcement::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    }
    world.written(db).await;
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

async fn from_the_first_page_to_the_last(world: &World) {
    let items = std::env::var("ITEMS").map_or(500, |count| count.parse().expect("a number"));
    fill(world, items).await;
    let (mut after, mut times, mut seen) = (Value::Null, Vec::new(), 0);
    loop {
        let start = Instant::now();
        let page = ask(world, Who::Guardian, FEED, json!({ "after": after })).await;
        times.push(start.elapsed());
        seen += page["feed"]["nodes"].as_array().unwrap().len();
        after = page["feed"]["pageInfo"]["endCursor"].clone();
        if page["feed"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let tenth = (times.len() / 10).max(1);
    let (first, last) = (median(&times[..tenth]), median(&times[times.len() - tenth..]));
    let start = Instant::now();
    ask(world, Who::Guardian, "{ awaiting { kind dueAt } feedUnreadCount }", json!({})).await;
    let awaiting = start.elapsed();
    println!(
        "{}: {seen} items in {} pages, the first tenth in {first:.2?} each, the last in {last:.2?}: {:.2} times; \
         what awaits and what is unread among them in {awaiting:.2?}",
        world.engine(),
        times.len(),
        last.as_secs_f64() / first.as_secs_f64(),
    );
}

#[test]
#[ignore = "a measurement"]
fn sqlite() {
    run(Engine::Sqlite, from_the_first_page_to_the_last);
}

#[test]
#[ignore = "a measurement"]
fn postgres() {
    run(Engine::Postgres, from_the_first_page_to_the_last);
}
