//! `glans doctor`

use glans_migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Statement};

use super::{Failure, open};
use crate::identity::Identity;
use crate::platform::config::Config;

/// The oldest PostgreSQL that is supported, as `server_version_num` has it.
const OLDEST_POSTGRES: i32 = 150_000;

/// Prints a line per check; fails when one of them does.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    say!("ok    configuration");
    let secret = Identity::new(&config);
    note(secret.is_ok(), "secret key", &secret.err().map(|error| error.to_string()).unwrap_or_default(), &mut wrong);
    let db = open::database(&config).await?;
    say!("ok    database {:?} answers", db.backend());
    if db.backend() == sea_orm::DbBackend::Postgres {
        let version =
            Statement::from_string(db.backend(), "SELECT current_setting('server_version_num')::int AS version");
        let version: i32 =
            db.connection().query_one_raw(version).await?.map_or(Ok(0), |row| row.try_get("", "version"))?;
        note(version >= OLDEST_POSTGRES, "PostgreSQL 15 or newer", "upgrade PostgreSQL", &mut wrong);
    }
    let pending = Migrator::get_pending_migrations(db.connection()).await?.len();
    note(pending == 0, "migrations applied", "run `glans migrate up`", &mut wrong);
    match wrong.as_slice() {
        [] => Ok(()),
        some => Err(Failure::Failed(format!("{} of the checks failed: {}", some.len(), some.join("; ")))),
    }
}

fn note(good: bool, what: &str, remedy: &str, wrong: &mut Vec<String>) {
    say!("{}  {what}", if good { "ok  " } else { "wrong" });
    if !good {
        wrong.push(format!("{what}: {remedy}"));
    }
}
