//! How the pools are made.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};
use sqlx::Connection;

use super::ConnectError;

/// A statement that takes longer is stopped, on PostgreSQL.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);
pub(super) const SQLITE_READERS: u32 = 8;
/// KiB of pages that a connection keeps. Larger ones, or a mapped file, made no screen of `just bench` faster: the pages are
/// in the memory of the system anyway. They only made the process larger.
const SQLITE_CACHE: u32 = 4096;
pub(super) const POSTGRES_READERS: u32 = 16;
pub(super) const POSTGRES_WRITERS: u32 = 16;
/// For looking up who calls. Whoever holds one waits for nothing else, so that requests never wait for each other in a ring.
pub(super) const LOOKUPS: u32 = 4;
/// All statements of a reading transaction see the same state; of a writing one, each sees what was committed before it.
pub(super) const REPEATABLE_READ: &str = "repeatable read";
pub(super) const READ_COMMITTED: &str = "read committed";

pub(super) async fn open_file(
    url: &str,
    connections: u32,
    query_only: bool,
) -> Result<DatabaseConnection, ConnectError> {
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

pub(super) fn postgres(url: &str, connections: u32, isolation: &'static str) -> ConnectOptions {
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
pub(super) async fn reach(url: &str) -> Result<(), sqlx::Error> {
    let options = sqlx::postgres::PgConnectOptions::from_str(url)?;
    let connecting = sqlx::postgres::PgConnection::connect_with(&options);
    let late = |_| sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await.map_err(late)??.close().await
}
