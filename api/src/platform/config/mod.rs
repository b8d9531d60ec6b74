//! Configuration: defaults < `glans.toml` < environment `GLANS_…` < flags.

mod checks;
mod keys;
mod log_filter;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;

use glans_entity::ids::ApiClientId;
use serde::Deserialize;

pub use keys::listen_address;
pub use sources::load;

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

/// What is worth telling. A table that is there already is no news, and neither is each attempt to reach a NATS that is away;
/// of migrations `glans migrate` tells itself.
const LOG: &str = "info,async_nats=warn,sea_orm_migration=warn,sqlx::postgres::notice=warn";

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
            log: LOG.to_owned(),
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

/// Why the configuration cannot be used. Each message says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Wrong(String),
    #[error("cannot read {path}: {cause}", path = .path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
}

#[cfg(test)]
mod tests;
