//! Configuration: defaults < `glans.toml` < environment `GLANS_…` < flags.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::http::Uri;
use glans_entity::ids::ApiClientId;
use lettre::message::Mailbox;
use serde::Deserialize;

/// What can be configured. Every key is `GLANS_` and its name in capitals in the environment; every secret can be a
/// file, as `GLANS_SECRET_KEY_FILE`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where Prometheus reads the figures; none: nothing is counted.
    pub metrics_listen: Option<SocketAddr>,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// `postgres://…`: a replica of it that follows, where published figures are read. None: they are read like the rest.
    pub database_read_url: Option<String>,
    /// `nats://…` or `tls://…`: wakes the other processes instead of PostgreSQL.
    pub bus_url: Option<String>,
    /// Where the embedded database and its key live.
    pub data_dir: PathBuf,
    /// The address under which clients reach the server; issuer of its tokens. Empty: the one where it listens.
    pub public_url: String,
    /// 32 bytes in base64, which seal the signing keys.
    pub secret_key: Option<String>,
    /// Origins of browsers that may call; `*` for all.
    pub cors_origins: Vec<String>,
    /// Whether a proxy of yours stands in front: then the last entry of `X-Forwarded-For` is the caller's address.
    pub behind_proxy: bool,
    /// Switches off GraphiQL and introspection.
    pub production: bool,
    /// What happens to documents that are not trusted: `off`, `log` or `enforce`.
    pub trusted_documents: TrustedDocuments,
    /// What happens to those of API clients, where it is something else: `client_01…=log`, `*=off` for all others.
    pub client_documents: Vec<ClientDocuments>,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// A filter of `tracing`, as `info,glans=debug`.
    pub log: String,
    /// Bytes of a roster upload at most.
    pub upload_max_bytes: u64,
    /// The key file of a service account of the Firebase project, as JSON: push to the apps by FCM.
    pub fcm_service_account: Option<String>,
    /// Where FCM is.
    pub fcm_url: String,
    /// The text of the `.p8` file: push to the apps by APNs.
    pub apns_key: Option<String>,
    pub apns_key_id: Option<String>,
    pub apns_team_id: Option<String>,
    /// The bundle id of the app.
    pub apns_topic: Option<String>,
    /// Where APNs is.
    pub apns_url: String,
    /// 32 bytes in base64url: push to browsers.
    pub vapid_private_key: Option<String>,
    /// Whom a push service can turn to: `mailto:…` or `https:…`.
    pub vapid_subject: Option<String>,
    /// Whether browsers may name a push service by plain HTTP, and on an address that is not public. For tests.
    pub web_push_allow_http: bool,
    /// Whether webhooks may go by plain HTTP, and to an address that is not public. For tests.
    pub webhooks_allow_http: bool,
    /// `smtp://…` (with STARTTLS, unless `?tls=none`) or `smtps://…`: the server that takes e-mail.
    pub smtp_url: Option<String>,
    /// From whom e-mail comes, as `Glans <post@glans.example.org>`.
    pub mail_from: Option<String>,
    /// Where e-mail is put as files instead of being sent.
    pub mail_dir: Option<PathBuf>,
    /// The address of the app, for the button in an e-mail. Empty: no button.
    pub app_url: String,
}

/// What happens to documents that are not trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrustedDocuments {
    #[default]
    Off,
    Log,
    Enforce,
}

/// What happens to documents of an API client that are not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ClientDocuments {
    /// None: all that are not named.
    pub client: Option<ApiClientId>,
    pub documents: TrustedDocuments,
}

