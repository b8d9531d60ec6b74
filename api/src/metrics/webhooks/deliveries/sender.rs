//! The sender: claims what is due, sends it, and says what became of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{BoardId, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use glans_entity::metrics::{webhook_delivery, webhook_endpoint};
use glans_entity::scope::Scope;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use uuid::Uuid;

use super::rules::{self, Outcome};
use super::{TRY, claims};
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, Write, today};
use crate::metrics::webhooks::rules::{Closed, Health, health};
use crate::metrics::webhooks::signature::{self, Secret};
use crate::metrics::webhooks::{actions, address, store};
use crate::platform::chance::chance;
use crate::platform::dispatch::{self, Dispatch, Room};
use crate::platform::error::{Error, Result};
use crate::platform::outbound::{self, Answer, Failure, PublicOnly};

/// Deliveries to one endpoint that are claimed at once, under one lease.
const BATCH: u64 = 8;
/// A try that begins with less than this left of its lease could end after it.
const LATE: TimeDelta = TimeDelta::seconds(20);

/// Why a delivery was not sent that we could not even look at.
const FAULT: &str = "something went wrong on our side";

/// The sender of a process.
pub struct Sender {
    app: Arc<App>,
    client: Client,
}

/// What became of a batch.
pub struct Done {
    endpoint: WebhookEndpointId,
    /// Where it was sent; none where nothing was.
    url: Option<String>,
    tries: Vec<Try>,
}

/// What became of one delivery.
struct Try {
    id: WebhookDeliveryId,
    attempts: i32,
    outcome: Outcome,
}

impl Done {
    /// Nothing was sent.
    fn untried(
        endpoint: WebhookEndpointId,
        batch: &[webhook_delivery::Model],
        outcome: impl Fn(i32) -> Outcome,
    ) -> Self {
        let tries = batch.iter().map(|row| Try { id: row.id, attempts: row.attempts, outcome: outcome(row.attempts) });
        Self { endpoint, url: None, tries: tries.collect() }
    }
}

/// An endpoint that may be told something now.
struct Open {
    endpoint: webhook_endpoint::Model,
    secrets: Vec<Secret>,
    bodies: HashMap<WebhookEventId, String>,
}

impl Sender {
    /// A sender that finds names by the resolver of the machine.
    pub fn new(app: Arc<App>) -> Result<Arc<Self>> {
        Self::over(app, PublicOnly::default())
    }

    /// A sender that finds names by `names`.
    pub fn over(app: Arc<App>, names: PublicOnly) -> Result<Arc<Self>> {
        let builder = outbound::client().timeout(TRY);
        let anywhere = app.config.webhooks_allow_http;
        let builder = if anywhere { builder } else { builder.https_only(true).dns_resolver(names) };
        let client = builder.build().map_err(Error::fault)?;
        Ok(Arc::new(Self { app, client }))
    }

