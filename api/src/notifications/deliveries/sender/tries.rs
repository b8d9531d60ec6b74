//! A try: what was claimed is looked at, sent, and judged by what the gateway says.

use std::slice;
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::notifications::{delivery, device};
use tokio::time::Instant;

use super::ways::Way;
use super::{Done, Sender, everywhere};
use crate::call::today;
use crate::notifications::channels::Verdict;
use crate::notifications::channels::email::Place;
use crate::notifications::channels::letter::Letter;
use crate::notifications::deliveries::claims::Gone;
use crate::notifications::deliveries::contents::{self, Parcel, Step};
use crate::notifications::deliveries::rules::{self, Outcome, Reason};
use crate::notifications::deliveries::{TRY, look};
use crate::platform::chance::chance;
use crate::platform::error::{Error, Result};

/// How long an e-mail waits for its connection. Then another one is claimed: most of a lease is left for the try.
const WAIT: Duration = Duration::from_secs(4);

impl Sender {
    /// Sends pushes. Where they cannot be looked at together each is looked at by itself: one that nobody can read keeps no
    /// other from its device.
    pub(super) async fn pushed(&self, batch: &[delivery::Model]) -> Vec<Done> {
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
    pub(super) async fn mailed(&self, row: &delivery::Model) -> Done {
        let (mail, now) = (&self.app.channels.mail, self.app.clock.now());
        if let Some(until) = self.ways.rest(&Way::Mail, now) {
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
        if let Err(until) = self.ways.admit(way, now) {
            return Err(rules::wait(until, row.expires_at, "GATEWAY_DOWN"));
        }
        let began = Instant::now();
        let verdict = sending.await;
        let took = began.elapsed();
        self.ways.note(way, &verdict, took, self.app.clock.now());
        Ok(verdict)
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
}
