//! Waking those who follow something when it changed. A message says no more than that: what happened is read from the
//! database, so that one that is lost or comes twice does no harm.
//!
//! In one process a broadcast does it. On PostgreSQL the other processes are woken by `NOTIFY`; each listens on a
//! connection of its own from its first follower on.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

/// What PostgreSQL calls the one channel of this program.
const CHANNEL: &str = "glans";
/// Messages that a follower may leave lying; of more it only learns that there were some.
const WAITING: usize = 1024;
const RETRY: Duration = Duration::from_secs(2);

/// `None` wakes everybody: messages may have been lost.
type Message = Option<String>;

/// The wake-up calls of this process, and on PostgreSQL of all.
#[derive(Debug)]
pub struct Bus {
    here: broadcast::Sender<Message>,
    /// Where to listen for other processes, until the first follower makes it so.
    elsewhere: Option<String>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Bus {
    /// The bus of a process over this database.
    pub fn of(database_url: &str) -> Self {
        let elsewhere = match database_url.split_once("://") {
            Some(("postgres" | "postgresql", rest)) => Some(format!("postgres://{rest}")),
            _ => None,
        };
        Self { here: broadcast::channel(WAITING).0, elsewhere, listening: Mutex::default() }
    }

    /// Wakes who follows `topic`, in this process only.
    pub fn wake(&self, topic: &str) {
        // An error means that nobody follows anything.
        let _ = self.here.send(Some(topic.to_owned()));
    }

    /// Wakes who follows `topic`, in all processes. To be called after the commit: who is woken reads at once.
    pub async fn publish(&self, db: &DatabaseConnection, topic: &str) {
        self.wake(topic);
        if self.elsewhere.is_some() {
            let notify = "SELECT pg_notify($1, $2)";
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, notify, [CHANNEL.into(), topic.into()]);
            if let Err(cause) = db.query_one_raw(notify).await {
                tracing::warn!(%cause, "other processes were not woken");
            }
        }
    }

    /// From here on, wake-up calls for `topic` are kept for the follower.
    pub fn subscribe(&self, topic: impl Into<String>) -> Wakes {
        let messages = self.here.subscribe();
        if let Some(url) = &self.elsewhere {
            let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
            listening.get_or_insert_with(|| tokio::spawn(listen(url.clone(), self.here.clone())));
        }
        Wakes { topic: topic.into(), messages }
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
async fn listen(url: String, here: broadcast::Sender<Message>) {
    loop {
        if let Err(cause) = pass_on(&url, &here).await {
            tracing::warn!(%cause, "not listening to other processes; trying again");
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn pass_on(url: &str, here: &broadcast::Sender<Message>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Whatever was said before, or while the connection was lost, nobody heard.
        let _ = here.send(None);
        while let Some(notification) = listener.try_recv().await? {
            let _ = here.send(Some(notification.payload().to_owned()));
        }
    }
}

/// The wake-up calls for one topic.
#[derive(Debug)]
pub struct Wakes {
    topic: String,
    messages: broadcast::Receiver<Message>,
}

impl Wakes {
    /// Waits for the next, or for a sign that some were missed. Several that came meanwhile are one.
    pub async fn next(&mut self) {
        loop {
            match self.messages.recv().await {
                Ok(Some(topic)) if topic != self.topic => {}
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    self.messages = self.messages.resubscribe();
                    return;
                }
                // The process ends: nobody is woken any more.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn who_follows_a_topic_is_woken_for_it_alone() {
        let bus = Bus::of("sqlite://x.db");
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
        let bus = Bus::of("sqlite://x.db");
        let mut wakes = bus.subscribe("a");
        for _ in 0..=WAITING {
            bus.wake("b");
        }
        tokio::time::timeout(SOON, wakes.next()).await.unwrap();
    }
}
