//! What no bundle brings, and how it is told.

use glans::roster::outcome::Options;
use glans_entity::organisation::school_year;
use glans_tests::on_each_database;

use super::bundle::Bundle;
use super::office::{Office, errors, found};

async fn a_broken_bundle_tells_all_and_writes_nothing(office: &Office) {
    let nothing = office.tables().await;
    let mut bundle = Bundle::sound();
    bundle.add("orgs", "s1,,,Nog een,school,,nergens");
    bundle.add("classes", "g9,,,Groep 9,,k1,,homeroom,,c1,t9,,,");
    bundle.add("users", "u9,,,misschien,u9,,Uma,,,,geen-adres,,,,,,,,,,,");
    bundle.add("enrollments", "e9,,,g1,s1,niemand,student,true,2026-13-01,");
    let line = |file: &str, start: &str| bundle.line(file, start);
    let (org, class, user, place) =
        (line("orgs", "s1,,,Nog"), line("classes", "g9"), line("users", "u9"), line("enrollments", "e9,"));
    let outcome = office.import(&bundle).await;
    assert_eq!(
        errors(&outcome),
        [
            format!("classes.csv:{class} schoolSourcedId: \"c1\" is an organisation of another type than school"),
            format!("classes.csv:{class} termSourcedIds: \"t9\" is not in academicSessions.csv"),
            format!("enrollments.csv:{place} beginDate: \"2026-13-01\" is no date; write it as 2026-08-31"),
            format!("orgs.csv:{org} sourcedId: \"s1\" stands on line 4 already"),
            format!("orgs.csv:{org} parentSourcedId: \"nergens\" is not in orgs.csv"),
            format!("users.csv:{user} enabledUser: \"misschien\" is neither true nor false"),
            format!("users.csv:{user} familyName: is blank; a value is required"),
            format!("users.csv:{user} email: is no e-mail address; leave it blank where there is none"),
        ]
    );
    assert!(outcome.counts.changes.is_none());
    assert_eq!(office.tables().await, nothing);
}

async fn what_no_mutation_takes_no_bundle_brings(office: &Office) {
    let nothing = office.tables().await;
    let mut bundle = Bundle::sound();
    let long = "n".repeat(121);
    bundle.add("orgs", &format!("c9,,,{long},local,,d1"));
    bundle.add("classes", &format!("g9,,,{long},\"3,KG\",k1,,homeroom,,s1,t1,,,"));
    bundle.add("users", &format!("u9,,,true,u9,,{long},\u{200b},,,<ouder@x.example>,,,,,,,,,,,"));
    let (org, class, user) = (bundle.line("orgs", "c9"), bundle.line("classes", "g9"), bundle.line("users", "u9"));
    let outcome = office.import(&bundle).await;
    assert_eq!(
        errors(&outcome),
        [
            format!("classes.csv:{class} title: Use at most 40 characters."),
            format!("orgs.csv:{org} name: Use at most 120 characters."),
            format!("users.csv:{user} givenName: Use at most 80 characters."),
            format!("users.csv:{user} familyName: Leave out invisible characters."),
            format!("users.csv:{user} email: is no e-mail address; leave it blank where there is none"),
        ]
    );
    let grade = format!("classes.csv:{class} grades: \"KG\" is no grade from 1 to 8; the class group goes without");
    assert!(found(&outcome).contains(&grade), "{:?}", found(&outcome));
    assert_eq!(office.tables().await, nothing);
}

async fn names_and_numbers_together_are_those_that_a_mutation_takes(office: &Office) {
    let mut bundle = Bundle::sound();
    let (longest, long) = ("n".repeat(80), "n".repeat(60));
    let user = |id: &str, given: &str, family: &str, number: &str| {
        format!("{id},,,true,{id},,{given},{family},,{number}{}", ",".repeat(12))
    };
    bundle.add("users", &user("u7", &long, &long, &"7".repeat(41)));
    bundle.add("users", &user("u8", "Noor", "Vos", "111222333"));
    bundle.add("users", &user("u9", &longest, &longest, ""));
    for (id, role) in [("u7", "student"), ("u8", "student"), ("u9", "parent")] {
        bundle.add("roles", &format!("r-{id},,,{id},primary,{role},,,s1,"));
    }
    let line = bundle.line("users", "u7");
    let told = |line: u32, text: &str| format!("users.csv:{line} {text}");
    assert_eq!(
        errors(&office.import(&bundle).await),
        [
            told(line, "familyName: given and family name together: Use at most 120 characters."),
            told(line, "identifier: Use at most 40 characters."),
            told(line + 1, "identifier: This looks like a citizen service number (BSN). Give the school's own number."),
            told(line + 2, "familyName: given and family name together: Use at most 160 characters."),
        ]
    );
}