    /// As [`dispatch::run`].
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        dispatch::run(&self, stop).await;
    }

    /// As [`dispatch::round`].
    pub async fn round(self: &Arc<Self>) -> Result<usize> {
        dispatch::round(self).await
    }

    /// The endpoint as it is now, or why nothing is to be sent to it any more.
    async fn look(
        &self,
        id: WebhookEndpointId,
        batch: &[webhook_delivery::Model],
        now: DateTime<Utc>,
    ) -> Result<Result<Open, Closed>> {
        let everywhere = everywhere(now);
        let db = &self.app.db.read(&everywhere).await?;
        // With an endpoint that was deleted its deliveries went too.
        let Some(endpoint) = store::by_id(db, &everywhere, id).await? else { return Ok(Err(Closed::Disabled)) };
        if let Some(closed) = actions::closed(db, &everywhere, &endpoint).await? {
            return Ok(Err(closed));
        }
        let master = &self.app.identity.master;
        let mut secrets = vec![Secret::open(master, id, &endpoint.secret)?];
        if let Some(previous) = &endpoint.previous_secret
            && endpoint.previous_until.is_some_and(|until| now < until)
        {
            secrets.push(Secret::open(master, id, previous)?);
        }
        let bodies = store::bodies(db, &everywhere, batch.iter().map(|row| row.event_id)).await?;
        Ok(Ok(Open { endpoint, secrets, bodies }))
    }

    async fn attempt(&self, open: &Open, row: &webhook_delivery::Model) -> Try {
        let now = self.app.clock.now();
        if row.leased_until.is_none_or(|until| until <= now + LATE) {
            return Try { id: row.id, attempts: row.attempts, outcome: Outcome::Late { tried_at: row.attempted_at } };
        }
        let said = self.exchange(open, row).await;
        let outcome = rules::outcome(said, row.attempts, self.app.clock.now(), chance());
        Try { id: row.id, attempts: row.attempts, outcome }
    }

    /// One request. The address is looked at again: what was allowed when it was stored may not be by now.
    async fn exchange(&self, open: &Open, row: &webhook_delivery::Model) -> Result<Answer, Failure> {
        let anywhere = self.app.config.webhooks_allow_http;
        let url = address::allowed(&open.endpoint.url, anywhere).map_err(|_| Failure::NotPublic)?;
        let body = open.bodies.get(&row.event_id).ok_or(Failure::Unreached("there is nothing to be told"))?;
        let now = self.app.clock.now();
        let (id, timestamp) = (row.event_id.to_string(), now.timestamp());
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature::header(&open.secrets, &id, timestamp, body))
            .body(body.clone());
        outbound::notify(request, now).await
    }

    /// Writes what became of a batch.
    async fn write(&self, write: &Write<'_>, done: &Done, lease: Uuid) -> Result<()> {
        let now = write.now();
        // Before its deliveries, as everybody does who writes both.
        let known = store::lock(write.db(), &write.scope(), done.endpoint).await?;
        let has_moved = known.as_ref().is_none_or(|known| Some(&known.url) != done.url.as_ref());
        for Try { id, attempts, outcome } in &done.tries {
            if has_moved {
                let outcome = rules::moved(outcome, *attempts, now, chance());
                claims::finish(write.db(), *id, &outcome, lease, now).await?;
            } else {
                claims::finish(write.db(), *id, outcome, lease, now).await?;
            }
        }
        let Some(known) = known.filter(|known| !has_moved && known.disabled_at.is_none()) else { return Ok(()) };
        let permit = write.authorize(Action::WebhookWrite, Place::board(known.board_id))?;
        match health(known.failing_since, &done.tries.iter().map(|tried| &tried.outcome), now) {
            Health::Over(because) => actions::stop(write, &permit, known, because).await.map(drop),
            Health::FailingSince(since) if since != known.failing_since => {
                store::set_failing(write.db(), &permit, known.id, since).await
            }
            Health::FailingSince(_) => Ok(()),
        }
    }
}

impl Dispatch for Sender {
    /// Its endpoints take turns among themselves.
    type Owner = BoardId;
    type Row = webhook_delivery::Model;
    type Done = Done;

    const WHAT: &'static str = "webhooks";
    const LOOK_AGAIN: Duration = Duration::from_millis(500);
    const OVERDUE: Duration = Duration::from_secs(5);

    fn room(_: BoardId) -> Room {
        Room { all: 32, of_one: 4 }
    }

    async fn owners(&self) -> Result<Vec<BoardId>> {
        let now = self.app.clock.now();
        let db = self.app.db.read(&everywhere(now)).await?;
        claims::boards(&db, now).await
    }

    async fn claim(&self, board: BoardId, lease: Uuid) -> Result<Vec<webhook_delivery::Model>> {
        let now = self.app.clock.now();
        let db = self.app.db.write(&everywhere(now)).await?;
        let batch = claims::claim(&db, board, BATCH, lease, now).await?;
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

    async fn carry(&self, _: BoardId, batch: Vec<webhook_delivery::Model>) -> Result<Vec<Done>> {
        let Some(endpoint) = batch.first().map(|row| row.endpoint_id) else { return Ok(Vec::new()) };
        let now = self.app.clock.now();
        let open = match self.look(endpoint, &batch, now).await {
            Ok(Ok(open)) => open,
            Ok(Err(closed)) => return Ok(vec![Done::untried(endpoint, &batch, |_| Outcome::Stopped(closed))]),
            Err(error) => {
                tracing::error!(?error, %endpoint, "an endpoint could not be looked at, which is tried again");
                let later = |attempts| rules::later(None, FAULT.to_owned(), attempts, now, chance());
                return Ok(vec![Done::untried(endpoint, &batch, later)]);
            }
        };
        let looked = &open;
        let tries = batch.iter().map(|row| async move { self.attempt(looked, row).await });
        let tries = async_graphql::futures_util::future::join_all(tries).await;
        Ok(vec![Done { endpoint, url: Some(open.endpoint.url), tries }])
    }

    async fn settle(&self, _: BoardId, done: &[Done], lease: Uuid) -> Result<()> {
        let call = Call::system(&self.app, "webhooks");
        let write = call.write().await?;
        for done in done {
            self.write(&write, done, lease).await?;
        }
        write.commit().await
    }
}

fn everywhere(now: DateTime<Utc>) -> Scope {
    Scope::system(today(now))
}
