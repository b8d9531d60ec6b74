//! Two databases, one code. Every statement runs in a transaction that carries its scope.
//!
//! SQLite has one writer connection, on which writers queue in the program and never meet `SQLITE_BUSY`, and several
//! readers that cannot write. PostgreSQL has a pool for either, too; a transaction takes on the application role and the boards of
//! its scope, so that row-level security holds even where a filter was forgotten.
//!
//! A read replica of PostgreSQL follows some time later. It is for what may be as old as that, and whoever reads there asks it
//! first how far it is: `metrics::published`.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use glans_entity::scope::Scope;
use glans_migration::APPLICATION_ROLE;
use sea_orm::sea_query::SelectStatement;
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
const REPLICA_READERS: u32 = 16;
/// How long a request waits for a connection to the read replica, and then for its first answer, before it turns to the
/// database.
pub const REPLICA_PATIENCE: Duration = Duration::from_secs(2);
/// How long a read replica is left alone after it failed somebody: until then nobody waits for it.
const LEFT_ALONE: Duration = Duration::from_secs(10);
/// All statements of a reading transaction see the same state; of a writing one, each sees what was committed before it.
const REPEATABLE_READ: &str = "repeatable read";
const READ_COMMITTED: &str = "read committed";

/// The connections to the one database.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    lookups: DatabaseConnection,
    replica: Option<Replica>,
    statements: Arc<AtomicU64>,
}

/// The connections to the read replica.
#[derive(Clone, Debug)]
struct Replica {
    readers: DatabaseConnection,
    statements: Arc<AtomicU64>,
    /// When it failed somebody last, until it answers again.
    failed: Arc<Mutex<Option<Instant>>>,
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

/// A database URL that this program cannot use.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the database URL must start with `sqlite://` or `postgres://`")]
    Scheme,
    #[error(
        "an in-memory SQLite database is not supported, because readers and the writer have connections of their own; name a file, as `sqlite://data/glans.db`"
    )]
    InMemory,
    #[error(
        "cannot open the database: {0}. Check that it is a SQLite database and that this program may write to it and to its folder"
    )]
    File(#[source] DbErr),
    #[error(
        "cannot open the database: {0}. Check that it is there, that it accepts connections and that user and password are right"
    )]
    Open(#[from] DbErr),
    #[error(
        "cannot reach the database: {0}. Check that it is there, that it accepts connections and that user and password are right"
    )]
    Unreachable(#[from] sqlx::Error),
    #[error(
        "cannot reach the read replica of `database_read_url`: {0}. Check that it is there, that it accepts connections and that user and password are right, or leave the key out: then `database_url` answers alone"
    )]
    Replica(sqlx::Error),
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
        Ok(Self { writer, readers, lookups, replica: None, statements })
    }

    /// The same with its read replica at this URL, if there is one.
    pub async fn with_replica(mut self, url: Option<&str>) -> Result<Self, ConnectError> {
        let Some(url) = url else { return Ok(self) };
        let Some(("postgres" | "postgresql", rest)) = url.split_once("://") else { return Err(ConnectError::Scheme) };
        let url = format!("postgres://{rest}");
        reach(&url).await.map_err(ConnectError::Replica)?;
        let mut options = postgres(&url, REPLICA_READERS, REPEATABLE_READ);
        options.acquire_timeout(REPLICA_PATIENCE).set_application_name("glans-replica");
        let mut readers = sea_orm::Database::connect(options).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        readers.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        self.replica = Some(Replica { readers, statements, failed: Arc::default() });
        Ok(self)
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// The bare connection, for migrations and health. Tenant data is out of its sight on PostgreSQL.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// The bare connection to the read replica, to see what it is.
    pub fn replica(&self) -> Option<&DatabaseConnection> {
        self.replica.as_ref().map(|replica| &replica.readers)
    }

    /// How many statements ran since the start, those at the read replica aside.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many statements ran at the read replica; none where there is none.
    pub fn replica_statement_count(&self) -> Option<u64> {
        self.replica.as_ref().map(|replica| replica.statements.load(Ordering::Relaxed))
    }

    /// How much of each pool is in use.
    pub fn pools(&self) -> Vec<PoolUse> {
        let own = [("writer", &self.writer), ("readers", &self.readers), ("lookups", &self.lookups)];
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
    pub async fn read(&self, scope: &Scope) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.readers.begin().await?;
        self.put_on(&transaction, scope, AccessMode::ReadOnly).await?;
        Ok(transaction)
    }

    /// As [`Database::read`], at the read replica: what was committed some time ago. None where there is none, or it does not
    /// answer now. Whether it is of use, its first answer tells: [`Database::replica_answers`].
    pub async fn read_replica(&self, scope: &Scope) -> Option<DatabaseTransaction> {
        let replica = self.replica.as_ref().filter(|replica| !replica.is_left_alone())?;
        let begun = async {
            let transaction = replica.readers.begin().await?;
            self.put_on(&transaction, scope, AccessMode::ReadOnly).await?;
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
        if let Some(replica) = self.replica {
            replica.readers.close().await?;
        }
        self.readers.close().await?;
        self.lookups.close().await?;
        self.writer.close().await
    }
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

/// How many connections are open, and how many of them are idle.
fn of_pool<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (usize, usize) {
    (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle())
}

async fn open_file(url: &str, connections: u32, query_only: bool) -> Result<DatabaseConnection, ConnectError> {
    sea_orm::Database::connect(sqlite(url, connections, query_only)).await.map_err(ConnectError::File)
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

/// Whether the statement finds something in whatever board. On PostgreSQL the wall is down for this one statement, and stands
/// again as it did for what comes after it in the transaction.
pub async fn finds_anywhere(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<bool, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(db.query_one(select).await?.is_some());
    }
    let stood = "SELECT coalesce(current_setting('glans.system', true), '') AS stood";
    let stood = db.query_one_raw(Statement::from_string(DbBackend::Postgres, stood)).await?;
    let stood: String = stood.map_or_else(|| Ok(String::new()), |row| row.try_get("", "stood"))?;
    set_system(db, "on").await?;
    let found = db.query_one(select).await?.is_some();
    set_system(db, &stood).await?;
    Ok(found)
}

async fn set_system(db: &impl ConnectionTrait, to: &str) -> Result<(), DbErr> {
    let set = "SELECT set_config('glans.system', $1, true)";
    db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, set, [to.into()])).await?;
    Ok(())
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
        Some(("sqlite", rest)) if is_in_memory(rest) => Err(ConnectError::InMemory),
        Some(("sqlite", _)) => Ok(()),
        _ if is_postgres(url) => Ok(()),
        _ => Err(ConnectError::Scheme),
    }
}

/// Whether what stands behind `sqlite://` names no file.
fn is_in_memory(rest: &str) -> bool {
    let (name, options) = rest.split_once('?').unwrap_or((rest, ""));
    name.is_empty() || name.starts_with(":memory:") || options.contains("mode=memory")
}

/// Whether `url` is one of a PostgreSQL server.
pub fn is_postgres(url: &str) -> bool {
    matches!(url.split_once("://"), Some(("postgres" | "postgresql", _)))
        && sqlx::postgres::PgConnectOptions::from_str(url).is_ok()
}
