//! Bulk imports.

use glans::roster::diff::FieldChange;
use glans::roster::outcome::Options;
use glans_entity::ids::{CohortId, SchoolCohortId};
use glans_entity::people::{GuardianAccess, GuardianshipStatus};
use glans_entity::practice::{cohort, cohort_school};
use glans_entity::programme::programme_version;
use glans_entity::roster::{RosterImportState, roster_import};
use glans_entity::scope::Scoped;
use glans_tests::on_each_database;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::bundle::{Bundle, STUDENTS_PER_CLASS};
use super::office::{Office, errors, found, text};

async fn a_bundle_fills_the_board(office: &Office) {
    let outcome = office.import(&Bundle::sound()).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    let students = 2 * STUDENTS_PER_CLASS;
    let numbers = [
        tables.clusters.len(),
        tables.schools.len(),
        tables.years.len(),
        tables.groups.len(),
        tables.people.len(),
        tables.students.len(),
        tables.enrolments.len(),
        tables.guardianships.len(),
    ];
    assert_eq!(numbers, [1, 2, 1, 2, 5 + 2 * students, students, students, 2 * students]);
    assert_eq!(tables.roles_of("admin1"), ["BOARD_ADMIN BOARD"]);
    assert_eq!(tables.roles_of("dir1"), ["CLUSTER_DIRECTOR CLUSTER"]);
    assert_eq!(tables.roles_of("lead1"), ["SCHOOL_LEADER SCHOOL"]);
    assert_eq!(tables.roles_of("teach1"), ["TEACHER CLASS_GROUP", "TEACHER SCHOOL"]);
    assert_eq!(tables.roles_of("g1-1-a"), Vec::<String>::new());
    let school = tables.schools.iter().find(|school| school.name == "De Zwaluw").unwrap();
    assert_eq!((school.brin.as_deref(), school.location_code.as_deref()), (Some("03AB"), Some("00")));
    assert_eq!(school.cluster_id, Some(tables.clusters[0].id));
    let group = tables.groups.iter().find(|group| group.name == "Groep 7/8").unwrap();
    assert_eq!(group.grades.0, ["7", "8"]);
    let place = tables.enrolments.iter().find(|row| row.source_id.as_deref() == Some("e-g2-1")).unwrap();
    assert_eq!(
        (place.starts_on.to_string(), place.ends_on.unwrap().to_string()),
        ("2026-08-01".into(), "2027-07-31".into())
    );
    let link = tables.guardianship("g1-1", "g1-1-a");
    assert_eq!(
        (text(&link.relationship), link.access, link.status),
        ("PARENT".into(), GuardianAccess::Full, GuardianshipStatus::Active)
    );
    assert_eq!(outcome.counts.skipped.scheduled_classes, 1);
    assert_eq!(
        found(&outcome),
        [
            "users.csv phone: dropped unread: 40 values; Glans has no purpose for this column",
            "users.csv password: dropped unread: 5 values; Glans has no purpose for this column",
        ]
    );
}

async fn the_same_bundle_again_changes_nothing(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let again = office.import(&Bundle::sound()).await;
    assert!(again.counts.changes.unwrap().is_nothing(), "{:?}", again.counts);
    assert_eq!(office.tables().await, before);
}

async fn a_dry_run_tells_and_writes_nothing(office: &Office) {
    let nothing = office.tables().await;
    let outcome = office.import_as(Bundle::sound().source(), Options { dry_run: true, accept_removals: false }).await;
    assert_eq!(outcome.counts.changes.unwrap().students.created, 2 * STUDENTS_PER_CLASS);
    let students = outcome.diff.iter().filter(|row| row.kind == "student");
    assert_eq!(students.filter(|row| row.fields.is_none()).count(), 2 * STUDENTS_PER_CLASS);
    assert_eq!(office.tables().await, nothing);
}

async fn a_dry_run_shows_each_field_that_would_change(office: &Office) {
    office.import(&Bundle::sound()).await;
    let mut changed = Bundle::sound();
    changed.replace("classes", "Groep 3", "Groep drie");
    let told = office.import_as(changed.source(), Options { dry_run: true, accept_removals: false }).await;
    let [row] = &told.diff[..] else { panic!("{:?}", told.diff) };
    assert_eq!(row.kind, "class group");
    assert!(row.label.starts_with("Groep drie ("), "{}", row.label);
    let name = FieldChange { name: "name".to_owned(), before: "Groep 3".to_owned(), after: "Groep drie".to_owned() };
    assert_eq!(row.fields.as_deref(), Some(&[name][..]));
}

