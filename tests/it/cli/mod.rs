//! The command line, as a process of its own: what it says, how it ends and what it leaves behind.

mod doctor;
mod serving;

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode, Output};
use std::time::{Duration, Instant};

use glans::call::Call;
use glans::organisation::boards;
use glans::programme::SAMPLE;
use glans_tests::{EmptyDatabase, Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, IntoActiveModel};

use crate::identity::{deeds, let_sign_in};

pub(crate) use serving::stop;

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "HxwdGhsYGRYXFBUSExARDg8MDQoLCAkGBwQFAgMAAQI=";

/// `glans ARGUMENTS` in a folder.
pub(crate) fn glans(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "cli::program", "--ignored", "--nocapture"]).current_dir(folder);
    command.env("GLANS_TEST_ARGUMENTS", arguments.join("\n"));
    command
}

#[test]
#[ignore = "the program itself, which the other tests start"]
fn program() {
    let Ok(arguments) = std::env::var("GLANS_TEST_ARGUMENTS") else {
        return;
    };
    let arguments = std::iter::once("glans").chain(arguments.lines()).map(OsString::from);
    let code = tokio::runtime::Runtime::new().unwrap().block_on(glans::cli::run(arguments));
    let status = (0..=2).find(|status| ExitCode::from(*status) == code).unwrap();
    std::process::exit(status.into());
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether the run left nothing in its folder.
fn is_untouched(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn who_only_looks_makes_nothing() {
    let (folder, roster) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = roster.path().join("guardianships.csv");
    std::fs::write(&file, "student,guardian\n").unwrap();
    let (roster, file) = (roster.path().to_str().unwrap(), file.to_str().unwrap());
    let board = "board_01h455vb4pex5vsknk084sn02q";
    let lookers = [
        &["doctor"][..],
        &["migrate", "status"],
        &["migrate", "down"],
        &["worker"],
        &["outbox", "dead"],
        &["outbox", "replay"],
        &["metrics", "rebuild"],
        &["keys", "rotate"],
        &["token", "--email", "anne@example.org"],
        &["admin", "create", "--email", "anne@example.org", "--board", "41613"],
        &["documents", "list"],
        &["documents", "remove", "--client", "ios-2.4"],
        &["import", "rollback", "import_01h455vb4pex5vsknk084sn02q"],
        &["import", "oneroster", roster, "--board", board],
        &["import", "guardianships", file, "--board", "41613"],
    ];
    for arguments in lookers {
        let output = glans(folder.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = complaint(&output);
        assert!(said.contains("the database data/glans.db is not there; `glans migrate up` makes it"), "{said}");
        assert!(is_untouched(folder.path()), "{arguments:?} made something");
    }
}

#[test]
fn a_database_gets_its_key_from_who_serves_it_only() {
    let folder = tempfile::tempdir().unwrap();
    assert!(glans(folder.path(), &["migrate", "up"]).output().unwrap().status.success());
    for arguments in [&["keys", "rotate"][..], &["outbox", "dead"], &["worker"]] {
        let output = glans(folder.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = complaint(&output);
        assert!(said.contains("the secret key data/glans.key is not there; `glans serve` makes it"), "{said}");
        assert!(!folder.path().join("data/glans.key").exists(), "{arguments:?} made a key");
    }
    let given = glans(folder.path(), &["outbox", "dead"]).env("GLANS_SECRET_KEY", KEY).output().unwrap();
    assert!(given.status.success(), "{}", complaint(&given));
}

#[test]
fn a_database_is_where_its_url_says() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = glans(folder.path(), arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", complaint(&output));
    };
    for direction in ["up", "status"] {
        run(&["migrate", direction, "--database-url", "sqlite://our%20school/glans.db"]);
    }
    assert!(folder.path().join("our school/glans.db").exists());
    for direction in ["up", "status"] {
        run(&["migrate", direction, "--data-dir", "our 100%20?"]);
    }
    assert!(folder.path().join("our 100%20?/glans.db").exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "and nothing beside them");
}

#[test]
fn an_embedded_database_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(glans(folder.path(), &["migrate", "up"]).output().unwrap().status.success());
    let mode = std::fs::metadata(folder.path().join("data/glans.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_course_is_looked_at_as_text_once_its_size_fits() {
    let folder = tempfile::tempdir().unwrap();
    let complaint_about = |content: &[u8]| {
        std::fs::write(folder.path().join("course.yaml"), content).unwrap();
        let output = glans(folder.path(), &["import", "programme", "course.yaml"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        complaint(&output)
    };
    // One byte more than fits is read: half of a letter.
    let large = complaint_about("é".repeat(2 * 1024 * 1024 + 1).as_bytes());
    assert!(large.contains("is larger than 4 MiB: split the course"), "{large}");
    assert!(!folder.path().join("data").exists(), "a broken course made a database");
    let other = complaint_about(b"title: caf\xe9");
    assert!(other.contains("cannot read course.yaml: it is no text in UTF-8"), "{other}");
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let demo = [&serve[..], &["--demo"]].concat();
    let production = glans(folder.path(), &demo).env("GLANS_PRODUCTION", "true").output().unwrap();
    assert_eq!(production.status.code(), Some(2));
    assert!(complaint(&production).contains("start without --demo"), "{}", complaint(&production));
    assert!(is_untouched(folder.path()));

    for arguments in [&serve[..], &["doctor"]] {
        let short = glans(folder.path(), arguments).env("GLANS_SECRET_KEY", "c2hvcnQ=").output().unwrap();
        assert_eq!(short.status.code(), Some(2));
        let said = complaint(&short);
        assert!(said.contains("environment: GLANS_SECRET_KEY: 32 bytes in base64 are expected"), "{said}");
        assert!(is_untouched(folder.path()));
    }

    let misspelt = glans(folder.path(), &["migrate", "up"]).env("GLANS_LOG", "warning").output().unwrap();
    assert_eq!(misspelt.status.code(), Some(2));
    let said = complaint(&misspelt);
    assert!(said.contains("environment: GLANS_LOG: `warning` is no level; did you mean `warn`?"), "{said}");
    let unread = glans(folder.path(), &["migrate", "up"]).env("GLANS_LOG", "[[").output().unwrap();
    assert_eq!(unread.status.code(), Some(2));
    assert!(complaint(&unread).contains("environment: GLANS_LOG: "), "{}", complaint(&unread));
    assert!(is_untouched(folder.path()));
}

#[test]
fn a_server_that_is_not_there_is_told_at_once_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let output =
        glans(folder.path(), &["migrate", "up", "--database-url", "postgres://x@127.0.0.1:1/x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("Connection refused"), "{}", complaint(&output));
    // A pool would try again for eight seconds, and then tell something else.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn a_file_that_is_no_database_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "no database\n".repeat(400)).unwrap();
    let output = glans(folder.path(), &["migrate", "status", "--database-url", "sqlite://a.txt"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = complaint(&output);
    assert!(said.contains("file is not a database. Check that it is a SQLite database"), "{said}");
}

async fn what_is_there_already_is_no_news(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output =
            glans(folder.path(), &["migrate", "up"]).env("GLANS_DATABASE_URL", database.url()).output().unwrap();
        assert!(output.status.success(), "{}", complaint(&output));
        // Others may hold what it needs, which is worth a warning.
        assert!(!complaint(&output).contains("INFO"), "{}", complaint(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("applied  "));
    }
}

async fn a_database_of_a_newer_program_is_told_as_such(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY).output().unwrap()
    };
    assert!(run(&["migrate", "up"]).status.success());
    let connection = Database::connect(database.url()).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)";
    connection.execute_unprepared(newer).await.unwrap();
    connection.close().await.unwrap();
    for arguments in [&["doctor"][..], &["migrate", "status"], &["migrate", "up"], &["outbox", "dead"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = "glans: the database was migrated by a newer glans; install that one\n";
        assert_eq!(complaint(&output), told, "{arguments:?}");
    }
}

async fn an_id_has_one_text_in_all_releases(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY).output().unwrap()
    };
    assert!(run(&["migrate", "up"]).status.success());
    std::fs::write(folder.path().join("old.json"), r#"{ "feed": "{ viewer { id } }" }"#).unwrap();
    std::fs::write(folder.path().join("new.json"), r#"{ "feed": "{ viewer { name } }" }"#).unwrap();
    let first = run(&["documents", "import", "old.json", "--client", "ios-2.4"]);
    assert!(first.status.success(), "{}", complaint(&first));
    let refused = run(&["documents", "import", "new.json", "--client", "ios-2.5"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = complaint(&refused);
    assert!(said.contains("document `feed` of ios-2.5 has another text than under ios-2.4"), "{said}");
    assert_eq!(run(&["documents", "import", "new.json", "--client="]).status.code(), Some(2), "a release has a name");
    let listed = run(&["documents", "list"]);
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(listed.contains("ios-2.4\t2") && !listed.contains("ios-2.5"), "{listed}");
}

async fn a_token_that_cannot_be_signed_is_in_no_log(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    let email = let_sign_in(world, Who::Teacher).await;
    let own = world.app.config.secret_key.clone().expect("a key");
    let run = |key: &str| {
        let mut command = glans(folder.path(), &["token", "--email", &email]);
        command.env("GLANS_DATABASE_URL", &world.app.config.database_url).env("GLANS_SECRET_KEY", key).output().unwrap()
    };
    let issued = run(&own);
    assert!(issued.status.success(), "{}", complaint(&issued));
    let said = String::from_utf8_lossy(&issued.stdout);
    assert!(said.contains("eyJ") && !said.contains("issued for"), "a token alone: {said}");
    assert!(complaint(&issued).contains("issued for http://127.0.0.1:8000\n"), "{}", complaint(&issued));
    assert_eq!(deeds(world).await, ["operator.token_issued"]);
    let unsigned = run(OTHER_KEY);
    assert_eq!(unsigned.status.code(), Some(1));
    assert!(complaint(&unsigned).contains("this was sealed with another secret key"), "{}", complaint(&unsigned));
    assert_eq!(deeds(world).await, ["operator.token_issued"], "one token, one line");
}

async fn nobody_is_invited_to_a_closed_board(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    let call = Call::system(&world.app, "test");
    let write = call.write().await.unwrap();
    let mut row = boards::store::by_id(write.db(), &write.scope(), world.ours.id).await.unwrap().unwrap();
    row.archived_at = Some(write.now());
    row.into_active_model().reset_all().update(write.db()).await.unwrap();
    write.commit().await.unwrap();
    let board = world.ours.id.to_string();
    let create = ["admin", "create", "--email", "anne@example.org", "--board", board.as_str()];
    let refused = glans(folder.path(), &create)
        .env("GLANS_DATABASE_URL", &world.app.config.database_url)
        .env("GLANS_SECRET_KEY", world.app.config.secret_key.as_ref().expect("a key"))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = complaint(&refused);
    assert!(said.contains("This board is closed: nothing of it can be changed any more."), "{said}");
}

async fn a_board_is_named_by_its_number_too(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("guardianships.csv"), "student,guardian\n").unwrap();
    std::fs::write(folder.path().join("course.yaml"), SAMPLE).unwrap();
    let call = Call::system(&world.app, "test");
    let write = call.write().await.unwrap();
    let mut row = boards::store::by_id(write.db(), &write.scope(), world.ours.id).await.unwrap().unwrap();
    row.number = Some("41613".to_owned());
    row.into_active_model().reset_all().update(write.db()).await.unwrap();
    write.commit().await.unwrap();
    let run = |arguments: &[&str], board: &str| {
        glans(folder.path(), &[arguments, &["--board", board]].concat())
            .env("GLANS_DATABASE_URL", &world.app.config.database_url)
            .env("GLANS_SECRET_KEY", world.app.config.secret_key.as_ref().expect("a key"))
            .output()
            .unwrap()
    };
    let guardianships = ["import", "guardianships", "guardianships.csv"];
    for board in ["41613", &world.ours.id.to_string()] {
        let imported = run(&guardianships, board);
        assert!(imported.status.success(), "{board}: {}", complaint(&imported));
    }
    for arguments in [
        &guardianships[..],
        &["import", "oneroster", "."],
        &["import", "programme", "course.yaml"],
        &["admin", "create", "--email", "anne@example.org"],
    ] {
        let known = complaint(&run(arguments, "41613"));
        assert!(!known.contains("there is no board") && !known.contains("invalid value"), "{arguments:?}: {known}");
        let unknown = complaint(&run(arguments, "99999"));
        assert!(unknown.contains("there is no board 99999; `glans import duo` makes one"), "{arguments:?}: {unknown}");
        let malformed = run(arguments, "4161");
        assert_eq!(malformed.status.code(), Some(2), "{arguments:?}");
        assert!(complaint(&malformed).contains("or its number of five digits, as 41613"), "{}", complaint(&malformed));
    }
}

async fn an_administrator_is_invited_by_a_code_or_a_link_of_the_app(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let ended = |arguments: &[&str]| {
        let mut command = glans(folder.path(), arguments);
        command.env("GLANS_DATABASE_URL", database.url()).env("GLANS_SECRET_KEY", KEY).output().unwrap()
    };
    let run = |arguments: &[&str]| {
        let output = ended(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", complaint(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["demo", "--schools", "1", "--guardians-per-school", "25"]);
    let create = ["admin", "create", "--email", "anne@example.org", "--board", "00001"];
    let long = "a".repeat(81);
    let refused = ended(&[&create[..], &["--given-name", &long, "--family-name", "..."]].concat());
    assert_eq!(refused.status.code(), Some(1));
    let both = "givenName: Use at most 80 characters.\nfamilyName: Use at least one letter or digit.";
    assert!(complaint(&refused).contains(both), "{}", complaint(&refused));
    let said = run(&create);
    assert!(said.contains("mutation `invitationAccept`"), "{said}");
    assert!(!said.contains("://"), "no route serves a link: {said}");
    std::fs::write(folder.path().join("glans.toml"), "app_url = \"https://app.example.org/\"\n").unwrap();
    let said = run(&create);
    let code = said.lines().find_map(|line| line.strip_prefix("https://app.example.org?invitation=")).unwrap();
    assert_eq!(said.lines().filter(|line| line.ends_with(code)).count(), 2, "alone and in the link: {said}");
}

on_each_database!(
    what_is_there_already_is_no_news,
    a_database_of_a_newer_program_is_told_as_such,
    an_id_has_one_text_in_all_releases,
    a_token_that_cannot_be_signed_is_in_no_log,
    nobody_is_invited_to_a_closed_board,
    a_board_is_named_by_its_number_too,
    an_administrator_is_invited_by_a_code_or_a_link_of_the_app,
);
