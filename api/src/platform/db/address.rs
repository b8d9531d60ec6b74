//! Which databases this program can use.

use std::error::Error;
use std::path::PathBuf;
use std::str::FromStr;

use reqwest::Url;
use sea_orm::{DbErr, RuntimeErr};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// The parameters that the driver of PostgreSQL knows. It leaves out any other, and logs it with its value.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// A database URL that this program cannot use.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "a database URL that starts with `sqlite://` or `postgres://` is expected, as `sqlite://data/glans.db` or `postgres://glans@db.example.org/glans`"
    )]
    Scheme,
    #[error("the database URL cannot be read: {0}")]
    Malformed(String),
    #[error(
        "an in-memory SQLite database is not supported, because readers and the writer have connections of their own; name a file, as `sqlite://data/glans.db`"
    )]
    InMemory,
    #[error(
        "cannot open the database: {0}. Check that it is a SQLite database and that this program may write to it and to its folder"
    )]
    File(#[source] DbErr),
    #[error(
        "cannot open the database: {0}. Check that it is there, that it accepts connections and that user and password are right"
    )]
    Open(#[from] DbErr),
    #[error(
        "cannot reach the database: {cause}. Check that it is there, that it accepts connections and that user and password are right",
        cause = told(.0)
    )]
    Unreachable(#[from] sqlx::Error),
    #[error(
        "cannot reach the read replica of `database_read_url`: {cause}. Check that it is there, that it accepts connections and that user and password are right, or leave the key out: then `database_url` answers alone",
        cause = told(.0)
    )]
    Replica(sqlx::Error),
    #[error(
        "`database_read_url` names another database than `database_url`, and no replica of it: what was migrated there was migrated at another time. Name a replica of it, or leave the key out: then `database_url` answers alone"
    )]
    Stranger,
    #[error(
        "cannot lock the database by {file}: {1}. Check that this program may write to that file and to its folder",
        file = .0.display()
    )]
    Lock(PathBuf, #[source] std::io::Error),
    #[error("the database was not migrated, or not to the end: {cause}", cause = unmigrated(.0))]
    Migration(#[source] DbErr),
    #[error(
        "the encoding of the database is {0}, in which not every name can be written; make one with `createdb --encoding UTF8 --template template0`"
    )]
    Encoding(String),
    #[error("the database was migrated by a newer glans; install that one")]
    Newer,
}

/// Whether `url` parses as far as it can be told without opening it.
pub fn check_url(url: &str) -> Result<(), ConnectError> {
    match url.split_once("://") {
        Some(("sqlite", rest)) if is_in_memory(rest) => Err(ConnectError::InMemory),
        Some(("sqlite", _)) => SqliteConnectOptions::from_str(url).map(drop).map_err(|error| malformed(&error)),
        // Before it is parsed: where a password begins with digits, they make a port.
        Some(("postgres" | "postgresql", rest)) if ends_in_its_password(rest) => {
            Err(ConnectError::Malformed("in a password `/ ? # @` are written `%2F %3F %23 %40`".to_owned()))
        }
        // Before it is parsed, too: the driver would log what it does not know.
        Some(("postgres" | "postgresql", _)) => match unknown_parameter(url) {
            Some(told) => Err(ConnectError::Malformed(told)),
            None => PgConnectOptions::from_str(url).map(drop).map_err(|error| malformed(&error)),
        },
        _ => Err(ConnectError::Scheme),
    }
}

/// What is wrong with the first parameter that the driver of PostgreSQL would leave out. Never with its value, which may
/// be a password; and what has none may be the rest of one.
pub fn unknown_parameter(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "postgres" | "postgresql"))?;
    let url = Url::parse(url).ok().filter(|_| !ends_in_its_password(rest))?;
    let (name, value) = url.query_pairs().find(|(name, _)| !is_parameter(name))?;
    if value.trim_start_matches('=').is_empty() {
        return Some("a parameter in it is unknown and has no value; within a value `&` is written `%26`".to_owned());
    }
    let meant = PARAMETERS.into_iter().min_by_key(|known| strsim::damerau_levenshtein(&name, known));
    Some(format!("unknown parameter `{name}`; did you mean `{}`?", meant.unwrap_or("sslmode")))
}

