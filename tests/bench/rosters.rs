//! How long a roster takes: the first import of a board, the same files again, and files of which every row changes.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use glans::app::App;
use glans::call::{Call, today};
use glans::metrics::census;
use glans::roster::outcome::{Options, Outcome};
use glans::roster::{self, Source};
use glans_entity::ids::BoardId;
use glans_entity::organisation::board;
use glans_entity::scope::Scope;
use glans_tests::seed::empty_board;
use glans_tests::{Engine, TestDatabase};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use zip::write::SimpleFileOptions;

use crate::server;

/// A day in the school year of the files.
const NOON: &str = "2026-11-24T12:00:00Z";
const STUDENTS_OF_CLASS: usize = 25;
const CLASSES_OF_SCHOOL: usize = 8;
/// A student with two parents: three users, three roles and a place.
const ROWS_OF_FAMILY: usize = 7;
/// The class, and its teacher with a role and a place.
const ROWS_OF_CLASS: usize = 4 + STUDENTS_OF_CLASS * ROWS_OF_FAMILY;

const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,\
                       schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,\
                     identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,\
                     preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n";
const ROLES: &str = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,\
                     userProfileSourcedId\n";
const ENROLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,\
                          beginDate,endDate\n";

/// The files of a board.
#[derive(Clone, Copy)]
enum Edition {
    First,
    /// All people, schools, groups, places and posts are called otherwise or begin on another day. What ties guardians to
    /// children stays, for OneRoster says nothing of it but that it is there.
    Changed,
}

impl Edition {
    fn name(self) -> &'static str {
        match self {
            Self::First => "Zwaluw",
            Self::Changed => "Meeuw",
        }
    }

    fn begins(self) -> &'static str {
        match self {
            Self::First => "2026-08-24",
            Self::Changed => "2026-08-31",
        }
    }
}

/// Imports so many rows, three times, and prints what it took.
pub(crate) async fn measure(rows: usize) {
    println!(
        "{:<11}{:<12}{:>10}{:>10}{:>10}{:>10}{:>11}{:>11}",
        "", "", "rows", "made", "changed", "the same", "imported", "counted"
    );
    let editions = [("first", Edition::First), ("unchanged", Edition::First), ("every row", Edition::Changed)];
    let bundles = editions.map(|(name, edition)| (name, bundle(rows, edition)));
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        let app = server::app(database.url()).await;
        app.clock.turn(NOON.parse::<DateTime<Utc>>().expect("a time") - app.clock.now());
        let board = found(&app).await;
        for (name, bundle) in &bundles {
            of_edition(&app, board, engine, (*name, bundle.as_slice())).await;
        }
        app.db.clone().close().await.expect("a database that closes");
        drop(app);
        database.remove().await;
    }
}

async fn of_edition(app: &Arc<App>, board: BoardId, engine: Engine, (name, bundle): (&str, &[u8])) {
    let bytes = bundle.to_vec();
    let begun = Instant::now();
    let source = Source::upload(bytes).expect("a sound bundle");
    let call = Call::system(app, "bench");
    let outcome = roster::import(&call, board, source, Options::default()).await.expect("an outcome");
    let imported = begun.elapsed();
    drop(call);
    // What metrics make of it comes after: the import only says whom it moved.
    let begun = Instant::now();
    census::settle(app).await.expect("students who can be counted");
    line(engine, name, &outcome, (imported, begun.elapsed()));
}

fn line(engine: Engine, name: &str, outcome: &Outcome, (imported, counted): (Duration, Duration)) {
    assert!(!outcome.is_broken(), "{:?}", outcome.problems.first());
    let counts = outcome.counts.changes.expect("what changed").by_name();
    let [mut made, mut changed, mut same] = [0; 3];
    for (_, of_kind) in counts {
        made += of_kind.created;
        changed += of_kind.updated + of_kind.ended;
        same += of_kind.unchanged;
    }
    println!(
        "{:<11}{name:<12}{:>10}{made:>10}{changed:>10}{same:>10}{:>9.1} s{:>9.1} s",
        engine.to_string(),
        outcome.import.rows_total,
        imported.as_secs_f64(),
        counted.as_secs_f64(),
    );
}

