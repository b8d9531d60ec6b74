//! Guessing, one at a time.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use moka::future::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::rules::{self, Limit};
use super::{address, store};
use crate::call::{Call, Write};
use crate::platform::error::{Error, Result};

/// Longer than any request lasts: a turn is not forgotten while somebody waits for it.
const TURN_KEPT: Duration = Duration::from_mins(1);
const MOST_TURNS: u64 = 100_000;

/// What is guessed at. Each has counters of its own.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    SignIn,
    ResetRequest,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::ResetRequest => "reset",
        }
    }

    const fn limits(self) -> [Limit; 2] {
        match self {
            Self::SignIn => [rules::ACCOUNT, rules::ACCOUNT_AND_ADDRESS],
            Self::ResetRequest => [rules::RESET, rules::RESET],
        }
    }
}

/// The turns of those who guess at the same account from the same address: a thousand guesses at once are checked one
/// after the other, so that the sixth meets the wait. Across replicas, one more each can slip through.
#[derive(Clone)]
pub struct Turns(Cache<Vec<u8>, Arc<Mutex<()>>>);

impl Default for Turns {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_TURNS).time_to_idle(TURN_KEPT).build())
    }
}

/// A guess that may be made now. It holds its turn until dropped.
pub struct Guess {
    /// The account from anywhere, then the account from here: always locked in this order.
    keys: [(Vec<u8>, Limit); 2],
    _turn: OwnedMutexGuard<()>,
}

/// Takes a turn to guess at `name` (an e-mail address as `email::guessed` has it, existing or not).
///
/// # Errors
/// `RATE_LIMITED` with the seconds to wait.
pub async fn begin(call: &Call, purpose: Purpose, name: &str) -> Result<Guess> {
    let identity = &call.app().identity;
    let anywhere = format!("{} {name}", purpose.name());
    let from = call.address.map_or_else(|| "nowhere".to_owned(), |at| address::network(at).to_string());
    let pseudonyms = [identity.master.pseudonym(&anywhere), identity.master.pseudonym(&format!("{anywhere} {from}"))];
    let turn = identity.turns.0.get_with(pseudonyms[1].clone(), async { Arc::default() }).await;
    let turn = turn.lock_owned().await;
    let [any, here] = pseudonyms;
    let [limit_any, limit_here] = purpose.limits();
    let guess = Guess { keys: [(any, limit_any), (here, limit_here)], _turn: turn };
    guess.check(call).await?;
    Ok(guess)
}

impl Guess {
    async fn check(&self, call: &Call) -> Result<()> {
        let db = call.read_as_system().await?;
        let mut waits = Vec::new();
        for (key, _) in &self.keys {
            waits.extend(rules::blocked_for(store::tally(&db, key).await?, call.now()));
        }
        waits.into_iter().max().map_or(Ok(()), |wait| Err(refusal(wait)))
    }

    /// It was wrong: counted in the transaction of its audit line.
    pub async fn failed(&self, write: &Write<'_>) -> Result<()> {
        for (key, limit) in &self.keys {
            let tally = store::lock(write.db(), key, write.now()).await?;
            store::put(write.db(), key, rules::count(*limit, tally, write.now())).await?;
        }
        Ok(())
    }

    /// It was right: this address starts anew. What others guessed at the account stays counted.
    pub async fn succeeded(&self, write: &Write<'_>) -> Result<()> {
        store::forget(write.db(), &self.keys[1].0).await
    }
}

/// Forgets what was guessed at `name` from anywhere: the account is gone.
pub async fn forget(write: &Write<'_>, name: &str) -> Result<()> {
    for purpose in [Purpose::SignIn, Purpose::ResetRequest] {
        let key = write.call().app().identity.master.pseudonym(&format!("{} {name}", purpose.name()));
        store::forget(write.db(), &key).await?;
    }
    Ok(())
}

fn refusal(wait: TimeDelta) -> Error {
    let whole = u32::try_from(wait.num_seconds()).unwrap_or(u32::MAX);
    Error::RateLimited { retry_after_seconds: whole.saturating_add(1) }
}
