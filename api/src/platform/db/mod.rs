//! Two databases, one code. Every statement runs in a transaction that carries its scope.
//!
//! SQLite has one writer connection, on which writers queue in the program, so that they meet `SQLITE_BUSY` only where
//! another process writes, and several readers that cannot write. PostgreSQL has a pool for either, too; a transaction takes
//! on the application role and the boards of its scope, so that row-level security holds even where a filter was forgotten.
//!
//! A read replica of PostgreSQL follows some time later. It is for what may be as old as that, and whoever reads there asks it
//! first how far it is: `metrics::published`.

mod address;
mod migrating;
mod options;
mod replica;
mod waiting;
mod wall;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use glans_entity::scope::Scope;
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions,
};

use address::is_in_memory;
pub use address::{ConnectError, check_encoding, check_url, is_postgres, unknown_parameter};
pub use migrating::{Turn, Way, is_of_newer};
use options::{
    ASKED_TIMEOUT, LOCK_TIMEOUT, LOOKUPS, POSTGRES_READERS, POSTGRES_WRITERS, READ_COMMITTED, REPEATABLE_READ,
    SQLITE_READERS, STATEMENT_TIMEOUT, open_file, postgres, reach,
};
use replica::Replica;
pub use replica::{LEFT_ALONE, REPLICA_PATIENCE};
use waiting::Pool;
pub use wall::finds_anywhere;

use super::opaque::Boxed;

/// The connections to the one database.
#[derive(Clone, Debug)]
pub struct Database {
    writer: Pool,
    readers: Pool,
    lookups: Pool,
    replica: Option<Replica>,
    statements: Arc<AtomicU64>,
}

/// How long a transaction waits for what another one holds, and for a statement, on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    /// Of who is waited for: [`LOCK_TIMEOUT`] and [`ASKED_TIMEOUT`].
    Short,
    /// Of the program where it reads: [`LOCK_TIMEOUT`] and [`STATEMENT_TIMEOUT`].
    Reading,
    /// Of the program where it writes: it waits as long as a statement may take.
    Long,
}

impl Patience {
    /// As `lock_timeout` has it.
    fn lock_timeout(self) -> &'static str {
        match self {
            Self::Short | Self::Reading => LOCK_TIMEOUT,
            Self::Long => "0",
        }
    }

    /// As `statement_timeout` has it.
    fn statement_timeout(self) -> &'static str {
        match self {
            Self::Short => ASKED_TIMEOUT,
            Self::Reading | Self::Long => STATEMENT_TIMEOUT,
        }
    }
}

/// The connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// `writer`, `readers`, `lookups` or `replica`.
    pub pool: &'static str,
    /// How many there are.
    pub open: usize,
    /// How many of them do nothing.
    pub idle: usize,
}

