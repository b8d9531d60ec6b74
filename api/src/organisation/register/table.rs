//! The table in a register file: semicolons, a header with names that changed over the years, and
//! one space where nothing is known.

use std::collections::HashSet;

use super::{Problem, encoding};

/// A column by the name it has today, followed by those of older files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(pub(super) &'static [&'static str]);

/// A kind of file, known by the columns that only it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// As in "this is the …".
    pub(super) title: &'static str,
    pub(super) mark: Column,
}

pub(super) const LOCATION_REGISTER: Layout =
    Layout { title: "location register (schoolvestigingen-basisonderwijs.csv)", mark: Column(&["STRAATNAAM"]) };

pub(super) const PUPIL_REGISTER: Layout =
    Layout { title: "pupil register (leerlingen-per-vestiging.csv)", mark: Column(&["SOORT VESTIGING", "SOORT PO"]) };

#[derive(Debug)]
pub(super) struct Table {
    pub(super) header: Header,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug)]
pub(super) struct Header(Vec<String>);

#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    cells: Vec<String>,
}

/// Reads a whole file of the layout; rows that are too short or too long come back as problems.
pub(super) fn read(bytes: &[u8], layout: Layout) -> Result<(Table, Vec<Problem>), Problem> {
    let text = encoding::decode(bytes)?;
    let mut records = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records();
    let header = match records.next() {
        Some(record) => Header::read(&record.map_err(|fault| unreadable(&fault))?),
        None => {
            return Err(Problem::at_line(1, "the file is empty; download the register again"));
        }
    };
    header.expect(layout)?;

    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut lines = Lines::of(&text);
    for record in records {
        let record = record.map_err(|fault| unreadable(&fault))?;
        match Row::read(lines.line_of(&record), &record, &header) {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(Problem::at_line(2, "no rows follow the header; download the register again"));
    }
    Ok((Table { header, rows }, problems))
}

/// Counts lines as an editor does. The reader's own count is one behind after CRLF, and more after
/// blank lines, which it passes over only when it reads on.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line on which a record begins; records come in the order of the file.
    fn line_of(&mut self, record: &csv::StringRecord) -> u64 {
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        while let Some(byte) = self.text.get(self.at) {
            let is_break = matches!(byte, b'\r' | b'\n');
            if start.is_some_and(|start| self.at >= start) && !is_break {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

impl Header {
    fn read(record: &csv::StringRecord) -> Self {
        let mut names: Vec<_> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Self(names)
    }

    /// Says which file this is in place of the wanted one.
    fn expect(&self, wanted: Layout) -> Result<(), Problem> {
        if self.position(wanted.mark).is_some() {
            return Ok(());
        }
        let title = wanted.title;
        for other in [LOCATION_REGISTER, PUPIL_REGISTER] {
            if self.position(other.mark).is_some() {
                let found = other.title;
                return Err(Problem::at_line(1, format!("this is the {found}, not the {title}")));
            }
        }
        let message = if self.0.len() < 2 {
            format!("this is not the {title}: its columns must be separated by semicolons")
        } else {
            format!("this is not the {title}: it has no column {}", wanted.mark.0[0])
        };
        Err(Problem::at_line(1, message))
    }

    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|name| column.0.contains(&same_spelling(name).as_str()))
    }

    /// Where the columns stand; all that are missing make one problem. Of two with one name nobody knows which is meant.
    pub(super) fn positions<const N: usize>(&self, columns: [Column; N]) -> Result<[usize; N], Problem> {
        let mut names = HashSet::new();
        if let Some(twice) = self.0.iter().find(|name| !name.is_empty() && !names.insert(same_spelling(name))) {
            let twice = twice.escape_debug();
            return Err(Problem::at_line(1, format!("the header has {twice} twice; download the register again")));
        }
        let missing: Vec<_> =
            columns.iter().filter(|column| self.position(**column).is_none()).map(|column| column.0[0]).collect();
        if missing.is_empty() {
            return Ok(columns.map(|column| self.position(column).unwrap_or_default()));
        }
        let message = format!("the header misses {}; download the register again", missing.join(", "));
        Err(Problem::at_line(1, message))
    }

    pub(super) fn name(&self, position: usize) -> Option<&str> {
        self.0.get(position).map(String::as_str)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().map(String::as_str).enumerate()
    }
}

/// Files of different years write one name with spaces, underscores or hyphens.
fn same_spelling(name: &str) -> String {
    let spaced = name.to_uppercase().replace(['_', '-'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Row {
    fn read(line: u64, record: &csv::StringRecord, header: &Header) -> Result<Option<Self>, Problem> {
        let mut cells: Vec<_> = record.iter().map(clean).collect();
        if cells.iter().all(|cell| cell.is_empty() || cell == END_OF_FILE) {
            return Ok(None);
        }
        if cells.iter().any(|cell| cell.contains('\n')) {
            let message = "a line break stands inside a cell; a quotation mark is left open";
            return Err(Problem::at_line(line, message));
        }
        let wanted = header.0.len();
        while cells.len() > wanted && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        match cells.len() {
            found if found == wanted => Ok(Some(Self { line, cells })),
            found => Err(Problem::at_line(line, format!("cells in the row: {found}, columns in the header: {wanted}"))),
        }
    }

    /// The text of a cell; none where it is blank.
    pub(super) fn text(&self, position: usize) -> Option<&str> {
        self.cells.get(position).map(String::as_str).filter(|cell| !cell.is_empty())
    }
}

/// What old export programs put behind the last line.
const END_OF_FILE: &str = "\u{1a}";

/// The pupil register escapes its quotation marks twice.
fn clean(cell: &str) -> String {
    cell.trim().replace("\"\"", "\"")
}

fn unreadable(fault: &csv::Error) -> Problem {
    let line = fault.position().map_or(1, csv::Position::line);
    Problem::at_line(line, "the row cannot be read; download the register again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(Table, Vec<Problem>), Problem> {
        read(text.as_bytes(), LOCATION_REGISTER)
    }

    #[test]
    fn blanks_trailing_semicolons_and_an_end_mark_are_no_content() {
        let text = "STRAATNAAM;POSTCODE;\r\nHoofdweg; ;\r\n;;\r\n\r\n\u{1a}\r\n";
        let (table, problems) = read_text(text).unwrap();
        assert_eq!(problems, []);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].text(0), Some("Hoofdweg"));
        assert_eq!(table.rows[0].text(1), None);
    }

    #[test]
    fn a_short_row_and_an_open_quotation_mark_are_reported_where_they_begin() {
        let text = "STRAATNAAM;POSTCODE\r\nHoofdweg\r\n\r\n\"Kerkweg;1\r\nDijk;2\r\n";
        let (table, problems) = read_text(text).unwrap();
        assert_eq!(table.rows.len(), 0);
        assert_eq!(problems[0].to_string(), "line 2: cells in the row: 1, columns in the header: 2");
        assert_eq!(problems[1].line, 4);
        assert!(problems[1].message.contains("left open"), "{}", problems[1]);
    }

    #[test]
    fn the_wrong_file_is_called_by_its_name() {
        let problem = read_text("INSTELLINGSCODE;SOORT_VESTIGING\r\n").unwrap_err();
        assert_eq!(
            problem.message,
            "this is the pupil register (leerlingen-per-vestiging.csv), \
             not the location register (schoolvestigingen-basisonderwijs.csv)"
        );
        let problem = read_text("STRAATNAAM,POSTCODE\r\n").unwrap_err();
        assert!(problem.message.ends_with("separated by semicolons"), "{problem}");
        let problem = read_text("NAAM;LEEFTIJD\r\n").unwrap_err();
        assert!(problem.message.ends_with("it has no column STRAATNAAM"), "{problem}");
    }

    #[test]
    fn a_header_without_rows_is_a_problem() {
        let (_, problems) = read_text("STRAATNAAM;POSTCODE\r\n").unwrap();
        assert_eq!(problems.len(), 1);
    }
}
