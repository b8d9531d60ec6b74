//! The sender: claims what is due, sends it, and says what became of it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use glans_entity::metrics::{webhook_delivery, webhook_endpoint};
use glans_entity::scope::Scope;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use sea_orm::DatabaseTransaction;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::rules::{self, Outcome};
use super::{TRY, claims};
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, today};
use crate::identity::clients;
use crate::metrics::webhooks::rules::{Health, health};
use crate::metrics::webhooks::signature::{self, Secret};
use crate::metrics::webhooks::{actions, address, store};
use crate::organisation::boards;
use crate::platform::chance::chance;
use crate::platform::error::{Error, Result};
use crate::platform::outbound::{self, Answer, Failure, PublicOnly};

/// Deliveries to one endpoint that are claimed at once, under one lease.
const BATCH: u64 = 8;
/// Batches under way, each of another endpoint.
const BATCHES: usize = 32;
/// How often it is looked for what became due.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often it is looked for leases that ran out.
const OVERDUE: Duration = Duration::from_secs(5);
/// A moment for the database to come back, before what became of a batch is lost and its leases run out.
const PATIENCE: Duration = Duration::from_secs(1);
const TRIES: usize = 15;
/// A try that was claimed so long ago could end after its lease.
const LATE: TimeDelta = TimeDelta::seconds(20);

/// The sender of a process.
pub struct Sender {
    app: Arc<App>,
    client: Client,
}

/// What became of one delivery.
struct Done {
    id: WebhookDeliveryId,
    outcome: Outcome,
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

    /// Goes round until `stop` ends, and then finishes what is under way, so that no lease is left.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut work = Work::default();
        let mut looked = None::<Instant>;
        loop {
            if looked.is_none_or(|looked| looked.elapsed() >= OVERDUE) {
                looked = Some(Instant::now());
                if let Err(error) = self.give_back_overdue().await {
                    tracing::error!(?error, "leases of webhooks that ran out were not looked for; trying again");
                }
            }
            if let Err(error) = self.start(&mut work).await {
                tracing::error!(?error, "no webhooks were claimed to be sent; trying again");
            }
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = work.batches.join_next() => work.ended(ended),
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        while let Some(ended) = work.batches.join_next().await {
            work.ended(ended);
        }
    }

    /// Sends all that is due by now; how many batches that took.
    pub async fn round(self: &Arc<Self>) -> Result<usize> {
        self.give_back_overdue().await?;
        let (mut work, mut batches) = (Work::default(), 0);
        loop {
            batches += self.start(&mut work).await?;
            match work.batches.join_next().await {
                Some(ended) => work.ended(ended),
                None => return Ok(batches),
            }
        }
    }

    async fn give_back_overdue(&self) -> Result<()> {
        let now = self.app.clock.now();
        let db = self.app.db.write(&everywhere(now)).await?;
        let given_back = claims::give_back_overdue(&db, now).await?;
        db.commit().await?;
        if given_back > 0 {
            tracing::warn!(given_back, "somebody who was to send webhooks did not come back");
        }
        Ok(())
    }

    /// Starts batches as long as there is room and something due; how many. Endpoints take turns.
    async fn start(self: &Arc<Self>, work: &mut Work) -> Result<usize> {
        let mut started = 0;
        // What another process has under its hands is looked at again in the next round.
        let mut passed_over = HashSet::new();
        while work.batches.len() < BATCHES {
            let now = self.app.clock.now();
            let Work { turns, under_way, .. } = &mut *work;
            turns.retain(|endpoint| !under_way.contains(endpoint));
            if turns.is_empty() {
                let db = self.app.db.read(&everywhere(now)).await?;
                let due = claims::endpoints(&db, now).await?.into_iter();
                turns.extend(due.filter(|endpoint| !under_way.contains(endpoint) && !passed_over.contains(endpoint)));
            }
            let Some(endpoint) = turns.pop_front() else { return Ok(started) };
            let lease = Uuid::now_v7();
            let db = self.app.db.write(&everywhere(now)).await?;
            let batch = claims::claim(&db, endpoint, BATCH, lease, now).await?;
            db.commit().await?;
            if batch.is_empty() {
                passed_over.insert(endpoint);
                continue;
            }
            let sender = Arc::clone(self);
            work.under_way.insert(endpoint);
            work.batches.spawn(async move {
                sender.carry(endpoint, batch, lease).await;
                endpoint
            });
            started += 1;
        }
        Ok(started)
    }

