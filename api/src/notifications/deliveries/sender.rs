//! The sender: claims what is due, looks at it, sends it, and says what became of it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, DeliveryId, NotificationId};
use glans_entity::notifications::{PushPlatform, delivery, device};
use glans_entity::scope::Scope;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::breaker::Breaker;
use super::claims::Gone;
use super::contents::{self, Parcel, Step};
use super::rules::{self, Outcome, Reason};
use super::{TRY, claims, look};
use crate::app::App;
use crate::call::today;
use crate::notifications::channels::Verdict;
use crate::notifications::channels::letter::Letter;
use crate::platform::chance::chance;
use crate::platform::error::Result;

/// Deliveries of one board that are claimed at once, under one lease.
const BATCH: u64 = 64;
/// Batches under way.
const BATCHES: usize = 8;
/// Batches of one board under way: whatever it has due, another that comes finds room.
const OF_ONE_BOARD: usize = 6;
/// How often it is looked for what became due, and for leases that ran out.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// A gateway that takes so long does not answer.
const LINGERING: Duration = Duration::from_secs(8);
/// A moment for the database to come back, before what became of a batch is lost and its leases run out.
const PATIENCE: Duration = Duration::from_secs(1);
const TRIES: usize = 15;

/// One gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    Push(PushPlatform),
    Mail,
}

/// The sender of a process.
pub struct Sender {
    app: Arc<App>,
    breakers: Mutex<HashMap<Way, Breaker>>,
}

/// What became of one delivery, and what else is to be written with it.
struct Done {
    id: DeliveryId,
    outcome: Outcome,
    /// The gateway does not know this device any more.
    gone: Option<Gone>,
    digested: Vec<NotificationId>,
}

