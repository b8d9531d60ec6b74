//! Who makes or migrates a database is alone with it: of processes that start at once, one comes after the other.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use glans_migration::{Migrator, MigratorTrait};
use sea_orm::{DatabaseConnection, DbErr};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::time;

use super::ConnectError;
use super::address::{check_encoding, is_in_memory};
use super::options::{open_file, unhurried, unhurried_pool};
use crate::platform::error::{chain, is_held};

/// As [`alone`](crate::platform::alone) locks, but for a session: migrations are transactions of their own.
const LOCK: &str = "SELECT pg_try_advisory_lock(hashtextextended('migrations', 26))";
/// How often who waits looks whether the turn has come.
const LOOKS: Duration = Duration::from_millis(50);
/// How long a migration that gave in leaves the tables to others.
const GIVES_WAY: Duration = Duration::from_secs(1);

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
    File(File, PathBuf),
    /// A session of PostgreSQL, outside of the pools.
    Session(PgConnection),
}

impl Turn {
    /// Waits until no other process has it; dropped meanwhile, it wants it no more. The database itself is not made by that; on
    /// SQLite, its folder must be there.
    pub async fn take(url: &str) -> Result<Self, ConnectError> {
        let (url, mut lock) = match url.split_once("://") {
            Some(("sqlite", rest)) if is_in_memory(rest) => return Err(ConnectError::InMemory),
            Some(("sqlite", _)) => (url.to_owned(), file_beside(url)?),
            Some(("postgres" | "postgresql", rest)) => {
                let url = format!("postgres://{rest}");
                let mut session = unhurried(&url).await?;
                let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut session).await?;
                check_encoding(&encoding)?;
                (url, Lock::Session(session))
            }
            _ => return Err(ConnectError::Scheme),
        };
        let mut told = false;
        while !lock.is_taken().await? {
            if !std::mem::replace(&mut told, true) {
                tracing::warn!(at = lock.place(), "another process makes or migrates the database: waiting for it");
            }
            time::sleep(LOOKS).await;
        }
        Ok(Self { url, lock })
    }

    /// Migrates, however long it takes, and ends the turn. What breaks off leaves no half of a migration.
    pub async fn migrate(self, way: Way) -> Result<(), ConnectError> {
        let connection = match &self.lock {
            Lock::File(..) => open_file(&self.url, 1, false).await?,
            Lock::Session(_) => sea_orm::Database::connect(unhurried_pool(&self.url)).await?,
        };
        let done = run(&connection, way).await;
        // Closed before the next process comes: on SQLite the last one out puts the file in order.
        let closed = connection.close().await;
        done.and(closed).map_err(|cause| match cause {
            cause if is_of_newer(&cause) => ConnectError::Newer,
            cause => ConnectError::Migration(cause),
        })?;
        match self.lock {
            Lock::File(file, path) => file.unlock().map_err(|cause| ConnectError::Lock(path, cause)),
            Lock::Session(session) => Ok(session.close().await?),
        }
    }
}

/// Whether the database has migrations that this program does not know. The library has no error of its own for that.
pub fn is_of_newer(cause: &DbErr) -> bool {
    matches!(cause, DbErr::Custom(text) if text.contains("this migration has been applied but its file is missing"))
}

/// A migration that needs what somebody else holds does not stand in the way of others meanwhile, who would queue behind it: it
/// gives in, is taken back, and begins anew.
async fn run(connection: &DatabaseConnection, way: Way) -> Result<(), DbErr> {
    let mut goal = None;
    loop {
        match go(connection, way, &mut goal).await {
            Err(cause) if is_held(&cause) => {
                tracing::warn!(cause = chain(&cause), "a migration waits for what somebody else holds");
                time::sleep(GIVES_WAY).await;
            }
            done => return done,
        }
    }
}

/// Goes on until so many migrations are left as are to be left in the end, which the first look says.
async fn go(connection: &DatabaseConnection, way: Way, goal: &mut Option<u32>) -> Result<(), DbErr> {
    let there = within_reach(connection, way).await?;
    let goal = *goal.get_or_insert(match way {
        Way::Up(None) => 0,
        Way::Up(Some(steps)) | Way::Down(steps) => there.saturating_sub(steps),
    });
    let steps = Some(there.saturating_sub(goal));
    match way {
        Way::Up(_) => Migrator::up(connection, steps).await,
        Way::Down(_) => Migrator::down(connection, steps).await,
    }
}

/// How many migrations there are to go that way.
async fn within_reach(connection: &DatabaseConnection, way: Way) -> Result<u32, DbErr> {
    let migrations = match way {
        Way::Up(_) => Migrator::get_pending_migrations(connection).await?,
        Way::Down(_) => Migrator::get_applied_migrations(connection).await?,
    };
    Ok(u32::try_from(migrations.len()).unwrap_or(u32::MAX))
}

impl Lock {
    /// Where an operator finds who holds it.
    fn place(&self) -> &'static str {
        match self {
            Self::File(..) => "the file `.lock` beside the database",
            Self::Session(_) => "the advisory locks of sessions `glans-migrate` in pg_locks",
        }
    }

    /// Takes it, where nobody has it.
    async fn is_taken(&mut self) -> Result<bool, ConnectError> {
        match self {
            Self::File(file, path) => match file.try_lock() {
                Ok(()) => Ok(true),
                Err(TryLockError::WouldBlock) => Ok(false),
                Err(TryLockError::Error(cause)) => Err(ConnectError::Lock(path.clone(), cause)),
            },
            Self::Session(session) => Ok(sqlx::query_scalar(LOCK).fetch_one(session).await?),
        }
    }
}

fn file_beside(url: &str) -> Result<Lock, ConnectError> {
    let database = SqliteConnectOptions::from_str(url)?;
    let mut name = OsString::from(database.get_filename());
    name.push(".lock");
    let path = PathBuf::from(name);
    let opened = match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path) {
        // Where an administrator of the machine made it: to read it is enough to lock it. Where nobody did, the first refusal
        // says why this program cannot.
        Err(cause) if cause.kind() == ErrorKind::PermissionDenied => File::open(&path).map_err(|_| cause),
        opened => opened,
    };
    match opened {
        Ok(file) => Ok(Lock::File(file, path)),
        Err(cause) => Err(ConnectError::Lock(path, cause)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_lock_that_cannot_be_made_is_named_with_the_first_reason() {
        let folder = std::env::temp_dir().join(format!("glans-lock-{}", uuid::Uuid::now_v7()));
        let told = || {
            let url = format!("sqlite://{}/glans.db", folder.display());
            file_beside(&url).err().map(|error| error.to_string())
        };
        let lock = folder.join("glans.db.lock");
        let away = told().unwrap();
        assert!(away.starts_with(&format!("cannot lock the database by {}: No such file", lock.display())), "{away}");

        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
        // Whom permissions do not hold, as root, makes it.
        let kept_out = File::create(&lock).is_err().then(told);
        fs::remove_dir_all(&folder).unwrap();
        if let Some(said) = kept_out {
            assert!(said.unwrap().contains("Permission denied"), "the first reason");
        }
    }
}
