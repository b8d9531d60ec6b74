//! Persons, students, enrolments and guardianships.

pub mod erasure;
mod guardianships;
mod persons;
mod rights;
mod sight;
mod students;

use glans_entity::scope::{Scope, Scoped};
use glans_entity::{identity, platform};
use glans_tests::World;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

const STUDENT: &str = "query($id: ID!) { student(id: $id) {
    displayName number viewerCanEdit school { name } classGroups { name }
    guardianships { access status viewerCanEdit guardian { displayName email } student { displayName } }
} }";

/// Lines in the audit log with this deed about this subject, and events in the outbox.
pub async fn told(world: &World, deed: &str, subject: &str) -> (u64, u64) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let lines = identity::audit::Entity::within(&scope)
        .filter(identity::audit::Column::Action.eq(deed))
        .filter(identity::audit::Column::Subject.eq(subject))
        .count(&db)
        .await
        .unwrap();
    let events = platform::outbox::Entity::find().filter(platform::outbox::Column::Kind.eq(deed)).all(&db).await;
    let events = events.unwrap().into_iter().filter(|event| event.payload == json!({ "id": subject })).count();
    (lines, events as u64)
}
