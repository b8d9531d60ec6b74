//! How the pools are made.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection};

use super::ConnectError;

/// A statement that takes longer is stopped, on PostgreSQL.
pub(super) const STATEMENT_TIMEOUT: &str = "30s";
/// One of who is waited for is stopped sooner: who asked is told, or gone, after the ten seconds of a request, and the
/// connection is for others. Who waits for a lock is told before that.
pub(super) const ASKED_TIMEOUT: &str = "9s";
/// Who is waited for waits no longer than this for what somebody else holds: less than the ten seconds that a request may take.
pub(super) const LOCK_TIMEOUT: &str = "8s";
/// A transaction in which nothing happens for so long belongs to a process that is stuck: what it holds is let go. The longest
/// pause of one that is not, in the plan of a large import, is a matter of seconds.
const IDLE_TIMEOUT: &str = "5min";
/// Whose machine or network is gone is found out within a minute, and not after the two hours of the system: until then all
/// stays locked that it holds.
const KEEPALIVES: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "30"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "3")];
/// Of what waits and works as long as it must.
const UNHURRIED: [(&str, &str); 5] = [
    ("default_transaction_isolation", READ_COMMITTED),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("idle_session_timeout", "0"),
];
/// How long a request waits for a connection, and for the first answer on it.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);
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
/// What the server calls the connections that migrate.
const MIGRATES: &str = "glans-migrate";
/// How long a migration waits for a table: everybody else who wants it queues behind.
const GIVES_IN: [(&str, &str); 1] = [("lock_timeout", "3s")];

pub(super) async fn open_file(
    url: &str,
    connections: u32,
    query_only: bool,
) -> Result<DatabaseConnection, ConnectError> {
    if !query_only {
        make_private(url);
    }
    sea_orm::Database::connect(sqlite(url, connections, query_only)).await.map_err(ConnectError::File)
}

/// Makes the file where there is none, for its owner alone; what SQLite puts beside it follows it in that. Where that fails,
/// SQLite fails too, and tells why.
fn make_private(url: &str) {
    if let Ok(options) = SqliteConnectOptions::from_str(url) {
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(options.get_filename());
    }
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
        .map_sqlx_postgres_opts(move |options| {
            options.options(KEEPALIVES).options([
                ("default_transaction_isolation", isolation),
                ("lock_timeout", LOCK_TIMEOUT),
                ("statement_timeout", STATEMENT_TIMEOUT),
                ("idle_in_transaction_session_timeout", IDLE_TIMEOUT),
            ])
        })
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .set_application_name("glans")
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false);
    options
}

/// Connects once and goes. The pool would try again until its time is up, and then tell that and not the cause.
pub(super) async fn reach(url: &str) -> Result<(), sqlx::Error> {
    connect(&PgConnectOptions::from_str(url)?).await?.close().await
}

/// A connection that nothing ends: not what it waits for, and not that it does nothing.
pub(super) async fn unhurried(url: &str) -> Result<PgConnection, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name(MIGRATES).disable_statement_logging();
    connect(&options.options(UNHURRIED).options(KEEPALIVES)).await
}

/// As [`unhurried`], a pool of one connection.
pub(super) fn unhurried_pool(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(1)
        .map_sqlx_postgres_opts(|options| options.options(UNHURRIED).options(GIVES_IN).options(KEEPALIVES))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .set_application_name(MIGRATES)
        .sqlx_logging(false);
    options
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let connecting = PgConnection::connect_with(options);
    let late = |_| sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await.map_err(late)?
}