async fn school_years_are_those_that_a_mutation_takes(office: &Office) {
    let mut bundle = Bundle::sound();
    let long = "n".repeat(41);
    bundle.add("academicSessions", &format!("y2,,,{long},schoolYear,2027-08-01,2028-07-31,,2028"));
    bundle.add("academicSessions", "y3,,,Lang,schoolYear,2028-08-01,2029-09-05,,2029");
    bundle.add("academicSessions", "y4,,,Ver,schoolYear,2066-08-01,2067-07-31,,2067");
    bundle.add("academicSessions", "y5,,,Dubbel,schoolYear,2027-07-31,2028-07-30,,2028");
    assert_eq!(
        errors(&office.import(&bundle).await),
        [
            "academicSessions.csv:4 title: Use at most 40 characters.",
            "academicSessions.csv:5 endDate: A school year has fewer than 400 days.",
            "academicSessions.csv:6 startDate: Choose a first day within 20 years of today.",
            "academicSessions.csv:7 startDate: the school year on line 2 has some of these days; a board has one year \
             at a time",
        ]
    );
}

async fn a_school_year_leaves_the_days_of_another_to_it(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await;
    let row = "y2,active,2026-11-24T10:00:00.000Z,2027-2028,schoolYear,2027-07-31,2028-07-30,,2028";
    let outcome = office.import(&Bundle::delta(&[("academicSessions", row)])).await;
    let told = "academicSessions.csv:2 startDate: Another school year of the board has some of these days.";
    assert_eq!(errors(&outcome), [told]);
    assert_eq!(office.tables().await, before);
    let next = row.replace("2027-07-31", "2027-08-01");
    let outcome = office.import(&Bundle::delta(&[("academicSessions", &next)])).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    assert_eq!(office.tables().await.years.len(), 2);
}

async fn a_school_year_made_by_hand_is_the_one_that_has_most_of_its_days(office: &Office) {
    office.import(&Bundle::sound()).await;
    let made = office.tables().await.years[0].clone();
    let days = |first: &str, last: &str| (first.parse().unwrap(), last.parse().unwrap());
    for ((starts_on, ends_on), is_same) in [
        (days("2026-08-24", "2027-07-16"), true),
        (days("2026-01-30", "2027-01-30"), true),
        (days("2026-01-29", "2027-01-29"), false),
        (days("2027-07-31", "2028-07-30"), false),
    ] {
        let by_hand = school_year::Model { source_id: None, starts_on, ends_on, ..made.clone() };
        office.change(by_hand.clone()).await;
        let outcome = office.import(&Bundle::sound()).await;
        if is_same {
            assert!(!outcome.is_broken(), "{starts_on}: {:?}", found(&outcome));
            let version = by_hand.version + 1;
            let known =
                school_year::Model { version, updated_at: office.tables().await.years[0].updated_at, ..made.clone() };
            assert_eq!(office.tables().await.years, [known]);
        } else {
            let told = "academicSessions.csv:2 startDate: Another school year of the board has some of these days.";
            assert_eq!(errors(&outcome), [told]);
            assert_eq!(office.tables().await.years, [by_hand]);
        }
    }
}

async fn a_school_year_of_another_id_is_the_one_whose_record_is_gone(office: &Office) {
    office.import(&Bundle::sound()).await;
    let before = office.tables().await.years[0].id;
    let mut bundle = Bundle::sound();
    bundle.replace("academicSessions", "y1,,,2026-2027,schoolYear,2026-08-01", "y9,,,2026-2027,schoolYear,2026-08-24");
    bundle.replace("academicSessions", "2026-12-31,y1,", "2026-12-31,y9,");
    let outcome = office.import(&bundle).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let years = office.tables().await.years;
    let known: Vec<_> =
        years.iter().map(|year| (year.id, year.source_id.as_deref(), year.starts_on.to_string())).collect();
    assert_eq!(known, [(before, Some("y9"), "2026-08-24".to_owned())]);
}

