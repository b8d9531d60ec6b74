//! Configuration: defaults < `glans.toml` < environment `GLANS_…` < flags.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
    /// Where the embedded database and its key live.
    pub data_dir: PathBuf,
    /// The address under which clients reach the server; issuer of its tokens.
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
            data_dir: PathBuf::from("data"),
            public_url: "http://127.0.0.1:8000".to_owned(),
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

/// The keys, for the nearest one to a mistyped key.
const KEYS: [&str; 12] = [
    "listen",
    "database_url",
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
    #[error("cannot read {path}: {cause}")]
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
        if let Some((key, value)) = from_environment(&name, value)? {
            table.insert(key, value);
        }
    }
    table.extend(flags);
    let mut config: Config = toml::Table::try_into(table)
        .map_err(|error: toml::de::Error| ConfigError::Wrong(format!("configuration: {}", error.message())))?;
    if config.database_url.is_empty() {
        config.database_url = format!("sqlite://{}", config.data_dir.join("glans.db").display());
    }
    super::db::check_url(&config.database_url)
        .map_err(|error| ConfigError::Wrong(format!("configuration: database_url: {error}")))?;
    Ok(config)
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
    for key in table.keys() {
        if !KEYS.contains(&key.as_str()) {
            let line =
                text.lines().position(|line| line.trim_start().trim_start_matches('[').starts_with(key.as_str()));
            let line = line.map_or(1, |line| line + 1);
            return Err(ConfigError::Wrong(format!(
                "{}:{line}: unknown key `{key}`; {}",
                file.display(),
                nearest(key)
            )));
        }
    }
    Ok(table)
}

fn nearest(key: &str) -> String {
    KEYS.into_iter()
        .map(|known| (strsim::damerau_levenshtein(key, known), known))
        .min()
        .map(|(_, known)| format!("did you mean `{known}`?"))
        .unwrap_or_default()
}

/// `None` for what is not ours. Lists are separated by commas.
fn from_environment(name: &str, value: String) -> Result<Option<(String, toml::Value)>, ConfigError> {
    let Some(rest) = name.strip_prefix("GLANS_") else {
        return Ok(None);
    };
    if NOT_CONFIGURATION.iter().any(|prefix| name.starts_with(prefix)) {
        return Ok(None);
    }
    let lower = rest.to_lowercase();
    let (key, value) = match lower.strip_suffix("_file") {
        Some(key) if KEYS.contains(&key) => {
            let path = PathBuf::from(&value);
            let text = std::fs::read_to_string(&path).map_err(|cause| ConfigError::Unreadable { path, cause })?;
            (key.to_owned(), text.trim().to_owned())
        }
        _ => (lower, value),
    };
    let typed = match key.as_str() {
        "cors_origins" => toml::Value::Array(value.split(',').map(|part| part.trim().into()).collect()),
        "production" | "behind_proxy" => toml::Value::Boolean(
            value.parse().map_err(|_| ConfigError::Wrong(format!("{name}: `true` or `false` is expected")))?,
        ),
        "upload_max_bytes" => toml::Value::Integer(
            value.parse().map_err(|_| ConfigError::Wrong(format!("{name}: a number of bytes is expected")))?,
        ),
        known if KEYS.contains(&known) => toml::Value::String(value),
        unknown => {
            return Err(ConfigError::Wrong(format!("environment: unknown key `{name}`; {}", nearest(unknown))));
        }
    };
    Ok(Some((key, typed)))
}
