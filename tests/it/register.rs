//! A board and its schools from the national register.

use glans::call::Call;
use glans::organisation::register::actions::{self, Report};
use glans::organisation::register::{Absence, BranchCode, NamedByHand, Registers, parse_locations, parse_pupils};
use glans::platform::error::Error;
use glans_entity::organisation::{board, school};
use glans_tests::{Program, on_each_database};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use crate::shared;

const LOCATIONS: &str = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;\
    HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;DENOMINATIE;TELEFOONNUMMER;INTERNETADRES;VAKANTIEREGIO\r\n\
    Drenthe;54321;90AB;90AB00;De Ree;Bosweg;1;9999 AA;TERHORN; ; ; ;Noord\r\n\
    Drenthe;12345;91AB;91AB00;De Egel;Dijk;8-B;9999 AB;ZANDERMEER;Openbaar;0512345678;www.egel.example;Noord\r\n\
    Drenthe;12345;91AB;91AB01;De Das;Kade;9;9999 AC;ZANDERMEER; ; ; ;Noord\r\n";

const PUPILS: &str = "INSTELLINGSCODE;VESTIGINGSCODE;NAAM_VESTIGING;SOORT_VESTIGING;DENOMINATIE_VESTIGING;\
    BEVOEGD_GEZAG_NUMMER;LEERLINGEN_2024;LEERLINGEN_2025\r\n\
    91AB;91AB00;Egel;BO;Openbaar;12345;80;81\r\n\
    91AB;91AB01;Das;BO;Openbaar;12345;9;<5\r\n\
    92AB;92AB00;SBO De Mol;SBO;Openbaar;12345;30;31\r\n\
    93AB;93AB00;De Dodo;BO;Openbaar;12345;3;0\r\n";

fn registers(locations: &str, pupils: Option<&str>) -> Registers {
    Registers {
        locations: parse_locations(locations.as_bytes()).unwrap(),
        branches: pupils.map(|text| parse_pupils(text.as_bytes()).unwrap()),
    }
}

async fn import(program: &Program, board: &str, registers: &Registers) -> Result<Report, Error> {
    let call = Call::system(&program.app, "import duo");
    let write = call.write().await?;
    let report = actions::import(&write, board, registers).await?;
    write.commit().await?;
    Ok(report)
}

/// Made, changed, unchanged.
fn counts(report: &Report) -> [usize; 3] {
    [report.created_count, report.updated_count, report.unchanged_count]
}

async fn change(program: &Program, row: school::ActiveModel) {
    let call = Call::system(&program.app, "test");
    let write = call.write().await.unwrap();
    row.update(write.db()).await.unwrap();
    write.commit().await.unwrap();
}

async fn a_board_comes_with_its_open_schools(program: &Program) {
    let report = import(program, "12345", &registers(LOCATIONS, Some(PUPILS))).await.unwrap();
    assert!(report.board_is_new);
    assert_eq!(counts(&report), [3, 0, 0]);

    let boards = program.rows::<board::Entity>().await;
    assert_eq!(boards.len(), 1);
    assert_eq!((boards[0].name.as_str(), boards[0].number.as_deref()), ("Schoolbestuur 12345", Some("12345")));

    let mut schools = program.rows::<school::Entity>().await;
    schools.sort_by(|a, b| (&a.brin, &a.location_code).cmp(&(&b.brin, &b.location_code)));
    let names: Vec<_> = schools.iter().map(|school| school.name.as_str()).collect();
    assert_eq!(names, ["De Egel", "De Das", "SBO De Mol"]);
    let egel = &schools[0];
    let text = |text: &'static str| Some(text.to_owned());
    assert_eq!([&egel.brin, &egel.location_code], [&text("91AB"), &text("00")]);
    assert_eq!([&egel.street, &egel.house_number, &egel.postcode], [&text("Dijk"), &text("8-B"), &text("9999 AB")]);
    assert_eq!([&egel.city, &egel.phone], [&text("Zandermeer"), &text("0512345678")]);
    assert_eq!([&egel.website, &egel.holiday_region], [&text("https://www.egel.example"), &text("Noord")]);
    let pupils: Vec<_> = schools.iter().map(|school| school.pupil_count).collect();
    assert_eq!(pupils, [Some(81), None, Some(31)]);
}

async fn a_second_run_touches_no_row(program: &Program) {
    let registers = registers(LOCATIONS, Some(PUPILS));
    import(program, "12345", &registers).await.unwrap();
    let (boards, schools) = (program.rows::<board::Entity>().await, program.rows::<school::Entity>().await);

    let report = import(program, "12345", &registers).await.unwrap();

    assert!(!report.board_is_new);
    assert_eq!(counts(&report), [0, 0, 3]);
    assert_eq!(program.rows::<board::Entity>().await, boards);
    assert_eq!(program.rows::<school::Entity>().await, schools);
}