async fn a_rolled_back_import_leaves_no_trace(office: &Office) {
    let nothing = office.tables().await;
    let first = office.import(&Bundle::sound()).await;
    let after_first = office.tables().await;
    let mut changed = Bundle::sound();
    changed.without(&["g1-1", "g1-1-a", "g1-1-b"]).replace("classes", "Groep 3", "Groep drie");
    changed.replace("users", "Tara,Timmer", "Tara,Timmerman").replace(
        "roles",
        "r-teach2,,,teach2,primary,teacher,,,s2",
        "r-teach2,,,teach2,primary,teacher,,,s1",
    );
    changed.replace("users", "Kind2,Van g1,,s12", "Kind2,Van g1,,s13").replace(
        "users",
        "Kind3,Van g1,,s13",
        "Kind3,Van g1,,s12",
    );
    let second = office.import(&changed).await;
    assert!(!second.is_broken(), "{:?}", found(&second));
    assert_ne!(office.tables().await, after_first);

    office.roll_back(&second).await.unwrap();
    assert_eq!(office.tables().await, after_first);
    office.roll_back(&first).await.unwrap();
    assert_eq!(office.tables().await, nothing);
    office.roll_back(&first).await.unwrap();
}

async fn what_was_changed_since_is_not_rolled_back(office: &Office) {
    let outcome = office.import(&Bundle::sound()).await;
    let mut pupil = office.tables().await.student("g1-1").clone();
    "Kind Een".clone_into(&mut pupil.display_name);
    pupil.version += 1;
    office.change(pupil.clone()).await;
    let before = office.tables().await;
    let refused = office.roll_back(&outcome).await.unwrap_err().to_string();
    assert!(refused.contains(&pupil.id.to_string()), "{refused}");
    assert_eq!(office.tables().await, before);
}

async fn who_is_absent_ends_and_more_than_a_tenth_must_be_accepted(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let mut smaller = Bundle::sound();
    smaller.without(&["g1-1", "g1-1-a", "g1-1-b", "teach2", "e-t2"]);
    let outcome = office.import(&smaller).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let after = office.tables().await;
    assert_eq!(after.students.len(), before.students.len());
    assert_eq!(after.student("g1-1").left_on.unwrap().to_string(), "2026-11-24");
    assert!(after.person("g1-1-a").archived_at.is_some());
    assert_eq!(after.guardianship("g1-1", "g1-1-a").status, GuardianshipStatus::Ended);
    assert_eq!(after.roles_of("teach2"), Vec::<String>::new());

    let mut tiny = smaller.clone();
    let gone: Vec<String> =
        (2..=8).flat_map(|n| [format!("g2-{n}"), format!("g2-{n}-a"), format!("g2-{n}-b")]).collect();
    tiny.without(&gone.iter().map(String::as_str).collect::<Vec<_>>());
    let told = office.import_as(tiny.source(), Options { dry_run: true, accept_removals: false }).await;
    assert!(!told.is_broken() && told.lacks_consent());
    let told = office.import_as(tiny.source(), Options { dry_run: true, accept_removals: true }).await;
    assert!(!told.is_broken() && !told.lacks_consent());
    let refused = office.import(&tiny).await;
    assert!(refused.is_broken());
    assert!(
        found(&refused).iter().any(|text| text.contains("21 of 61 people would count no longer")),
        "{:?}",
        found(&refused)
    );
    assert_eq!(office.tables().await, after);
    let accepted = office.import_as(tiny.source(), Options { dry_run: false, accept_removals: true }).await;
    assert_eq!(accepted.counts.changes.unwrap().students.ended, 7);
}

async fn guardianships_that_a_bulk_file_has_lost_must_be_accepted(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let mut without = Bundle::sound();
    for student in (1..=STUDENTS_PER_CLASS).flat_map(|number| [format!("g1-{number}"), format!("g2-{number}")]) {
        without.replace("users", &format!("\"{student}-a,{student}-b\""), "");
    }
    let refused = office.import(&without).await;
    assert_eq!(
        errors(&refused),
        [
            "bundle: 40 of 40 guardianships would count no longer, which is more than 10 %; check that the files are whole, \
          and accept the removals if they are (--accept-removals)"
        ]
    );
    assert_eq!(office.tables().await, before);
    let accepted = office.import_as(without.source(), Options { dry_run: false, accept_removals: true }).await;
    assert_eq!(accepted.counts.changes.unwrap().guardianships.ended, 40);
}

async fn an_import_that_is_stopped_is_not_left_running(office: &Office) {
    let (source, options) = (Bundle::sound().source(), Options::default());
    let begun = office.call();
    let stopped = glans::roster::import_until(&begun, office.board, source, options, async {}).await.unwrap();
    assert!(stopped.is_none());
    let call = office.call();
    let db = call.read().await.unwrap();
    let import = roster_import::Entity::within(&call.scope()).one(&*db).await.unwrap().unwrap();
    assert_eq!((import.state, import.finished_at.is_some()), (RosterImportState::Failed, true));
    drop(db);
    assert!(office.tables().await.people.is_empty());
}

async fn a_folder_reads_like_an_archive(office: &Office) {
    let folder = tempfile::tempdir().unwrap();
    Bundle::sound().write_to(folder.path());
    let source = glans::roster::Source::oneroster(folder.path()).unwrap();
    let outcome = office.import_as(source, Options::default()).await;
    assert_eq!(outcome.counts.changes.unwrap().students.created, 2 * STUDENTS_PER_CLASS);
}

