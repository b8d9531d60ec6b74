//! Configuration: defaults < `glans.toml` < environment `GLANS_…` < flags.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::http::Uri;
use serde::Deserialize;

/// What can be configured. Every key is `GLANS_` and its name in capitals in the environment; every secret can be a
/// file, as `GLANS_SECRET_KEY_FILE`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
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
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// A filter of `tracing`, as `info,glans=debug`.
    pub log: String,
    /// Bytes of a roster upload at most.
    pub upload_max_bytes: u64,
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
            database_url: String::new(),
            bus_url: None,
            data_dir: PathBuf::from("data"),
            public_url: String::new(),
            secret_key: None,
            cors_origins: Vec::new(),
            behind_proxy: false,
            production: false,
            trusted_documents: TrustedDocuments::Off,
            log_format: LogFormat::Text,
            log: "info,sea_orm_migration=warn".to_owned(),
            upload_max_bytes: 64 * 1024 * 1024,
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
const KEYS: [&str; 13] = [
    "listen",
    "database_url",
    "bus_url",
    "data_dir",
    "public_url",
    "secret_key",
    "cors_origins",
    "behind_proxy",
    "production",
    "trusted_documents",
    "log_format",
    "log",
    "upload_max_bytes",
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
        "bus_url" if !config.bus_url.as_deref().is_some_and(is_nats_address) => {
            Err("an address of NATS is expected, as `nats://bus.example.org:4222`".to_owned())
        }
        "public_url" if !config.public_url.is_empty() && !is_web_address(&config.public_url) => {
            Err("an address is expected, as `https://glans.example.org`".to_owned())
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

/// An `http` or `https` URL with a host, and without a query: paths are put behind it.
fn is_web_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    })
}

fn is_nats_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("nats" | "tls")) && uri.host().is_some_and(|host| !host.is_empty())
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
        "cors_origins" => toml::Value::Array(value.split(',').map(|part| part.trim().into()).collect()),
        "production" | "behind_proxy" => {
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
