//! `glans doctor`: looks, and makes nothing.

use chrono::{DateTime, Utc};
use glans_migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Failure, demo, open};
use crate::call::today;
use crate::identity::master_key::MasterKey;
use crate::identity::{SetupError, keys, master_key, missing_key};
use crate::notifications::channels::{Gateways, email};
use crate::platform::bus;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{ConnectError, Database, check_encoding};

/// The oldest PostgreSQL that is supported, as `server_version_num` has it.
const OLDEST_POSTGRES: i32 = 150_000;
/// Further apart than this, tokens of one server are not valid yet, or no longer, on another.
const CLOCKS_APART_SECONDS: f64 = 5.0;

/// No failure: transactions take on a role that it holds for.
const UNBOUND: &str = "warn  role in the database: for a superuser, or with BYPASSRLS, there is no row-level security; \
                       let glans sign in with a role of its own";

/// Prints a line per check; fails when one of them does.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let gateways = Gateways::of(&config).map(drop);
    note(gateways.is_ok(), "configuration", &told(&gateways), &mut wrong);
    let db = open::existing(&config).await?;
    say!("ok    database {} answers", if db.backend() == DbBackend::Postgres { "PostgreSQL" } else { "SQLite" });
    let now = Clock::default().now();
    if db.backend() == DbBackend::Postgres {
        server(&db, now, &mut wrong).await?;
    }
    if config.database_read_url.is_some() {
        replica(&db, &config, &mut wrong).await;
    }
    if let Some(url) = &config.bus_url {
        let reached = bus::check_nats(url).await;
        note(reached.is_ok(), "NATS answers", &told(&reached), &mut wrong);
    }
    if config.smtp_url.is_some() {
        let reached = email::check(&config).await;
        note(reached.is_ok(), "mail server answers", &told(&reached), &mut wrong);
    }
    if config.mail_dir.is_some() {
        let place = email::check(&config).await;
        note(place.is_ok(), "folder for e-mail", &told(&place), &mut wrong);
    }
    let pending = Migrator::get_pending_migrations_read_only(db.connection()).await?.len();
    note(pending == 0, "migrations applied", "run `glans migrate up`", &mut wrong);
    if pending == 0 {
        let (what, found) = if config.production {
            ("no demo in production mode", demo::none_in_production(&config, &db, today(now)).await)
        } else {
            ("no half of a demo", demo::none_by_halves(&config, &db, today(now)).await)
        };
        note(found.is_ok(), what, &told(&found), &mut wrong);
    }
    let mut secret = secret_key(&config).map_err(Failure::from);
    if pending == 0 && matches!(secret, Ok(None)) {
        secret = open::key_is_not_lost(&config, &db, now).await.map(|()| None);
    }
    note(secret.is_ok(), "secret key", &told(&secret), &mut wrong);
    if let (Ok(Some(master)), 0) = (secret, pending) {
        let opened = keys::check(&db, &master, now).await.map_err(Failure::from);
        note(opened.is_ok(), "signing keys", &told(&opened), &mut wrong);
    }
    match wrong.as_slice() {
        [] => Ok(()),
        some => Err(Failure::Failed(format!("{} of the checks failed: {}", some.len(), some.join("; ")))),
    }
}

/// What can only be asked of a PostgreSQL server.
async fn server(db: &Database, now: DateTime<Utc>, wrong: &mut Vec<String>) -> Result<(), Failure> {
    const ASKED: &str = "SELECT current_setting('server_version_num')::int AS version, \
                         current_setting('server_encoding') AS encoding, \
                         extract(epoch FROM clock_timestamp() - $1)::float8 AS ahead, \
                         (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS unbound";
    let statement = Statement::from_sql_and_values(db.backend(), ASKED, [now.into()]);
    let answer = db.connection().query_one_raw(statement).await?;
    let answer = answer.ok_or_else(|| Failure::Failed("the database answers nothing".to_owned()))?;
    let (version, ahead): (i32, f64) = (answer.try_get("", "version")?, answer.try_get("", "ahead")?);
    note(version >= OLDEST_POSTGRES, "PostgreSQL 15 or newer", "upgrade PostgreSQL", wrong);
    let encoding = check_encoding(&answer.try_get::<String>("", "encoding")?);
    note(encoding.is_ok(), "encoding of the database", &told(&encoding), wrong);
    let remedy = format!("that of the database is {ahead:.0} s ahead; set both by NTP");
    note(ahead.abs() <= CLOCKS_APART_SECONDS, "clock", &remedy, wrong);
    if answer.try_get::<bool>("", "unbound")? {
        say!("{UNBOUND}");
    }
    Ok(())
}

/// Whether the read replica answers, is one of this database, and is as far as the migrations of this program.
async fn replica(db: &Database, config: &Config, wrong: &mut Vec<String>) {
    let reached = db.clone().with_replica(config.database_read_url.as_deref()).await;
    let answers = reached.is_ok() || matches!(reached, Err(ConnectError::Stranger));
    note(answers, "read replica answers", &told(&reached), wrong);
    if answers {
        note(reached.is_ok(), "read replica is one of this database", &told(&reached), wrong);
    }
    if let Some(replica) = reached.ok().as_ref().and_then(Database::replica) {
        let pending = Migrator::get_pending_migrations_read_only(replica).await;
        let remedy = "this is no replica of the database, or it does not follow: see `pg_stat_replication`";
        note(pending.is_ok_and(|pending| pending.is_empty()), "read replica has all tables", remedy, wrong);
    }
}

/// None where the first start will make one.
fn secret_key(config: &Config) -> Result<Option<MasterKey>, SetupError> {
    if missing_key(config).is_some() { Ok(None) } else { master_key(config).map(Some) }
}

fn told<T>(outcome: &Result<T, impl ToString>) -> String {
    outcome.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

fn note(good: bool, what: &str, remedy: &str, wrong: &mut Vec<String>) {
    say!("{}  {what}", if good { "ok  " } else { "wrong" });
    if !good {
        // Some remedies say themselves what they are for.
        let remedy = remedy.strip_prefix(what).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(remedy);
        wrong.push(format!("{what}: {remedy}"));
    }
}
