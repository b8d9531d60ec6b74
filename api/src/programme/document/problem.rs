//! What is wrong in a document, said to its author.

use std::fmt;

/// One thing to mend, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: u64,
    /// Where in the document: `years[0].modules[1].lessons[2].title.nl`, counted from 0.
    pub path: String,
    /// Reads on after the path: `is missing`.
    pub message: String,
}

impl Problem {
    pub(super) fn at(line: u64, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { line, path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {} {}", self.line, self.path, self.message)
    }
}

/// All that is wrong in one document, in the order of its lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end_of_previous = if index == 0 { "" } else { "\n" };
            write!(out, "{end_of_previous}{problem}")?;
        }
        Ok(())
    }
}
