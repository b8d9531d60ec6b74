//! Whether values can be used, each alone and together.

use axum::http::Uri;
use lettre::message::Mailbox;

use super::{Config, log_filter};
use crate::platform::{db, secret_key};

/// What is secret, or has a password in it.
const SECRETS: [&str; 8] = [
    "database_url",
    "database_read_url",
    "bus_url",
    "secret_key",
    "fcm_service_account",
    "apns_key",
    "vapid_private_key",
    "smtp_url",
];

/// Looks at one value alone, so that a complaint can say where it comes from.
pub(super) fn check(key: &str, value: &toml::Value) -> Result<(), String> {
    if SECRETS.contains(&key) && !value.is_str() {
        // What else is said of another type shows the value.
        return Err("text in quotes is expected".to_owned());
    }
    let alone = toml::Table::from_iter([(key.to_owned(), value.clone())]);
    let config: Config = alone.try_into().map_err(|error: toml::de::Error| error.message().trim().to_owned())?;
    match key {
        "database_url" if !config.database_url.is_empty() => {
            db::check_url(&config.database_url).map_err(|error| error.to_string())
        }
        // Never with what was given: there is a password in it.
        "database_read_url" if !config.database_read_url.as_deref().is_some_and(db::is_postgres) => {
            const EXPECTED: &str = "a PostgreSQL server is expected, as `postgres://glans@replica.example.org/glans`; \
                                    SQLite has no replicas";
            let unknown = config.database_read_url.as_deref().and_then(db::unknown_parameter);
            Err(unknown.unwrap_or_else(|| EXPECTED.to_owned()))
        }
        // Never with what was given, here neither.
        "secret_key" if config.secret_key.as_deref().and_then(secret_key::read).is_none() => {
            Err("32 bytes in base64 are expected (44 characters); make them with `openssl rand -base64 32`".to_owned())
        }
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
        "log" => log_filter::check(&config.log),
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
pub(super) fn mail_is_whole(config: &Config) -> Result<(), &'static str> {
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
pub(super) fn replica_has_a_primary(config: &Config) -> Result<(), &'static str> {
    if config.database_read_url.is_none() || db::is_postgres(&config.database_url) {
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
