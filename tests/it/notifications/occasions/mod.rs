//! Who is told of what happens, and who is not.

mod announcements;
mod bookings;
mod concerns;
mod conversations;
mod invited;
mod late;
mod messages;
mod staff;

use chrono::{DateTime, TimeDelta, Utc};
use glans::notifications::telling;
use glans::platform::outbox::{Event, emit};
use glans_entity::ids::{AccountId, PersonId, StudentId};
use glans_entity::notifications::{notification, notification_student};
use glans_entity::people::person;
use glans_entity::scope::Scoped;
use glans_tests::World;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::ask::{act_as, codes};

const NOBODY: [&str; 0] = [];

/// Tells of all that happened.
pub(super) async fn tell(world: &World) {
    while telling::round(&world.app).await.unwrap() > 0 {}
}

/// The notifications with this text in the first board, oldest first.
pub(super) async fn notifications(world: &World, text: &str) -> Vec<notification::Model> {
    use notification::Column;
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let rows = notification::Entity::within(&world.everywhere())
        .filter(Column::BoardId.eq(world.ours.id))
        .filter(Column::Source.not_like("seed.%"))
        .filter(Column::Text.eq(text));
    rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&db).await.unwrap()
}

/// By name, those to whom this was told and is not withdrawn; staff with a star.
pub(super) async fn told(world: &World, text: &str) -> Vec<String> {
    tell(world).await;
    standing(world, text).await
}

/// As [`told`], of what was told already.
pub(super) async fn standing(world: &World, text: &str) -> Vec<String> {
    let rows = notifications(world, text).await;
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let mut names = Vec::new();
    for row in rows.iter().filter(|row| row.withdrawn_at.is_none()) {
        let found = person::Entity::within(&world.everywhere()).filter(person::Column::Id.eq(row.person_id));
        let name = found.one(&db).await.unwrap().unwrap().given_name;
        names.push(if row.as_staff { format!("{name}*") } else { name });
    }
    names.sort();
    names.dedup();
    names
}

/// The children whom what was told to a person with this text concerns.
async fn children(world: &World, text: &str, to: PersonId) -> Vec<StudentId> {
    use notification_student::Column;
    let row = notifications(world, text).await.into_iter().find(|row| row.person_id == to).unwrap();
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let rows = notification_student::Entity::find().filter(Column::NotificationId.eq(row.id)).all(&db).await.unwrap();
    rows.into_iter().map(|row| row.student_id).collect()
}

/// Whether the person has read all they were told with this text.
async fn has_read(world: &World, text: &str, person: PersonId) -> bool {
    tell(world).await;
    let rows = notifications(world, text).await;
    let mut own = rows.iter().filter(|row| row.person_id == person).peekable();
    assert!(own.peek().is_some(), "nobody told them: {text}");
    own.all(|row| row.read_at.is_some())
}

/// Makes it so, with errors of nobody.
pub(super) async fn done(world: &World, who: impl Into<AccountId>, name: &str, fields: &str, input: Value) -> Value {
    let made = act_as(world, who, name, fields, input).await;
    assert_eq!(codes(&made), NOBODY, "{name}: {made}");
    made
}

pub(super) fn in_days(world: &World, days: i64) -> DateTime<Utc> {
    world.app.clock.now() + TimeDelta::days(days)
}

/// Writes an event of the first board as an act would.
pub(super) async fn happens(world: &World, event: Event) {
    let db = world.writing().await;
    emit(&db, Some(world.ours.id), event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}