impl TryFrom<String> for ClientDocuments {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not understood; write the id of an API client and `off`, `log` or `enforce`, as `client_01jd…=log`, or `*=off` for all others"
            )
        };
        let (client, documents) = text.split_once('=').ok_or_else(wrong)?;
        let client = match client.trim() {
            "*" => None,
            id => Some(id.parse().map_err(|_| wrong())?),
        };
        let documents = match documents.trim() {
            "off" => TrustedDocuments::Off,
            "log" => TrustedDocuments::Log,
            "enforce" => TrustedDocuments::Enforce,
            _ => return Err(wrong()),
        };
        Ok(Self { client, documents })
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            metrics_listen: None,
            database_url: String::new(),
            database_read_url: None,
            bus_url: None,
            data_dir: PathBuf::from("data"),
            public_url: String::new(),
            secret_key: None,
            cors_origins: Vec::new(),
            behind_proxy: false,
            production: false,
            trusted_documents: TrustedDocuments::Off,
            client_documents: Vec::new(),
            log_format: LogFormat::Text,
            log: "info,sea_orm_migration=warn".to_owned(),
            upload_max_bytes: 64 * 1024 * 1024,
            fcm_service_account: None,
            fcm_url: "https://fcm.googleapis.com".to_owned(),
            apns_key: None,
            apns_key_id: None,
            apns_team_id: None,
            apns_topic: None,
            apns_url: "https://api.push.apple.com".to_owned(),
            vapid_private_key: None,
            vapid_subject: None,
            web_push_allow_http: false,
            webhooks_allow_http: false,
            smtp_url: None,
            mail_from: None,
            mail_dir: None,
            app_url: String::new(),
        }
    }
}

impl Config {
    /// `public_url` without a slash at its end; where none is set, `http://` and the address where the server listens.
    pub fn public_url(&self) -> String {
        match self.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.listen),
            url => url.to_owned(),
        }
    }
}

/// The keys, for the nearest one to a mistyped key.
const KEYS: [&str; 31] = [
    "listen",
    "metrics_listen",
    "database_url",
    "database_read_url",
    "bus_url",
    "data_dir",
    "public_url",
    "secret_key",
    "cors_origins",
    "behind_proxy",
    "production",
    "trusted_documents",
    "client_documents",
    "log_format",
    "log",
    "upload_max_bytes",
    "fcm_service_account",
    "fcm_url",
    "apns_key",
    "apns_key_id",
    "apns_team_id",
    "apns_topic",
    "apns_url",
    "vapid_private_key",
    "vapid_subject",
    "web_push_allow_http",
    "webhooks_allow_http",
    "smtp_url",
    "mail_from",
    "mail_dir",
    "app_url",
];
/// Names in the environment that are not configuration.
const NOT_CONFIGURATION: [&str; 3] = ["GLANS_CONFIG", "GLANS_SHARED", "GLANS_TEST_"];

/// Why the configuration cannot be used. Each message says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Wrong(String),
    #[error("cannot read {path}: {cause}", path = .path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
}

/// Reads the file (if it is there), then the environment, then the flags.
pub fn load(
    file: &Path,
    required: bool,
    environment: impl Iterator<Item = (String, String)>,
    flags: BTreeMap<String, toml::Value>,
) -> Result<Config, ConfigError> {
    let mut table = read_file(file, required)?;
    for (name, value) in environment {
        let found = from_environment(&name, value);
        if let Some((key, value)) = found.map_err(|wrong| ConfigError::Wrong(format!("environment: {wrong}")))? {
            table.insert(key, value);
        }
    }
    for (key, value) in flags {
        check(&key, &value).map_err(|wrong| ConfigError::Wrong(format!("--{}: {wrong}", key.replace('_', "-"))))?;
        table.insert(key, value);
    }
    let mut config: Config = toml::Table::try_into(table)
        .map_err(|error: toml::de::Error| ConfigError::Wrong(format!("configuration: {}", error.message())))?;
    if config.database_url.is_empty() {
        config.database_url = format!("sqlite://{}", config.data_dir.join("glans.db").display());
    }
    mail_is_whole(&config)
        .and_then(|()| replica_has_a_primary(&config))
        .map_err(|wrong| ConfigError::Wrong(format!("configuration: {wrong}")))?;
    Ok(config)
}

