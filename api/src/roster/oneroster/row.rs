//! One row of a file, cell by cell. Every reading that fails reports why.

use chrono::{DateTime, NaiveDate};
use csv::StringRecord;

use super::table::{Columns, Layout};
use crate::platform::error::{Error, Result};
use crate::platform::scalars::LocalDate;
use crate::platform::text::Checks;
use crate::roster::problem::{Place, Problems, quoted};

/// Longest text in a cell that Glans keeps, in characters: that of a OneRoster GUID.
const LONGEST: usize = 255;

/// One record, and the way to its cells. Every reading that fails reports why.
pub struct Row<'a> {
    pub(super) layout: &'a Layout,
    pub(super) columns: &'a Columns,
    pub(super) record: &'a StringRecord,
    pub(super) line: u32,
    pub(super) problems: &'a mut Problems,
}

/// Whether a value runs from one row into the next, from a mark in a column to one in the same column: then it holds as many
/// separators as a row.
fn swallows(cell: &str, columns: usize) -> bool {
    cell.contains(['\r', '\n']) && cell.matches([',', ';', '\t']).count() + 1 >= columns
}

impl Row<'_> {
    /// Line of the file on which the record starts.
    pub fn line(&self) -> u32 {
        self.line
    }

    pub fn error(&mut self, column: &'static str, message: impl Into<String>) {
        let place = Place::cell(self.layout.file, self.line, column);
        self.problems.error(place, message);
    }

    pub fn notice(&mut self, column: &'static str, message: impl Into<String>) {
        let place = Place::cell(self.layout.file, self.line, column);
        self.problems.notice(place, message);
    }

    /// The value of a check that the mutations make too; what it refuses is told of the cell.
    pub fn heed<T>(&mut self, column: &'static str, checked: Result<T>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(Error::Refused(refusals)) => {
                for refusal in refusals {
                    self.error(column, refusal.message);
                }
                None
            }
            Err(_) => {
                self.error(column, "cannot be checked");
                None
            }
        }
    }

    /// As many cells as the header, and quotation marks in pairs: an open one would swallow the rows below it. Two open
    /// ones make a pair, and what they swallow has the end of a row and the beginning of another in it.
    pub(super) fn is_whole(&mut self, raw: &[u8]) -> bool {
        let place = Place::line(self.layout.file, self.line);
        let pieces = raw.split(|&b| b == b'"').count();
        if pieces % 2 == 0 {
            let message = "a quotation mark is opened and not closed; inside a quoted value it is written twice";
            self.problems.error(place, message);
            return false;
        }
        let columns = self.columns.count();
        if self.record.iter().any(|cell| cell.contains('\0') || swallows(cell, columns)) {
            let message = "rows, or a NUL, stand inside a value; look for quotation marks that are left open";
            self.problems.error(place, message);
            return false;
        }
        let (found, expected) = (self.record.len(), columns);
        if found != expected {
            self.problems.error(place, format!("the row has {found} values, the header {expected} columns"));
        }
        found == expected
    }

    /// The cell without blanks around it; empty where it is blank, or the file has no such column.
    pub fn raw(&self, column: &str) -> &str {
        debug_assert!(self.layout.used.contains(&column), "{column} is not declared as used");
        let position = self.columns.position(column);
        position.and_then(|p| self.record.get(p)).map(str::trim).unwrap_or_default()
    }

    pub fn is_blank(&self, column: &str) -> bool {
        self.raw(column).is_empty()
    }

    /// Text that may be blank. `None` also where it was refused, which has then been reported.
    pub fn optional(&mut self, column: &'static str) -> Option<String> {
        let text = self.raw(column);
        if text.is_empty() {
            return None;
        }
        if text.chars().count() > LONGEST {
            self.error(column, format!("longer than {LONGEST} characters"));
            return None;
        }
        if text.chars().any(char::is_control) {
            self.error(column, "holds a line break or another character that cannot be shown");
            return None;
        }
        Some(text.to_owned())
    }

    /// A name that must be there, as the mutations take one: NFC, one line, of at most `longest` characters.
    pub fn name(&mut self, column: &'static str, longest: usize) -> Option<String> {
        self.must_be_filled(column)?;
        let mut checks = Checks::default();
        let name = checks.line(column, self.raw(column), longest);
        self.heed(column, checks.done(name))
    }

    /// As `name`, of a cell that may be blank. `None` also where it was refused, which has then been reported.
    pub fn optional_name(&mut self, column: &'static str, longest: usize) -> Option<String> {
        if self.is_blank(column) { None } else { self.name(column, longest) }
    }

    /// Text that must be there.
    pub fn required(&mut self, column: &'static str) -> Option<String> {
        if self.is_blank(column) {
            self.error(column, "is blank; a value is required");
            return None;
        }
        self.optional(column)
    }

    /// That a value is there which the standard requires and Glans does not keep.
    pub fn must_be_filled(&mut self, column: &'static str) -> Option<()> {
        if self.is_blank(column) {
            self.error(column, "is blank; a value is required");
            return None;
        }
        Some(())
    }

    /// Several ids in one cell, parted by commas.
    pub fn list(&self, column: &'static str) -> Vec<String> {
        let text = self.raw(column);
        text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    }

    /// Reports two lists that go in pairs and are not of one length.
    pub fn pairs(&mut self, one: &'static str, other: &'static str) {
        let (left, right) = (self.list(one).len(), self.list(other).len());
        if left != right {
            self.error(other, format!("has {right} values and {one} has {left}; they go in pairs"));
        }
    }

    /// A calendar day of the years 1 to 9999, `YYYY-MM-DD`; the inner `None` is a blank cell.
    pub fn date(&mut self, column: &'static str) -> Option<Option<NaiveDate>> {
        let text = self.raw(column);
        if text.is_empty() {
            return Some(None);
        }
        let date = LocalDate::read(text);
        if date.is_none() {
            let message = format!("{} is no date; write it as 2026-08-31", quoted(text));
            self.error(column, message);
        }
        date.map(Some)
    }

    pub fn required_date(&mut self, column: &'static str) -> Option<NaiveDate> {
        self.must_be_filled(column)?;
        self.date(column)?
    }

    /// `true` or `false`, in any case; blank is `None` within.
    pub fn boolean(&mut self, column: &'static str) -> Option<Option<bool>> {
        let text = self.raw(column);
        match text.to_ascii_lowercase().as_str() {
            "" => Some(None),
            "true" => Some(Some(true)),
            "false" => Some(Some(false)),
            _ => {
                let message = format!("{} is neither true nor false", quoted(text));
                self.error(column, message);
                None
            }
        }
    }

    /// One of the words of a closed list, in any case.
    pub fn choice<T: Copy>(&mut self, column: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.must_be_filled(column)?;
        let text = self.raw(column);
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|&(_, value)| value);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|&(word, _)| word).collect();
            let message = format!("{} is none of {}", quoted(text), known.join(", "));
            self.error(column, message);
        }
        found
    }

    /// As `choice`; the inner `None` is a blank cell.
    pub fn optional_choice<T: Copy>(&mut self, column: &'static str, words: &[(&str, T)]) -> Option<Option<T>> {
        if self.is_blank(column) { Some(None) } else { self.choice(column, words).map(Some) }
    }

    /// A word of a list that a system may extend with words of its own, as `ext:clusterDirector` (vocabulary extension of 1.2).
    /// `other` stands for an extension that Glans has no meaning for.
    pub fn open_choice<T: Copy>(&mut self, column: &'static str, words: &[(&str, T)], other: T) -> Option<T> {
        let text = self.raw(column);
        let own = text.strip_prefix("ext:").is_some_and(is_extension);
        let known = words.iter().any(|(word, _)| word.eq_ignore_ascii_case(text));
        if own && !known { Some(other) } else { self.choice(column, words) }
    }

    /// An instant, as `2026-08-31T10:00:00Z`.
    pub fn required_instant(&mut self, column: &'static str) -> Option<()> {
        self.must_be_filled(column)?;
        let text = self.raw(column);
        let day_only = LocalDate::read(text).is_some();
        if day_only || DateTime::parse_from_rfc3339(text).is_ok() {
            return Some(());
        }
        let message = format!("{} is no instant; write it as 2026-08-31T10:00:00.000Z", quoted(text));
        self.error(column, message);
        None
    }
}

fn is_extension(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}