async fn a_board_that_was_renamed_keeps_its_name(program: &Program) {
    let report = import(program, "12345", &registers(LOCATIONS, None)).await.unwrap();
    let call = Call::system(&program.app, "test");
    let write = call.write().await.unwrap();
    let mut row = report.board.into_active_model();
    row.name = Set("Stichting De Brug".to_owned());
    row.update(write.db()).await.unwrap();
    write.commit().await.unwrap();

    let report = import(program, "12345", &registers(LOCATIONS, None)).await.unwrap();
    assert_eq!(report.board.name, "Stichting De Brug");
}

async fn a_closed_board_is_left_as_it_is(program: &Program) {
    let report = import(program, "12345", &registers(LOCATIONS, None)).await.unwrap();
    let call = Call::system(&program.app, "test");
    let write = call.write().await.unwrap();
    let mut row = report.board.into_active_model();
    row.archived_at = Set(Some(write.now()));
    row.update(write.db()).await.unwrap();
    write.commit().await.unwrap();
    let before = program.rows::<school::Entity>().await;

    let refused = import(program, "12345", &registers(LOCATIONS, Some(PUPILS))).await.unwrap_err();
    assert_eq!(refused.to_string(), "This board is closed: nothing of it can be changed any more.");
    assert_eq!(program.rows::<school::Entity>().await, before);
}

async fn a_name_given_by_hand_stays_and_the_address_follows(program: &Program) {
    import(program, "12345", &registers(LOCATIONS, None)).await.unwrap();
    let egel = program.rows::<school::Entity>().await.into_iter().find(|school| school.name == "De Egel").unwrap();
    let mut row = egel.clone().into_active_model();
    row.name = Set("Onze Egel".to_owned());
    row.street = Set(Some("Ergens".to_owned()));
    change(program, row).await;

    let report = import(program, "12345", &registers(LOCATIONS, None)).await.unwrap();

    let code = BranchCode { brin: "91AB".to_owned(), location: "00".to_owned() };
    let named = NamedByHand { code, name: "Onze Egel".to_owned(), registered_name: "De Egel".to_owned() };
    assert_eq!(report.named_by_hand, [named]);
    assert_eq!(counts(&report), [0, 1, 1]);
    let now = program.rows::<school::Entity>().await.into_iter().find(|school| school.id == egel.id).unwrap();
    assert_eq!((now.name.as_str(), now.street.as_deref(), now.version), ("Onze Egel", Some("Dijk"), 2));
}

async fn a_school_that_vanished_is_reported_and_stays(program: &Program) {
    import(program, "12345", &registers(LOCATIONS, Some(PUPILS))).await.unwrap();
    let before = program.rows::<school::Entity>().await;
    let (fewer_locations, _) = LOCATIONS.split_once("Drenthe;12345;91AB;91AB01").unwrap();
    let fewer_pupils =
        PUPILS.replace(";30;31", ";30;0").replace("91AB01;Das;BO;Openbaar;12345", "91AB01;Das;BO;Openbaar;54321");

    let report = import(program, "12345", &registers(fewer_locations, Some(&fewer_pupils))).await.unwrap();

    let absent: Vec<_> = report.absent.into_iter().map(|school| (school.name, school.why)).collect();
    let das = ("De Das".to_owned(), Absence::AtBoard("54321".to_owned()));
    assert_eq!(absent, [das, ("SBO De Mol".to_owned(), Absence::NoPupils)]);
    assert_eq!(program.rows::<school::Entity>().await, before);
}

async fn an_unknown_number_is_refused_and_leaves_nothing(program: &Program) {
    let refused = import(program, "12354", &registers(LOCATIONS, None)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The register has no open school of board 12354. Check the number. \
         The nearest number with open schools is 12345 (2 schools)."
    );
    assert!(program.rows::<board::Entity>().await.is_empty());
}

async fn board_41613_has_all_its_schools(program: &Program) {
    let (Some(locations), Some(pupils)) =
        (shared("data/duo/schoolvestigingen-basisonderwijs.csv"), shared("data/duo/leerlingen-per-vestiging.csv"))
    else {
        return;
    };
    let locations = parse_locations(&std::fs::read(locations).unwrap()).unwrap();
    assert_eq!(locations.len(), 6_122);
    let alone = Registers { locations, branches: None };
    // A 22nd line of the file has these digits in its telephone number, and another board.
    assert_eq!(counts(&import(program, "41613", &alone).await.unwrap()), [21, 0, 0]);

    let branches = parse_pupils(&std::fs::read(pupils).unwrap()).unwrap();
    assert_eq!(branches.len(), 9_737);
    let both = Registers { branches: Some(branches), ..alone };
    // A special school and a school for special education; all others get their numbers of pupils.
    assert_eq!(counts(&import(program, "41613", &both).await.unwrap()), [2, 21, 0]);
    assert_eq!(counts(&import(program, "41613", &both).await.unwrap()), [0, 0, 23]);
}

on_each_database!(
    a_board_comes_with_its_open_schools,
    a_second_run_touches_no_row,
    a_board_that_was_renamed_keeps_its_name,
    a_closed_board_is_left_as_it_is,
    a_name_given_by_hand_stays_and_the_address_follows,
    a_school_that_vanished_is_reported_and_stays,
    an_unknown_number_is_refused_and_leaves_nothing,
    board_41613_has_all_its_schools,
);
