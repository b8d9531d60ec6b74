//! A read replica of PostgreSQL, and what happens while it does not answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use glans_entity::scope::Scope;
use sea_orm::{AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionOptions};

use super::options::{REPEATABLE_READ, postgres, reach};
use super::waiting::Pool;
use super::{ConnectError, Database, Patience};

/// The name of a migration, and the second in which it was applied.
type Applied = (String, i64);

const REPLICA_READERS: u32 = 16;
/// How long a request waits for a connection to the read replica, and then for its first answer, before it turns to the
/// database.
pub const REPLICA_PATIENCE: Duration = Duration::from_secs(2);
/// How long a read replica is left alone after it failed somebody: until then nobody waits for it.
pub const LEFT_ALONE: Duration = Duration::from_secs(10);

/// The connections to the read replica.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) readers: Pool,
    statements: Arc<AtomicU64>,
    /// When it failed somebody last, until it answers again.
    failed: Arc<Mutex<Option<Instant>>>,
}

impl Database {
    /// The same with its read replica at this URL, if there is one.
    pub async fn with_replica(mut self, url: Option<&str>) -> Result<Self, ConnectError> {
        let Some(url) = url else { return Ok(self) };
        let Some(("postgres" | "postgresql", rest)) = url.split_once("://") else { return Err(ConnectError::Scheme) };
        let url = format!("postgres://{rest}");
        reach(&url).await.map_err(ConnectError::Replica)?;
        let mut options = postgres(&url, REPLICA_READERS, REPEATABLE_READ);
        options.acquire_timeout(REPLICA_PATIENCE).set_application_name("glans-replica");
        let mut readers = sea_orm::Database::connect(options).await?;
        if !self.is_followed_by(&readers).await? {
            return Err(ConnectError::Stranger);
        }
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        readers.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        self.replica = Some(Replica { readers: Pool::of(readers), statements, failed: Arc::default() });
        Ok(self)
    }

    /// Whether those are connections to a replica of this database, as far as both were migrated by now. It is asked
    /// first: what it has, the database had before.
    async fn is_followed_by(&self, readers: &DatabaseConnection) -> Result<bool, ConnectError> {
        if self.backend() != DbBackend::Postgres {
            return Ok(false);
        }
        let followed = applied(readers).await.map_err(ConnectError::Replica)?;
        let known = applied(self.connection()).await?;
        if followed.is_empty() && !known.is_empty() {
            return in_recovery(readers).await.map_err(ConnectError::Replica);
        }
        Ok(has_all(&known, &followed))
    }

    /// The bare connection to the read replica, to see what it is.
    pub fn replica(&self) -> Option<&DatabaseConnection> {
        self.replica.as_ref().map(|replica| &*replica.readers.connections)
    }

    /// How many statements ran at the read replica; none where there is none.
    pub fn replica_statement_count(&self) -> Option<u64> {
        self.replica.as_ref().map(|replica| replica.statements.load(Ordering::Relaxed))
    }

    /// As [`Database::read`], at the read replica: what was committed some time ago. None where there is none, or it does
    /// not answer now. Whether it is of use, its first answer tells: [`Database::replica_answers`].
    pub async fn read_replica(&self, scope: &Scope) -> Option<DatabaseTransaction> {
        let replica = self.replica.as_ref().filter(|replica| !replica.is_left_alone())?;
        let begun = async {
            let transaction = replica.readers.begin(TransactionOptions::default()).await?;
            self.put_on(&transaction, scope, AccessMode::ReadOnly, Patience::Reading).await?;
            Ok::<_, DbErr>(transaction)
        };
        // The pool waits no longer for a connection; one that it has may be silent.
        let begun = tokio::time::timeout(REPLICA_PATIENCE, begun).await;
        begun
            .unwrap_or_else(|late| Err(DbErr::Custom(late.to_string())))
            .inspect_err(|error| self.leave_replica_alone(error))
            .ok()
    }

    /// The read replica told somebody what they asked.
    pub fn replica_answers(&self) {
        if let Some(replica) = &self.replica {
            replica.answers();
        }
    }

    /// The read replica failed somebody: nobody turns to it for a while.
    pub fn leave_replica_alone(&self, cause: &impl std::fmt::Display) {
        if let Some(replica) = &self.replica
            && replica.failed().replace(Instant::now()).is_none()
        {
            tracing::warn!(%cause, "the read replica does not answer; what it is for is read from the database");
        }
    }
}

/// Whether it follows another server. One that does may have heard of nothing yet.
async fn in_recovery(connections: &DatabaseConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(connections.get_postgres_connection_pool()).await
}

/// Which migrations were applied, and when: what a replica shares with its database, and no other database does but a
/// copy of it. None where nothing was migrated yet.
async fn applied(connections: &DatabaseConnection) -> Result<Vec<Applied>, sqlx::Error> {
    let pool = connections.get_postgres_connection_pool();
    let is_there = "SELECT to_regclass('seaql_migrations') IS NOT NULL";
    let is_migrated: bool = sqlx::query_scalar(is_there).fetch_one(pool).await?;
    if !is_migrated {
        return Ok(Vec::new());
    }
    sqlx::query_as("SELECT version, applied_at FROM seaql_migrations").fetch_all(pool).await
}

/// A replica that is behind lacks some, and has none of its own.
fn has_all(known: &[Applied], followed: &[Applied]) -> bool {
    followed.iter().all(|applied| known.contains(applied))
}

impl Replica {
    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_left_alone(&self) -> bool {
        self.failed().is_some_and(|at| at.elapsed() < LEFT_ALONE)
    }

    fn answers(&self) {
        if self.failed().take().is_some() {
            tracing::info!("the read replica answers again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_has_nothing_of_its_own() {
        let applied = |all: &[(&str, i64)]| -> Vec<Applied> {
            all.iter().map(|(name, second)| ((*name).to_owned(), *second)).collect()
        };
        let known = applied(&[("m0001", 1_780_000_000), ("m0002", 1_780_000_001)]);
        assert!(has_all(&known, &known));
        assert!(has_all(&known, &known[..1]), "it is behind");
        assert!(has_all(&known, &[]), "it has heard of nothing yet");
        assert!(has_all(&[], &[]), "nothing was migrated");
        assert!(!has_all(&known, &applied(&[("m0001", 1_780_000_002)])), "migrated at another time");
        assert!(!has_all(&known[..1], &known), "further than what it is to follow");
        assert!(!has_all(&[], &known), "of a database that is new");
    }
}
