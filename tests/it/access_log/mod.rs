//! Who opened whose record.

mod fields;
mod keeping;
mod readers;
mod records;
mod writing;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Request, Variables};
use chrono::TimeDelta;
use glans::access::Standing;
use glans::call::Call;
use glans::graphql::GlansSchema;
use glans::people::access_log::Subject;
use glans_entity::people::access_log::{Column, Entity, Model};
use glans_entity::scope::Scoped;
use glans_tests::World;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde_json::Value;

const RECORD: &str = "query($id: ID!) { student(id: $id) {
    displayName number guardianships { relationship guardian { displayName email } } } }";
const LOG: &str = "query($id: ID!) { student(id: $id) { accessLog(first: 10) {
    totalCount nodes { readerName reader { id } roles requestId } } } }";

/// Whose records an answer opens, past the transport.
async fn opened(
    world: &World,
    schema: &GlansSchema,
    standing: &Arc<Standing>,
    document: &str,
    variables: Value,
) -> BTreeSet<Subject> {
    let call = Call::new(Arc::clone(&world.app), Arc::clone(standing), "test".to_owned());
    let opened = Arc::clone(&call.opened);
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    request.data = call.into_data();
    let answer = schema.execute(request).await;
    assert!(answer.errors.is_empty(), "{document} was answered with {:?}", answer.errors);
    opened.subjects()
}

/// The lines of the first board, oldest first, without those of the seed where they are of `yesterday`.
async fn lines(world: &World, yesterday: bool) -> Vec<Model> {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    let ours = Entity::within(&everywhere).filter(Column::BoardId.eq(world.ours.id));
    let mut lines = ours.order_by_asc(Column::At).order_by_asc(Column::Id).all(&db).await.unwrap();
    lines.retain(|line| yesterday || line.request_id != "yesterday");
    lines
}

/// A test that takes a moment must not go on in the next hour.
fn turn_to_the_next_hour(world: &World) {
    let now = world.app.clock.now();
    let into_it = TimeDelta::seconds(now.timestamp().rem_euclid(3_600));
    world.app.clock.turn(TimeDelta::hours(1) - into_it + TimeDelta::seconds(1));
}