/// `options[search_path]` is one as well.
fn is_parameter(name: &str) -> bool {
    let option = name.strip_prefix("options[").and_then(|rest| rest.strip_suffix(']'));
    PARAMETERS.contains(&name) || option.is_some_and(|option| !option.is_empty())
}

/// By what PostgreSQL calls the encoding of a database.
pub fn check_encoding(encoding: &str) -> Result<(), ConnectError> {
    if encoding == "UTF8" { Ok(()) } else { Err(ConnectError::Encoding(encoding.to_owned())) }
}

/// Whether the part with user and server ends before the sign between the two.
fn ends_in_its_password(rest: &str) -> bool {
    let Some((front, back)) = rest.find(['/', '?', '#']).map(|end| rest.split_at(end)) else { return false };
    let Some((_, password)) = front.rsplit_once(':').filter(|_| !front.contains('@')) else { return false };
    // A server and its port look the same. Behind them the values of a query may have such a sign, and nothing else.
    let may_be_port = front.starts_with('[') || password.bytes().all(|byte| byte.is_ascii_digit());
    if may_be_port { stands_outside_values('@', back) } else { back.contains('@') }
}

/// Whether `sign` stands in the path, or in the name of a parameter of the query.
fn stands_outside_values(sign: char, back: &str) -> bool {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let name = |parameter: &str| parameter.split_once('=').map_or(parameter, |(name, _)| name).contains(sign);
    path.contains(sign) || query.split('&').any(name)
}

/// By the innermost reason: those around it say but that it is one.
fn malformed(error: &sqlx::Error) -> ConnectError {
    let mut reason: &dyn Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    ConnectError::Malformed(reason.to_string())
}

/// What PostgreSQL itself says, where it said something. The driver adds a line of the sources of PostgreSQL, which looks
/// as if it were one of the configuration.
fn told(cause: &sqlx::Error) -> String {
    match cause {
        sqlx::Error::Database(said) => said.message().to_owned(),
        other => other.to_string(),
    }
}

/// As [`told`]; and what helps a role that may not make the one of tenants.
fn unmigrated(cause: &DbErr) -> String {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = cause else {
        return cause.to_string();
    };
    let said = told(inner);
    if said.starts_with("permission denied to create role") {
        return format!("{said}. Let a superuser give CREATEROLE to the user of the URL: `ALTER ROLE … CREATEROLE`");
    }
    said
}

/// Whether what stands behind `sqlite://` names no file.
pub(super) fn is_in_memory(rest: &str) -> bool {
    let (name, options) = rest.split_once('?').unwrap_or((rest, ""));
    name.is_empty() || name.starts_with(":memory:") || options.contains("mode=memory")
}

/// Whether `url` is one of a PostgreSQL server.
pub fn is_postgres(url: &str) -> bool {
    matches!(url.split_once("://"), Some(("postgres" | "postgresql", _))) && check_url(url).is_ok()
}

#[cfg(test)]
mod tests {
    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// As the driver shows an error of PostgreSQL.
    #[derive(Debug, thiserror::Error)]
    #[error("{0} at line 948")]
    struct Said(&'static str);

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_database_in_which_a_name_cannot_be_written_is_refused_with_the_remedy() {
        assert!(check_encoding("UTF8").is_ok());
        for wrong in ["LATIN1", "SQL_ASCII"] {
            let said = check_encoding(wrong).unwrap_err().to_string();
            assert!(said.contains(wrong) && said.contains("--encoding UTF8 --template template0"), "{said}");
        }
    }

    #[test]
    fn what_the_server_says_is_told_in_its_own_words() {
        let cause = || sqlx::Error::Database(Box::new(Said("database \"glanz\" does not exist")));
        for (error, before) in [
            (ConnectError::Unreachable(cause()), "cannot reach the database: "),
            (ConnectError::Replica(cause()), "cannot reach the read replica of `database_read_url`: "),
        ] {
            let expected = format!("{before}database \"glanz\" does not exist. Check that it is there, ");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        let refused = sqlx::Error::Database(Box::new(Said("permission denied to create role")));
        let error = ConnectError::Migration(DbErr::Exec(RuntimeErr::SqlxError(refused.into()))).to_string();
        assert!(error.contains("create role. Let a superuser give CREATEROLE"), "{error}");
        let late = ConnectError::Unreachable(sqlx::Error::PoolTimedOut);
        assert!(late.to_string().contains(&sqlx::Error::PoolTimedOut.to_string()), "{late}");
    }
}
