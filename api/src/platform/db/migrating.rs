//! Who makes or migrates a database is alone with it: of processes that start at once, one comes after the other.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::str::FromStr;
use std::time::Duration;

use glans_migration::{Migrator, MigratorTrait};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::time;

use super::ConnectError;
use super::address::is_in_memory;
use super::options::{open_file, unhurried, unhurried_pool};

/// As [`alone`](crate::platform::alone) locks, but for a session: migrations are transactions of their own.
const LOCK: &str = "SELECT pg_try_advisory_lock(hashtextextended('migrations', 26))";
/// How often who waits looks whether the turn has come.
const LOOKS: Duration = Duration::from_millis(50);

/// Which way a database goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// So many of the migrations that are missing, the oldest first; all where it does not say.
    Up(Option<u32>),
    /// So many of those that are applied, the newest first.
    Down(u32),
}

/// The turn of this process to make or migrate a database. It ends with the process, however that ends.
pub struct Turn {
    url: String,
    lock: Lock,
}

enum Lock {
    /// A file beside that of the database. It stays: whoever removed it would let in who comes next beside who waits for it.
    File(File),
    /// A session of PostgreSQL, outside of the pools.
    Session(PgConnection),
}

impl Turn {
    /// Waits until no other process has it, and leaves nothing behind when dropped meanwhile. The database itself is not made by
    /// that; on SQLite, its folder must be there.
    pub async fn take(url: &str) -> Result<Self, ConnectError> {
        let (url, mut lock) = match url.split_once("://") {
            Some(("sqlite", rest)) if is_in_memory(rest) => return Err(ConnectError::InMemory),
            Some(("sqlite", _)) => (url.to_owned(), Lock::File(file_beside(url)?)),
            Some(("postgres" | "postgresql", rest)) => {
                let url = format!("postgres://{rest}");
                let session = unhurried(&url).await?;
                (url, Lock::Session(session))
            }
            _ => return Err(ConnectError::Scheme),
        };
        let mut told = false;
        while !lock.is_taken().await? {
            if !std::mem::replace(&mut told, true) {
                tracing::info!("another process makes or migrates the database: waiting for it");
            }
            time::sleep(LOOKS).await;
        }
        Ok(Self { url, lock })
    }

    /// Migrates, however long it takes, and ends the turn. What breaks off leaves no half of a migration.
    pub async fn migrate(self, way: Way) -> Result<(), ConnectError> {
        let connection = match &self.lock {
            Lock::File(_) => open_file(&self.url, 1, false).await?,
            Lock::Session(_) => sea_orm::Database::connect(unhurried_pool(&self.url)).await?,
        };
        let done = match way {
            Way::Up(steps) => Migrator::up(&connection, steps).await,
            Way::Down(steps) => Migrator::down(&connection, Some(steps)).await,
        };
        // Closed before the next process comes: on SQLite the last one out puts the file in order.
        let closed = connection.close().await;
        done.and(closed).map_err(ConnectError::Migration)?;
        match self.lock {
            Lock::File(file) => file.unlock().map_err(ConnectError::Lock),
            Lock::Session(session) => Ok(session.close().await?),
        }
    }
}

impl Lock {
    /// Takes it, where nobody has it.
    async fn is_taken(&mut self) -> Result<bool, ConnectError> {
        match self {
            Self::File(file) => match file.try_lock() {
                Ok(()) => Ok(true),
                Err(TryLockError::WouldBlock) => Ok(false),
                Err(TryLockError::Error(cause)) => Err(ConnectError::Lock(cause)),
            },
            Self::Session(session) => Ok(sqlx::query_scalar(LOCK).fetch_one(session).await?),
        }
    }
}

fn file_beside(url: &str) -> Result<File, ConnectError> {
    let database = SqliteConnectOptions::from_str(url)?;
    let mut name = OsString::from(database.get_filename());
    name.push(".lock");
    OpenOptions::new().write(true).create(true).truncate(false).open(name).map_err(ConnectError::Lock)
}
