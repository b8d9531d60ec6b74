//! The sender: claims what is due, looks at it, sends it, and says what became of it.

use std::collections::HashMap;
use std::slice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::ids::{DeliveryId, NotificationId};
use glans_entity::notifications::{PushPlatform, delivery, device};
use glans_entity::scope::Scope;
use tokio::time::Instant;
use uuid::Uuid;

use super::breaker::Breaker;
use super::claims::{Gone, Queue};
use super::contents::{self, Parcel, Step};
use super::rules::{self, Kind, Outcome, Reason};
use super::{TRY, claims, look};
use crate::app::App;
use crate::call::today;
use crate::notifications::channels::email::Place;
use crate::notifications::channels::letter::Letter;
use crate::notifications::channels::{Push, Verdict, web_push};
use crate::platform::chance::chance;
use crate::platform::dispatch::{self, Dispatch, Room};
use crate::platform::error::{Error, Result};

/// Pushes of one board that are claimed at once, under one lease.
const PUSHES: u64 = 64;
/// The same of letters and e-mail: about as many as there are connections to a mail server.
const MAILS: u64 = 8;
/// How long an e-mail waits for its connection. Then another one is claimed: most of a lease is left for the try.
const WAIT: Duration = Duration::from_secs(4);
/// A gateway that takes so long does not answer.
const LINGERING: Duration = Duration::from_secs(8);
/// A push service of browsers that takes so long for each is left alone for a while, whatever it says: other boards'
/// browsers wait for the places that it holds.
const SLOW: Duration = Duration::from_secs(4);
/// Gateways of which something is known at once: of push services there are as many as browsers name.
const WAYS: usize = 1_000;

/// One gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Way {
    Push(PushPlatform),
    /// A push service of browsers. One that is out of order says nothing of another: anybody can name one.
    Origin(String),
    Mail,
}

impl Way {
    fn of(push: &Push) -> Self {
        let origin = (push.platform == PushPlatform::WebPush).then(|| web_push::origin(&push.token)).flatten();
        origin.map_or(Self::Push(push.platform), Self::Origin)
    }
}

