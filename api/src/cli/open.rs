//! Opening the process for a command.

use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use crate::app::App;
use crate::identity::master_key;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{Database, Turn, Way};

/// Opens a database that is there already; makes nothing.
pub(super) async fn existing(config: &Config) -> Result<Database, Failure> {
    if let Some(file) = file(config)
        && !file.exists()
    {
        let (name, remedy) = (file.display(), "`glans migrate up` makes it, and so does `glans serve`");
        return Err(Failure::Failed(format!("the database {name} is not there; {remedy}")));
    }
    Ok(Database::connect(&config.database_url).await?)
}

/// The file of an embedded database.
pub(super) fn file(config: &Config) -> Option<PathBuf> {
    let path = config.database_url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(path.split_once('?').map_or(path, |(path, _)| path)))
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

/// As [`app`], with the read replica: for what goes on answering.
pub(super) async fn lasting_app(config: Config) -> Result<Arc<App>, Failure> {
    let replica = config.database_read_url.clone();
    newest(config, replica.as_deref()).await
}

async fn newest(config: Config, replica: Option<&str>) -> Result<Arc<App>, Failure> {
    // Before the database is touched: with a bad secret key nothing is made and nothing is migrated.
    drop(master_key(&config)?);
    // Before it is opened: who opens an empty file of SQLite first gives it its form, and must be alone for that.
    let turn = turn(&config).await?;
    let db = Database::connect(&config.database_url).await?.with_replica(replica).await?;
    turn.migrate(Way::Up(None)).await?;
    Ok(App::new(config, db, Clock::default())?)
}
