//! Engagement: facts, figures, and what is made of them.

mod census;
mod charts;
mod costs;
mod effect;
mod engagement;
mod examples;
mod exports;
mod facts;
mod graphiql;
mod moving;
mod oracle;
mod publishing;
mod put_off;
mod queries;
mod replica;
mod rollups;
mod rounds;
mod webhooks;
mod worklist;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use glans::access::{ApiScope, ClientActor, Standing, Standings};
use glans_entity::ids::SchoolId;
use glans_tests::World;

fn now(world: &World) -> DateTime<Utc> {
    world.app.clock.now()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An integrator who may read metrics, of all schools or of some.
fn client(world: &World, schools: Option<Vec<SchoolId>>) -> Arc<Standing> {
    let (id, board) = (world.ours.client, world.ours.id);
    Standings::of_client(&world.app, ClientActor { id, board, scopes: vec![ApiScope::MetricsRead], schools })
}
