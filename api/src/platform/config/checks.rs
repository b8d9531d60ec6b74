//! Whether values can be used, each alone and together.

use axum::http::Uri;
use lettre::message::Mailbox;

use super::keys::{Form, Key};
use super::{ClientDocuments, Config, log_filter};
use crate::platform::{db, secret_key};

/// Looks at one value alone, so that a complaint can say where it comes from.
pub(super) fn check(key: &Key, value: &toml::Value) -> Result<(), String> {
    // A date would be read as a text.
    if matches!(key.form, Form::Text | Form::Secret) && !value.is_str() {
        return Err(key.refuses(value));
    }
    let alone = toml::Table::from_iter([(key.name.to_owned(), value.clone())]);
    let Ok(config) = alone.try_into::<Config>() else {
        return Err(wrong_client(key, value).unwrap_or_else(|| key.refuses(value)));
    };
    let fits = match key.name {
        "database_url" if !config.database_url.is_empty() => {
            return db::check_url(&config.database_url).map_err(|error| error.to_string());
        }
        "database_read_url" => match config.database_read_url.as_deref().and_then(db::unknown_parameter) {
            Some(unknown) => return Err(unknown),
            None => config.database_read_url.as_deref().is_some_and(db::is_postgres),
        },
        "secret_key" => config.secret_key.as_deref().and_then(secret_key::read).is_some(),
        "bus_url" => config.bus_url.as_deref().is_some_and(is_nats_address),
        "public_url" => config.public_url.is_empty() || is_web_address(&config.public_url),
        "fcm_url" => is_web_address(&config.fcm_url),
        "apns_url" => is_web_address(&config.apns_url),
        "vapid_subject" => config.vapid_subject.as_deref().is_some_and(is_contact),
        "smtp_url" => config.smtp_url.as_deref().is_some_and(is_mail_server),
        "mail_from" => config.mail_from.as_deref().is_some_and(is_sender),
        "app_url" => config.app_url.is_empty() || is_web_address(&config.app_url),
        "log" => return log_filter::check(&config.log),
        "cors_origins" => return config.cors_origins.iter().try_for_each(|origin| check_origin(origin)),
        _ => true,
    };
    if fits { Ok(()) } else { Err(key.refuses(value)) }
}

/// Which of the documents of clients is not understood.
fn wrong_client(key: &Key, value: &toml::Value) -> Option<String> {
    let listed = value.as_array().filter(|_| key.name == "client_documents")?;
    let mut texts = listed.iter().filter_map(toml::Value::as_str);
    texts.find_map(|text| ClientDocuments::try_from(text.to_owned()).err())
}

fn check_origin(origin: &str) -> Result<(), String> {
    if origin == "*" || is_origin(origin) {
        return Ok(());
    }
    Err(format!("`{origin}` is no origin; write it as `https://app.example.org`, without a path, or `*`"))
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