async fn a_school_year_that_is_cut_short_leaves_its_days_to_another(office: &Office) {
    office.import(&Bundle::sound()).await;
    let mut bundle = Bundle::sound();
    bundle.replace("academicSessions", "2026-08-01,2027-07-31", "2026-08-01,2026-12-31");
    bundle.add("academicSessions", "y2,,,2027,schoolYear,2027-01-01,2027-07-31,,2028");
    let outcome = office.import(&bundle).await;
    assert!(!outcome.is_broken(), "{:?}", found(&outcome));
    let years = office.tables().await.years;
    let mut days: Vec<_> = years.iter().map(|year| (year.starts_on.to_string(), year.ends_on.to_string())).collect();
    days.sort();
    let of = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    assert_eq!(days, [of("2026-08-01", "2026-12-31"), of("2027-01-01", "2027-07-31")]);
}

async fn a_school_year_moves_to_no_days_of_one_that_is_over(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.add("academicSessions", "y0,,,2025-2026,schoolYear,2025-08-01,2026-07-31,,2026");
    office.import(&bundle).await;
    let before = office.tables().await;
    let mut bundle = Bundle::sound();
    bundle.replace("academicSessions", "2026-08-01,2027-07-31", "2025-08-01,2026-07-31");
    let told = "academicSessions.csv:2 startDate: Another school year of the board has some of these days.";
    assert_eq!(errors(&office.import(&bundle).await), [told]);
    assert_eq!(office.tables().await, before);
}

async fn a_file_that_is_damaged_hides_no_other_problem(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.add("orgs", "c9,,,,local,,d1");
    let (mut bytes, line) = (bundle.zip(), bundle.line("orgs", "c9"));
    let name = b"users.csv";
    let listed = bytes.windows(name.len()).rposition(|window| window == name).unwrap();
    // In the list of files that ends an archive, the checksum stands 30 bytes before the name.
    bytes[listed - 30] ^= 1;
    let source = glans::roster::Source::upload(bytes).unwrap();
    let outcome = office.import_as(source, Options::default()).await;
    assert_eq!(
        errors(&outcome),
        [
            format!("orgs.csv:{line} name: is blank; a value is required"),
            "users.csv: cannot be read; check that it is whole and not encrypted".to_owned(),
        ]
    );
}

async fn what_a_database_cannot_hold_is_told_as_any_problem(office: &Office) {
    let mut bundle = Bundle::sound();
    bundle.replace("users", "pronouns", "pro\0nouns").replace("classes", "\"7,8\"", "\"7,\u{0}8\"");
    let line = bundle.line("classes", "g2");
    let outcome = office.import(&bundle).await;
    let told = errors(&outcome);
    let value = "rows, or a NUL, stand inside a value; look for quotation marks that are left open";
    assert!(told.contains(&format!("classes.csv:{line}: {value}")), "{told:?}");
    let header = "users.csv:1: the name of column 22 holds a line break or another character that cannot be shown: \"pro nouns\"";
    assert!(told.iter().any(|text| text == header), "{told:?}");
}

on_each_database!(
    a_broken_bundle_tells_all_and_writes_nothing,
    what_no_mutation_takes_no_bundle_brings,
    names_and_numbers_together_are_those_that_a_mutation_takes,
    school_years_are_those_that_a_mutation_takes,
    a_school_year_leaves_the_days_of_another_to_it,
    a_school_year_made_by_hand_is_the_one_that_has_most_of_its_days,
    a_school_year_of_another_id_is_the_one_whose_record_is_gone,
    a_school_year_that_is_cut_short_leaves_its_days_to_another,
    a_school_year_moves_to_no_days_of_one_that_is_over,
    a_file_that_is_damaged_hides_no_other_problem,
    what_a_database_cannot_hold_is_told_as_any_problem,
);
