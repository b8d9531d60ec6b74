//! Waking those who follow something when it changed. A message says no more than that: what happened is read from the
//! database, so that one that is lost or comes twice does no harm.
//!
//! In one process a broadcast does it. The other processes are woken by a [`Carrier`]: `NOTIFY` of PostgreSQL, or NATS
//! where there are many; on SQLite they see that something was written. Each listens from its first follower on, on a
//! connection of its own where one is needed.

mod nats;
mod outage;
mod postgres;
mod sqlite;

use std::fmt::Debug;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use self::nats::Nats;
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use super::chance::chance;
use super::config::Config;
use super::db::Database;

/// Messages that a follower may leave lying; of more it only learns that there were some.
const WAITING: usize = 1024;
const RETRY: Duration = Duration::from_secs(2);
/// Who is called with everybody else is woken within this time, so that not all read in one moment.
const SPREAD: Duration = Duration::from_millis(500);

/// A topic that wakes whoever follows any.
pub const EVERYBODY: &str = "*";

/// `None` wakes everybody: messages may have been lost.
type Message = Option<String>;
type Here = broadcast::Sender<Message>;
/// Why other processes are out of reach.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What carries wake-up calls between processes.
#[async_trait::async_trait]
trait Carrier: Debug + Send + Sync {
    /// Wakes who follows `topic` in the other processes.
    async fn tell(&self, topic: &str) -> Result<(), Cause>;

    /// Passes on what other processes tell, for as long as the connection lasts. Whenever it begins, everybody is woken:
    /// what was told before, nobody heard.
    async fn hear(&self, here: &Here) -> Result<(), Cause>;
}

/// The wake-up calls of this process, and of those beside it.
#[derive(Debug)]
pub struct Bus {
    here: Here,
    elsewhere: Option<Arc<dyn Carrier>>,
    /// Begun by the first follower.
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Bus {
    /// The bus of a process: over NATS where one is configured, else over its database.
    pub fn of(config: &Config, db: &Database) -> Self {
        let here = broadcast::channel(WAITING).0;
        let elsewhere: Option<Arc<dyn Carrier>> = match &config.bus_url {
            Some(url) => Some(Arc::new(Nats::new(url.clone(), here.clone()))),
            None => match Postgres::of(&config.database_url, db) {
                Some(postgres) => Some(Arc::new(postgres)),
                None => Sqlite::of(db).map(|sqlite| Arc::new(sqlite) as _),
            },
        };
        Self { here, elsewhere, listening: Mutex::default() }
    }

    /// Wakes who follows `topic`, in this process only.
    pub fn wake(&self, topic: &str) {
        // An error means that nobody follows anything.
        let _ = self.here.send(Some(topic.to_owned()));
    }

    /// Wakes who follows `topic`, in all processes. To be called after the commit: who is woken reads at once.
    pub async fn publish(&self, topic: &str) {
        self.wake(topic);
        if let Some(elsewhere) = &self.elsewhere
            && let Err(cause) = elsewhere.tell(topic).await
        {
            tracing::warn!(%cause, "other processes were not woken");
        }
    }

    /// From here on, wake-up calls for `topic` are kept for the follower.
    pub fn subscribe(&self, topic: impl Into<String>) -> Wakes {
        let messages = self.here.subscribe();
        if let Some(elsewhere) = &self.elsewhere {
            let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
            listening.get_or_insert_with(|| tokio::spawn(listen(Arc::clone(elsewhere), self.here.clone())));
        }
        Wakes { topic: topic.into(), messages, due: None }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let listening = self.listening.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = listening.take() {
            task.abort();
        }
    }
}

/// Passes on what other processes say, and connects again whenever the connection is lost.
async fn listen(elsewhere: Arc<dyn Carrier>, here: Here) {
    loop {
        if let Err(cause) = elsewhere.hear(&here).await {
            tracing::warn!(%cause, "not listening to other processes; trying again");
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Whether the NATS of this address can be reached.
///
/// # Errors
/// Why not.
pub async fn check_nats(url: &str) -> Result<(), Cause> {
    nats::check(url).await
}

/// The wake-up calls for one topic.
#[derive(Debug)]
pub struct Wakes {
    topic: String,
    messages: broadcast::Receiver<Message>,
    /// When to wake after a call that was for everybody.
    due: Option<Instant>,
}

impl Wakes {
    /// Waits for the next, or for a sign that some were missed. Several that came meanwhile are one.
    pub async fn next(&mut self) {
        loop {
            let due = self.due;
            let rested = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                message = self.messages.recv() => match message {
                    Ok(Some(topic)) if topic == self.topic => break,
                    Ok(Some(topic)) if topic != EVERYBODY => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => {
                        self.due.get_or_insert_with(|| Instant::now() + SPREAD.mul_f64(chance()));
                    }
                    // The process ends: nobody is woken any more.
                    Err(RecvError::Closed) => pending::<()>().await,
                },
                () = rested => break,
            }
        }
        self.due = None;
        self.messages = self.messages.resubscribe();
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::futures_util::future::join_all;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);
    const PATIENCE: Duration = Duration::from_secs(20);

    fn alone() -> Bus {
        Bus { here: broadcast::channel(WAITING).0, elsewhere: None, listening: Mutex::default() }
    }

    #[tokio::test]
    async fn who_follows_a_topic_is_woken_for_it_alone() {
        let bus = alone();
        let mut wakes = bus.subscribe("a");
        bus.wake("b");
        assert!(tokio::time::timeout(SOON, wakes.next()).await.is_err());
        bus.wake("a");
        bus.wake("a");
        tokio::time::timeout(SOON, wakes.next()).await.unwrap();
        assert!(tokio::time::timeout(SOON, wakes.next()).await.is_err(), "two calls before waking are one");
    }

    #[tokio::test]
    async fn who_missed_something_is_woken() {
        let bus = alone();
        let mut wakes = bus.subscribe("a");
        for _ in 0..=WAITING {
            bus.wake("b");
        }
        tokio::time::timeout(PATIENCE, wakes.next()).await.unwrap();
        assert!(tokio::time::timeout(SPREAD, wakes.next()).await.is_err(), "once is enough");
    }

    #[tokio::test]
    async fn a_call_for_everybody_does_not_wake_them_in_one_moment() {
        let bus = alone();
        let mut all: Vec<Wakes> = (0..32).map(|_| bus.subscribe("a")).collect();
        for message in [None, Some(EVERYBODY.to_owned())] {
            bus.here.send(message).unwrap();
            let called = Instant::now();
            let woken = all.iter_mut().map(|wakes| async move {
                wakes.next().await;
                called.elapsed()
            });
            let woken = tokio::time::timeout(PATIENCE, join_all(woken)).await.unwrap();
            assert!(woken.iter().any(|after| *after > SOON), "{woken:?}");
        }
    }

    #[tokio::test]
    async fn who_rests_after_a_call_for_everybody_keeps_it() {
        let bus = alone();
        let mut wakes = bus.subscribe("a");
        wakes.due = Some(Instant::now() + PATIENCE / 4);
        assert!(tokio::time::timeout(Duration::ZERO, wakes.next()).await.is_err());
        tokio::time::timeout(PATIENCE, wakes.next()).await.unwrap();
        wakes.due = Some(Instant::now() + 2 * PATIENCE);
        bus.wake("a");
        tokio::time::timeout(PATIENCE, wakes.next()).await.unwrap();
    }
}