/// Looks at one value alone, so that a complaint can say where it comes from.
fn check(key: &str, value: &toml::Value) -> Result<(), String> {
    let alone = toml::Table::from_iter([(key.to_owned(), value.clone())]);
    let config: Config = alone.try_into().map_err(|error: toml::de::Error| error.message().trim().to_owned())?;
    match key {
        "database_url" if !config.database_url.is_empty() => {
            super::db::check_url(&config.database_url).map_err(|error| error.to_string())
        }
        // Never with what was given: there is a password in it.
        "database_read_url" if !config.database_read_url.as_deref().is_some_and(super::db::is_postgres) => Err(
            "a PostgreSQL server is expected, as `postgres://glans@replica.example.org/glans`; SQLite has no replicas"
                .to_owned(),
        ),
        "bus_url" if !config.bus_url.as_deref().is_some_and(is_nats_address) => {
            Err("an address of NATS is expected, as `nats://bus.example.org:4222`".to_owned())
        }
        "public_url" if !config.public_url.is_empty() && !is_web_address(&config.public_url) => {
            Err("an address is expected, as `https://glans.example.org`".to_owned())
        }
        "fcm_url" if !is_web_address(&config.fcm_url) => {
            Err("an address is expected, as `https://fcm.googleapis.com`".to_owned())
        }
        "apns_url" if !is_web_address(&config.apns_url) => {
            Err("an address is expected, as `https://api.push.apple.com`".to_owned())
        }
        "vapid_subject" if !config.vapid_subject.as_deref().is_some_and(is_contact) => {
            Err("an address to turn to is expected, as `mailto:push@example.org` or `https://example.org/push`"
                .to_owned())
        }
        "smtp_url" if !config.smtp_url.as_deref().is_some_and(is_mail_server) => Err(
            // Never with what was given: there is a password in it.
            "an address of a mail server is expected, as `smtp://user:password@mail.example.org:587`, \
             `smtps://user:password@mail.example.org:465` or `smtp://127.0.0.1:25?tls=none`"
                .to_owned(),
        ),
        "mail_from" if !config.mail_from.as_deref().is_some_and(is_sender) => {
            Err("an e-mail address is expected, as `Glans <post@glans.example.org>`".to_owned())
        }
        "app_url" if !config.app_url.is_empty() && !is_web_address(&config.app_url) => {
            Err("an address is expected, as `https://app.example.org`".to_owned())
        }
        "cors_origins" => match config.cors_origins.iter().find(|origin| *origin != "*" && !is_origin(origin)) {
            Some(wrong) => {
                Err(format!("`{wrong}` is no origin; write it as `https://app.example.org`, without a path, or `*`"))
            }
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// E-mail has one way out, and comes from somebody.
fn mail_is_whole(config: &Config) -> Result<(), &'static str> {
    match (&config.smtp_url, &config.mail_dir, &config.mail_from) {
        (Some(_), Some(_), _) => Err("`smtp_url` sends e-mail and `mail_dir` keeps it as files; set one of them"),
        (Some(_), None, None) => {
            Err("`smtp_url` needs `mail_from`, from whom e-mail comes, as `Glans <post@glans.example.org>`")
        }
        (None, Some(_), None) => {
            Err("`mail_dir` needs `mail_from`, from whom e-mail comes, as `Glans <post@glans.example.org>`")
        }
        (None, None, Some(_)) => {
            Err("`mail_from` needs `smtp_url`, the server that takes e-mail, or `mail_dir`, where it is kept as files")
        }
        _ => Ok(()),
    }
}

/// Only PostgreSQL has read replicas.
fn replica_has_a_primary(config: &Config) -> Result<(), &'static str> {
    if config.database_read_url.is_none() || super::db::is_postgres(&config.database_url) {
        return Ok(());
    }
    Err("`database_read_url` names a replica of the PostgreSQL server of `database_url`, which is SQLite; leave it out")
}

/// An `http` or `https` URL with a host, and without a query: paths are put behind it.
fn is_web_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    })
}

/// What RFC 8292 asks for as the subject.
fn is_contact(text: &str) -> bool {
    text.strip_prefix("mailto:").is_some_and(|address| address.contains('@'))
        || text.starts_with("https://") && is_web_address(text)
}

fn is_nats_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("nats" | "tls")) && uri.host().is_some_and(|host| !host.is_empty())
    })
}

/// In ASCII: its domain is a part of what names each message.
fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok_and(|sender| sender.email.domain().is_ascii() && sender.email.user().is_ascii())
}

fn is_mail_server(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        uri.host().is_some_and(|host| !host.is_empty())
            && matches!(
                (uri.scheme_str(), uri.query()),
                (Some("smtp" | "smtps"), None) | (Some("smtp"), Some("tls=none"))
            )
    })
}

/// Scheme, host and port as a browser sends them (RFC 6454, section 6.2), and nothing behind.
fn is_origin(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => {
            text == format!("{scheme}://{authority}") && !authority.as_str().contains('@')
        }
        _ => false,
    })
}

