//! Opening the process for a command.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteConnectOptions;

use super::{Failure, demo};
use crate::app::App;
use crate::call::today;
use crate::identity::{keys, master_key, missing_key};
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{Database, Turn, Way};

/// Opens a database that is there already; makes nothing.
pub(super) async fn existing(config: &Config) -> Result<Database, Failure> {
    file_is_there(config)?;
    Ok(Database::connect(&config.database_url).await?)
}

fn file_is_there(config: &Config) -> Result<(), Failure> {
    const REMEDY: &str = "`glans migrate up` makes it, and so does `glans serve`; where it lies elsewhere, name it \
                          with --data-dir or --database-url, or in the configuration";
    match file(config) {
        Some(file) if !file.exists() => {
            Err(Failure::Failed(format!("the database {} is not there; {REMEDY}", file.display())))
        }
        _ => Ok(()),
    }
}

/// Refuses where the file of an embedded database, or that of its secret key, is not there: a command about what the
/// database holds was started in another folder, or without the environment of the server.
pub(super) fn files_are_there(config: &Config) -> Result<(), Failure> {
    const REMEDY: &str = "`glans serve` makes it for a new database; where it lies elsewhere, name its folder with \
                          --data-dir, or the key with GLANS_SECRET_KEY or GLANS_SECRET_KEY_FILE";
    file_is_there(config)?;
    match missing_key(config) {
        Some(file) => Err(Failure::Failed(format!("the secret key {} is not there; {REMEDY}", file.display()))),
        None => Ok(()),
    }
}

/// Refuses where the file of the secret key is gone, and the database holds what was sealed with it.
pub(super) async fn key_is_not_lost(config: &Config, db: &Database, now: DateTime<Utc>) -> Result<(), Failure> {
    const REMEDY: &str = "restore it from the backup; where it lies elsewhere, name its folder with --data-dir, or the \
                          key with GLANS_SECRET_KEY or GLANS_SECRET_KEY_FILE";
    if missing_key(config).is_none() || !keys::are_there(db, now).await? {
        return Ok(());
    }
    // Looked for once more: another process may have made it for the keys that were found.
    match missing_key(config) {
        Some(file) => Err(Failure::Failed(format!(
            "the secret key {} is not there, and the database holds keys that were sealed with it; {REMEDY}",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// The file of an embedded database, as its driver reads the URL: `%20` is a blank.
pub(super) fn file(config: &Config) -> Option<PathBuf> {
    if !config.database_url.starts_with("sqlite://") {
        return None;
    }
    let options = SqliteConnectOptions::from_str(&config.database_url).ok()?;
    Some(options.get_filename().to_owned())
}

/// Waits for the turn to make or migrate the database; makes the data directory for an embedded one.
pub(super) async fn turn(config: &Config) -> Result<Turn, Failure> {
    if let Some(file) = file(config)
        && let Some(directory) = file.parent()
    {
        std::fs::create_dir_all(directory)
            .map_err(|cause| Failure::Failed(format!("cannot make {}: {cause}", directory.display())))?;
    }
    Ok(Turn::take(&config.database_url).await?)
}

/// The process over a database of the newest form.
pub(super) async fn app(config: Config) -> Result<Arc<App>, Failure> {
    newest(config, None).await
}

/// As [`app`], for a command about what is in the database already: makes neither that nor the secret key.
pub(super) async fn known(config: Config) -> Result<Arc<App>, Failure> {
    files_are_there(&config)?;
    app(config).await
}

/// As [`app`], with the read replica: for what goes on answering. A demo in production mode is told now, and a wrong
/// secret key not only at the first sign-in or delivery.
pub(super) async fn lasting_app(config: Config) -> Result<Arc<App>, Failure> {
    let replica = config.database_read_url.clone();
    let app = newest(config, replica.as_deref()).await?;
    let now = app.clock.now();
    demo::none_in_production(&app.config, &app.db, today(now)).await?;
    keys::check(&app.db, &app.identity.master, now).await?;
    Ok(app)
}

async fn newest(config: Config, replica: Option<&str>) -> Result<Arc<App>, Failure> {
    // Before the database is touched: with a bad secret key nothing is made and nothing is migrated. One that is not
    // there is made once the database is known to need no other.
    if missing_key(&config).is_none() {
        drop(master_key(&config)?);
    }
    // Before it is opened: who opens an empty file of SQLite first gives it its form, and must be alone for that.
    let turn = turn(&config).await?;
    let db = Database::connect(&config.database_url).await?.with_replica(replica).await?;
    turn.migrate(Way::Up(None)).await?;
    key_is_not_lost(&config, &db, Clock::default().now()).await?;
    Ok(App::new(config, db, Clock::default())?)
}
