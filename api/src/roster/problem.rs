//! What is wrong with a file, and where: collected over the whole bundle, so that a school mends everything at once.

use std::borrow::Cow;

/// How many problems are kept. A file in the wrong encoding has one on every line; beyond this number they are
/// counted, and no longer kept.
pub const KEPT: usize = 10_000;

/// Longest piece of a file's value that a message repeats, in characters.
const QUOTED: usize = 40;

/// What a finding means for the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is broken: nothing of the bundle is written.
    Error,
    /// Something was left out on purpose, or deserves a look. The import goes on.
    Notice,
}

/// Where in the bundle: a file, and within it a line and a column where these are known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub file: Cow<'static, str>,
    /// Line of the file as an editor counts it, from 1. A quoted value that runs over several lines belongs to the
    /// line on which its record starts.
    pub line: Option<u32>,
    /// Name of the column, as in the header.
    pub column: Option<Cow<'static, str>>,
}

impl Place {
    pub fn file(file: impl Into<Cow<'static, str>>) -> Self {
        Self { file: file.into(), line: None, column: None }
    }

    pub fn line(file: impl Into<Cow<'static, str>>, line: u32) -> Self {
        Self { line: Some(line), ..Self::file(file) }
    }

    pub fn cell(file: impl Into<Cow<'static, str>>, line: u32, column: impl Into<Cow<'static, str>>) -> Self {
        Self { column: Some(column.into()), ..Self::line(file, line) }
    }
}

/// One finding, in words for who keeps the school's administration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    pub severity: Severity,
    pub place: Place,
    pub message: String,
}

/// All findings of one bundle, in the order in which they were met.
#[derive(Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: usize,
    notices: usize,
}

impl Problems {
    pub fn error(&mut self, place: Place, message: impl Into<String>) {
        self.errors += 1;
        self.keep(Severity::Error, place, message.into());
    }

    pub fn notice(&mut self, place: Place, message: impl Into<String>) {
        self.notices += 1;
        self.keep(Severity::Notice, place, message.into());
    }

    fn keep(&mut self, severity: Severity, place: Place, message: String) {
        if self.kept.len() < KEPT {
            self.kept.push(Problem { severity, place, message });
        }
    }

    /// Number of errors, those that were not kept included.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// Number of notices, those that were not kept included.
    pub fn notice_count(&self) -> usize {
        self.notices
    }

    pub fn is_broken(&self) -> bool {
        self.errors > 0
    }

    pub fn list(&self) -> &[Problem] {
        &self.kept
    }

    /// The kept findings by file, line and column: the order in which a person mends them.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        self.kept
            .sort_by(|a, b| (&a.place.file, a.place.line, a.severity).cmp(&(&b.place.file, b.place.line, b.severity)));
        self.kept
    }
}

/// A name of a file or a column as a report may repeat it: shortened, on one line.
pub fn brief(name: &str) -> String {
    let mut shown: String = name.chars().take(QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if name.chars().count() > QUOTED {
        shown.push('…');
    }
    shown
}

/// A value of the file as a message may repeat it; one that may be a citizen service number in a wrong column is found by
/// its line and column alone.
pub fn quoted(value: &str) -> String {
    if may_be_citizen_service_number(value) {
        return "a number that is not repeated here".to_owned();
    }
    format!("\"{}\"", brief(value))
}

/// Such a number (*BSN*) has nine digits, or eight where its first, a zero, was lost.
fn may_be_citizen_service_number(value: &str) -> bool {
    value.split(|c: char| !c.is_ascii_digit()).any(|digits| matches!(digits.len(), 8 | 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_file_line_and_severity() {
        let mut problems = Problems::default();
        problems.notice(Place::line("users.csv", 3), "n");
        problems.error(Place::line("users.csv", 3), "e");
        problems.error(Place::file("users.csv"), "whole");
        problems.error(Place::line("orgs.csv", 9), "first");
        assert_eq!((problems.error_count(), problems.notice_count()), (3, 1));
        let order: Vec<_> = problems.into_sorted().into_iter().map(|p| p.message).collect();
        assert_eq!(order, ["first", "whole", "e", "n"]);
    }

    #[test]
    fn counts_what_it_does_not_keep() {
        let mut problems = Problems::default();
        for line in 0..=KEPT {
            problems.error(Place::line("users.csv", u32::try_from(line).unwrap_or(0)), "e");
        }
        assert_eq!((problems.error_count(), problems.list().len()), (KEPT + 1, KEPT));
    }

    #[test]
    fn quotes_briefly_and_on_one_line() {
        assert_eq!(quoted("a\nb"), "\"a b\"");
        assert_eq!(quoted(&"x".repeat(41)), format!("\"{}…\"", "x".repeat(40)));
    }

    #[test]
    fn repeats_nothing_that_may_be_a_citizen_service_number() {
        for number in ["123456782", "23456782", "bsn:123456782!"] {
            assert_eq!(quoted(number), "a number that is not repeated here");
        }
        assert_eq!(quoted("usr-1234567"), "\"usr-1234567\"");
        assert_eq!(quoted("1234567890"), "\"1234567890\"");
    }
}