fn read_file(file: &Path, required: bool) -> Result<toml::Table, ConfigError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && !required => {
            return Ok(toml::Table::new());
        }
        Err(cause) => {
            return Err(ConfigError::Unreadable { path: file.to_owned(), cause });
        }
    };
    let table: toml::Table = toml::from_str(&text)
        .map_err(|error| ConfigError::Wrong(format!("{}: {}", file.display(), error.to_string().trim())))?;
    for (key, value) in &table {
        let wrong = if KEYS.contains(&key.as_str()) {
            check(key, value).err().map(|wrong| format!("{key}: {wrong}"))
        } else {
            Some(format!("unknown key `{key}`; {}", nearest(key)))
        };
        if let Some(wrong) = wrong {
            return Err(ConfigError::Wrong(format!("{}:{}: {wrong}", file.display(), line_of(key, &text))));
        }
    }
    Ok(table)
}

/// The line where the key stands, from 1 on.
fn line_of(key: &str, text: &str) -> usize {
    let names_it = |line: &str| {
        let rest = line.trim_start().trim_start_matches(['[', '"', '\'']).strip_prefix(key);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-')))
    };
    text.lines().position(names_it).map_or(1, |line| line + 1)
}

fn nearest(key: &str) -> String {
    KEYS.into_iter()
        .map(|known| (strsim::damerau_levenshtein(key, known), known))
        .min()
        .map(|(_, known)| format!("did you mean `{known}`?"))
        .unwrap_or_default()
}

