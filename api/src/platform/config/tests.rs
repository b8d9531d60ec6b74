//! What is said of configuration that cannot be used.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

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
    of_variables(&[(name, value)])
}

fn of_variables(pairs: &[(&str, &str)]) -> Result<Config, String> {
    of_system(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

fn of_system(environment: impl Iterator<Item = (OsString, OsString)>) -> Result<Config, String> {
    load(Path::new("glans.toml"), false, environment, BTreeMap::new()).map_err(|error| error.to_string())
}

#[test]
fn a_wrong_value_in_the_file_is_told_with_line_and_key() {
    let said = of_file("production = true\nlisten = 5\n").unwrap();
    assert_eq!(
        said,
        "glans.toml:2: listen: an address and a port are expected, as `127.0.0.1:8000`, not `5`; text stands in quotes"
    );
    let said = of_file("log = \"info\"\nlog_format = \"xml\"\n").unwrap();
    assert_eq!(said, "glans.toml:2: log_format: `text` or `json` is expected, not `xml`");
    assert_eq!(of_file("listne = 5").unwrap(), "glans.toml:1: unknown key `listne`; did you mean `listen`?");
    assert_eq!(of_file("listen = \"0.0.0.0:80\"\npublic_url = \"https://glans.example.org\""), None);
}

#[test]
fn what_is_misspelt_in_the_file_is_told_by_its_place_and_never_with_what_stands_there() {
    for (line, column) in [
        ("database_url = postgres://glans:GEHEIM@db/glans", Some(16)),
        ("secret_key = \"GEHEIM", None),
        ("secret_key = 'GEHEIM", None),
        ("secret_key = \"GEHEIM\" \"GEHEIM\"", None),
        ("secret_key = \"\\GEHEIM\"", None),
        ("secret_key GEHEIM", None),
        ("smtp_url = GEHEIM", Some(12)),
    ] {
        let said = of_file(&format!("production = true\n{line}\n")).unwrap();
        let place = column.map_or("glans.toml:2:".to_owned(), |column| format!("glans.toml:2:{column}: "));
        assert!(said.starts_with(&place) && said.lines().count() == 1, "{line}: {said}");
        assert!(!said.contains("GEHEIM"), "{line}: {said}");
    }
    let twice = of_file("production = true\nproduction = true\n").unwrap();
    assert_eq!(twice, "glans.toml:2:1: duplicate key");
    let bare = of_file("secret_key = 123456").unwrap();
    assert!(bare.starts_with("glans.toml:1: secret_key: 32 bytes in base64 are expected"), "{bare}");
    assert!(bare.ends_with("; text stands in quotes") && !bare.contains("123456"), "{bare}");
}

#[test]
fn of_any_key_it_is_told_what_is_expected_and_what_stood_there() {
    for key in keys::names() {
        let said = of_file(&format!("{key} = 1979-05-27\n")).unwrap();
        assert!(said.starts_with(&format!("glans.toml:1: {key}: ")) && said.contains(" expected"), "{said}");
        let secret = keys::named(key).unwrap().form == keys::Form::Secret;
        assert_eq!(said.contains(", not `1979-05-27`"), !secret, "{said}");
    }
}

#[test]
fn a_wrong_value_in_the_environment_is_told_with_the_variable() {
    let said = of_environment("GLANS_LISTEN", "foo").unwrap_err();
    let expected = "an address and a port are expected, as `127.0.0.1:8000`, not `foo`";
    assert_eq!(said, format!("environment: GLANS_LISTEN: {expected}"));
    assert_eq!(listen_address("foo").unwrap_err(), expected);
    let said = of_environment("GLANS_UPLOAD_MAX_BYTES", "64 MiB").unwrap_err();
    assert!(said.ends_with("bytes is expected, without quotes, as `67108864`, not `64 MiB`"), "{said}");
    let said = of_environment("GLANS_UPLOAD_MAX_BYTES", "-1").unwrap_err();
    assert!(said.ends_with(", not `-1`"), "{said}");
    let said = of_environment("GLANS_DATABASE_URL_FILE", "/does/not/exist").unwrap_err();
    assert!(said.starts_with("environment: GLANS_DATABASE_URL_FILE: cannot read /does/not/exist: "), "{said}");
    let said = of_environment("GLANS_PRODUCTION", "yes").unwrap_err();
    assert_eq!(said, "environment: GLANS_PRODUCTION: `true` or `false` is expected, without quotes, not `yes`");
}

#[test]
fn of_what_is_no_text_only_ours_is_told() {
    let given = |name: &[u8], value: &[u8]| {
        let pair = (OsString::from_vec(name.to_vec()), OsString::from_vec(value.to_vec()));
        of_system(std::iter::once(pair))
    };
    assert!(given(b"LOCATION", b"caf\xe9").is_ok() && given(b"GLANS_\xe9", b"").is_ok());
    assert_eq!(given(b"GLANS_APP_URL", b"caf\xe9").unwrap_err(), "environment: GLANS_APP_URL: is not UTF-8");
}

#[test]
fn what_is_given_twice_is_told_with_both_names() {
    let twice = [("GLANS_LOG_FILE", "/dev/null"), ("GLANS_LOG", "info")];
    assert_eq!(
        of_variables(&twice).unwrap_err(),
        "environment: GLANS_LOG and GLANS_LOG_FILE are both set; keep one of them"
    );
}

#[test]
fn only_whole_names_are_no_configuration() {
    assert!(of_variables(&[("GLANS_CONFIG", "a.toml"), ("GLANS_SHARED", "a"), ("GLANS_TEST_ANY", "a")]).is_ok());
    let said = of_environment("GLANS_CONFIGURATION", "a.toml").unwrap_err();
    assert!(said.starts_with("environment: unknown key `GLANS_CONFIGURATION`; did you mean"), "{said}");
    let said = of_environment("GLANS_LISSEN", "127.0.0.1:80").unwrap_err();
    assert_eq!(said, "environment: unknown key `GLANS_LISSEN`; did you mean `GLANS_LISTEN`?");
}

#[test]
fn a_wrong_secret_key_is_told_where_it_stands_and_not_itself() {
    const TOLD: &str = "32 bytes in base64 are expected";
    let said = of_environment("GLANS_SECRET_KEY", "c2hvcnQ=").unwrap_err();
    assert!(said.starts_with(&format!("environment: GLANS_SECRET_KEY: {TOLD}")) && !said.contains("c2hv"), "{said}");
    let said = of_file("production = true\nsecret_key = \"\"\n").unwrap();
    assert!(said.starts_with(&format!("glans.toml:2: secret_key: {TOLD}")), "{said}");
    assert!(of_environment("GLANS_SECRET_KEY", " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").is_ok());
}

#[test]
fn a_wrong_flag_is_told_by_its_name() {
    let flags = BTreeMap::from([("database_url".to_owned(), toml::Value::from("mysql://here"))]);
    let said = load(Path::new("glans.toml"), false, std::iter::empty(), flags).unwrap_err().to_string();
    let told = "--database-url: a database URL that starts with `sqlite://` or `postgres://` is expected, as `sqlite://data/glans.db`";
    assert!(said.starts_with(told) && !said.contains("mysql"), "{said}");
}

#[test]
fn a_database_url_that_cannot_be_read_is_told_with_the_reason_and_without_itself() {
    for (wrong, reason) in [
        ("postgres://glans:s3cret@db.example.org:bad/glans", "invalid port number"),
        ("postgres://glans:s3cret@db.example.org/glans?sslmode=bad", "unknown value \"bad\" for `ssl_mode`"),
        ("sqlite://s3cret.db?foo=bar", "unknown query parameter `foo` while parsing connection URL"),
        ("sqlite://s3cret.db?mode=bad", "unknown value \"bad\" for `mode`"),
    ] {
        let said = of_environment("GLANS_DATABASE_URL", wrong).unwrap_err();
        assert_eq!(said, format!("environment: GLANS_DATABASE_URL: the database URL cannot be read: {reason}"));
    }
}

#[test]
fn an_unknown_parameter_of_postgresql_is_told_with_the_nearest_and_without_its_value() {
    const VALUELESS: &str = "a parameter in it is unknown and has no value; within a value `&` is written `%26`";
    for (query, told) in [
        ("pasword=s3cret&sslmode=require", "unknown parameter `pasword`; did you mean `password`?"),
        ("user=glans&sslmod=verify-full", "unknown parameter `sslmod`; did you mean `sslmode`?"),
        ("option[search_path]=s3cret", "unknown parameter `option[search_path]`; did you mean"),
        ("options[search_path=s3cret", "unknown parameter `options[search_path`; did you mean"),
        // What stands behind an ampersand belongs to the password.
        ("password=12&s3cret", VALUELESS),
        ("password=12&s3cret==", VALUELESS),
    ] {
        let url = format!("postgres://glans@db.example.org/glans?{query}");
        for name in ["GLANS_DATABASE_URL", "GLANS_DATABASE_READ_URL"] {
            let said = of_environment(name, &url).unwrap_err();
            assert!(said.starts_with(&format!("environment: {name}: ")) && said.contains(told), "{said}");
            assert!(!said.contains("s3cret") && !said.contains("verify-full"), "{said}");
        }
    }
    for right in [
        "sslmode=verify-full&sslrootcert=ca.pem&sslcert=a.pem&sslkey=a.key",
        "ssl-mode=require&ssl-root-cert=ca.pem&ssl-ca=ca.pem&ssl-cert=a.pem&ssl-key=a.key",
        "host=/run/postgresql&port=5433&dbname=glans&user=glans&password=s3cret",
        "hostaddr=127.0.0.1&application_name=glans&statement-cache-capacity=10",
        "options=-c%20jit%3Doff&options[search_path]=glans&options%5Bjit%5D=off",
    ] {
        let said = of_environment("GLANS_DATABASE_URL", &format!("postgres://db/glans?{right}"));
        assert!(said.is_ok(), "{right}");
    }
}

#[test]
fn of_a_password_with_a_slash_it_is_told_how_to_write_it() {
    for password in
        ["s3/cret", "s3#cret", "s3?cret", "s3/cr@et", "s3?c=r@et", "123/cret", "123#cret", "123?cret", "/cret"]
    {
        let said = of_environment("GLANS_DATABASE_URL", &format!("postgres://glans:{password}@db/glans")).unwrap_err();
        assert!(said.ends_with("in a password `/ ? # @` are written `%2F %3F %23 %40`"), "{said}");
        assert!(!said.contains("s3") && !said.contains("123") && !said.contains("cr"), "{said}");
    }
    for right in [
        "postgres://glans:s3%2Fcret@db/glans",
        "postgres://glans:123@db/gl@ns",
        // No password is in these: what is before the path is a server, with or without its port.
        "postgres://db/glans?user=glans@school",
        "postgres://db:5432/glans?user=glans@school",
        "postgres://[::1]/glans?user=glans@school",
    ] {
        assert!(of_environment("GLANS_DATABASE_URL", right).is_ok(), "{right}");
    }
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
    let of = of_variables;
    assert_eq!(of(&[primary, replica]).unwrap().database_read_url.as_deref(), Some(replica.1));
    assert_eq!(of(&[primary]).unwrap().database_read_url, None);
    assert_eq!(
        of(&[replica]).unwrap_err(),
        "configuration: `database_read_url` names a replica of the PostgreSQL server of `database_url`, which is SQLite; \
         leave it out"
    );
    let slash = "postgres://glans:1/s3cret@replica.example.org/glans";
    for wrong in ["sqlite://s3cret.db", "mysql://glans:s3cret@replica.example.org/glans", slash, "s3cret", ""] {
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
    let of = of_variables;
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
    for wrong in ["mail.example.org", "http://s3cret@mail.example.org", "smtp://:s3cret@", "smtp://s3cret@a?tls=no"] {
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
    for wrong in ["app.example.org", "https://app.example.org/", "https://a.example/b", "", "https://me@a.example"] {
        let said = of_environment("GLANS_CORS_ORIGINS", wrong).unwrap_err();
        assert!(said.starts_with(&format!("environment: GLANS_CORS_ORIGINS: `{wrong}` is no origin")), "{said}");
    }
    let config = of_environment("GLANS_CORS_ORIGINS", "https://app.example.org, http://localhost:3000,*").unwrap();
    assert_eq!(config.cors_origins, ["https://app.example.org", "http://localhost:3000", "*"]);
}
