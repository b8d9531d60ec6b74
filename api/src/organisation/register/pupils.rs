//! The pupil register: every branch of every kind of school that has or ever had pupils.

use std::collections::HashMap;

use super::cells::Cells;
use super::locations::branch_code;
use super::table::{self, Column, Header, PUPIL_REGISTER};
use super::{BranchCode, Problem, code, spelling};

/// A branch as the pupil register has it, with the pupils of the last year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub code: BranchCode,
    /// As `SBO De Egel`; the two registers often name one school differently.
    pub name: String,
    /// BO, SBO, SO, VSO or SO/VSO.
    pub kind: String,
    /// None where the register does not know it.
    pub board_number: Option<String>,
    pub denomination: Option<String>,
    pub pupils: Pupils,
}

impl Branch {
    /// Whether anybody went to school there in the last year of the file. The register keeps
    /// branches for ever: a closed one is one without pupils.
    pub fn is_open(&self) -> bool {
        self.pupils != Pupils::Count(0)
    }
}

/// How many pupils a branch has on 1 October.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pupils {
    Count(u32),
    /// `<5`: one to four, withheld so that nobody can be recognised.
    FewerThanFive,
}

impl Pupils {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "<5" => Some(Self::FewerThanFive),
            digits => digits.parse().ok().map(Self::Count),
        }
    }
}

const BRIN: Column = Column(&["INSTELLINGSCODE", "BRIN NUMMER", "BRINNUMMER"]);
const BRANCH: Column = Column(&["VESTIGINGSCODE", "VESTIGINGSNUMMER", "VESTIGINGS NUMMER"]);
const NAME: Column = Column(&["NAAM VESTIGING", "VESTIGINGSNAAM", "INSTELLINGSNAAM VESTIGING"]);
const KIND: Column = PUPIL_REGISTER.mark;
const BOARD: Column = Column(&["BEVOEGD GEZAG NUMMER", "BEVOEGDGEZAGNUMMER"]);
const DENOMINATION: Column = Column(&["DENOMINATIE VESTIGING", "DENOMINATIE"]);

const YEAR_PREFIX: &str = "LEERLINGEN_";

/// What stands in the column of the board where it is not known.
const UNKNOWN_BOARD: &str = "0";

/// All rows of the file, or everything that is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Vec<Branch>, Vec<Problem>> {
    let (table, mut problems) = table::read(bytes, PUPIL_REGISTER).map_err(|problem| vec![problem])?;
    let positions =
        table.header.positions([BRIN, BRANCH, NAME, KIND, BOARD, DENOMINATION]).map_err(|problem| vec![problem])?;
    let last_year = last_year(&table.header).map_err(|problem| vec![problem])?;

    let mut branches = Vec::with_capacity(table.rows.len());
    let mut lines = HashMap::new();
    for row in &table.rows {
        let mut cells = Cells { header: &table.header, row, problems: &mut problems };
        let Some(branch) = branch(&mut cells, positions, last_year) else {
            continue;
        };
        match lines.insert(branch.code.clone(), row.line) {
            None => branches.push(branch),
            Some(first) => cells.problem(positions[1], format!("{} stands on line {first} already", branch.code)),
        }
    }
    if problems.is_empty() { Ok(branches) } else { Err(problems) }
}

fn last_year(header: &Header) -> Result<usize, Problem> {
    header
        .names()
        .filter_map(|(position, name)| {
            let year: u16 = name.strip_prefix(YEAR_PREFIX)?.parse().ok()?;
            Some((year, position))
        })
        .max()
        .map(|(_, position)| position)
        .ok_or_else(|| Problem::at_line(1, "the header has no column LEERLINGEN_ with a year"))
}

