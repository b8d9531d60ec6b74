//! `glans migrate`

use clap::Subcommand;
use glans_migration::{MigrationStatus, Migrator, MigratorTrait};

use super::{Failure, open};
use crate::platform::config::Config;
use crate::platform::db::{Database, Way};

/// Which way.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Direction {
    /// Apply what is missing.
    Up {
        /// How many migrations; all when absent.
        #[arg(long)]
        steps: Option<u32>,
    },
    /// Take back the newest. What their tables held is lost.
    Down {
        /// How many migrations.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List what is applied and what is missing.
    Status,
}

pub(super) async fn run(config: &Config, direction: Direction) -> Result<(), Failure> {
    let db = match direction {
        Direction::Up { steps } => {
            open::turn(config).await?.migrate(Way::Up(steps)).await?;
            Database::connect(&config.database_url).await?
        }
        Direction::Down { steps } => {
            let db = open::existing(config).await?;
            open::turn(config).await?.migrate(Way::Down(steps)).await?;
            db
        }
        Direction::Status => open::existing(config).await?,
    };
    for migration in Migrator::get_migration_with_status_read_only(db.connection()).await? {
        let state = if migration.status() == MigrationStatus::Applied { "applied" } else { "pending" };
        say!("{state}  {}", migration.name());
    }
    Ok(())
}
