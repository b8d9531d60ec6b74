//! The location register: one row per branch of a regular primary school.

use std::collections::HashMap;

use super::cells::Cells;
use super::table::{self, Column, LOCATION_REGISTER};
use super::{BranchCode, Problem, code, spelling};

/// A school as the location register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The board that answers for it.
    pub board_number: String,
    pub code: BranchCode,
    pub name: String,
    pub street: String,
    /// With its addition, as `145-A`.
    pub house_number: String,
    /// As `9999 XX`.
    pub postcode: String,
    pub city: String,
    /// Ten digits.
    pub phone: Option<String>,
    /// None also where what the register has is no address.
    pub website: Option<String>,
    pub denomination: Option<String>,
    /// Noord, Midden or Zuid.
    pub holiday_region: Option<String>,
}

const BOARD: Column = Column(&["BEVOEGD GEZAG NUMMER", "BEVOEGDGEZAGNUMMER"]);
const BRIN: Column = Column(&["INSTELLINGSCODE", "BRIN NUMMER", "BRINNUMMER"]);
const BRANCH: Column = Column(&["VESTIGINGSCODE", "VESTIGINGSNUMMER", "VESTIGINGS NUMMER"]);
const NAME: Column = Column(&["VESTIGINGSNAAM"]);
const STREET: Column = Column(&["STRAATNAAM"]);
const HOUSE: Column = Column(&["HUISNUMMER TOEVOEGING"]);
const POSTCODE: Column = Column(&["POSTCODE"]);
const CITY: Column = Column(&["PLAATSNAAM"]);
const PHONE: Column = Column(&["TELEFOONNUMMER"]);
const WEBSITE: Column = Column(&["INTERNETADRES"]);
const DENOMINATION: Column = Column(&["DENOMINATIE"]);
const REGION: Column = Column(&["VAKANTIEREGIO"]);

const COLUMNS: [Column; 12] =
    [BOARD, BRIN, BRANCH, NAME, STREET, HOUSE, POSTCODE, CITY, PHONE, WEBSITE, DENOMINATION, REGION];

/// All rows of the file, or everything that is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Vec<Location>, Vec<Problem>> {
    let (table, mut problems) = table::read(bytes, LOCATION_REGISTER).map_err(|problem| vec![problem])?;
    let positions = table.header.positions(COLUMNS).map_err(|problem| vec![problem])?;

    let mut locations = Vec::with_capacity(table.rows.len());
    let mut lines = HashMap::new();
    for row in &table.rows {
        let mut cells = Cells { header: &table.header, row, problems: &mut problems };
        let Some(location) = location(&mut cells, positions) else {
            continue;
        };
        match lines.insert(location.code.clone(), row.line) {
            None => locations.push(location),
            Some(first) => cells.problem(positions[2], format!("{} stands on line {first} already", location.code)),
        }
    }
    if problems.is_empty() { Ok(locations) } else { Err(problems) }
}

/// Looks at every cell before it gives up, so that one run shows all that is wrong in the row.
fn location(cells: &mut Cells<'_>, positions: [usize; 12]) -> Option<Location> {
    let [board, brin, branch, name, street, house, postcode, city, phone, website, denomination, region] = positions;
    let board_number = cells.formed(board, code::is_board_number, "a board number of five digits");
    let code = branch_code(cells, brin, branch);
    let name = cells.required(name);
    let street = cells.required(street);
    let house_number = cells.required(house);
    let postcode = cells.formed(postcode, spelling::is_postcode, "a postcode as 1234 AB");
    let city = cells.required(city);
    let (phone, website) = (cells.optional(phone), cells.optional(website));
    let (denomination, holiday_region) = (cells.optional(denomination), cells.optional(region));
    Some(Location {
        board_number: board_number?.to_owned(),
        code: code?,
        name: name?.to_owned(),
        street: street?.to_owned(),
        house_number: house_number?.to_owned(),
        postcode: postcode?.to_owned(),
        city: spelling::place(city?),
        phone: phone.map(str::to_owned),
        website: website.and_then(spelling::website),
        denomination: denomination.map(spelling::denomination),
        holiday_region: holiday_region.map(str::to_owned),
    })
}