/// Looks at every cell before it gives up, so that one run shows all that is wrong in the row.
fn branch(cells: &mut Cells<'_>, positions: [usize; 6], last_year: usize) -> Option<Branch> {
    let [brin, branch, name, kind, board, denomination] = positions;
    let code = branch_code(cells, brin, branch);
    let name = cells.required(name);
    let kind = cells.formed(kind, is_kind, "BO, SBO, SO, VSO or SO/VSO");
    let board_number = cells.formed(board, is_board_number_or_unknown, "a board number of five digits");
    let denomination = cells.optional(denomination);
    let pupils = pupils(cells, last_year);
    Some(Branch {
        code: code?,
        name: name?.to_owned(),
        kind: kind?.to_owned(),
        board_number: Some(board_number?.to_owned()).filter(|number| number != UNKNOWN_BOARD),
        denomination: denomination.map(spelling::denomination),
        pupils: pupils?,
    })
}

fn pupils(cells: &mut Cells<'_>, position: usize) -> Option<Pupils> {
    let text = cells.required(position)?;
    let pupils = Pupils::parse(text);
    if pupils.is_none() {
        cells.problem(position, format!("\"{text}\" is neither a number nor <5"));
    }
    pupils
}

fn is_kind(text: &str) -> bool {
    matches!(text, "BO" | "SBO" | "SO" | "VSO" | "SO/VSO")
}

fn is_board_number_or_unknown(text: &str) -> bool {
    text == UNKNOWN_BOARD || code::is_board_number(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\u{feff}INSTELLINGSCODE;VESTIGINGSCODE;NAAM_VESTIGING;SOORT_VESTIGING;\
        BEVOEGD_GEZAG_NUMMER;DENOMINATIE_VESTIGING;LEERLINGEN_2025;LEERLINGEN_2024";

    fn parse_rows(rows: &[&str]) -> Result<Vec<Branch>, Vec<Problem>> {
        parse(format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")).as_bytes())
    }

    #[test]
    fn fewer_than_five_is_open_and_is_no_number() {
        let branches = parse_rows(&[
            "01AB;01AB00;De Egel;SBO;12345;Openbaar;<5;0",
            "01AB;01AB01;De Das;BO;12345;Openbaar;0;<5",
            "01AB;01AB02;De Mol;BO;12345;Openbaar;7;<5",
        ])
        .unwrap();
        let pupils: Vec<_> = branches.iter().map(|branch| branch.pupils).collect();
        assert_eq!(pupils, [Pupils::FewerThanFive, Pupils::Count(0), Pupils::Count(7)]);
        let open: Vec<_> = branches.iter().map(Branch::is_open).collect();
        assert_eq!(open, [true, false, true]);
    }

    #[test]
    fn a_board_that_is_not_known_is_none() {
        let branches = parse_rows(&["50AB;50AB00;onbekend;SO;0;onbekend;0;0"]).unwrap();
        assert_eq!(branches[0].board_number, None);
    }

    #[test]
    fn quotation_marks_that_are_escaped_twice_come_out_once() {
        let branches = parse_rows(&["01AB;01AB00;\"BS \"\"\"\"De Egel\"\"\"\"\";BO;12345;Openbaar;9;9"]).unwrap();
        assert_eq!(branches[0].name, "BS \"De Egel\"");
    }

    #[test]
    fn every_problem_is_reported_with_line_and_column() {
        let problems =
            parse_rows(&["01AB;01AB00;De Egel;HAVO;1;Openbaar;<6;0", "01AB;01AB00;De Egel;BO;12345;Openbaar;;0"])
                .unwrap_err();
        let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
        assert_eq!(
            lines,
            [
                "line 2, column SOORT_VESTIGING: \"HAVO\" is not BO, SBO, SO, VSO or SO/VSO",
                "line 2, column BEVOEGD_GEZAG_NUMMER: \"1\" is not a board number of five digits",
                "line 2, column LEERLINGEN_2025: \"<6\" is neither a number nor <5",
                "line 3, column LEERLINGEN_2025: is blank",
            ]
        );
    }
}