/// The sender of a process.
pub struct Sender {
    app: Arc<App>,
    breakers: Mutex<HashMap<Way, Breaker>>,
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
        Arc::new(Self { app, breakers: Mutex::default() })
    }

    /// As [`dispatch::run`].
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        dispatch::run(&self, stop).await;
    }

    /// As [`dispatch::round`].
    pub async fn round(self: &Arc<Self>) -> Result<usize> {
        dispatch::round(self).await
    }

    /// Sends pushes. Where they cannot be looked at together each is looked at by itself: one that nobody can read keeps no
    /// other from its device.
    async fn pushed(&self, batch: &[delivery::Model]) -> Vec<Done> {
        let error = match self.side_by_side(batch).await {
            Ok(done) => return done,
            Err(error) => error,
        };
        if let [row] = batch {
            return vec![self.unmade(row, &error)];
        }
        tracing::error!(?error, "pushes could not be looked at together; each is looked at by itself");
        let mut done = Vec::with_capacity(batch.len());
        for row in batch {
            let now = self.app.clock.now();
            if is_late(row, now) {
                // However long each look takes, the room is given back when the lease is nearly over.
                done.push(plain(row, late(now)));
                continue;
            }
            match self.side_by_side(slice::from_ref(row)).await {
                Ok(one) => done.extend(one),
                Err(error) => done.push(self.unmade(row, &error)),
            }
        }
        done
    }

    /// Looks at pushes together, and sends what is to be sent side by side. An error means that nothing was sent.
    async fn side_by_side(&self, batch: &[delivery::Model]) -> Result<Vec<Done>> {
        let now = self.app.clock.now();
        let (mut done, mut open) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for row in batch {
            match rules::given_up(row.expires_at, row.cut_off, now) {
                Some(outcome) => done.push(plain(row, outcome)),
                None => open.push(row),
            }
        }
        if open.is_empty() {
            return Ok(done);
        }
        let db = self.app.db.read(&everywhere(now)).await?;
        let known = &look::at(&db, &open, today(now), now).await?;
        let mut steps = Vec::with_capacity(open.len());
        for row in &open {
            steps.push(contents::of(&self.app, &db, known, row, now).await);
        }
        drop(db);
        let tries = open.into_iter().zip(steps).map(|(row, step)| async move {
            match step {
                Ok(step) => self.step(row, step, known, Place::default()).await,
                Err(error) => self.unmade(row, &error),
            }
        });
        done.extend(async_graphql::futures_util::future::join_all(tries).await);
        Ok(done)
    }

    /// Sends one e-mail. It waits for its place before anything is looked at: what was read or taken back meanwhile is
    /// not sent, and that many wait says nothing of the server.
    async fn mailed(&self, row: &delivery::Model) -> Done {
        let (mail, now) = (&self.app.channels.mail, self.app.clock.now());
        if let Some(until) = self.breaker(&Way::Mail, |breaker| breaker.rest(now)) {
            return plain(row, rules::wait(until, row.expires_at, "GATEWAY_DOWN"));
        }
        let Ok(place) = tokio::time::timeout(WAIT, mail.place(row.letter.is_some())).await else {
            let at = self.app.clock.now();
            return plain(row, Outcome::Again { at, why: "CROWDED".to_owned(), counts: false });
        };
        self.placed(row, place).await.unwrap_or_else(|error| self.unmade(row, &error))
    }

    async fn placed(&self, row: &delivery::Model, place: Place) -> Result<Done> {
        let now = self.app.clock.now();
        if let Some(outcome) = rules::given_up(row.expires_at, row.cut_off, now) {
            return Ok(plain(row, outcome));
        }
        let db = self.app.db.read(&everywhere(now)).await?;
        let known = look::at(&db, &[row], today(now), now).await?;
        let step = contents::of(&self.app, &db, &known, row, now).await?;
        drop(db);
        Ok(self.step(row, step, &known, place).await)
    }

    fn unmade(&self, row: &delivery::Model, error: &Error) -> Done {
        tracing::error!(?error, delivery = %row.id, "a delivery could not be made up");
        self.done(row, Verdict::Later { after: None, why: "INTERNAL".to_owned() }, None)
    }

    async fn step(&self, row: &delivery::Model, step: Step, known: &look::Known, place: Place) -> Done {
        let plain = |outcome| plain(row, outcome);
        match step {
            Step::Done(outcome) => plain(outcome),
            Step::Skip(digested) => Done { digested, ..plain(Outcome::Suppressed(Reason::Nothing)) },
            Step::Send(Parcel::Push(platform, push)) => {
                let Some(gateway) = self.app.channels.gateways.of_platform(platform) else {
                    return plain(Outcome::Suppressed(Reason::NotConfigured));
                };
                let sending = gateway.push(&push, self.app.clock.now());
                let verdict = self.admitted(&Way::of(&push), row, sending).await;
                verdict.map_or_else(plain, |verdict| self.done(row, verdict, known.devices.get(&row.address_id)))
            }
            Step::Send(Parcel::Mail(letter)) => {
                let verdict = self.letter(row, &letter, place).await;
                verdict.map_or_else(plain, |verdict| self.done(row, verdict, None))
            }
            Step::Send(Parcel::Digest(letter, digested)) => match self.letter(row, &letter, place).await {
                Ok(Verdict::Sent) => Done { digested, ..plain(Outcome::Sent) },
                Ok(verdict) => self.done(row, verdict, None),
                Err(outcome) => plain(outcome),
            },
        }
    }

    async fn letter(&self, row: &delivery::Model, letter: &Letter, place: Place) -> Result<Verdict, Outcome> {
        let sending = self.app.channels.mail.send(letter, place, self.app.clock.now());
        self.admitted(&Way::Mail, row, sending).await
    }

    /// The verdict of a gateway that is in order; else when to try again.
    async fn admitted(
        &self,
        way: &Way,
        row: &delivery::Model,
        sending: impl Future<Output = Verdict>,
    ) -> Result<Verdict, Outcome> {
        let now = self.app.clock.now();
        if is_late(row, now) {
            return Err(late(now));
        }
        let admitted = self.breaker(way, |breaker| breaker.admit(now));
        if let Err(until) = admitted {
            return Err(rules::wait(until, row.expires_at, "GATEWAY_DOWN"));
        }
        let began = Instant::now();
        let verdict = sending.await;
        let took = began.elapsed();
        let now = self.app.clock.now();
        self.breaker(way, |breaker| note(breaker, way, &verdict, took, now));
        Ok(verdict)
    }

    fn breaker<T>(&self, way: &Way, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut breakers);
        act(breakers.entry(way.clone()).or_default())
    }

    fn done(&self, row: &delivery::Model, verdict: Verdict, device: Option<&device::Model>) -> Done {
        let gone = match (&verdict, device) {
            // The app registered since: the verdict is on what it was before.
            (Verdict::Gone { since: Some(since), why }, Some(device)) if *since <= device.last_seen_at => {
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
}

fn plain(row: &delivery::Model, outcome: Outcome) -> Done {
    Done { id: row.id, outcome, gone: None, digested: Vec::new() }
}

/// Whether looking at it took so long that the lease could run out on the way.
fn is_late(row: &delivery::Model, now: DateTime<Utc>) -> bool {
    row.leased_until.is_none_or(|until| until < now + TRY)
}

fn late(now: DateTime<Utc>) -> Outcome {
    Outcome::Again { at: now, why: "LATE".to_owned(), counts: false }
}

/// What a verdict that took so long tells of the gateway.
fn note(breaker: &mut Breaker, way: &Way, verdict: &Verdict, took: Duration, now: DateTime<Utc>) {
    match verdict {
        Verdict::Down { after, .. } => breaker.failed(now, *after),
        // It answers, and asks for a rest, for the whole project. APNs and the push services of browsers ask for one
        // device.
        Verdict::Later { after: Some(after), .. } if *way == Way::Push(PushPlatform::Fcm) => {
            breaker.failed(now, Some(*after));
        }
        // As good as down: each try holds a place for so long.
        Verdict::Later { .. } if took >= SLOW && matches!(way, Way::Origin(_)) => breaker.failed(now, None),
        Verdict::Later { .. } if took >= LINGERING => breaker.failed(now, None),
        Verdict::Later { .. } => breaker.answered(),
        _ if took >= SLOW && matches!(way, Way::Origin(_)) => breaker.slow(now - took, now),
        Verdict::Sent | Verdict::Gone { .. } | Verdict::Refused(_) => breaker.worked(now),
    }
}

/// Of push services that work nothing needs to be known; of too many that do not, it is found out anew.
fn make_room(breakers: &mut HashMap<Way, Breaker>) {
    let is_one_of_ours = |way: &Way| !matches!(way, Way::Origin(_));
    if breakers.len() >= WAYS {
        breakers.retain(|way, breaker| is_one_of_ours(way) || breaker.is_failing());
    }
    if breakers.len() >= WAYS {
        breakers.retain(|way, _| is_one_of_ours(way));
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::notifications::deliveries::LEASE;

    #[test]
    fn the_wait_for_a_connection_does_not_use_up_a_lease() {
        // It is claimed, waits and is tried, and there is time to write what became of it.
        assert!(TimeDelta::from_std(WAIT).unwrap() + TRY + TRY <= LEASE);
    }

    #[test]
    fn a_push_service_that_takes_its_time_is_left_alone_whatever_it_says() {
        let now = DateTime::UNIX_EPOCH;
        let rests = |way: &Way, verdict: &Verdict, took: Duration| {
            let mut breaker = Breaker::default();
            for _ in 0..PUSHES {
                note(&mut breaker, way, verdict, took, now);
            }
            breaker.rest(now).is_some()
        };
        let origin = Way::Origin("https://push.example.org".to_owned());
        let later = Verdict::Later { after: None, why: "no answer in time".to_owned() };
        for verdict in [&Verdict::Sent, &later] {
            assert!(rests(&origin, verdict, SLOW), "{verdict:?}");
            assert!(!rests(&origin, verdict, SLOW / 2), "{verdict:?}");
        }
        for way in [Way::Push(PushPlatform::Fcm), Way::Mail] {
            assert!(!rests(&way, &Verdict::Sent, LINGERING), "it takes what it is given: {way:?}");
            assert!(rests(&way, &later, LINGERING) && !rests(&way, &later, SLOW), "{way:?}");
        }
    }

    #[test]
    fn a_push_service_that_takes_its_time_for_a_few_is_not_left_alone() {
        let (start, mut breaker) = (DateTime::UNIX_EPOCH, Breaker::default());
        let origin = Way::Origin("https://push.example.org".to_owned());
        // They begin together, and the slow ones come last.
        for number in 0..PUSHES {
            let took = if number < 50 { Duration::from_millis(200) } else { SLOW + Duration::from_secs(2) };
            note(&mut breaker, &origin, &Verdict::Sent, took, start + took);
        }
        assert_eq!(breaker.admit(start + SLOW + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn what_is_known_of_gateways_has_an_end() {
        let now = DateTime::UNIX_EPOCH;
        let (mut breakers, mut broken) = (HashMap::new(), Breaker::default());
        broken.failed(now, Some(TimeDelta::seconds(60)));
        let origin = |number: usize| Way::Origin(format!("https://push-{number}.example.org"));
        breakers.insert(Way::Mail, Breaker::default());
        breakers.insert(origin(0), broken);
        breakers.extend((1..WAYS).map(|number| (origin(number), Breaker::default())));
        make_room(&mut breakers);
        assert_eq!(breakers.get(&origin(0)), Some(&broken), "of this one something is to be known");
        assert_eq!(breakers.len(), 2);
        breakers.extend((1..WAYS).map(|number| (origin(number), broken)));
        make_room(&mut breakers);
        assert_eq!(breakers.keys().collect::<Vec<_>>(), [&Way::Mail]);
    }
}