impl Sender {
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self { app, breakers: Mutex::default() })
    }

    /// Goes round until `stop` ends, and then finishes what is under way, so that no lease is left.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut work = Work::default();
        loop {
            if let Err(error) = self.give_back_overdue().await {
                tracing::error!(?error, "leases that ran out were not looked for; trying again");
            }
            if let Err(error) = self.start(&mut work).await {
                tracing::error!(?error, "nothing was claimed to be sent; trying again");
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
            tracing::warn!(given_back, "somebody who was to send something did not come back");
        }
        Ok(())
    }

    /// Starts batches as long as there is room and something due; how many. Boards take turns.
    async fn start(self: &Arc<Self>, work: &mut Work) -> Result<usize> {
        let mut started = 0;
        while work.batches.len() < BATCHES {
            let now = self.app.clock.now();
            let mut next = work.next();
            if next.is_none() {
                // Whoever is left has enough under way, and others may have something due by now.
                let db = self.app.db.read(&everywhere(now)).await?;
                work.turns = claims::boards(&db, now).await?.into();
                next = work.next();
            }
            let Some(board) = next.and_then(|next| work.turns.remove(next)) else { return Ok(started) };
            let lease = Uuid::now_v7();
            let db = self.app.db.write(&everywhere(now)).await?;
            let batch = claims::claim(&db, board, BATCH, lease, now).await?;
            db.commit().await?;
            if !batch.is_empty() {
                let sender = Arc::clone(self);
                *work.under_way.entry(board).or_default() += 1;
                work.batches.spawn(async move {
                    sender.carry(batch, lease).await;
                    board
                });
                started += 1;
            }
        }
        Ok(started)
    }

    /// Sends a batch, and writes what became of it.
    async fn carry(&self, batch: Vec<delivery::Model>, lease: Uuid) {
        let done = match self.send(batch).await {
            Ok(done) => done,
            Err(error) => {
                // The leases run out, and then all of it is tried again.
                tracing::error!(?error, "what was claimed could not be looked at");
                return;
            }
        };
        for _ in 0..TRIES {
            match self.finish(&done, lease).await {
                Ok(()) => return,
                Err(error) => tracing::error!(?error, "what became of deliveries was not written; trying again"),
            }
            tokio::time::sleep(PATIENCE).await;
        }
    }

    async fn send(&self, batch: Vec<delivery::Model>) -> Result<Vec<Done>> {
        let now = self.app.clock.now();
        let db = self.app.db.read(&everywhere(now)).await?;
        let known = Arc::new(look::at(&db, &batch, today(now), now).await?);
        let mut steps = Vec::with_capacity(batch.len());
        for row in &batch {
            steps.push(contents::of(&self.app, &db, &known, row, now).await);
        }
        drop(db);
        let tries = batch.iter().zip(steps).map(|(row, step)| async {
            match step {
                Ok(step) => self.step(row, step, &known).await,
                Err(error) => {
                    tracing::error!(?error, delivery = %row.id, "a delivery could not be made up");
                    let why = Verdict::Later { after: None, why: "INTERNAL".to_owned() };
                    self.done(row, why, None)
                }
            }
        });
        Ok(async_graphql::futures_util::future::join_all(tries).await)
    }

    async fn step(&self, row: &delivery::Model, step: Step, known: &look::Known) -> Done {
        let plain = |outcome| Done { id: row.id, outcome, gone: None, digested: Vec::new() };
        match step {
            Step::Done(outcome) => plain(outcome),
            Step::Skip(digested) => Done { digested, ..plain(Outcome::Suppressed(Reason::Nothing)) },
            Step::Send(Parcel::Push(platform, push)) => {
                let Some(gateway) = self.app.channels.gateways.of_platform(platform) else {
                    return plain(Outcome::Suppressed(Reason::NotConfigured));
                };
                let sending = gateway.push(&push, self.app.clock.now());
                let verdict = self.admitted(Way::Push(platform), row, sending).await;
                verdict.map_or_else(plain, |verdict| self.done(row, verdict, known.devices.get(&row.address_id)))
            }
            Step::Send(Parcel::Mail(letter)) => {
                let verdict = self.mailed(row, &letter).await;
                verdict.map_or_else(plain, |verdict| self.done(row, verdict, None))
            }
            Step::Send(Parcel::Digest(letter, digested)) => match self.mailed(row, &letter).await {
                Ok(Verdict::Sent) => Done { digested, ..plain(Outcome::Sent) },
                Ok(verdict) => self.done(row, verdict, None),
                Err(outcome) => plain(outcome),
            },
        }
    }

    /// As [`Self::admitted`], of an e-mail. It waits for its place before anything is asked of the server: that many wait says
    /// nothing of it. Who finds none as long as the lease leaves time for a try goes back.
    async fn mailed(&self, row: &delivery::Model, letter: &Letter) -> Result<Verdict, Outcome> {
        let (mail, now) = (&self.app.channels.mail, self.app.clock.now());
        let left = row.leased_until.map(|until| until - TRY - now).and_then(|left| left.to_std().ok());
        let place = mail.place(row.letter.is_some());
        let Ok(place) = tokio::time::timeout(left.unwrap_or_default(), place).await else {
            return Err(Outcome::Again { at: self.app.clock.now(), why: "CROWDED".to_owned(), counts: false });
        };
        let sending = mail.send(letter, place, self.app.clock.now());
        self.admitted(Way::Mail, row, sending).await
    }

    /// The verdict of a gateway that is in order; else when to try again.
    async fn admitted(
        &self,
        way: Way,
        row: &delivery::Model,
        sending: impl Future<Output = Verdict>,
    ) -> Result<Verdict, Outcome> {
        let now = self.app.clock.now();
        if row.leased_until.is_none_or(|until| until < now + TRY) {
            // Looking at it took so long that the lease could run out on the way.
            return Err(Outcome::Again { at: now, why: "LATE".to_owned(), counts: false });
        }
        let admitted = self.breaker(way, |breaker| breaker.admit(now));
        if let Err(until) = admitted {
            return Err(rules::wait(until, row.expires_at, "GATEWAY_DOWN"));
        }
        let began = Instant::now();
        let verdict = sending.await;
        let lingers = began.elapsed() >= LINGERING && way != Way::Push(PushPlatform::WebPush);
        let now = self.app.clock.now();
        self.breaker(way, |breaker| match &verdict {
            Verdict::Down { after, .. } => breaker.failed(now, *after),
            // It answers, and asks for a rest, for the whole project. APNs asks for one device, and of browsers' push services
            // anybody can name one.
            Verdict::Later { after: Some(after), .. } if way == Way::Push(PushPlatform::Fcm) => {
                breaker.failed(now, Some(*after));
            }
            // As good as down: each try holds a place for so long.
            Verdict::Later { .. } if lingers => breaker.failed(now, None),
            Verdict::Later { .. } => breaker.answered(),
            Verdict::Sent | Verdict::Gone { .. } | Verdict::Refused(_) => breaker.worked(now),
        });
        Ok(verdict)
    }

    fn breaker<T>(&self, way: Way, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        act(breakers.entry(way).or_default())
    }

    fn done(&self, row: &delivery::Model, verdict: Verdict, device: Option<&device::Model>) -> Done {
        let gone = match (&verdict, device) {
            // Registered since: the verdict is on what it was before.
            (Verdict::Gone { since: Some(since), why }, Some(device)) if *since <= device.registered_at => {
                let verdict = Verdict::Later { after: None, why: why.clone() };
                return self.done(row, verdict, None);
            }
            (Verdict::Gone { since, .. }, Some(device)) => {
                Some(Gone { device: device.id, token: device.token.clone(), since: *since })
            }
            _ => None,
        };
        let now = self.app.clock.now();
        let outcome = rules::outcome(verdict, row.attempts, row.expires_at, now, chance());
        Done { id: row.id, outcome, gone, digested: Vec::new() }
    }

    async fn finish(&self, done: &[Done], lease: Uuid) -> Result<()> {
        let now = self.app.clock.now();
        let db = self.app.db.write(&everywhere(now)).await?;
        let mut outcomes = Vec::with_capacity(done.len());
        for done in done {
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

/// What a sender has under way.
#[derive(Default)]
struct Work {
    batches: JoinSet<Option<BoardId>>,
    under_way: HashMap<Option<BoardId>, usize>,
    /// The boards that have something due, in the order of their turns.
    turns: VecDeque<Option<BoardId>>,
}

impl Work {
    /// Where in the turns the first board stands that has room for another batch.
    fn next(&self) -> Option<usize> {
        self.turns.iter().position(|board| self.under_way.get(board).copied().unwrap_or_default() < OF_ONE_BOARD)
    }

    fn ended(&mut self, batch: Result<Option<BoardId>, tokio::task::JoinError>) {
        match batch {
            Ok(board) => {
                if let Some(count) = self.under_way.get_mut(&board) {
                    *count = count.saturating_sub(1);
                }
            }
            Err(error) => {
                // Of which board is not known. Whatever it held is given back when its lease runs out.
                tracing::error!(%error, "a batch broke off");
                self.under_way.clear();
            }
        }
    }
}
