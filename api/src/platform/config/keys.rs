//! The keys: how the value of each is written, what may stand there, and how it is told that something else does.

use std::net::SocketAddr;

use self::Form::{List, Number, Secret, Switch, Text};

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    /// Text that is secret, or has a password in it: what was given is never shown.
    Secret,
    Switch,
    Number,
    /// In the environment its items are separated by commas.
    List,
}

/// A key, and what may stand there with an example.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) form: Form,
    expected: &'static str,
}

const fn key(name: &'static str, form: Form, expected: &'static str) -> Key {
    Key { name, form, expected }
}

const SWITCH: &str = "`true` or `false` is expected, without quotes";

static KEYS: [Key; 31] = [
    key("listen", Text, "an address and a port are expected, as `127.0.0.1:8000`"),
    key("metrics_listen", Text, "an address and a port are expected, as `127.0.0.1:9464`"),
    key(
        "database_url",
        Secret,
        "a database is expected, as `sqlite://data/glans.db` or `postgres://glans@db.example.org/glans`",
    ),
    key(
        "database_read_url",
        Secret,
        "a PostgreSQL server is expected, as `postgres://glans@replica.example.org/glans`; SQLite has no replicas",
    ),
    key("bus_url", Secret, "an address of NATS is expected, as `nats://bus.example.org:4222`"),
    key("data_dir", Text, "the name of a folder is expected, as `/var/lib/glans`"),
    key("public_url", Text, "an address is expected, as `https://glans.example.org`"),
    key(
        "secret_key",
        Secret,
        "32 bytes in base64 are expected (44 characters); make them with `openssl rand -base64 32`",
    ),
    key(
        "cors_origins",
        List,
        "a list of origins is expected, as `[\"https://app.example.org\"]`, or `[\"*\"]` for all",
    ),
    key("behind_proxy", Switch, SWITCH),
    key("production", Switch, SWITCH),
    key("trusted_documents", Text, "`off`, `log` or `enforce` is expected"),
    key("client_documents", List, "a list is expected, as `[\"client_01jd…=log\", \"*=off\"]`"),
    key("log_format", Text, "`text` or `json` is expected"),
    key("log", Text, "a filter is expected, as `info,glans=debug`"),
    key("upload_max_bytes", Number, "a whole number of bytes is expected, without quotes, as `67108864`"),
    key(
        "fcm_service_account",
        Secret,
        "the text of a key file is expected; name the file with `GLANS_FCM_SERVICE_ACCOUNT_FILE`",
    ),
    key("fcm_url", Text, "an address is expected, as `https://fcm.googleapis.com`"),
    key("apns_key", Secret, "the text of a `.p8` file is expected; name the file with `GLANS_APNS_KEY_FILE`"),
    key("apns_key_id", Text, "the id of the key is expected, as `ABC123DEFG`"),
    key("apns_team_id", Text, "the id of the team is expected, as `DEF123GHIJ`"),
    key("apns_topic", Text, "the bundle id of the app is expected, as `org.example.glans`"),
    key("apns_url", Text, "an address is expected, as `https://api.push.apple.com`"),
    key(
        "vapid_private_key",
        Secret,
        "32 bytes in base64url are expected; make them with `npx web-push generate-vapid-keys`",
    ),
    key(
        "vapid_subject",
        Text,
        "an address to turn to is expected, as `mailto:push@example.org` or `https://example.org/push`",
    ),
    key("web_push_allow_http", Switch, SWITCH),
    key("webhooks_allow_http", Switch, SWITCH),
    key(
        "smtp_url",
        Secret,
        "an address of a mail server is expected, as `smtp://user:password@mail.example.org:587`, \
         `smtps://user:password@mail.example.org:465` or `smtp://127.0.0.1:25?tls=none`",
    ),
    key("mail_from", Text, "an e-mail address is expected, as `Glans <post@glans.example.org>`"),
    key("mail_dir", Text, "the name of a folder is expected, as `mail`"),
    key("app_url", Text, "an address is expected, as `https://app.example.org`"),
];

/// The key of this name.
pub(super) fn named(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// What all of them are called.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|key| key.name)
}

/// Reads an address to listen on, where it does not come from the configuration.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| named("listen").map_or_else(String::new, |key| key.refuses(&text.into())))
}

/// The name that a mistyped one is nearest to.
pub(super) fn nearest(name: &str) -> &'static str {
    let distances = KEYS.iter().map(|key| (strsim::damerau_levenshtein(name, key.name), key.name));
    distances.min().map_or("listen", |(_, known)| known)
}

impl Key {
    /// That `given` cannot stand there: what can, with an example, and what was given unless that may be secret.
    pub(super) fn refuses(&self, given: &toml::Value) -> String {
        let is_text = matches!(self.form, Text | Secret);
        let not = self.shown(given).map(|shown| format!(", not {shown}")).unwrap_or_default();
        let quotes = if is_text && !given.is_str() { "; text stands in quotes" } else { "" };
        format!("{}{not}{quotes}", self.expected)
    }

    /// What stood there. None: a secret, or an address with a user in it, who may have a password.
    fn shown(&self, given: &toml::Value) -> Option<String> {
        const MOST: usize = 80;
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        if self.form == Secret || text.contains("://") && text.contains('@') {
            return None;
        }
        if text.is_empty() {
            return Some("nothing".to_owned());
        }
        let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        let shown: String = letters.by_ref().take(MOST).collect();
        Some(format!("`{shown}{}`", if letters.next().is_some() { "…" } else { "" }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_configuration() {
        let said = toml::from_str::<Config>("what = 1").unwrap_err().to_string();
        let (_, known) = said.split_once("expected one of ").unwrap();
        let known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
        assert_eq!(names().collect::<Vec<_>>(), known);
    }

    #[test]
    fn each_key_says_what_is_expected_with_an_example() {
        for key in &KEYS {
            assert!(key.expected.contains(" expected") && key.expected.contains('`'), "{}", key.name);
        }
    }

    #[test]
    fn what_was_given_is_shown_in_one_line_that_ends_and_never_a_secret() {
        let said = |name: &str, given: &str| named(name).unwrap().refuses(&given.into());
        assert!(said("public_url", "a\nb").ends_with(", not `a b`"), "{}", said("public_url", "a\nb"));
        assert!(said("public_url", "").ends_with(", not nothing"));
        assert!(said("public_url", &"a".repeat(500)).ends_with(&format!(", not `{}…`", "a".repeat(80))));
        for (name, given) in [("smtp_url", "s3cret"), ("secret_key", "s3cret"), ("public_url", "ftp://me:s3cret@here")]
        {
            assert!(!said(name, given).contains("s3cret"), "{name}: {}", said(name, given));
        }
    }
}
