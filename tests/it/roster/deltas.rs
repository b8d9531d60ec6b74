//! Delta imports, and the bundles of others.

use std::path::PathBuf;

use glans::roster::Source;
use glans::roster::outcome::Options;
use glans_entity::people::GuardianshipStatus;
use glans_tests::on_each_database;

use super::bundle::Bundle;
use super::office::{Office, errors, found};

const DAY: &str = "2026-11-24T10:00:00.000Z";

async fn a_delta_changes_what_it_names_and_nothing_else(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let user = format!("g1-1,active,{DAY},true,g1-1,,Kind1,Nieuwenhuis,,s11,,,,\"g1-1-a,g1-1-b\",,,,,,,s1,");
    let outcome = office.import(&Bundle::delta(&[("users", &user)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let mut expected = before.clone();
    let after = office.tables().await;
    let row = expected.students.iter_mut().find(|row| row.source_id.as_deref() == Some("g1-1")).unwrap();
    "Kind1 Nieuwenhuis".clone_into(&mut row.display_name);
    row.version = 2;
    row.updated_at = after.student("g1-1").updated_at;
    assert_eq!(after, expected);
}

async fn a_delta_brings_a_child_and_takes_one_away(office: &Office) {
    office.import(&Bundle::sound()).await;
    let rows = [
        ("users", format!("nieuw,active,{DAY},true,nieuw,,Nina,Nieuw,,s199,,,,g1-1-a,,,,,,,,")),
        ("users", format!("g2-1,tobedeleted,{DAY},,,,,,,,,,,,,,,,,,,")),
        ("roles", format!("r-nieuw,active,{DAY},nieuw,primary,student,,,s1,")),
        ("enrollments", format!("e-nieuw,active,{DAY},g1,s1,nieuw,student,,,")),
        ("enrollments", format!("e-muziek,active,{DAY},m1,s1,nieuw,student,,,")),
    ];
    let rows: Vec<(&str, &str)> = rows.iter().map(|(file, row)| (*file, row.as_str())).collect();
    let outcome = office.import(&Bundle::delta(&rows)).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(tables.student("nieuw").left_on, None);
    assert_eq!(tables.guardianships.iter().filter(|link| link.student_id == tables.student("nieuw").id).count(), 1);
    assert!(tables.student("g2-1").left_on.is_some());
    let place = tables.enrolments.iter().find(|row| row.source_id.as_deref() == Some("e-g2-1")).unwrap();
    assert_eq!(place.ends_on.unwrap().to_string(), "2026-11-23");
    assert_eq!(outcome.counts.skipped.enrolments, 1);
}

async fn a_delta_makes_no_guardian_of_staff_whose_role_it_does_not_repeat(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let child = format!("g1-1,active,{DAY},true,g1-1,,Kind1,Van g1,,s11,,,,\"g1-1-a,g1-1-b,teach1\",,,,,,,s1,");
    let outcome = office.import(&Bundle::delta(&[("users", &child)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    assert_eq!(outcome.counts.skipped.links, 1);
    let told = "users.csv:2 agentSourcedIds: \"teach1\" has no role as guardian, parent or relative, and the two are \
                not linked; send that role along, in roles.csv";
    assert_eq!(found(&outcome), [told]);
    assert_eq!(office.tables().await, before);
}

/// `-a` stands with the child, `-b` has the child in a row of their own.
async fn a_delta_says_of_each_user_all_links_that_stand_with_that_user(office: &Office) {
    let mut bundle = Bundle::sound();
    let names = "Ouder1b,Van g1,,,g1-1-b@thuis.example,,0612345678,,,,";
    bundle.replace("users", "\"g1-1-a,g1-1-b\"", "g1-1-a");
    bundle.replace("users", names, "Ouder1b,Van g1,,,g1-1-b@thuis.example,,0612345678,g1-1,,,");
    office.import(&bundle).await;
    let status = async |student: &str, guardian: &str| office.tables().await.guardianship(student, guardian).status;
    assert_eq!(status("g1-1", "g1-1-b").await, GuardianshipStatus::Active);

    let child = |agents: &str| format!("g1-1,active,{DAY},true,g1-1,,Kind1,Van g1,,s11,,,,{agents},,,,,,,s1,");
    office.import(&Bundle::delta(&[("users", &child("g1-1-a"))])).await;
    assert_eq!(status("g1-1", "g1-1-a").await, GuardianshipStatus::Active);
    office.import(&Bundle::delta(&[("users", &child(""))])).await;
    assert_eq!(status("g1-1", "g1-1-a").await, GuardianshipStatus::Ended);
    assert_eq!(status("g1-1", "g1-1-b").await, GuardianshipStatus::Active);

    let moved = format!("g1-1-b,active,{DAY},false,g1-1-b,,Ouder1b,Van g1,,,g1-1-b@thuis.example,,,g1-2,,,,,,,,");
    office.import(&Bundle::delta(&[("users", &moved)])).await;
    assert_eq!(status("g1-1", "g1-1-b").await, GuardianshipStatus::Ended);
    assert_ne!(status("g1-2", "g1-1-b").await, GuardianshipStatus::Ended);
}

async fn a_link_ends_with_the_row_that_states_it_whatever_another_file_said_of_it_meanwhile(office: &Office) {
    office.import(&Bundle::sound()).await;
    let role = format!("r-g1-1-b,active,{DAY},g1-1-b,primary,parent,,,s1,");
    let mut related = Bundle::delta(&[("roles", &role)]);
    let rows = "userSourcedId,relationshipUserSourcedId,relationshipRole\ng1-1,g1-1-b,guardian\n";
    let outcome = office.import(related.put("relationships.csv", rows)).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let status = async || office.tables().await.guardianship("g1-1", "g1-1-b").status;
    assert_eq!(status().await, GuardianshipStatus::Active);
    let child = format!("g1-1,active,{DAY},true,g1-1,,Kind1,Van g1,,s11,,,,g1-1-a,,,,,,,s1,");
    office.import(&Bundle::delta(&[("users", &child)])).await;
    assert_eq!(status().await, GuardianshipStatus::Ended);
}

/// A delta holds the roles that changed, and not that she is a parent still.
async fn a_parent_who_begins_to_teach_stays_a_parent(office: &Office) {
    let mut bundle = Bundle::sound();
    let row = |agents: &str| format!("Ouder1b,Van g1,,,g1-1-b@thuis.example,,0612345678,{agents},,,");
    bundle.replace("users", "\"g1-1-a,g1-1-b\"", "g1-1-a").replace("users", &row(""), &row("g1-1"));
    office.import(&bundle).await;
    let user = format!("g1-1-b,active,{DAY},false,g1-1-b,,{},,,,,", row("g1-1"));
    let role = format!("r-teaches,active,{DAY},g1-1-b,secondary,teacher,,,s1,");
    let outcome = office.import(&Bundle::delta(&[("users", &user), ("roles", &role)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    assert!(found(&outcome).iter().all(|text| !text.contains("not linked")), "{:?}", found(&outcome));
    assert_eq!(office.tables().await.guardianship("g1-1", "g1-1-b").status, GuardianshipStatus::Active);
}

async fn a_teacher_whom_a_delta_disables_has_no_rights_left(office: &Office) {
    let user = format!("teach1,active,{DAY},false,teach1,,Tara,Timmer,,,teach1@school.example,,,,,geheim,,,,,,");
    let role = format!("r-teach1,active,{DAY},teach1,primary,teacher,,,s1,");
    for delta in [Bundle::delta(&[("users", &user)]), Bundle::delta(&[("users", &user), ("roles", &role)])] {
        office.import(&Bundle::sound()).await;
        assert_eq!(office.tables().await.roles_of("teach1").len(), 2);
        let outcome = office.import(&delta).await;
        assert!(!outcome.is_broken(), "{:?}", found(&outcome));
        let after = office.tables().await;
        assert_eq!(after.roles_of("teach1"), Vec::<String>::new());
        assert_eq!(after.roles_of("teach2").len(), 2);
        assert!(after.person("teach1").archived_at.is_none());
    }
}

async fn a_parent_whom_a_delta_names_in_a_class_list_gets_no_rights_of_staff(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let row = format!("e-luis,active,{DAY},g1,s1,g1-1-a,teacher,,,");
    let outcome = office.import(&Bundle::delta(&[("enrollments", &row)])).await;
    let told =
        "enrollments.csv:2 role: gives no rights: the user is no teacher so far; send the role along, in roles.csv";
    assert_eq!(found(&outcome), [told]);
    assert_eq!(office.tables().await, before);
}

async fn a_delta_gives_a_teacher_whom_it_knows_another_group(office: &Office) {
    office.import(&Bundle::sound()).await;
    let row = format!("e-t3,active,{DAY},g2,s2,teach1,teacher,,,");
    let outcome = office.import(&Bundle::delta(&[("enrollments", &row)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let roles = ["TEACHER CLASS_GROUP", "TEACHER CLASS_GROUP", "TEACHER SCHOOL"];
    assert_eq!(office.tables().await.roles_of("teach1"), roles);
}

async fn a_teacher_whose_role_a_delta_ends_has_no_group_left(office: &Office) {
    office.import(&Bundle::sound()).await;
    let role = format!("r-teach1,tobedeleted,{DAY},,,,,,,");
    let place = format!("e-t3,active,{DAY},g2,s2,teach1,teacher,,,");
    let outcome = office.import(&Bundle::delta(&[("roles", &role), ("enrollments", &place)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(tables.roles_of("teach1"), Vec::<String>::new());
    assert_eq!(tables.roles_of("teach2").len(), 2);
}

async fn a_place_that_becomes_another_is_no_longer_what_it_was(office: &Office) {
    office.import(&Bundle::sound()).await;
    let teacher = format!("e-t1,active,{DAY},g1,s1,teach1,proctor,,,");
    let pupil = format!("e-g1-1,active,{DAY},m1,s1,g1-1,student,,,");
    let outcome = office.import(&Bundle::delta(&[("enrollments", &teacher), ("enrollments", &pupil)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(tables.roles_of("teach1"), ["TEACHER SCHOOL"]);
    let place = tables.enrolments.iter().find(|row| row.source_id.as_deref() == Some("e-g1-1")).unwrap();
    assert_eq!(place.ends_on.unwrap().to_string(), "2026-11-23");
}

async fn a_role_whose_last_day_a_delta_says_has_ended_when_that_day_is_over(office: &Office) {
    office.import(&Bundle::sound()).await;
    let role = |last: &str| format!("r-lead1,active,{DAY},lead1,primary,principal,2026-08-01,{last},s1,");
    office.import(&Bundle::delta(&[("roles", &role("2026-11-24"))])).await;
    assert_eq!(office.tables().await.roles_of("lead1"), ["SCHOOL_LEADER SCHOOL"]);
    office.import(&Bundle::delta(&[("roles", &role("2026-11-23"))])).await;
    assert_eq!(office.tables().await.roles_of("lead1"), Vec::<String>::new());
}

async fn users_and_roles_of_two_modes_are_one_problem(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let told = "manifest.csv:8 value: users.csv and roles.csv go together; send users and roles in the same mode, \
                both bulk or both delta";
    let mut bundle = Bundle::sound();
    bundle.replace("roles", "r-teach1,,,teach1", &format!("r-teach1,active,{DAY},teach1"));
    bundle.only("roles", "r-teach1").of_mode("roles", "delta");
    assert_eq!(errors(&office.import(&bundle).await), [told]);
    let user = format!("g1-1,active,{DAY},true,g1-1,,Kind1,Van g1,,s11,,,,,,,,,,,s1,");
    let mut bundle = Bundle::delta(&[("users", &user), ("roles", "r-teach1,,,teach1,primary,teacher,,,s2,")]);
    assert_eq!(errors(&office.import(bundle.of_mode("roles", "bulk")).await), [told]);
    assert_eq!(office.tables().await, before);
}

async fn a_delta_must_say_when_and_what_and_may_not_point_nowhere(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let rows = [
        ("enrollments", "e1,active,,g1,s1,g1-1,student,,,"),
        ("enrollments", "e2,,2026-11-24T10:00:00.000Z,g7,s1,g1-1,student,,,"),
        ("enrollments", "e3,active,2026-11-24T10:00:00.000Z,g7,s1,g1-1,student,,,"),
    ];
    let outcome = office.import(&Bundle::delta(&rows)).await;
    assert_eq!(
        found(&outcome),
        [
            "enrollments.csv:2 dateLastModified: is blank; a value is required",
            "enrollments.csv:3 status: is blank; a value is required",
            "enrollments.csv:4 classSourcedId: \"g7\" is not in classes.csv, and not known from an earlier import",
        ]
    );
    assert_eq!(office.tables().await, before);
}

/// The bundles in the folder of real input; none where it is not there.
fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GLANS_SHARED").map_or_else(|| crate::repository().join("../shared"), PathBuf::from);
    let folder = root.join("data/oneroster").join(name);
    if !folder.exists() {
        eprintln!("skipped: no OneRoster bundle at {}; set GLANS_SHARED", folder.display());
        return None;
    }
    Some(folder)
}

/// It calls a department the school of its classes, and enrols a teacher as a student.
async fn the_bundle_of_version_1_1_is_refused_with_reasons(office: &Office) {
    let Some(folder) = shared("v1p1-minimal") else { return };
    let outcome = office.import_as(Source::oneroster(&folder).unwrap(), Options::default()).await;
    let school = |file: &str, line: u32| {
        format!("{file}:{line} schoolSourcedId: \"org-sch-222-456\" is an organisation of another type than school")
    };
    let mut expected: Vec<String> = (2..=3).map(|line| school("classes.csv", line)).collect();
    for line in 2..=7 {
        expected.push(school("enrollments.csv", line));
        if line == 6 {
            expected.push("enrollments.csv:6 userSourcedId: \"usr-222-987654\" is enrolled as a student and has no role as a student".to_owned());
        }
    }
    let students = [(3, "usr-222-66778899"), (6, "usr-222-1234561232"), (7, "usr-222-567891")];
    expected.extend(students.map(|(line, _)| {
        format!("users.csv:{line}: the student belongs to no school; name one in its role or its enrolment")
    }));
    assert_eq!(errors(&outcome), expected);
    assert!(office.tables().await.people.is_empty());
}

/// A delta with a school, a student and a scheduled class: the student comes in, the class does not.
async fn the_bundle_of_version_1_2_comes_in(office: &Office) {
    let Some(folder) = shared("v1p2-minimal") else { return };
    let outcome = office.import_as(Source::oneroster(&folder).unwrap(), Options::default()).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(tables.schools.iter().map(|school| school.name.as_str()).collect::<Vec<_>>(), ["Gotham High School"]);
    assert_eq!(
        tables.students.iter().map(|student| student.display_name.as_str()).collect::<Vec<_>>(),
        ["Bruce Wayne"]
    );
    assert!(tables.groups.is_empty() && tables.people.is_empty());
    let dropped: Vec<_> = found(&outcome).into_iter().filter(|text| text.contains("dropped unread")).collect();
    assert_eq!(
        dropped,
        [
            "demographics.csv: dropped unread: personal data of a special category, for which Glans has no purpose",
            "userProfiles.csv: dropped unread: accounts of other systems, for which Glans has no purpose",
            "users.csv password: dropped unread: 1 value; Glans has no purpose for this column",
        ]
    );
    let again = office.import_as(Source::oneroster(&folder).unwrap(), Options::default()).await;
    assert!(again.counts.changes.unwrap().is_nothing());
}

on_each_database!(
    a_delta_changes_what_it_names_and_nothing_else,
    a_delta_brings_a_child_and_takes_one_away,
    a_delta_makes_no_guardian_of_staff_whose_role_it_does_not_repeat,
    a_delta_says_of_each_user_all_links_that_stand_with_that_user,
    a_link_ends_with_the_row_that_states_it_whatever_another_file_said_of_it_meanwhile,
    a_parent_who_begins_to_teach_stays_a_parent,
    a_teacher_whom_a_delta_disables_has_no_rights_left,
    a_parent_whom_a_delta_names_in_a_class_list_gets_no_rights_of_staff,
    a_delta_gives_a_teacher_whom_it_knows_another_group,
    a_teacher_whose_role_a_delta_ends_has_no_group_left,
    a_place_that_becomes_another_is_no_longer_what_it_was,
    a_role_whose_last_day_a_delta_says_has_ended_when_that_day_is_over,
    users_and_roles_of_two_modes_are_one_problem,
    a_delta_must_say_when_and_what_and_may_not_point_nowhere,
    the_bundle_of_version_1_1_is_refused_with_reasons,
    the_bundle_of_version_1_2_comes_in,
);
