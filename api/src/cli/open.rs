//! Opening the process for a command.

use std::sync::Arc;

use glans_migration::{Migrator, MigratorTrait};

use super::Failure;
use crate::app::App;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::Database;

/// Opens the database; makes the data directory for an embedded one.
pub(super) async fn database(config: &Config) -> Result<Database, Failure> {
    if let Some(file) = config.database_url.strip_prefix("sqlite://")
        && let Some(directory) = std::path::Path::new(file).parent()
    {
        std::fs::create_dir_all(directory)
            .map_err(|cause| Failure::Failed(format!("cannot make {}: {cause}", directory.display())))?;
    }
    Ok(Database::connect(&config.database_url).await?)
}

/// The process over a database of the newest form.
pub(super) async fn app(config: Config) -> Result<Arc<App>, Failure> {
    let db = database(&config).await?;
    Migrator::up(db.connection(), None).await?;
    Ok(App::new(config, db, Clock::default())?)
}