async fn a_bundle_of_another_board_is_refused(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("orgs", "41613", "41614");
    let outcome = office.import(&bundle).await;
    assert!(
        found(&outcome)
            .contains(&"orgs.csv:2 identifier: the bundle is of board 41614, and would go into board 41613".to_owned())
    );
    assert!(office.tables().await.people.is_empty());
}

async fn who_was_erased_does_not_come_back(office: &Office) {
    office.import(&Bundle::sound()).await;
    let tables = office.tables().await;
    let mut erased = tables.person("g1-1-a").clone();
    "–".clone_into(&mut erased.display_name);
    "–".clone_into(&mut erased.given_name);
    "–".clone_into(&mut erased.family_name);
    erased.email = None;
    erased.erased_at = Some(office.app.clock.now());
    erased.archived_at = erased.erased_at;
    erased.version += 1;
    office.change(erased).await;
    let mut ended = tables.guardianship("g1-1", "g1-1-a").clone();
    ended.status = GuardianshipStatus::Ended;
    ended.version += 1;
    office.change(ended).await;
    let before = office.tables().await;
    office.import(&Bundle::sound()).await;
    assert_eq!(office.tables().await, before);
}

async fn a_number_given_out_again_is_another_child(office: &Office) {
    office.import(&Bundle::sound()).await;
    let first = office.tables().await.student("g1-1").clone();
    let mut bundle = Bundle::sound();
    bundle.without(&["g1-1", "g1-1-a", "g1-1-b"]);
    bundle.add("users", "nieuw,,,true,nieuw,,Nina,Nieuw,,s11,,,,g1-2-a,,,,,,,s1,");
    bundle.add("roles", "r-nieuw,,,nieuw,primary,student,,,s1,");
    let outcome = office.import(&bundle).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_ne!(tables.student("nieuw").id, first.id);
    assert_eq!(tables.student("nieuw").number.as_deref(), Some("s11"));
    let left = tables.student("g1-1");
    assert_eq!((left.id, left.number.as_deref(), left.left_on.is_some()), (first.id, None, true));
}

/// A cohort of all schools of the board.
async fn bring_together(office: &Office) {
    glans::programme::import(&office.app, glans::programme::SAMPLE, None, true).await.unwrap();
    let (call, schools) = (office.call(), office.tables().await.schools);
    let (scope, now) = (call.scope(), office.app.clock.now());
    let db = office.app.db.write(&scope).await.unwrap();
    let edition = programme_version::Entity::within(&scope).one(&db).await.unwrap().unwrap();
    let cohort = cohort::Model {
        id: CohortId::new(),
        board_id: office.board,
        name: "Samen".to_owned(),
        programme_version_id: edition.id,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let cohort = cohort.into_active_model().reset_all().insert(&db).await.unwrap();
    for school in schools {
        let row = cohort_school::Model {
            id: SchoolCohortId::new(),
            board_id: office.board,
            cohort_id: cohort.id,
            school_id: school.id,
            joined_on: "2026-08-24".parse().unwrap(),
            left_on: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        row.into_active_model().reset_all().insert(&db).await.unwrap();
    }
    db.commit().await.unwrap();
}

async fn a_school_that_a_roster_closes_leaves_its_cohorts(office: &Office) {
    let mut larger = Bundle::sound();
    larger.add("orgs", "s3,,,De Spreeuw,school,03AD00,c1");
    office.import(&larger).await;
    bring_together(office).await;
    let options = Options { dry_run: false, accept_removals: true };
    let outcome = office.import_as(Bundle::sound().source(), options).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    let call = office.call();
    let rows = cohort_school::Entity::within(&call.scope()).all(&*call.read().await.unwrap()).await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let school = tables.schools.iter().find(|school| school.id == row.school_id).unwrap();
        let left = row.left_on.map(|day| day.to_string());
        let expected = (school.name == "De Spreeuw").then_some("2026-11-24");
        assert_eq!((school.archived_at.is_some(), left.as_deref()), (expected.is_some(), expected), "{}", school.name);
    }
}

on_each_database!(
    a_school_that_a_roster_closes_leaves_its_cohorts,
    a_number_given_out_again_is_another_child,
    a_bundle_fills_the_board,
    the_same_bundle_again_changes_nothing,
    a_dry_run_tells_and_writes_nothing,
    a_dry_run_shows_each_field_that_would_change,
    a_rolled_back_import_leaves_no_trace,
    what_was_changed_since_is_not_rolled_back,
    who_is_absent_ends_and_more_than_a_tenth_must_be_accepted,
    guardianships_that_a_bulk_file_has_lost_must_be_accepted,
    an_import_that_is_stopped_is_not_left_running,
    a_folder_reads_like_an_archive,
    a_bundle_of_another_board_is_refused,
    who_was_erased_does_not_come_back,
);
