//! The command line. One file per subcommand; each is a door to the same actions as the API.
//!
//! Exit status: 0 done, 1 failed, 2 wrong usage or configuration. What it answers goes to standard output, what went
//! wrong to standard error.

#[macro_use]
mod say;

mod admin;
mod board;
mod demo;
mod doctor;
mod documents;
mod exposure;
mod failure;
mod import;
mod keys;
mod log;
mod metrics;
mod migrate;
mod open;
mod outbox;
mod schema;
mod serve;
mod token;
mod worker;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;
pub use serve::router;

use crate::platform::config::{self, Config};

/// Glans: the API that carries a parent-engagement course to every family.
#[derive(Debug, Parser)]
#[command(name = "glans", version, about, max_term_width = 100, after_help = "Without a command it is `serve --demo`.")]
struct Cli {
    /// The configuration file; `glans.toml` where it is there.
    #[arg(long, global = true, value_name = "FILE", env = "GLANS_CONFIG")]
    config: Option<PathBuf>,
    /// `sqlite://…` or `postgres://…`.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where the embedded database and its key live.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do; `serve --demo` where nothing is said.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve(serve::Serve),
    /// Do what goes on without a request: what is due, deliveries, upkeep.
    Worker,
    /// What could not be told or delivered.
    Outbox {
        #[command(subcommand)]
        what: outbox::Outbox,
    },
    /// Figures of engagement.
    Metrics {
        #[command(subcommand)]
        what: metrics::Metrics,
    },
    /// Bring the database to the newest form, or back.
    Migrate {
        #[command(subcommand)]
        direction: migrate::Direction,
    },
    /// Fill an empty database with invented boards, to try things with or for load.
    Demo(demo::DemoArgs),
    /// Bring in a board, a roster or a course from files.
    Import {
        #[command(subcommand)]
        source: import::Source,
    },
    /// Invite who administers a board.
    Admin {
        #[command(subcommand)]
        what: admin::Admin,
    },
    /// Print an access token of an account, for who operates the machine.
    Token(token::Token),
    /// Rotate the keys that sign access tokens.
    Keys {
        #[command(subcommand)]
        what: keys::Keys,
    },
    /// Register the documents of the apps.
    Documents {
        #[command(subcommand)]
        command: documents::Documents,
    },
    /// Print the schema (SDL).
    Schema,
    /// Check configuration, database, keys and clock, and say what to mend.
    Doctor,
}

/// Parses `arguments` and runs the command.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            // Where even the terminal is gone there is nobody left to tell.
            let _ = error.print();
            return if wrong { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    match dispatch(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain!("glans: {failure}");
            failure.status()
        }
    }
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    if let Some(Command::Schema) = cli.command {
        schema::run();
        return Ok(());
    }
    let config = configuration(&cli)?;
    log::start(&config)?;
    match cli.command.unwrap_or(Command::Serve(serve::Serve::with_demo())) {
        Command::Serve(serve) => serve::run(config, serve).await,
        Command::Worker => worker::run(config).await,
        Command::Outbox { what } => outbox::run(config, what).await,
        Command::Metrics { what } => metrics::run(config, what).await,
        Command::Migrate { direction } => migrate::run(&config, direction).await,
        Command::Demo(args) => demo::run(config, args).await,
        Command::Import { source } => import::run(config, source).await,
        Command::Admin { what } => admin::run(config, what).await,
        Command::Token(token) => token::run(config, token).await,
        Command::Keys { what } => keys::run(config, what).await,
        Command::Documents { command } => documents::run(config, command).await,
        Command::Doctor => doctor::run(config).await,
        Command::Schema => Ok(()),
    }
}

/// Defaults < file < environment < flags.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment comes in")]
fn configuration(cli: &Cli) -> Result<Config, Failure> {
    let file = cli.config.clone().unwrap_or_else(|| PathBuf::from("glans.toml"));
    Ok(config::load(&file, cli.config.is_some(), std::env::vars_os(), flags(cli)?)?)
}

/// Refuses a folder whose name is no text: it would become another one.
fn flags(cli: &Cli) -> Result<BTreeMap<String, toml::Value>, Failure> {
    let mut flags = BTreeMap::new();
    if let Some(url) = &cli.database_url {
        flags.insert("database_url".to_owned(), toml::Value::from(url.as_str()));
    }
    if let Some(directory) = &cli.data_dir {
        let name = directory.to_str().ok_or_else(|| Failure::Usage("--data-dir: is not UTF-8".to_owned()))?;
        flags.insert("data_dir".to_owned(), toml::Value::from(name));
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn the_help_says_what_happens_without_a_command() {
        let help = Cli::try_parse_from(["glans", "--help"]).unwrap_err().to_string();
        assert!(help.contains("Without a command it is `serve --demo`."), "{help}");
    }

    #[test]
    fn a_folder_whose_name_is_no_text_is_refused() {
        let given = |name: &[u8]| {
            let name = OsString::from_vec(name.to_vec());
            flags(&Cli::try_parse_from([OsString::from("glans"), "--data-dir".into(), name]).unwrap())
        };
        assert_eq!(given("café".as_bytes()).unwrap()["data_dir"].as_str(), Some("café"));
        assert_eq!(given(b"caf\xe9").unwrap_err().to_string(), "--data-dir: is not UTF-8");
    }
}
