//! What `glans doctor` finds, and how it tells it.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use glans_tests::{EmptyDatabase, on_each_database};

use super::{KEY, OTHER_KEY, complaint, glans};

#[test]
fn a_doctor_tells_once_what_other_commands_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    assert!(glans(folder.path(), &["migrate", "up"]).output().unwrap().status.success());
    std::fs::write(folder.path().join("mail"), "").unwrap();
    let doctor = |variables: &[(&str, &str)]| {
        glans(folder.path(), &["doctor"]).envs(variables.iter().copied()).output().unwrap()
    };
    let sound = doctor(&[]);
    assert!(sound.status.success(), "{}", complaint(&sound));
    assert!(String::from_utf8_lossy(&sound.stdout).contains("ok    database SQLite answers"));
    let subject = ("GLANS_VAPID_SUBJECT", "mailto:push@example.org");
    let sender = ("GLANS_MAIL_FROM", "Glans <post@glans.example.org>");
    for (variables, told) in [
        (&[("GLANS_APNS_TOPIC", "nl.example.glans")][..], "configuration: `apns_topic` without `apns_key`"),
        (&[("GLANS_APNS_KEY_ID", "K1")], "configuration: `apns_key_id` without `apns_key`"),
        (&[subject], "configuration: `vapid_subject` without `vapid_private_key`"),
        (&[subject, ("GLANS_VAPID_PRIVATE_KEY", "none")], "configuration: `vapid_private_key` is no key of P-256"),
        (&[("GLANS_FCM_SERVICE_ACCOUNT", "{}")], "configuration: `fcm_service_account` is no key file"),
        (&[sender, ("GLANS_MAIL_DIR", "mail")], "folder for e-mail: mail is no folder"),
        (&[sender, ("GLANS_MAIL_DIR", "mail/of/today")], "folder for e-mail: mail is no folder"),
    ] {
        let output = doctor(variables);
        assert_eq!(output.status.code(), Some(1), "{variables:?}");
        let said = complaint(&output);
        assert!(said.contains(&format!("1 of the checks failed: {told}")), "{variables:?}: {said}");
    }
    let key = folder.path().join("data/glans.key");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = complaint(&doctor(&[]));
    assert!(said.contains("1 of the checks failed: secret key: data/glans.key can be read by others"), "{said}");
}

#[test]
fn a_secret_key_that_is_lost_is_told_and_no_other_is_made() {
    let folder = tempfile::tempdir().unwrap();
    assert!(glans(folder.path(), &["migrate", "up"]).output().unwrap().status.success());
    assert!(glans(folder.path(), &["doctor"]).output().unwrap().status.success(), "a new database needs no key yet");
    let sealed = glans(folder.path(), &["keys", "rotate"]).env("GLANS_SECRET_KEY", KEY).output().unwrap();
    assert!(sealed.status.success(), "{}", complaint(&sealed));
    for arguments in [&["doctor"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let output = glans(folder.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = complaint(&output);
        let told = "the secret key data/glans.key is not there, and the database holds keys that were sealed with it; \
                    restore it from the backup";
        assert!(said.contains(told), "{arguments:?}: {said}");
        assert!(!folder.path().join("data/glans.key").exists(), "{arguments:?} made a key");
    }
}

async fn a_doctor_opens_the_signing_keys(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let run = |key: &str, arguments: &[&str]| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", key).output().unwrap()
    };
    let pending = run(KEY, &["doctor"]);
    assert_eq!(pending.status.code(), Some(1));
    assert!(complaint(&pending).contains("run `glans migrate up`"), "{}", complaint(&pending));
    let first = run(KEY, &["keys", "rotate"]);
    assert!(first.status.success(), "{}", complaint(&first));
    let sound = run(KEY, &["doctor"]);
    assert!(sound.status.success(), "{}", complaint(&sound));
    assert!(String::from_utf8_lossy(&sound.stdout).contains("ok    signing keys"));
    let other = run(OTHER_KEY, &["doctor"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        complaint(&other).contains("signing keys: this was sealed with another secret key"),
        "{}",
        complaint(&other)
    );

    let refused = run(OTHER_KEY, &["keys", "rotate"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(complaint(&refused).contains("this was sealed with another secret key"), "{}", complaint(&refused));
    let second = run(KEY, &["keys", "rotate"]);
    assert_eq!(key(&second, "signs now: "), key(&first, "signs next: "), "the refused rotation changed nothing");
}

/// The id behind the words in what `glans keys rotate` said.
fn key(rotated: &Output, words: &str) -> String {
    let said = String::from_utf8_lossy(&rotated.stdout).into_owned();
    let id = said.lines().find_map(|line| line.split_once(words)).map(|(_, id)| id.trim().to_owned());
    id.unwrap_or_else(|| panic!("no `{words}` in {said}"))
}

async fn a_doctor_warns_of_a_role_that_row_level_security_does_not_hold(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let said = |url: &str| {
        let mut command = glans(folder.path(), &["doctor"]);
        let output = command.env("GLANS_DATABASE_URL", url).env("GLANS_SECRET_KEY", KEY).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    if let Some(superuser) = database.superuser_url() {
        let (own, other) = (said(database.url()), said(&superuser));
        assert!(own.contains("ok    clock") && !own.contains("warn"), "{own}");
        assert!(other.contains("warn  role in the database: for a superuser, or with BYPASSRLS"), "{other}");
    }
}

on_each_database!(a_doctor_opens_the_signing_keys, a_doctor_warns_of_a_role_that_row_level_security_does_not_hold,);
