//! Two databases, one code. Every statement runs in a transaction that carries its scope.
//!
//! SQLite has one writer connection, on which writers queue in the program and never meet `SQLITE_BUSY`, and several
//! readers that cannot write. PostgreSQL has a pool for either, too; a transaction takes on the application role and the boards of
//! its scope, so that row-level security holds even where a filter was forgotten.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::NaiveDate;
use glans_entity::scope::Scope;
use glans_migration::APPLICATION_ROLE;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::Connection;

/// A statement that takes longer is stopped, on PostgreSQL.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);
const SQLITE_READERS: u32 = 8;
/// KiB of pages that a connection keeps. Larger ones, or a mapped file, made no screen of `just bench` faster: the pages are
/// in the memory of the system anyway. They only made the process larger.
const SQLITE_CACHE: u32 = 4096;
const POSTGRES_READERS: u32 = 16;
const POSTGRES_WRITERS: u32 = 16;
/// For looking up who calls. Whoever holds one waits for nothing else, so that requests never wait for each other in a ring.
const LOOKUPS: u32 = 4;
/// All statements of a reading transaction see the same state; of a writing one, each sees what was committed before it.
const REPEATABLE_READ: &str = "repeatable read";
const READ_COMMITTED: &str = "read committed";

/// The connections to the one database.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    lookups: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

/// The connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// `writer`, `readers` or `lookups`.
    pub pool: &'static str,
    /// How many there are.
    pub open: usize,
    /// How many of them do nothing.
    pub idle: usize,
}

/// A database URL that this program cannot use.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the database URL must start with `sqlite://` or `postgres://`")]
    Scheme,
    #[error(
        "an in-memory SQLite database is not supported, because readers and the writer have connections of their own; name a file"
    )]
    InMemory,
    #[error(
        "cannot open the database: {0}. Check that it is there, that it accepts connections and that user and password are right"
    )]
    Open(#[from] DbErr),
    #[error(
        "cannot reach the database: {0}. Check that it is there, that it accepts connections and that user and password are right"
    )]
    Unreachable(#[from] sqlx::Error),
}

impl Database {
    /// Opens `url`; makes the SQLite file where it does not exist yet.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let statements = Arc::new(AtomicU64::new(0));
        let (mut writer, mut readers, mut lookups) = match url.split_once("://") {
            Some(("sqlite", rest)) if rest.is_empty() || rest.starts_with(":memory:") => {
                return Err(ConnectError::InMemory);
            }
            Some(("sqlite", _)) => {
                let writer = sea_orm::Database::connect(sqlite(url, 1, false)).await?;
                let readers = sea_orm::Database::connect(sqlite(url, SQLITE_READERS, true)).await?;
                (writer, readers, sea_orm::Database::connect(sqlite(url, LOOKUPS, true)).await?)
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
        Ok(Self { writer, readers, lookups, statements })
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// The bare connection, for migrations and health. Tenant data is out of its sight on PostgreSQL.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// How many statements ran since the start.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How much of each pool is in use.
    pub fn pools(&self) -> [PoolUse; 3] {
        [("writer", &self.writer), ("readers", &self.readers), ("lookups", &self.lookups)].map(|(pool, connection)| {
            let (open, idle) = match self.backend() {
                DbBackend::Postgres => of_pool(connection.get_postgres_connection_pool()),
                _ => of_pool(connection.get_sqlite_connection_pool()),
            };
            PoolUse { pool, open, idle }
        })
    }

    /// A snapshot to read from. A request has one at a time.
    pub async fn read(&self, scope: &Scope) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.readers.begin().await?;
        self.put_on(&transaction, scope, AccessMode::ReadOnly).await?;
        Ok(transaction)
    }

    /// A snapshot that sees all boards, to look up who calls. Give it back before anything else is waited for.
    pub async fn look_up(&self, on: NaiveDate) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.lookups.begin().await?;
        self.put_on(&transaction, &Scope::system(on), AccessMode::ReadOnly).await?;
        Ok(transaction)
    }

    /// A transaction to write in. On SQLite it holds the write lock from its beginning (`BEGIN IMMEDIATE`).
    pub async fn write(&self, scope: &Scope) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer.begin_with_options(options).await?;
        self.put_on(&transaction, scope, AccessMode::ReadWrite).await?;
        Ok(transaction)
    }

    /// The settings of row-level security, for the length of the transaction: they do not leak over the pool.
    async fn put_on(&self, transaction: &DatabaseTransaction, scope: &Scope, mode: AccessMode) -> Result<(), DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(());
        }
        let boards: Vec<_> = scope.boards.iter().map(|board| board.0.to_string()).collect();
        let read_only = if mode == AccessMode::ReadOnly { "on" } else { "off" };
        let system = if scope.system { "on" } else { "off" };
        transaction
            .query_one_raw(Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT set_config('role', $1, true), set_config('glans.boards', $2, true), \
                 set_config('glans.system', $3, true), set_config('transaction_read_only', $4, true)",
                [APPLICATION_ROLE.into(), boards.join(",").into(), system.into(), read_only.into()],
            ))
            .await?;
        Ok(())
    }

    /// Closes the pools, so that the file or the server is free when the process ends.
    pub async fn close(self) -> Result<(), DbErr> {
        self.readers.close().await?;
        self.lookups.close().await?;
        self.writer.close().await
    }
}

/// How many connections are open, and how many of them are idle.
fn of_pool<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (usize, usize) {
    (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle())
}

/// What both pools of SQLite share.
fn sqlite(url: &str, connections: u32, query_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(!query_only)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("cache_size", format!("-{SQLITE_CACHE}"))
                .pragma("temp_store", "memory")
                .pragma("query_only", if query_only { "on" } else { "off" })
        });
    options
}

fn postgres(url: &str, connections: u32, isolation: &'static str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .map_sqlx_postgres_opts(move |options| options.options([("default_transaction_isolation", isolation)]))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .statement_timeout(STATEMENT_TIMEOUT)
        .set_application_name("glans")
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false);
    options
}

/// Connects once and goes. The pool would try again until its time is up, and then tell that and not the cause.
async fn reach(url: &str) -> Result<(), sqlx::Error> {
    let options = sqlx::postgres::PgConnectOptions::from_str(url)?;
    let connecting = sqlx::postgres::PgConnection::connect_with(&options);
    let late = |_| sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await.map_err(late)??.close().await
}

/// Whether `url` parses as far as it can be told without opening it.
pub fn check_url(url: &str) -> Result<(), ConnectError> {
    match url.split_once("://") {
        Some(("sqlite", _)) => Ok(()),
        Some(("postgres" | "postgresql", _)) if sqlx::postgres::PgConnectOptions::from_str(url).is_ok() => Ok(()),
        _ => Err(ConnectError::Scheme),
    }
}