/// A board with nothing in it.
async fn found(app: &App) -> BoardId {
    let now = app.clock.now();
    let row = board::Model { number: Some("41613".to_owned()), ..empty_board(now) };
    let db = app.db.write(&Scope::system(today(now))).await.expect("a transaction");
    let board = row.into_active_model().reset_all().insert(&db).await.expect("a board");
    db.commit().await.expect("a board");
    board.id
}

/// The texts of the files, filled row by row.
struct Files {
    edition: Edition,
    orgs: String,
    classes: String,
    users: String,
    roles: String,
    enrolments: String,
}

/// A bundle of about so many rows, as a ZIP archive that is not packed.
fn bundle(rows: usize, edition: Edition) -> Vec<u8> {
    let [orgs, classes, users, roles, enrolments] = [ORGS, CLASSES, USERS, ROLES, ENROLMENTS].map(str::to_owned);
    let mut files = Files { edition, orgs, classes, users, roles, enrolments };
    put(&mut files.orgs, "d1,,,De Sterrenwacht,district,41613,");
    put(&mut files.orgs, &format!("c1,,,{} Noord,local,,d1", edition.name()));
    for class in 0..(rows / ROWS_OF_CLASS).max(1) {
        files.class(class);
    }
    let mut sessions = SESSIONS.to_owned();
    put(&mut sessions, "y1,,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027");
    put(&mut sessions, "t1,,,Herfst,term,2026-08-01,2026-12-31,y1,2027");
    let all = [
        ("academicSessions", sessions),
        ("classes", files.classes),
        ("enrollments", files.enrolments),
        ("orgs", files.orgs),
        ("roles", files.roles),
        ("users", files.users),
    ];
    let mut manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n".to_owned();
    for (name, _) in &all {
        put(&mut manifest, &format!("file.{name},bulk"));
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let unpacked = || SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let manifest = ("manifest", manifest);
    for (name, text) in all.iter().chain([&manifest]) {
        archive.start_file(format!("{name}.csv"), unpacked()).expect("a file in memory");
        archive.write_all(text.as_bytes()).expect("room in memory");
    }
    archive.finish().expect("an archive in memory").into_inner()
}

fn put(text: &mut String, row: &str) {
    text.push_str(row);
    text.push('\n');
}

impl Files {
    /// The next class, and a new school where the last one is full.
    fn class(&mut self, number: usize) {
        let (name, at) = (self.edition.name(), number / CLASSES_OF_SCHOOL);
        let (school, class) = (format!("s{at}"), format!("g{number}"));
        if number.is_multiple_of(CLASSES_OF_SCHOOL) {
            put(&mut self.orgs, &format!("{school},,,De {name} {at},school,,c1"));
        }
        let grade = number % CLASSES_OF_SCHOOL + 1;
        put(&mut self.classes, &format!("{class},,,{name} {grade},{grade:02},k1,,homeroom,,{school},t1,,,"));
        let teacher = format!("t{number}");
        self.user(&teacher, "Juf", &format!("{teacher}@school.example"), ("", ""));
        self.role(&teacher, "teacher", &school);
        self.place(&class, &school, &teacher, "teacher");
        for child in 0..STUDENTS_OF_CLASS {
            let student = format!("{class}-{child}");
            let parents = ["a", "b"].map(|which| format!("{student}-{which}"));
            self.user(&student, "Kind", "", (&format!("\"{},{}\"", parents[0], parents[1]), &school));
            self.role(&student, "student", &school);
            self.place(&class, &school, &student, "student");
            for parent in &parents {
                self.user(parent, "Ouder", &format!("{parent}@thuis.example"), ("", ""));
                self.role(parent, "parent", &school);
            }
        }
    }

    fn user(&mut self, id: &str, given: &str, email: &str, (parents, school): (&str, &str)) {
        let family = self.edition.name();
        put(&mut self.users, &format!("{id},,,true,{id},,{given},{family} {id},,,{email},,,{parents},,,,,,,{school},"));
    }

    fn role(&mut self, user: &str, role: &str, school: &str) {
        let begins = self.edition.begins();
        put(&mut self.roles, &format!("r-{user},,,{user},primary,{role},{begins},,{school},"));
    }

    fn place(&mut self, class: &str, school: &str, user: &str, role: &str) {
        let begins = self.edition.begins();
        put(&mut self.enrolments, &format!("e-{user},,,{class},{school},{user},{role},,{begins},"));
    }
}
