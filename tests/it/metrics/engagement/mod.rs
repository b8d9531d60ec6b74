//! Figures of a place: who sees them, what is hidden, and what is no question.

mod limits;
mod questions;
mod rights;

use std::sync::Arc;

use chrono::NaiveDate;
use glans::access::Standing;
use glans_entity::metrics::{Level, Metric, Suppression, figure};
use glans_tests::World;
use serde_json::{Value, json};
use uuid::Uuid;

const ENGAGEMENT: &str = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) {
    from to series { metric group { id name language } points {
        periodStart value numerator denominator unknown suppressed definitionVersion } } } }";

/// A Monday.
const MONDAY: &str = "2026-08-03";
const SUNDAY: &str = "2026-08-09";

fn monday() -> NaiveDate {
    MONDAY.parse().unwrap()
}

/// REACH of one week.
fn asked(more: Value) -> Value {
    let mut input = json!({ "metrics": ["REACH"], "from": MONDAY, "to": SUNDAY });
    if let Value::Object(more) = more {
        input.as_object_mut().unwrap().extend(more);
    }
    input
}

/// A week of both clusters, schools and groups. Of the first school the figure is for its team alone.
async fn sow(world: &World) {
    let (ours, hidden) = (&world.ours, Some(Suppression::Complementary));
    world
        .sow(ours, async |sower| {
            let of = |level, place: Uuid, parent: Uuid| figure::Model {
                parent_id: parent,
                ..sower.figure(Metric::Reach, level, place, monday())
            };
            let board = figure::Model { numerator: 30, denominator: 40, ..of(Level::Board, ours.id.0, Uuid::nil()) };
            let arabic = figure::Model { language: "ar".to_owned(), numerator: 10, denominator: 16, ..board.clone() };
            let mut rows = vec![board, arabic];
            for at in 0..2 {
                let school = of(Level::School, ours.schools[at].0, ours.clusters[at].0);
                let group = of(Level::ClassGroup, ours.groups[at].0, ours.schools[at].0);
                rows.push(of(Level::Cluster, ours.clusters[at].0, ours.id.0));
                rows.push(figure::Model { outside: hidden.filter(|_| at == 0), ..school });
                rows.push(figure::Model { outside: hidden, ..group });
            }
            sower.figures(rows).await;
        })
        .await;
    world
        .sow(&world.theirs, async |sower| {
            let theirs = &world.theirs;
            sower.figures([sower.figure(Metric::Reach, Level::Board, theirs.id.0, monday())]).await;
        })
        .await;
}

async fn answer(world: &World, standing: &Arc<Standing>, scope: &str, input: Value) -> Value {
    world.execute(standing, ENGAGEMENT, json!({ "scope": scope, "input": input })).await.body
}
