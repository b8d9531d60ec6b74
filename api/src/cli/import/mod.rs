//! `glans import`: what comes from outside, one file per source.

mod programme;

use clap::Subcommand;

use super::Failure;
use crate::platform::config::Config;

/// From where.
#[derive(Debug, Subcommand)]
pub(super) enum Source {
    /// A course, from one YAML or JSON document.
    Programme(programme::ProgrammeArgs),
}

pub(super) async fn run(config: Config, source: Source) -> Result<(), Failure> {
    match source {
        Source::Programme(args) => programme::run(config, args).await,
    }
}
