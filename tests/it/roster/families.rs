//! Who becomes whose guardian, and what they may see.

use glans_entity::people::{GuardianAccess, GuardianshipStatus};
use glans_tests::on_each_database;

use super::bundle::Bundle;
use super::office::{Office, errors, found, text};

const HEADER: &str = "student,guardian,relation,legalAuthority,accessLevel,contactPriority,validFrom,validTo,locale\n";

async fn a_third_parent_waits_for_the_school_and_so_do_all_new_ones(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("users", "\"g1-1-a,g1-1-b\"", "\"g1-1-a,g1-1-b,g1-2-a\"");
    office.import(&bundle).await;
    let tables = office.tables().await;
    let status = |student: &str, guardian: &str| tables.guardianship(student, guardian).status;
    assert_eq!(status("g1-1", "g1-1-a"), GuardianshipStatus::Suspended);
    assert_eq!(status("g1-1", "g1-2-a"), GuardianshipStatus::Suspended);
    assert_eq!(status("g1-2", "g1-2-a"), GuardianshipStatus::Active);
}

async fn what_the_school_confirmed_stays_confirmed(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("users", "\"g1-1-a,g1-1-b\"", "\"g1-1-a,g1-1-b,g1-2-a\"");
    office.import(&bundle).await;
    let mut link = office.tables().await.guardianship("g1-1", "g1-1-a").clone();
    link.status = GuardianshipStatus::Active;
    link.access = GuardianAccess::OnRequest;
    link.version += 1;
    office.change(link).await;
    let before = office.tables().await;
    office.import(&bundle).await;
    assert_eq!(office.tables().await, before);
}

async fn guardianships_csv_says_what_a_guardian_may_see(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.put(
        "guardianships.csv",
        &format!("{HEADER}g1-1,g1-1-a,parent,true,FULL,1,,,pl\ng1-1,g1-1-b,parent,false,,2,,,\ng1-2,g1-2-b,parent,true,NONE,,,,\n"),
    );
    office.import(&bundle).await;
    let tables = office.tables().await;
    let link = |student: &str, guardian: &str| {
        let link = tables.guardianship(student, guardian);
        (text(&link.access), text(&link.status), link.contact_priority)
    };
    assert_eq!(link("g1-1", "g1-1-a"), ("FULL".into(), "ACTIVE".into(), Some(1)));
    assert_eq!(link("g1-1", "g1-1-b"), ("ON_REQUEST".into(), "SUSPENDED".into(), Some(2)));
    assert_eq!(link("g1-2", "g1-2-a"), ("FULL".into(), "SUSPENDED".into(), None));
    assert_eq!(link("g1-2", "g1-2-b"), ("NONE".into(), "ACTIVE".into(), None));
    assert_eq!(tables.person("g1-1-a").language, "pl");
    assert_eq!(tables.person("g1-1-b").language, "nl");
}

async fn a_file_narrows_and_never_widens(office: &Office) {
    office.import(&Bundle::sound()).await;
    let narrower = office.import_guardianships(&format!("{HEADER}g1-1,g1-1-a,,,NONE,,,,\n")).await;
    assert_eq!(narrower.counts.changes.unwrap().guardianships.updated, 1);
    assert_eq!(office.tables().await.guardianship("g1-1", "g1-1-a").access, GuardianAccess::None);
    let before = office.tables().await;

    let wider = office.import_guardianships(&format!("{HEADER}g1-1,g1-1-a,,,FULL,,,,\n")).await;
    assert_eq!(office.tables().await, before);
    assert_eq!(
        found(&wider),
        [
            "guardianships.csv:2 accessLevel: would widen what this guardian may see; the school does that in Glans itself"
        ]
    );
    office.import(&Bundle::sound()).await;
    assert_eq!(office.tables().await, before);
}

async fn a_link_that_exists_waits_when_a_file_denies_authority_and_not_when_it_is_unsure(office: &Office) {
    office.import(&Bundle::sound()).await;
    let rows = "g1-1,g1-1-a,PARENT,false,,,,,\ng1-1,g1-1-b,,,UNVERIFIED,,,,\n";
    office.import_guardianships(&format!("{HEADER}{rows}")).await;
    let tables = office.tables().await;
    let link = |guardian: &str| {
        let link = tables.guardianship("g1-1", guardian);
        (link.access, link.status)
    };
    assert_eq!(link("g1-1-a"), (GuardianAccess::OnRequest, GuardianshipStatus::Suspended));
    assert_eq!(link("g1-1-b"), (GuardianAccess::Full, GuardianshipStatus::Active));
    office.import(&Bundle::sound()).await;
    assert_eq!(office.tables().await, tables);
}

async fn a_link_whose_stated_last_day_is_over_ends_on_that_day(office: &Office) {
    office.import(&Bundle::sound()).await;
    let rows = "g1-1,g1-1-a,,,NONE,,,2026-11-23,\ng1-1,g1-1-b,,,,,,2026-11-24,\ng1-2,g1-1-b,,,,,,2026-11-23,\n";
    let outcome = office.import_guardianships(&format!("{HEADER}{rows}")).await;
    assert_eq!(
        found(&outcome),
        ["guardianships.csv:4 validTo: lies in the past, and there is no such guardianship to end"]
    );
    let tables = office.tables().await;
    let ended = tables.guardianship("g1-1", "g1-1-a");
    assert_eq!((ended.status, ended.ends_on.unwrap().to_string()), (GuardianshipStatus::Ended, "2026-11-23".into()));
    assert_eq!(tables.guardianship("g1-1", "g1-1-b").status, GuardianshipStatus::Active);

    let again = office.import_guardianships(&format!("{HEADER}{rows}")).await;
    assert!(again.counts.changes.unwrap().is_nothing(), "{:?}", again.counts);
}

