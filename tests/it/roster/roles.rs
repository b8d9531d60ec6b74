//! Roles of a delta, which come without the rows of the users who have them.

use glans::roster::outcome::Outcome;
use glans_entity::people::GuardianshipStatus;
use glans_tests::on_each_database;

use super::bundle::Bundle;
use super::office::{Office, errors, found};

/// A delta of roles alone, each without the day on which it changed.
async fn roles(office: &Office, rows: &[&str]) -> Outcome {
    let dated = |row: &&str| row.replacen(",DAY,", ",2026-11-24T10:00:00.000Z,", 1);
    let rows: Vec<String> = rows.iter().map(dated).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|row| ("roles", row.as_str())).collect();
    office.import(&Bundle::delta(&rows)).await
}

async fn a_student_whose_role_ends_has_left(office: &Office) {
    let gone = "r-g1-1,tobedeleted,DAY,g1-1,primary,student,,,s1,";
    let over = "r-g1-1,active,DAY,g1-1,primary,student,2026-08-01,2026-11-23,s1,";
    for row in [gone, over] {
        office.import(&Bundle::sound()).await;
        let outcome = roles(office, &[row]).await;
        assert_eq!(found(&outcome), Vec::<String>::new());
        let tables = office.tables().await;
        assert_eq!(tables.student("g1-1").left_on.unwrap().to_string(), "2026-11-24");
        assert_eq!(tables.guardianship("g1-1", "g1-1-a").status, GuardianshipStatus::Ended);
        let place = tables.enrolments.iter().find(|place| place.student_id == tables.student("g1-1").id).unwrap();
        assert_eq!(place.ends_on.unwrap().to_string(), "2026-11-23");
        assert_eq!(tables.student("g1-2").left_on, None);
    }
}

async fn a_student_whose_role_moves_is_at_the_other_school(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let from = "r-g1-1,tobedeleted,DAY,g1-1,primary,student,,,s1,";
    let outcome = roles(office, &[from, "r-new,active,DAY,g1-1,primary,student,,,s2,"]).await;
    assert_eq!(found(&outcome), Vec::<String>::new());
    let (was, is) = (before.student("g1-1"), office.tables().await.student("g1-1").clone());
    assert_eq!(is.school_id, before.student("g2-1").school_id);
    assert_eq!((&is.display_name, &is.number, is.left_on), (&was.display_name, &was.number, None));
    let after = office.tables().await;
    assert_eq!(after.guardianship("g1-1", "g1-1-a"), before.guardianship("g1-1", "g1-1-a"));
}

async fn a_number_that_the_other_school_has_is_told_by_the_role(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("users", "Van g2,,s21,", "Van g2,,s11,");
    office.import(&bundle).await;
    let outcome = roles(office, &["r-g1-1,active,DAY,g1-1,primary,student,,,s2,"]).await;
    let told = "roles.csv:2 orgSourcedId: is the school of another student of this number already; make them differ";
    assert_eq!(errors(&outcome), [told]);
}

async fn a_second_role_that_ends_is_no_leave(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let elsewhere = "r-old,tobedeleted,DAY,g1-1,primary,student,,,s2,";
    roles(office, &["r-two,tobedeleted,DAY,g1-1,secondary,student,,,s1,", elsewhere]).await;
    assert_eq!(office.tables().await, before);
}

async fn a_guardian_whose_role_ends_is_linked_no_longer(office: &Office) {
    office.import(&Bundle::sound()).await;
    let elsewhere = roles(office, &["r-g1-1-a,tobedeleted,DAY,g1-1-a,primary,parent,,,s2,"]).await;
    assert!(elsewhere.counts.changes.unwrap().is_nothing(), "{:?}", elsewhere.counts);
    let outcome = roles(office, &["r-g1-1-a,tobedeleted,DAY,g1-1-a,primary,parent,,,s1,"]).await;
    assert_eq!(found(&outcome), Vec::<String>::new());
    let tables = office.tables().await;
    assert_eq!(tables.guardianship("g1-1", "g1-1-a").status, GuardianshipStatus::Ended);
    assert_eq!(tables.guardianship("g1-1", "g1-1-b").status, GuardianshipStatus::Active);
}

async fn a_role_that_becomes_another_gives_nothing_of_what_it_gave(office: &Office) {
    office.import(&Bundle::sound()).await;
    let outcome = roles(office, &["r-lead1,active,DAY,lead1,primary,proctor,,,s1,"]).await;
    assert_eq!(found(&outcome), Vec::<String>::new());
    assert_eq!(office.tables().await.roles_of("lead1"), Vec::<String>::new());
}

async fn a_role_that_can_give_nothing_says_what_to_send(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.add("users", &format!("hulp,,,true,hulp,,Hanna,Hulp{}", ",".repeat(14)));
    bundle.add("roles", "r-hulp,,,hulp,primary,proctor,,,s1,");
    office.import(&bundle).await;
    let before = office.tables().await;
    let outcome =
        roles(office, &["r-hulp,active,DAY,hulp,primary,teacher,,,s1,", "r-g1-1,tobedeleted,DAY,,,,,,,"]).await;
    assert_eq!(
        found(&outcome),
        [
            "roles.csv:2 userSourcedId: gives nothing yet: the user had no such role, and no name is kept; send the \
             row of users.csv and the role together",
            "roles.csv:3 userSourcedId: ends nothing: it is not said whose role it was (rows of this kind: 1); where \
             the user itself is not to go, send userSourcedId, role and orgSourcedId too",
        ]
    );
    assert_eq!(office.tables().await, before);
}

on_each_database!(
    a_student_whose_role_ends_has_left,
    a_student_whose_role_moves_is_at_the_other_school,
    a_number_that_the_other_school_has_is_told_by_the_role,
    a_second_role_that_ends_is_no_leave,
    a_guardian_whose_role_ends_is_linked_no_longer,
    a_role_that_becomes_another_gives_nothing_of_what_it_gave,
    a_role_that_can_give_nothing_says_what_to_send,
);
