//! `glans import`: what comes from outside, one file per source.

mod duo;
mod programme;
mod roster;

use clap::Subcommand;

use super::Failure;
use crate::platform::config::Config;

/// From where.
#[derive(Debug, Subcommand)]
pub(super) enum Source {
    /// A course, from one YAML or JSON document.
    Programme(programme::ProgrammeArgs),
    /// A board and its schools, from the national register (DUO open data).
    Duo(duo::DuoArgs),
    /// People, class groups and roles, from a OneRoster 1.1 or 1.2 CSV bundle (ZIP archive or folder).
    Oneroster(roster::OnerosterArgs),
    /// Who is whose guardian and what they may see, from `guardianships.csv`.
    Guardianships(roster::GuardianshipsArgs),
    /// Undo a roster import: every record as it was before.
    Rollback(roster::RollbackArgs),
}

pub(super) async fn run(config: Config, source: Source) -> Result<(), Failure> {
    match source {
        Source::Programme(args) => programme::run(config, args).await,
        Source::Duo(args) => duo::run(config, args).await,
        Source::Oneroster(args) => roster::oneroster(config, args).await,
        Source::Guardianships(args) => roster::guardianships(config, args).await,
        Source::Rollback(args) => roster::rollback(config, args).await,
    }
}
