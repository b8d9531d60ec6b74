//! Reading the cells of one row, and noting what is wrong with them.

use super::Problem;
use super::table::{Header, Row};

/// Characters that a cell has at most: as many as the name of a school may have in Glans. The longest in the registers of
/// 2026 has 77.
const LONGEST: usize = 120;

#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) header: &'a Header,
    pub(super) row: &'a Row,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl<'a> Cells<'a> {
    /// The text of a cell that may be blank.
    pub(super) fn optional(&mut self, position: usize) -> Option<&'a str> {
        let text = self.row.text(position)?;
        let length = text.chars().count();
        let wrong = if let Some(character) = text.chars().find(|character| character.is_control()) {
            // By its number: a terminal would obey it.
            format!("holds the control character U+{:04X}; download the register again", u32::from(character))
        } else if length > LONGEST {
            format!("has {length} characters; at most {LONGEST} fit")
        } else {
            return Some(text);
        };
        self.problem(position, wrong);
        None
    }

    /// The text of a cell that must not be blank.
    pub(super) fn required(&mut self, position: usize) -> Option<&'a str> {
        if self.row.text(position).is_none() {
            self.problem(position, "is blank");
        }
        self.optional(position)
    }

    /// The text of a cell that must have a certain form.
    pub(super) fn formed(&mut self, position: usize, is_formed: fn(&str) -> bool, form: &str) -> Option<&'a str> {
        let text = self.required(position)?;
        if is_formed(text) {
            return Some(text);
        }
        self.problem(position, format!("\"{text}\" is not {form}"));
        None
    }

    pub(super) fn problem(&mut self, position: usize, message: impl Into<String>) {
        self.problems.push(Problem {
            line: self.row.line,
            column: self.header.name(position).map(str::to_owned),
            message: message.into(),
        });
    }
}
