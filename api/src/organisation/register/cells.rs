//! Reading the cells of one row, and noting what is wrong with them.

use super::Problem;
use super::table::{Header, Row};

#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) header: &'a Header,
    pub(super) row: &'a Row,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl<'a> Cells<'a> {
    pub(super) fn optional(&self, position: usize) -> Option<&'a str> {
        self.row.text(position)
    }

    /// The text of a cell that must not be blank.
    pub(super) fn required(&mut self, position: usize) -> Option<&'a str> {
        let text = self.row.text(position);
        if text.is_none() {
            self.problem(position, "is blank");
        }
        text
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
