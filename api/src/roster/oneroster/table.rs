//! One CSV file to typed rows: encoding, header, line numbers and cells, with every problem on the way.
//!
//! A file is held as a whole while it is read (its size is bounded by the bundle), because the csv crate counts lines
//! from where the previous record ended, and people look for the line that their editor shows.

use std::collections::HashSet;

use csv::StringRecord;

use super::row::Row;
use crate::roster::problem::{Place, Problems, brief, quoted};

/// Lines in a wrong encoding that are named before the rest is counted.
const NAMED_LINES: usize = 20;

/// How many letters of a long name may be wrong for it still to be known.
const MISSPELT: usize = 2;

/// What a file looks like.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub file: &'static str,
    /// Columns that must stand first, in this order.
    pub columns: &'static [&'static str],
    /// Columns that may follow, in any order: what 1.2 and 1.2.1 differ in.
    pub tail: &'static [&'static str],
    /// The columns that are read. Cells of all others are counted and never kept.
    pub used: &'static [&'static str],
}

impl Layout {
    /// Which of the columns that may follow is written almost like `name`. Left unread it would be as if it were not there,
    /// and that can be the opposite of what it says.
    fn meant_by(&self, name: &str) -> Option<&'static str> {
        if self.tail.contains(&name) || self.columns.contains(&name) {
            return None;
        }
        let small = name.to_ascii_lowercase();
        let nearly = |known: &&&str| {
            let far = strsim::damerau_levenshtein(&small, &known.to_ascii_lowercase());
            far == 0 || far <= MISSPELT && known.len() > 2 * MISSPELT
        };
        self.tail.iter().find(nearly).copied()
    }
}

/// The sound rows of a file, and what is known of the others.
#[derive(Debug)]
pub struct Table<T> {
    pub rows: Vec<T>,
    /// First cells (ids) of rows that were refused: references to them are not dangling, and they are not missing.
    pub broken: HashSet<String>,
    /// Whether header and encoding allowed to read it at all.
    pub readable: bool,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), broken: HashSet::new(), readable: true }
    }
}

impl<T> Table<T> {
    pub(super) fn unreadable() -> Self {
        Self { readable: false, ..Self::default() }
    }
}

/// Reads a file. `each` makes a typed row, or `None` after it has reported what is wrong.
pub fn read_table<T>(
    layout: &Layout,
    bytes: &[u8],
    problems: &mut Problems,
    mut each: impl FnMut(&mut Row<'_>) -> Option<T>,
) -> Table<T> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !is_utf8(layout.file, bytes, problems) {
        return Table::unreadable();
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let mut record = StringRecord::new();
    let mut columns = None;
    let mut table = Table::default();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                problems.error(Place::file(layout.file), format!("not readable as CSV: {error}"));
                return Table::unreadable();
            }
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        let line = lines.of_record(start);
        let Some(columns) = &mut columns else {
            let Some(found) = Columns::of(layout, &record, line, problems) else { return Table::unreadable() };
            columns = Some(found);
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut row = Row { layout, columns, record: &record, line, problems };
        let made = row.is_whole(&bytes[start..end]).then(|| each(&mut row)).flatten();
        columns.count_dropped(&record);
        match made {
            Some(made) => table.rows.push(made),
            None => drop(table.broken.insert(record.get(0).unwrap_or_default().trim().to_owned())),
        }
    }
    let Some(columns) = columns else {
        problems.error(Place::file(layout.file), "the file is empty; it needs at least its header");
        return Table::unreadable();
    };
    columns.note_dropped(layout.file, problems);
    table
}

fn is_utf8(file: &'static str, bytes: &[u8], problems: &mut Problems) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let wrong = bytes.split(|&b| b == b'\n').zip(1_u32..).filter(|(line, _)| std::str::from_utf8(line).is_err());
    let mut count = 0;
    for (_, line) in wrong {
        count += 1;
        if count <= NAMED_LINES {
            problems.error(Place::line(file, line), "not in UTF-8; save the file as \"CSV UTF-8\" and try again");
        }
    }
    if count > NAMED_LINES {
        let rest = count - NAMED_LINES;
        problems.error(Place::file(file), format!("{rest} more lines are not in UTF-8"));
    }
    false
}