/// The code from its two columns, each checked where it stands.
pub(super) fn branch_code(cells: &mut Cells<'_>, brin: usize, branch: usize) -> Option<BranchCode> {
    let institution = cells.formed(brin, code::is_brin, "a BRIN of two digits and two capitals");
    let branch_text = cells.required(branch);
    let (institution, branch_text) = (institution?, branch_text?);
    let code = BranchCode::from_columns(institution, branch_text);
    if code.is_none() {
        cells.problem(branch, format!("\"{branch_text}\" is not {institution} and two digits"));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;\
        VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;TELEFOONNUMMER;\
        INTERNETADRES;DENOMINATIE;VAKANTIEREGIO";

    fn parse_rows(rows: &[&str]) -> Result<Vec<Location>, Vec<Problem>> {
        parse(format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")).as_bytes())
    }

    fn messages(rows: &[&str]) -> Vec<String> {
        parse_rows(rows).unwrap_err().iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_row_becomes_a_location() {
        let locations = parse_rows(&[
            "Drenthe;12345;01AB;01AB00;De Egel;Dijk;8-B;1234 AB;AAN DE DIJK; ;www.egel.example;Openbaar;Noord",
        ])
        .unwrap();
        let egel = Location {
            board_number: "12345".into(),
            code: BranchCode { brin: "01AB".into(), location: "00".into() },
            name: "De Egel".into(),
            street: "Dijk".into(),
            house_number: "8-B".into(),
            postcode: "1234 AB".into(),
            city: "Aan de Dijk".into(),
            phone: None,
            website: Some("https://www.egel.example".into()),
            denomination: Some("Openbaar".into()),
            holiday_region: Some("Noord".into()),
        };
        assert_eq!(locations, [egel]);
    }

    #[test]
    fn older_names_of_columns_are_understood() {
        let text = "BEVOEGD GEZAG NUMMER;BRIN NUMMER;VESTIGINGSNUMMER;VESTIGINGSNAAM;STRAATNAAM;\
            HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;TELEFOONNUMMER;INTERNETADRES;DENOMINATIE;VAKANTIEREGIO\r\n\
            12345;01AB;01;De Egel;Dijk;8;1234 AB;ELST;0101234567; ; ;Zuid\r\n";
        let locations = parse(text.as_bytes()).unwrap();
        assert_eq!(locations[0].code.to_string(), "01AB01");
        assert_eq!(locations[0].phone.as_deref(), Some("0101234567"));
    }

    #[test]
    fn every_problem_is_reported_with_line_and_column() {
        let problems = messages(&[
            "Drenthe;1234;01ab;01AB00;De Egel;Dijk;8;1234AB;ELST; ; ; ;Midden",
            "Drenthe;12345;01AB;01AC00; ;Dijk;8;1234 AB;ELST; ; ; ;Midden",
            "Drenthe;12345;01AB;01AB00;De Egel;Dijk;8;1234 AB;ELST; ; ; ;Midden",
            "Drenthe;12345;01AB;01AB00;De Das;Dijk;8;1234 AB;ELST; ; ; ;Midden",
        ]);
        assert_eq!(
            problems,
            [
                "line 2, column BEVOEGD GEZAG NUMMER: \"1234\" is not a board number of five digits",
                "line 2, column INSTELLINGSCODE: \"01ab\" is not a BRIN of two digits and two capitals",
                "line 2, column POSTCODE: \"1234AB\" is not a postcode as 1234 AB",
                "line 3, column VESTIGINGSCODE: \"01AC00\" is not 01AB and two digits",
                "line 3, column VESTIGINGSNAAM: is blank",
                "line 5, column VESTIGINGSCODE: 01AB00 stands on line 4 already",
            ]
        );
    }

    #[test]
    fn control_characters_and_overlong_texts_are_refused_in_either_encoding() {
        let long = "e".repeat(121);
        let row = format!("Drenthe;12345;01AB;01AB00;De\0Egel;{long};8;1234 AB;ELST;\u{1b}[2J; ; ;Midden");
        let text = format!("{HEADER}\r\n{row}\r\n");
        let with_accent = text.replace("Drenthe", "Frysl\u{e2}n");
        let windows_1252 = encoding_rs::WINDOWS_1252.encode(&with_accent).0;
        for bytes in [text.as_bytes(), with_accent.as_bytes(), &*windows_1252] {
            let told: Vec<_> = parse(bytes).unwrap_err().iter().map(Problem::to_string).collect();
            assert_eq!(
                told,
                [
                    "line 2, column VESTIGINGSNAAM: holds the control character U+0000; download the register again",
                    "line 2, column STRAATNAAM: has 121 characters; at most 120 fit",
                    "line 2, column TELEFOONNUMMER: holds the control character U+001B; download the register again",
                ]
            );
        }
    }

    #[test]
    fn a_column_that_stands_there_twice_is_refused() {
        let problems = parse(format!("{HEADER};Huisnummer toevoeging\r\n").as_bytes()).unwrap_err();
        let told: Vec<_> = problems.iter().map(Problem::to_string).collect();
        assert_eq!(told, ["line 1: the header has Huisnummer toevoeging twice; download the register again"]);
    }

    #[test]
    fn missing_columns_are_named_together() {
        let problems = parse(b"STRAATNAAM;POSTCODE;PLAATSNAAM;INSTELLINGSCODE\r\n").unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].message.starts_with("the header misses BEVOEGD GEZAG NUMMER, VESTIGINGSCODE,"),
            "{}",
            problems[0]
        );
    }
}