impl Database {
    /// Opens `url`; makes the SQLite file where it does not exist yet.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let statements = Arc::new(AtomicU64::new(0));
        let (mut writer, mut readers, mut lookups) = match url.split_once("://") {
            Some(("sqlite", rest)) if is_in_memory(rest) => return Err(ConnectError::InMemory),
            Some(("sqlite", _)) => {
                let writer = open_file(url, 1, false).await?;
                let readers = open_file(url, SQLITE_READERS, true).await?;
                (writer, readers, open_file(url, LOOKUPS, true).await?)
            }
            Some(("postgres" | "postgresql", rest)) => {
                let url = format!("postgres://{rest}");
                reach(&url).await?;
                let writer = sea_orm::Database::connect(postgres(&url, POSTGRES_WRITERS, READ_COMMITTED)).await?;
                let readers = sea_orm::Database::connect(postgres(&url, POSTGRES_READERS, REPEATABLE_READ)).await?;
                (writer, readers, sea_orm::Database::connect(postgres(&url, LOOKUPS, REPEATABLE_READ)).await?)
            }
            _ => return Err(ConnectError::Scheme),
        };
        for connection in [&mut writer, &mut readers, &mut lookups] {
            let counter = Arc::clone(&statements);
            connection.set_metric_callback(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
            });
        }
        let [writer, readers, lookups] = [writer, readers, lookups].map(Pool::of);
        let [writer, readers] = [writer, readers].map(|pool| pool.beside(&lookups));
        Ok(Self { writer, readers, lookups, replica: None, statements })
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }

    /// The bare connection, to look at migrations. Tenant data is out of its sight on PostgreSQL.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.writer.connections
    }

    /// As [`Database::connection`], for health: it waits for nobody who writes, nor for who reads long.
    pub fn looking(&self) -> &DatabaseConnection {
        &self.lookups.connections
    }

    /// How many statements ran since the start, those at the read replica aside.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How much of each pool is in use.
    pub fn pools(&self) -> Vec<PoolUse> {
        let own = [("writer", &self.writer), ("readers", &self.readers), ("lookups", &self.lookups)];
        let own = own.map(|(name, pool)| (name, &*pool.connections));
        let pools = own.into_iter().chain(self.replica().map(|readers| ("replica", readers)));
        let in_use = |(pool, connection): (&'static str, &DatabaseConnection)| {
            let (open, idle) = match self.backend() {
                DbBackend::Postgres => of_pool(connection.get_postgres_connection_pool()),
                _ => of_pool(connection.get_sqlite_connection_pool()),
            };
            PoolUse { pool, open, idle }
        };
        pools.map(in_use).collect()
    }

    /// A snapshot to read from. A request has one at a time.
    pub fn read<'a>(&'a self, scope: &'a Scope) -> Boxed<'a, Result<DatabaseTransaction, DbErr>> {
        Box::pin(self.begin_reading(&self.readers, scope, Patience::Reading))
    }

    /// As [`Database::read`], for who is waited for: a statement that takes too long is stopped, so that the connection goes on
    /// for others.
    pub fn read_soon<'a>(&'a self, scope: &'a Scope) -> Boxed<'a, Result<DatabaseTransaction, DbErr>> {
        Box::pin(self.begin_reading(&self.readers, scope, Patience::Short))
    }

    /// A snapshot that sees all boards, to look up who calls. Give it back before anything else is waited for.
    pub fn look_up(&self, on: NaiveDate) -> Boxed<'_, Result<DatabaseTransaction, DbErr>> {
        Box::pin(async move { self.begin_reading(&self.lookups, &Scope::system(on), Patience::Short).await })
    }

    /// A transaction to write in. On SQLite it holds the write lock from its beginning (`BEGIN IMMEDIATE`).
    pub fn write<'a>(&'a self, scope: &'a Scope) -> Boxed<'a, Result<DatabaseTransaction, DbErr>> {
        Box::pin(self.begin_writing(scope, Patience::Long))
    }

    /// As [`Database::write`], for who is waited for: what others hold for too long is refused, and a statement that takes
    /// too long is stopped, so that the caller is told to come again and the connection goes on for others.
    pub fn write_soon<'a>(&'a self, scope: &'a Scope) -> Boxed<'a, Result<DatabaseTransaction, DbErr>> {
        Box::pin(self.begin_writing(scope, Patience::Short))
    }

    async fn begin_reading(
        &self,
        pool: &Pool,
        scope: &Scope,
        patience: Patience,
    ) -> Result<DatabaseTransaction, DbErr> {
        let transaction = pool.begin(TransactionOptions::default()).await?;
        self.put_on(&transaction, scope, AccessMode::ReadOnly, patience).await?;
        Ok(transaction)
    }

    async fn begin_writing(&self, scope: &Scope, patience: Patience) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer.begin(options).await?;
        self.put_on(&transaction, scope, AccessMode::ReadWrite, patience).await?;
        Ok(transaction)
    }

    /// Closes the pools, so that the file or the server is free when the process ends.
    pub async fn close(self) -> Result<(), DbErr> {
        if let Some(replica) = self.replica {
            replica.readers.connections.close_by_ref().await?;
        }
        self.readers.connections.close_by_ref().await?;
        self.lookups.connections.close_by_ref().await?;
        self.writer.connections.close_by_ref().await
    }
}

/// How many connections are open, and how many of them are idle.
fn of_pool<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (usize, usize) {
    (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle())
}
