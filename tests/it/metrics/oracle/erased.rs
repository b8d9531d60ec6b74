//! Somebody is forgotten, and goes on to count as nobody.

use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::conversation_attendee;
use glans_entity::ids::PersonId;
use glans_entity::metrics::fact;
use glans_tests::{Who, World};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::agree::write_all;
use super::facts_of;
use super::town::Town;
use crate::ask::{act, codes};

/// Of a guardian of whom there are facts nothing is left but that somebody counted: when they are forgotten, and when
/// what they took part in is told again after that. All that can be written down is written down already.
pub(super) async fn forget_somebody(world: &World, town: &Town) {
    let before = facts_of(world).await;
    let is_counted = |person: &PersonId| before.iter().any(|fact| fact.subject_id == person.0);
    let Some(person) = town.guardians.iter().copied().find(is_counted) else { return };
    let payload = act(world, Who::Admin, "personErase", "", json!({ "id": person })).await;
    assert_eq!(codes(&payload), Vec::<&str>::new());
    must_count_as_nobody(world, person, &before, "forgotten").await;
    tell_again(world, person).await;
    must_count_as_nobody(world, person, &before, "told again").await;
}

async fn must_count_as_nobody(world: &World, person: PersonId, before: &[fact::Model], how: &str) {
    let after = facts_of(world).await;
    let named: Vec<_> = after.iter().filter(|fact| fact.subject_id == person.0).collect();
    assert_eq!(named, Vec::<&fact::Model>::new(), "{how}: facts that name {person}");
    let (before, after) = (of_nobody(before), of_nobody(&after));
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|line| those.binary_search(line).is_err()).take(5).cloned().collect()
    };
    let differ = (only(&before, &after), only(&after, &before));
    assert_eq!(differ, (Vec::new(), Vec::new()), "{how}: what counts");
    assert_eq!(before.len(), after.len(), "{how}: how often it counts");
}

/// The facts but for whom they name, each as a line.
fn of_nobody(facts: &[fact::Model]) -> Vec<String> {
    let line = |fact: &fact::Model| format!("{:?}", fact::Model { subject_id: Uuid::nil(), ..fact.clone() });
    let mut lines: Vec<String> = facts.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

/// The records of conversations are corrected, and it is looked whether anything was left out.
async fn tell_again(world: &World, person: PersonId) {
    let (db, now) = (world.writing().await, world.app.clock.now());
    let own = conversation_attendee::Entity::find().filter(conversation_attendee::Column::PersonId.eq(person));
    for row in own.all(&db).await.unwrap() {
        let payload = json!({ "id": row.conversation_id });
        let event = Event { kind: "conversation.recorded", payload };
        facts::record(&db, world.ours.id, &event, now).await.unwrap();
    }
    write_all(world, &db, now).await;
    world.written(db).await;
}
