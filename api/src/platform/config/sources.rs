//! Where configuration comes from: a file, the environment, flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::checks::{check, mail_is_whole, replica_has_a_primary};
use super::keys::{Form, named, nearest};
use super::{Config, ConfigError};

/// How the names of variables begin that are ours.
const PREFIX: &str = "GLANS_";
/// Names in the environment that are not configuration.
const NOT_CONFIGURATION: [&str; 2] = ["GLANS_CONFIG", "GLANS_SHARED"];
/// How the names begin of those that the tests have.
const OF_TESTS: &str = "GLANS_TEST_";

/// Reads the file (if it is there), then the environment, then the flags.
pub fn load(
    file: &Path,
    required: bool,
    environment: impl Iterator<Item = (OsString, OsString)>,
    flags: BTreeMap<String, toml::Value>,
) -> Result<Config, ConfigError> {
    let mut table = read_file(file, required)?;
    table.extend(read_environment(environment).map_err(|wrong| ConfigError::Wrong(format!("environment: {wrong}")))?);
    for (key, value) in flags {
        // One that is unknown would be refused below.
        named(&key)
            .map_or(Ok(()), |known| check(known, &value))
            .map_err(|wrong| ConfigError::Wrong(format!("--{}: {wrong}", key.replace('_', "-"))))?;
        table.insert(key, value);
    }
    let mut config: Config = toml::Table::try_into(table)
        .map_err(|error: toml::de::Error| ConfigError::Wrong(format!("configuration: {}", error.message())))?;
    if config.database_url.is_empty() {
        let file = config.data_dir.join("glans.db").display().to_string();
        // What has a meaning in a URL, or cannot stand in one.
        let file = file.replace('%', "%25").replace('?', "%3F").replace(' ', "%20");
        config.database_url = format!("sqlite://{file}");
    }
    mail_is_whole(&config)
        .and_then(|()| replica_has_a_primary(&config))
        .map_err(|wrong| ConfigError::Wrong(format!("configuration: {wrong}")))?;
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
    let table: toml::Table = toml::from_str(&text).map_err(|error: toml::de::Error| misspelt(file, &text, &error))?;
    for (key, value) in &table {
        let wrong = match named(key) {
            Some(known) => check(known, value).err().map(|wrong| format!("{key}: {wrong}")),
            None => Some(format!("unknown key `{key}`; did you mean `{}`?", nearest(key))),
        };
        if let Some(wrong) = wrong {
            return Err(ConfigError::Wrong(format!("{}:{}: {wrong}", file.display(), line_of(key, &text))));
        }
    }
    Ok(table)
}

/// An error of syntax, with its place and its cause, and not with the line: there may be a password in it.
fn misspelt(file: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |begun| begun.chars().count()) + 1;
    ConfigError::Wrong(format!("{}:{line}:{column}: {}", file.display(), error.message().trim()))
}

/// The line where the key stands, from 1 on.
fn line_of(key: &str, text: &str) -> usize {
    let names_it = |line: &str| {
        let rest = line.trim_start().trim_start_matches(['[', '"', '\'']).strip_prefix(key);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-')))
    };
    text.lines().position(names_it).map_or(1, |line| line + 1)
}

/// What is ours in the environment. A name that is no text is nobody's.
fn read_environment(environment: impl Iterator<Item = (OsString, OsString)>) -> Result<toml::Table, String> {
    let ours = environment.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    // In an order, so that the same complaint is told each time.
    let ours: BTreeMap<_, _> = ours.filter(|(name, _)| is_configuration(name)).collect();
    let (mut table, mut givers) = (toml::Table::new(), BTreeMap::new());
    for (name, value) in ours {
        let value = value.into_string().map_err(|_| format!("{name}: is not UTF-8"))?;
        let (key, value) = from_environment(&name, value)?;
        if let Some(other) = givers.insert(key.clone(), name.clone()) {
            return Err(format!("{other} and {name} are both set; keep one of them"));
        }
        table.insert(key, value);
    }
    Ok(table)
}

fn is_configuration(name: &str) -> bool {
    name.starts_with(PREFIX) && !name.starts_with(OF_TESTS) && !NOT_CONFIGURATION.contains(&name)
}

/// Lists are separated by commas. A complaint begins with the name of the variable.
fn from_environment(name: &str, value: String) -> Result<(String, toml::Value), String> {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    let lower = rest.to_lowercase();
    let (key, value) = match lower.strip_suffix("_file") {
        Some(key) if named(key).is_some() => {
            let text =
                std::fs::read_to_string(&value).map_err(|cause| format!("{name}: cannot read {value}: {cause}"))?;
            // Some editors put a mark in front that is no part of the text.
            (key.to_owned(), text.trim_start_matches('\u{feff}').trim().to_owned())
        }
        _ => (lower, value),
    };
    let Some(known) = named(&key) else {
        let meant = nearest(&key).to_uppercase();
        return Err(format!("unknown key `{name}`; did you mean `{PREFIX}{meant}`?"));
    };
    let value = typed(known.form, value);
    check(known, &value).map_err(|wrong| format!("{name}: {wrong}"))?;
    Ok((key, value))
}

/// What does not read as it should stays text, which the check refuses.
fn typed(form: Form, value: String) -> toml::Value {
    match form {
        Form::List => toml::Value::Array(value.split(',').map(|part| part.trim().into()).collect()),
        Form::Switch => value.parse::<bool>().map_or_else(|_| toml::Value::String(value), toml::Value::Boolean),
        Form::Number => value.parse::<i64>().map_or_else(|_| toml::Value::String(value), toml::Value::Integer),
        Form::Text | Form::Secret => toml::Value::String(value),
    }
}