/// `None` for what is not ours. Lists are separated by commas. A complaint begins with the name of the variable.
fn from_environment(name: &str, value: String) -> Result<Option<(String, toml::Value)>, String> {
    let Some(rest) = name.strip_prefix("GLANS_") else {
        return Ok(None);
    };
    if NOT_CONFIGURATION.iter().any(|prefix| name.starts_with(prefix)) {
        return Ok(None);
    }
    let lower = rest.to_lowercase();
    let (key, value) = match lower.strip_suffix("_file") {
        Some(key) if KEYS.contains(&key) => {
            let text =
                std::fs::read_to_string(&value).map_err(|cause| format!("{name}: cannot read {value}: {cause}"))?;
            (key.to_owned(), text.trim().to_owned())
        }
        _ => (lower, value),
    };
    let typed = match key.as_str() {
        "cors_origins" | "client_documents" => {
            toml::Value::Array(value.split(',').map(|part| part.trim().into()).collect())
        }
        "production" | "behind_proxy" | "web_push_allow_http" | "webhooks_allow_http" => {
            toml::Value::Boolean(value.parse().map_err(|_| format!("{name}: `true` or `false` is expected"))?)
        }
        "upload_max_bytes" => {
            toml::Value::Integer(value.parse().map_err(|_| format!("{name}: a number of bytes is expected"))?)
        }
        known if KEYS.contains(&known) => toml::Value::String(value),
        unknown => {
            return Err(format!("unknown key `{name}`; {}", nearest(unknown)));
        }
    };
    check(&key, &typed).map_err(|wrong| format!("{name}: {wrong}"))?;
    Ok(Some((key, typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said about a file with this text; nothing where it is sound.
    fn of_file(text: &str) -> Option<String> {
        let folder = std::env::temp_dir().join(format!("glans-config-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("glans.toml");
        std::fs::write(&file, text).unwrap();
        let said = load(&file, true, std::iter::empty(), BTreeMap::new()).err().map(|error| error.to_string());
        std::fs::remove_dir_all(&folder).unwrap();
        said.map(|text| text.replace(&format!("{}/", folder.display()), ""))
    }

    fn of_environment(name: &str, value: &str) -> Result<Config, String> {
        let environment = std::iter::once((name.to_owned(), value.to_owned()));
        load(Path::new("glans.toml"), false, environment, BTreeMap::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_wrong_value_in_the_file_is_told_with_line_and_key() {
        let said = of_file("production = true\nlisten = 5\n").unwrap();
        assert!(said.starts_with("glans.toml:2: listen: invalid type: integer `5`"), "{said}");
        let said = of_file("log = \"info\"\nlog_format = \"xml\"\n").unwrap();
        assert!(said.starts_with("glans.toml:2: log_format: unknown variant `xml`"), "{said}");
        assert_eq!(of_file("listne = 5").unwrap(), "glans.toml:1: unknown key `listne`; did you mean `listen`?");
        assert_eq!(of_file("listen = \"0.0.0.0:80\"\npublic_url = \"https://glans.example.org\""), None);
    }

    #[test]
    fn a_wrong_value_in_the_environment_is_told_with_the_variable() {
        let said = of_environment("GLANS_LISTEN", "foo").unwrap_err();
        assert!(said.starts_with("environment: GLANS_LISTEN: "), "{said}");
        let said = of_environment("GLANS_DATABASE_URL_FILE", "/does/not/exist").unwrap_err();
        assert!(said.starts_with("environment: GLANS_DATABASE_URL_FILE: cannot read /does/not/exist: "), "{said}");
        let said = of_environment("GLANS_PRODUCTION", "yes").unwrap_err();
        assert_eq!(said, "environment: GLANS_PRODUCTION: `true` or `false` is expected");
    }

    #[test]
    fn a_wrong_flag_is_told_by_its_name() {
        let flags = BTreeMap::from([("database_url".to_owned(), toml::Value::from("mysql://here"))]);
        let said = load(Path::new("glans.toml"), false, std::iter::empty(), flags).unwrap_err().to_string();
        assert_eq!(said, "--database-url: the database URL must start with `sqlite://` or `postgres://`");
    }

    #[test]
    fn an_embedded_database_is_a_file() {
        for wrong in ["sqlite://", "sqlite://?mode=rwc", "sqlite://:memory:", "sqlite://a.db?mode=memory"] {
            let said = of_environment("GLANS_DATABASE_URL", wrong).unwrap_err();
            assert!(said.contains("name a file, as `sqlite://data/glans.db`"), "{wrong}: {said}");
        }
        assert!(of_environment("GLANS_DATABASE_URL", "sqlite://a.db?mode=rwc").is_ok());
    }

    #[test]
    fn a_read_replica_is_one_of_postgres() {
        let primary = ("GLANS_DATABASE_URL", "postgres://glans:s3cret@db.example.org/glans");
        let replica = ("GLANS_DATABASE_READ_URL", "postgres://glans:s3cret@replica.example.org/glans");
        let of = |pairs: &[(&str, &str)]| {
            let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            load(Path::new("glans.toml"), false, environment, BTreeMap::new()).map_err(|error| error.to_string())
        };
        assert_eq!(of(&[primary, replica]).unwrap().database_read_url.as_deref(), Some(replica.1));
        assert_eq!(of(&[primary]).unwrap().database_read_url, None);
        assert_eq!(
            of(&[replica]).unwrap_err(),
            "configuration: `database_read_url` names a replica of the PostgreSQL server of `database_url`, which is SQLite; \
             leave it out"
        );
        for wrong in ["sqlite://s3cret.db", "mysql://glans:s3cret@replica.example.org/glans", "s3cret", ""] {
            let said = of(&[primary, ("GLANS_DATABASE_READ_URL", wrong)]).unwrap_err();
            assert!(
                said.starts_with("environment: GLANS_DATABASE_READ_URL: a PostgreSQL server is expected"),
                "{wrong}: {said}"
            );
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn a_public_address_is_one_of_the_web() {
        for wrong in ["glans.example.org", "ftp://glans.example.org", "https://", "https://a.example?b=c", "a b"] {
            let said = of_environment("GLANS_PUBLIC_URL", wrong).unwrap_err();
            assert!(said.starts_with("environment: GLANS_PUBLIC_URL: an address is expected"), "{wrong}: {said}");
        }
        let config = of_environment("GLANS_PUBLIC_URL", "https://example.org/glans/").unwrap();
        assert_eq!(config.public_url(), "https://example.org/glans");
    }

    #[test]
    fn without_a_public_address_it_is_where_the_server_listens() {
        assert_eq!(of_environment("GLANS_LISTEN", "127.0.0.1:8123").unwrap().public_url(), "http://127.0.0.1:8123");
    }

    #[test]
    fn gateways_are_addresses_of_the_web_and_a_push_service_can_turn_to_somebody() {
        for (name, wrong) in [
            ("GLANS_FCM_URL", "fcm.googleapis.com"),
            ("GLANS_APNS_URL", ""),
            ("GLANS_VAPID_SUBJECT", "push@example.org"),
            ("GLANS_VAPID_SUBJECT", "http://example.org"),
        ] {
            let said = of_environment(name, wrong).unwrap_err();
            assert!(said.starts_with(&format!("environment: {name}: an address")), "{said}");
        }
        let config = of_environment("GLANS_VAPID_SUBJECT", "mailto:push@example.org").unwrap();
        assert_eq!(config.vapid_subject.as_deref(), Some("mailto:push@example.org"));
        assert!(of_environment("GLANS_WEB_PUSH_ALLOW_HTTP", "true").unwrap().web_push_allow_http);
        assert!(of_environment("GLANS_WEBHOOKS_ALLOW_HTTP", "true").unwrap().webhooks_allow_http);
    }

    #[test]
    fn mail_needs_a_way_out_and_somebody_it_comes_from() {
        let of = |pairs: &[(&str, &str)]| {
            let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            load(Path::new("glans.toml"), false, environment, BTreeMap::new()).map_err(|error| error.to_string())
        };
        let smtp = ("GLANS_SMTP_URL", "smtp://user:p%40ss@mail.example.org:587");
        let from = ("GLANS_MAIL_FROM", "Glans <post@glans.example.org>");
        let folder = ("GLANS_MAIL_DIR", "mail");
        assert!(of(&[]).is_ok() && of(&[smtp, from]).is_ok() && of(&[folder, from]).is_ok());
        for (half, told) in [
            (&[smtp][..], "`smtp_url` needs `mail_from`"),
            (&[folder], "`mail_dir` needs `mail_from`"),
            (&[from], "`mail_from` needs `smtp_url`"),
            (&[smtp, folder, from], "set one of them"),
        ] {
            let said = of(half).unwrap_err();
            assert!(said.starts_with("configuration: ") && said.contains(told), "{said}");
        }
        for wrong in ["nobody", "", "Glans", "glans@brücke.example"] {
            let said = of(&[("GLANS_MAIL_FROM", wrong)]).unwrap_err();
            assert!(said.starts_with("environment: GLANS_MAIL_FROM: an e-mail address is expected"), "{wrong}: {said}");
        }
    }

    #[test]
    fn a_mail_server_is_told_by_its_address_and_its_password_by_nobody() {
        for wrong in ["mail.example.org", "http://s3cret@mail.example.org", "smtp://:s3cret@", "smtp://s3cret@a?tls=no"]
        {
            let said = of_environment("GLANS_SMTP_URL", wrong).unwrap_err();
            assert!(said.starts_with("environment: GLANS_SMTP_URL: an address of a mail server"), "{wrong}: {said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn documents_of_a_client_are_named_by_its_id() {
        let client = ApiClientId::new();
        let config = of_environment("GLANS_CLIENT_DOCUMENTS", &format!("{client}=log, *=off")).unwrap();
        let named = |client, documents| ClientDocuments { client, documents };
        let expected = [named(Some(client), TrustedDocuments::Log), named(None, TrustedDocuments::Off)];
        assert_eq!(config.client_documents, expected);
        for wrong in ["off", "client_1=off", "*=never", "school_01h455vb4pex5vsknk084sn02q=log"] {
            let said = of_environment("GLANS_CLIENT_DOCUMENTS", wrong).unwrap_err();
            assert!(said.starts_with("environment: GLANS_CLIENT_DOCUMENTS: "), "{said}");
            assert!(said.contains(&format!("`{wrong}` is not understood")), "{said}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        for wrong in ["app.example.org", "https://app.example.org/", "https://a.example/b", "", "https://me@a.example"]
        {
            let said = of_environment("GLANS_CORS_ORIGINS", wrong).unwrap_err();
            assert!(said.starts_with(&format!("environment: GLANS_CORS_ORIGINS: `{wrong}` is no origin")), "{said}");
        }
        let config = of_environment("GLANS_CORS_ORIGINS", "https://app.example.org, http://localhost:3000,*").unwrap();
        assert_eq!(config.cors_origins, ["https://app.example.org", "http://localhost:3000", "*"]);
    }
}
