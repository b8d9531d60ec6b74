//! How students stand is counted once, from the day on which it was so, and by one meaning of every word.

mod counting;
mod reached;
mod times;

use chrono::NaiveDate;
use glans::call::today;
use glans::metrics;
use glans::platform::outbox::Event;
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::metrics::stretch;
use glans_entity::people::{GuardianAccess, person};
use glans_tests::{Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::rollups;
use crate::ask::done;

pub(super) fn on(world: &World) -> NaiveDate {
    today(world.app.clock.now())
}

pub(super) fn noor(world: &World) -> StudentId {
    world.ours.students[0]
}

/// The guardian of Noor.
fn ilse(world: &World) -> PersonId {
    world.ours.guardians[0].person
}

/// What is written of a child, in order.
pub(super) async fn stretches(world: &World, child: StudentId) -> Vec<stretch::Model> {
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let own = stretch::Entity::find().filter(stretch::Column::StudentId.eq(child));
    own.order_by_asc(stretch::Column::StartsOn).all(&db).await.unwrap()
}

/// First and last days, with the language.
pub(super) async fn days(world: &World, child: StudentId) -> Vec<(NaiveDate, Option<NaiveDate>, String)> {
    let rows = stretches(world, child).await;
    rows.into_iter().map(|row| (row.starts_on, row.ends_on, row.language)).collect()
}

async fn last(world: &World, child: StudentId) -> stretch::Model {
    stretches(world, child).await.pop().expect("a stretch")
}

/// The guardian speaks another language from now on, which no act tells.
pub(super) async fn speaks(world: &World, guardian: PersonId, language: &str) {
    let db = world.writing().await;
    let update = person::Entity::update_many().col_expr(person::Column::Language, Expr::value(language));
    update.filter(person::Column::Id.eq(guardian)).exec(&db).await.unwrap();
    world.written(db).await;
}

/// The act that emitted it is committed.
pub(super) async fn happens(world: &World, event: Event) {
    let db = world.writing().await;
    metrics::record(&db, world.ours.id, &event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}

pub(super) fn placed(child: StudentId) -> Event {
    Event::about("student.placed", child)
}

/// All cells of the first board, each as a line.
pub(super) async fn cells(world: &World) -> Vec<String> {
    rollups::lines(&rollups::cells(world).await)
}

/// A child of the first group, with a guardian of its own.
pub(super) async fn family(world: &World, name: &str) -> (StudentId, PersonId) {
    let child = world.child(name, 0).await;
    let guardian = world.guardian(&format!("Ouder van {name}"), &[(child, GuardianAccess::Full)]).await;
    (child, guardian.person)
}

/// It is told that Noor left the school on that day.
async fn noor_left(world: &World, on: NaiveDate) {
    done(world, Who::Leader, "studentLeave", "", json!({ "id": noor(world), "on": on.to_string() })).await;
}
