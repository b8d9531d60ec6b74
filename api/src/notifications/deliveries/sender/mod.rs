//! The sender: claims what is due, looks at it, sends it, and says what became of it.

mod tries;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::ids::{DeliveryId, NotificationId};
use glans_entity::notifications::delivery;
use glans_entity::scope::Scope;
use uuid::Uuid;

use self::ways::Ways;
use super::claims::{self, Gone, Queue};
use super::rules::{Kind, Outcome};
use crate::app::App;
use crate::call::today;
use crate::platform::dispatch::{self, Dispatch, Room};
use crate::platform::error::Result;

/// Pushes of one board that are claimed at once, under one lease.
const PUSHES: u64 = 64;
/// The same of letters and e-mail: about as many as there are connections to a mail server.
const MAILS: u64 = 8;

/// The sender of a process.
pub struct Sender {
    app: Arc<App>,
    ways: Ways,
}

/// What became of one delivery, and what else is to be written with it.
pub struct Done {
    id: DeliveryId,
    outcome: Outcome,
    /// The gateway does not know this device any more.
    gone: Option<Gone>,
    digested: Vec<NotificationId>,
}

impl Sender {
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self { app, ways: Ways::default() })
    }

    /// As [`dispatch::run`].
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        dispatch::run(&self, stop).await;
    }

    /// As [`dispatch::round`].
    pub async fn round(self: &Arc<Self>) -> Result<usize> {
        dispatch::round(self).await
    }
}

impl Dispatch for Sender {
    type Owner = Queue;
    type Row = delivery::Model;
    type Done = Done;

    const WHAT: &'static str = "notifications";
    const LOOK_AGAIN: Duration = Duration::from_millis(250);
    const OVERDUE: Duration = Duration::ZERO;

    /// Whatever a board has due, another that comes finds room. More e-mail would wait for a connection, and more
    /// letters for the one that is kept for them. What is urgent has a room of its own: it waits for no ordinary push.
    fn room(queue: Queue) -> Room {
        match queue.kind {
            Kind::Letter => Room { all: 2, of_one: 1 },
            Kind::UrgentPush | Kind::Push => Room { all: 8, of_one: 6 },
            Kind::UrgentBrowserPush | Kind::BrowserPush => Room { all: 4, of_one: 3 },
            Kind::Mail => Room { all: 3, of_one: 2 },
        }
    }

    fn share(one: Queue, other: Queue) -> bool {
        one.kind == other.kind
    }

    async fn owners(&self) -> Result<Vec<Queue>> {
        let now = self.app.clock.now();
        let db = self.app.db.read(&everywhere(now)).await?;
        claims::queues(&db, now).await
    }

    async fn claim(&self, queue: Queue, lease: Uuid) -> Result<Vec<delivery::Model>> {
        let now = self.app.clock.now();
        let most = if queue.kind.is_push() { PUSHES } else { MAILS };
        let db = self.app.db.write(&everywhere(now)).await?;
        let batch = claims::claim(&db, queue, most, lease, now).await?;
        db.commit().await?;
        Ok(batch)
    }

    async fn give_back_overdue(&self) -> Result<u64> {
        let now = self.app.clock.now();
        let db = self.app.db.write(&everywhere(now)).await?;
        let given_back = claims::give_back_overdue(&db, now).await?;
        db.commit().await?;
        Ok(given_back)
    }

    async fn carry(&self, queue: Queue, batch: Vec<delivery::Model>) -> Result<Vec<Done>> {
        if queue.kind.is_push() {
            return Ok(self.pushed(&batch).await);
        }
        let mut tries = Vec::with_capacity(batch.len());
        for row in &batch {
            tries.push(self.mailed(row));
        }
        Ok(async_graphql::futures_util::future::join_all(tries).await)
    }

    async fn settle(&self, _: Queue, done: &[Done], lease: Uuid) -> Result<()> {
        let now = self.app.clock.now();
        let db = self.app.db.write(&everywhere(now)).await?;
        claims::lock(&db, done.iter().map(|done| done.id)).await?;
        // Devices in one order as well: another process may have the same ones to forget.
        let mut in_order: Vec<&Done> = done.iter().collect();
        in_order.sort_by_key(|done| done.gone.as_ref().map(|gone| gone.device));
        let mut outcomes = Vec::with_capacity(done.len());
        for done in in_order {
            let stays = match &done.gone {
                Some(gone) => claims::forget_device(&db, gone).await?,
                None => false,
            };
            let again = || Outcome::Again { at: now, why: "TOKEN_RENEWED".to_owned(), counts: true };
            outcomes.push((done.id, if stays { again() } else { done.outcome.clone() }));
        }
        claims::finish(&db, outcomes, lease, now).await?;
        let digested: Vec<Uuid> = done.iter().flat_map(|done| &done.digested).map(|id| id.0).collect();
        if !digested.is_empty() {
            claims::note_digested(&db, &digested, now).await?;
        }
        db.commit().await?;
        Ok(())
    }
}

fn everywhere(now: DateTime<Utc>) -> Scope {
    Scope::system(today(now))
}
