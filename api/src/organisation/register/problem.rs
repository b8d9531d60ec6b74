//! What is wrong with a file, in words for who gave it.

use std::fmt;

/// One thing that is wrong in one place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1, as an editor counts them.
    pub line: u64,
    /// The column as the file's own header calls it; none where the whole line is meant.
    pub column: Option<String>,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Problem {
    pub(super) fn at_line(line: u64, message: impl Into<String>) -> Self {
        Self { line, column: None, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}
