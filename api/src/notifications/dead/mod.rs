//! What was given up: listed, and tried again.

mod actions;
mod loaders;
mod mutation;
mod query;
mod store;
pub mod types;

use std::sync::Arc;

use glans_entity::notifications::delivery;
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;

pub use mutation::DeadDeliveryMutation;
pub use query::DeadDeliveryQuery;
pub use types::DeadDelivery;

use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;

/// All that was given up, of all boards.
pub struct Dead {
    pub events: Vec<outbox::Model>,
    pub deliveries: Vec<delivery::Model>,
}

/// All that was given up, oldest first; at most a thousand of each.
pub async fn all(app: &Arc<App>) -> Result<Dead> {
    let everywhere = Scope::system(today(app.clock.now()));
    let db = app.db.read(&everywhere).await?;
    Ok(Dead { events: store::events(&db).await?, deliveries: store::deliveries(&db, &everywhere).await? })
}

/// Tries all of it again; how many events and deliveries that is.
pub async fn replay_all(app: &Arc<App>) -> Result<(u64, u64)> {
    let now = app.clock.now();
    let everywhere = Scope::system(today(now));
    let db = app.db.write(&everywhere).await?;
    let events = store::replay_events(&db).await?;
    let deliveries = store::replay(&db, &everywhere, None, now).await?;
    db.commit().await?;
    Ok((events, deliveries))
}