    /// Sends a batch, and writes what became of it.
    async fn carry(&self, endpoint: WebhookEndpointId, batch: Vec<webhook_delivery::Model>, lease: Uuid) {
        let done = match self.send(endpoint, &batch).await {
            Ok(done) => done,
            Err(error) => {
                // The leases run out, and then all of it is tried again.
                tracing::error!(?error, %endpoint, "claimed webhooks could not be looked at");
                return;
            }
        };
        for _ in 0..TRIES {
            match self.finish(endpoint, &done, lease).await {
                Ok(()) => return,
                Err(error) => tracing::error!(?error, "what became of webhooks was not written; trying again"),
            }
            tokio::time::sleep(PATIENCE).await;
        }
    }

    async fn send(&self, endpoint: WebhookEndpointId, batch: &[webhook_delivery::Model]) -> Result<Vec<Done>> {
        let now = self.app.clock.now();
        let db = self.app.db.read(&everywhere(now)).await?;
        let open = self.look(&db, endpoint, batch, now).await?;
        drop(db);
        let Some(open) = open else {
            return Ok(batch.iter().map(|row| Done { id: row.id, outcome: Outcome::Stopped }).collect());
        };
        let open = &open;
        let in_time = batch.iter().filter(|row| row.leased_until.is_some_and(|until| until > now + LATE));
        let tries = in_time.map(|row| async move { Done { id: row.id, outcome: self.attempt(open, row).await } });
        Ok(async_graphql::futures_util::future::join_all(tries).await)
    }

    /// The endpoint as it is now; none where nothing is to be sent to it any more.
    async fn look(
        &self,
        db: &DatabaseTransaction,
        id: WebhookEndpointId,
        batch: &[webhook_delivery::Model],
        now: DateTime<Utc>,
    ) -> Result<Option<Open>> {
        let everywhere = everywhere(now);
        let Some(endpoint) = store::by_id(db, &everywhere, id).await? else { return Ok(None) };
        let client = clients::store::itself(db, endpoint.client_id).await?;
        let board = boards::store::by_id(db, &everywhere, endpoint.board_id).await?;
        let is_open = endpoint.disabled_at.is_none()
            && client.is_some_and(|client| client.revoked_at.is_none())
            && board.is_some_and(|board| board.archived_at.is_none());
        if !is_open {
            return Ok(None);
        }
        let master = &self.app.identity.master;
        let mut secrets = vec![Secret::open(master, id, &endpoint.secret)?];
        if let Some(previous) = &endpoint.previous_secret
            && endpoint.previous_until.is_some_and(|until| now < until)
        {
            secrets.push(Secret::open(master, id, previous)?);
        }
        let bodies = store::bodies(db, &everywhere, batch.iter().map(|row| row.event_id)).await?;
        Ok(Some(Open { endpoint, secrets, bodies }))
    }

    async fn attempt(&self, open: &Open, row: &webhook_delivery::Model) -> Outcome {
        let said = self.exchange(open, row).await;
        rules::outcome(said, row.attempts, self.app.clock.now(), chance())
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
        outbound::exchange(request, now).await
    }

    /// Writes what became of a batch, and what follows for the endpoint.
    async fn finish(&self, endpoint: WebhookEndpointId, done: &[Done], lease: Uuid) -> Result<()> {
        let call = Call::system(&self.app, "webhooks");
        let (write, now) = (call.write().await?, call.now());
        // Before its deliveries, as everybody does who writes both.
        let known = store::lock(write.db(), &write.scope(), endpoint).await?;
        for Done { id, outcome } in done {
            claims::finish(write.db(), *id, outcome, lease, now).await?;
        }
        if let Some(known) = known.filter(|known| known.disabled_at.is_none()) {
            let permit = write.authorize(Action::WebhookWrite, Place::board(known.board_id))?;
            match health(known.failing_since, &done.iter().map(|done| &done.outcome), now) {
                Health::Over(because) => _ = actions::stop(&write, &permit, known, because).await?,
                Health::FailingSince(since) if since != known.failing_since => {
                    store::set_failing(write.db(), &permit, known.id, since).await?;
                }
                Health::FailingSince(_) => {}
            }
        }
        write.commit().await
    }
}

fn everywhere(now: DateTime<Utc>) -> Scope {
    Scope::system(today(now))
}

/// What a sender has under way.
#[derive(Default)]
struct Work {
    batches: JoinSet<WebhookEndpointId>,
    under_way: HashSet<WebhookEndpointId>,
    /// The endpoints that have something due, in the order of their turns.
    turns: VecDeque<WebhookEndpointId>,
}

impl Work {
    fn ended(&mut self, batch: Result<WebhookEndpointId, tokio::task::JoinError>) {
        match batch {
            Ok(endpoint) => _ = self.under_way.remove(&endpoint),
            Err(error) => {
                // Of which endpoint is not known. Whatever it held is given back when its lease runs out.
                tracing::error!(%error, "a batch of webhooks broke off");
                self.under_way.clear();
            }
        }
    }
}
