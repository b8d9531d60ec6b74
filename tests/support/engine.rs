//! Which databases the tests run on.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::cluster;

/// A kind of database that Glans runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Where PostgreSQL comes from in this run.
#[derive(Debug)]
pub(crate) enum PostgresSource {
    /// `GLANS_TEST_POSTGRES_URL`: a role that may create databases and roles.
    Url(String),
    /// A throwaway cluster of the programs in this folder.
    Programs(PathBuf),
}

/// The source of PostgreSQL; none where it is not installed. The first call says in one line what the tests run on.
pub(crate) fn postgres_source() -> Option<&'static PostgresSource> {
    static SOURCE: OnceLock<Option<PostgresSource>> = OnceLock::new();
    SOURCE
        .get_or_init(|| {
            let source = find_source();
            announce(source.as_ref());
            source
        })
        .as_ref()
}

fn find_source() -> Option<PostgresSource> {
    let source = match std::env::var("GLANS_TEST_POSTGRES_URL") {
        Ok(url) => Some(PostgresSource::Url(url)),
        Err(_) => cluster::programs().map(PostgresSource::Programs),
    };
    let required = std::env::var_os("GLANS_TEST_POSTGRES_REQUIRED").is_some();
    assert!(source.is_some() || !required, "no PostgreSQL: install it, or set GLANS_TEST_POSTGRES_URL");
    source
}

/// Straight to standard error: what goes through `eprintln!` is kept back by the test harness unless a test fails.
fn announce(source: Option<&PostgresSource>) {
    let databases = match source {
        Some(PostgresSource::Url(_)) => "SQLite and PostgreSQL (the server of GLANS_TEST_POSTGRES_URL)".to_owned(),
        Some(PostgresSource::Programs(bin)) => {
            format!("SQLite and PostgreSQL (a throwaway cluster of {})", bin.display())
        }
        None => "SQLite only: no PostgreSQL found; install it or set GLANS_TEST_POSTGRES_URL".to_owned(),
    };
    writeln!(std::io::stderr(), "tests run on {databases}").expect("standard error is open");
}