/// Turns byte positions, asked for in rising order, into line numbers.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// Line of the first character of the record that the reader met from `start` on; blank lines before it are passed.
    fn of_record(&mut self, start: usize) -> u32 {
        let start = start.min(self.bytes.len());
        let blank = self.bytes[start..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        while self.at < start + blank {
            let byte = self.bytes[self.at];
            let lone_return = byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n');
            if byte == b'\n' || lone_return {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }
}

/// What stands where in this file, and how much of it is dropped.
pub(super) struct Columns {
    names: Vec<Column>,
}

struct Column {
    name: String,
    used: bool,
    dropped: usize,
}

impl Columns {
    fn of(layout: &Layout, header: &StringRecord, line: u32, problems: &mut Problems) -> Option<Self> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let before = problems.error_count();
        for (name, position) in names.iter().zip(1..) {
            if name.chars().any(char::is_control) {
                let message = format!(
                    "the name of column {position} holds a line break or another character that cannot be shown: {}",
                    quoted(name)
                );
                problems.error(Place::line(layout.file, line), message);
            }
        }
        if let [name] = names[..]
            && layout.columns.len() > 1
            && name.contains([';', '\t'])
        {
            let message = "the columns are separated by semicolons or tabs; they must be separated by commas";
            problems.error(Place::line(layout.file, line), message);
            return None;
        }
        for (position, &expected) in layout.columns.iter().enumerate() {
            let found = names.iter().position(|&name| name == expected);
            if found == Some(position) {
                continue;
            }
            let wanted = format!("column {} must be {expected}", position + 1);
            let message = match found {
                Some(found) => format!("{wanted}; it stands at {}", found + 1),
                None => format!("{wanted}; it is missing"),
            };
            problems.error(Place::cell(layout.file, line, expected), message);
        }
        for name in &names {
            if let Some(meant) = layout.meant_by(name) {
                let place = Place::cell(layout.file, line, brief(name));
                problems.error(place, format!("there is no such column; did you mean {meant}?"));
            }
        }
        let mut seen = HashSet::new();
        for &name in names.iter().filter(|name| !name.is_empty()) {
            if !seen.insert(name) {
                problems.error(Place::cell(layout.file, line, brief(name)), "the column stands in the header twice");
            }
        }
        let names = names
            .iter()
            .map(|&name| Column { name: name.to_owned(), used: layout.used.contains(&name), dropped: 0 })
            .collect();
        (problems.error_count() == before).then_some(Self { names })
    }

    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column.name == name)
    }

    fn count_dropped(&mut self, record: &StringRecord) {
        for (column, cell) in self.names.iter_mut().zip(record) {
            if !column.used && !cell.trim().is_empty() {
                column.dropped += 1;
            }
        }
    }

    fn note_dropped(self, file: &'static str, problems: &mut Problems) {
        for column in self.names.into_iter().filter(|column| column.dropped > 0) {
            let message = match column.dropped {
                1 => "dropped unread: 1 value; Glans has no purpose for this column".to_owned(),
                many => format!("dropped unread: {many} values; Glans has no purpose for this column"),
            };
            let place = Place { file: file.into(), line: None, column: Some(brief(&column.name).into()) };
            problems.notice(place, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        file: "t.csv",
        columns: &["id", "name", "secret"],
        tail: &["day", "flag"],
        used: &["id", "name", "day", "flag"],
    };

    fn read(text: &[u8]) -> (Vec<(u32, String)>, Vec<String>) {
        let mut problems = Problems::default();
        let table = read_table(&LAYOUT, text, &mut problems, |row| {
            let (id, day, flag) = (row.required("id"), row.date("day"), row.boolean("flag"));
            row.optional("name");
            day?;
            flag?;
            Some((row.line(), id?))
        });
        (table.rows, problems.into_sorted().iter().map(shown).collect())
    }

    fn shown(problem: &crate::roster::problem::Problem) -> String {
        let place = &problem.place;
        let line = place.line.map(|l| l.to_string()).unwrap_or_default();
        format!("{line}:{}: {}", place.column.as_deref().unwrap_or_default(), problem.message)
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for newline in ["\n", "\r\n", "\r"] {
            let text = ["\u{feff}id,name,secret", "1,\"two", "lines\",", "", "", "2,b,", "3,c,"].join(newline);
            let (rows, _) = read(text.as_bytes());
            assert_eq!(rows, [(2, "1".into()), (6, "2".into()), (7, "3".into())], "{newline:?}");
        }
    }

    #[test]
    fn names_every_line_that_is_not_utf8() {
        let (rows, problems) = read(b"id,name,secret\n1,Andr\xe9,\n2,b,\n3,\xfc,\n");
        assert!(rows.is_empty());
        assert_eq!(
            problems,
            [
                "2:: not in UTF-8; save the file as \"CSV UTF-8\" and try again",
                "4:: not in UTF-8; save the file as \"CSV UTF-8\" and try again",
            ]
        );
    }

    #[test]
    fn header_must_be_exact_and_in_order_and_may_have_more() {
        assert_eq!(
            read(b"id,secret,name\n").1,
            ["1:name: column 2 must be name; it stands at 3", "1:secret: column 3 must be secret; it stands at 2",]
        );
        assert_eq!(read(b"id,Name,secret\n").1, ["1:name: column 2 must be name; it is missing"]);
        assert_eq!(read(b"id,name,secret,flag,flag\n").1, ["1:flag: the column stands in the header twice"]);
        assert_eq!(
            read(b"id,name,secret,o\0dd\n1,a,,x\n").1,
            ["1:: the name of column 4 holds a line break or another character that cannot be shown: \"o dd\""]
        );
        let long = format!("id,name,secret,{}\n1,a,,x\n", "x".repeat(300));
        assert!(read(long.as_bytes()).1[0].starts_with(&format!(":{}…: dropped unread", "x".repeat(40))));
        assert_eq!(read(b"").1, [":: the file is empty; it needs at least its header"]);
        assert!(read(b"id,name,secret,anything,day\n1,a,,,2026-01-31\n").1.is_empty());
    }

    #[test]
    fn drops_columns_without_use_and_says_so() {
        let (rows, problems) = read(b"id,name,secret,odd\n1,a,hush,x\n2,b,hush,\n3,c,,\n");
        assert_eq!(rows.len(), 3);
        assert_eq!(
            problems,
            [
                ":secret: dropped unread: 2 values; Glans has no purpose for this column",
                ":odd: dropped unread: 1 value; Glans has no purpose for this column",
            ]
        );
    }

    #[test]
    fn an_open_quotation_mark_never_swallows_rows_in_silence() {
        let (rows, problems) = read(b"id,name,secret\n1,a,\n2,b,\"open\n3,c,\n");
        assert_eq!(rows, [(2, "1".to_owned())]);
        assert_eq!(
            problems,
            [
                ":secret: dropped unread: 1 value; Glans has no purpose for this column",
                "3:: a quotation mark is opened and not closed; inside a quoted value it is written twice",
            ]
        );
    }

    #[test]
    fn two_open_quotation_marks_swallow_no_row_either() {
        let (rows, problems) = read(b"id,name,secret\n1,a,\"t\n2,b,\"t\n3,c,\n");
        assert_eq!(rows, [(4, "3".to_owned())]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[1].starts_with("2:: rows, or a NUL, stand inside a value"), "{problems:?}");
    }

    #[test]
    fn reports_all_cells_of_all_rows() {
        let (rows, problems) =
            read(b"id,name,secret,day,flag\n,a,,2026-2-3,maybe\n2,b\n3,c,,2026-02-30,TRUE\n4,d,,,FALSE\n");
        assert_eq!(rows, [(5, "4".to_owned())]);
        assert_eq!(
            problems,
            [
                "2:id: is blank; a value is required",
                "2:day: \"2026-2-3\" is no date; write it as 2026-08-31",
                "2:flag: \"maybe\" is neither true nor false",
                "3:: the row has 2 values, the header 5 columns",
                "4:day: \"2026-02-30\" is no date; write it as 2026-08-31",
            ]
        );
    }

    #[test]
    fn a_day_is_of_the_years_1_to_9999_and_has_no_sign() {
        let days = ["+99999-1-1", "-99999-1-1", "+2026-8-31", "0000-08-31"];
        let text = days.map(|day| format!("1,a,,{day},\n")).concat();
        let (rows, problems) = read(format!("id,name,secret,day,flag\n{text}").as_bytes());
        assert!(rows.is_empty());
        let message = |(line, day)| format!("{line}:day: \"{day}\" is no date; write it as 2026-08-31");
        assert_eq!(problems, (2..).zip(days).map(message).collect::<Vec<_>>());
    }
}