async fn what_was_over_by_its_own_day_is_no_removal_to_accept(office: &Office) {
    office.import(&Bundle::sound()).await;
    let pairs = || (1..=10).map(|number| (format!("g1-{number}"), format!("g1-{number}-a")));
    let rows: Vec<_> = pairs().map(|(child, parent)| format!("{child},{parent},,,,,,2026-11-20,\n")).collect();
    let file = format!("{HEADER}{}", rows.concat());
    let outcome = office.import_guardianships(&file).await;
    let told = errors(&outcome);
    assert!(told.len() == 1 && told[0].contains("10 of 40 guardianships would count no longer"), "{told:?}");

    let tables = office.tables().await;
    for (child, parent) in pairs() {
        let mut link = tables.guardianship(&child, &parent).clone();
        link.ends_on = Some("2026-11-20".parse().unwrap());
        link.version += 1;
        office.change(link).await;
    }
    let outcome = office.import_guardianships(&file).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert!(pairs().all(|(child, parent)| tables.guardianship(&child, &parent).status == GuardianshipStatus::Ended));
}

async fn guardianships_alone_end_nothing_and_know_only_known_people(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let outcome = office.import_guardianships(&format!("{HEADER}g1-1,niemand,,,,,,,\ng1-1,g1-2,,,,,,,\n")).await;
    assert_eq!(
        found(&outcome),
        [
            "guardianships.csv:2 guardian: \"niemand\" is not in users.csv, and not known from an earlier import",
            "guardianships.csv:3: \"g1-2\" has no role as a guardian or as staff",
        ]
    );
    assert_eq!(office.tables().await, before);
}

async fn a_link_that_ended_comes_back_suspended_and_one_ended_by_hand_does_not(office: &Office) {
    office.import(&Bundle::sound()).await;
    let mut by_hand = office.tables().await.guardianship("g1-2", "g1-2-b").clone();
    by_hand.status = GuardianshipStatus::Ended;
    by_hand.version += 1;
    office.change(by_hand).await;
    let mut without = Bundle::sound();
    without.replace("users", "\"g1-1-a,g1-1-b\"", "g1-1-a");
    office.import(&without).await;
    assert_eq!(office.tables().await.guardianship("g1-1", "g1-1-b").status, GuardianshipStatus::Ended);

    office.import(&Bundle::sound()).await;
    let tables = office.tables().await;
    assert_eq!(tables.guardianship("g1-1", "g1-1-b").status, GuardianshipStatus::Suspended);
    assert_eq!(tables.guardianship("g1-2", "g1-2-b").status, GuardianshipStatus::Ended);
}

async fn microsofts_relationships_are_read_and_a_doctor_is_nobodys_guardian(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("users", "\"g1-1-a,g1-1-b\"", "");
    bundle.put(
        "relationships.csv",
        "userSourcedId,relationshipUserSourcedId,relationshipRole\ng1-1,g1-1-a,parent\ng1-1,g1-1-a,guardian\n\
         g1-1,g1-1-b,doctor\n",
    );
    let outcome = office.import(&bundle).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let told = "relationships.csv:3: these two stand on line 2 with another role; the role on this line counts";
    assert!(found(&outcome).iter().any(|text| text == told), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(text(&tables.guardianship("g1-1", "g1-1-a").relationship), "LEGAL_GUARDIAN");
    let student = tables.student("g1-1").id;
    assert_eq!(tables.guardianships.iter().filter(|link| link.student_id == student).count(), 1);
}

async fn a_parent_in_a_class_list_gets_no_rights_of_staff(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.add("enrollments", "e-luis,,,g1,s1,g1-1-a,teacher,,,");
    let line = bundle.line("enrollments", "e-luis");
    let outcome = office.import(&bundle).await;
    assert_eq!(office.tables().await.roles_of("g1-1-a"), Vec::<String>::new());
    let told = format!("enrollments.csv:{line} role: gives no rights: the user is no teacher in the list of users");
    assert!(found(&outcome).contains(&told), "{:?}", found(&outcome));
}

async fn one_human_being_who_stands_in_the_file_twice_is_one_person(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.add("users", "dubbel,,,true,dubbel,,Ouder1a,Van g1,,,g1-1-a@thuis.example,,,,,,,,,,,");
    bundle.add("roles", "r-dubbel,,,dubbel,primary,parent,,,s1,");
    bundle.replace("users", "\"g1-2-a,g1-2-b\"", "\"dubbel,g1-2-b\"");
    let outcome = office.import(&bundle).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let tables = office.tables().await;
    assert_eq!(tables.people.iter().filter(|person| person.display_name == "Ouder1a Van g1").count(), 1);
    assert_eq!(tables.guardianship("g1-2", "g1-1-a").status, GuardianshipStatus::Active);
}

on_each_database!(
    a_third_parent_waits_for_the_school_and_so_do_all_new_ones,
    what_the_school_confirmed_stays_confirmed,
    guardianships_csv_says_what_a_guardian_may_see,
    a_file_narrows_and_never_widens,
    a_link_that_exists_waits_when_a_file_denies_authority_and_not_when_it_is_unsure,
    a_link_whose_stated_last_day_is_over_ends_on_that_day,
    what_was_over_by_its_own_day_is_no_removal_to_accept,
    guardianships_alone_end_nothing_and_know_only_known_people,
    a_link_that_ended_comes_back_suspended_and_one_ended_by_hand_does_not,
    microsofts_relationships_are_read_and_a_doctor_is_nobodys_guardian,
    a_parent_in_a_class_list_gets_no_rights_of_staff,
    one_human_being_who_stands_in_the_file_twice_is_one_person,
);
