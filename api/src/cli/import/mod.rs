//! `glans import`: what comes from outside, one file per source.

mod duo;
mod programme;

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
}

pub(super) async fn run(config: Config, source: Source) -> Result<(), Failure> {
    match source {
        Source::Programme(args) => programme::run(config, args).await,
        Source::Duo(args) => duo::run(config, args).await,
    }
}
