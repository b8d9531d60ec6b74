//! The guard: what a request passes before the engine sees it.
//!
//! 1. [`lexer::scan`]: bytes, tokens, brackets, aliases, directives, fields that are given twice, in one linear pass
//!    without a stack.
//! 2. The parser, which can now neither overflow nor run long.
//! 3. [`shape::Shape`]: depth, fields and operations with fragments expanded, counted with a memo.
//! 4. [`input::bounded`]: the same for the variables.
//!
//! A document of 64 KiB is accepted or refused within 10 ms of CPU time; `fuzz/` looks for one that is not.

mod fields;
pub mod input;
pub mod lexer;
pub mod limits;
mod refused;
pub mod shape;
mod typename;

use std::sync::OnceLock;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::{self, parse_query};

pub use limits::{CallerKind, Limits};
pub use refused::{Limit, Refused};

/// A document that the guard has read. What it counted does not depend on who asks, so it can be kept and held
/// against the limits of the next caller.
#[derive(Debug)]
pub struct Document {
    pub syntax: ExecutableDocument,
    pub tally: lexer::Tally,
    pub shape: shape::Shape,
    /// What is wrong with its literals or with where its variables stand, once that was looked at; the schema is the
    /// same for all.
    pub misused: OnceLock<Option<String>>,
}

impl Document {
    /// Reads `source` for a caller with these limits.
    ///
    /// `credentials` are the mutations that try a password, code or token.
    pub fn read(source: &str, limits: &Limits, credentials: &[&str]) -> Result<Self, Refused> {
        let lexer::Scanned { tally, text, twice } = lexer::scan(source, limits)?;
        let mut syntax = parse_query(text).map_err(|error| without_echo(&error))?;
        if let Some(name) = twice {
            return Err(Refused::Invalid(format!("The field `{name}` is given twice in one object.")));
        }
        typename::lift_directives(&mut syntax);
        let shape = shape::Shape::of(&syntax, credentials)?;
        let document = Self { syntax, tally, shape, misused: OnceLock::new() };
        document.shape.within(limits)?;
        Ok(document)
    }

    /// Whether a caller with these limits may send this document, read before for another.
    pub fn within(&self, limits: &Limits) -> Result<(), Refused> {
        self.tally.within(limits)?;
        self.shape.within(limits)
    }
}

/// The parser's messages repeat the line they fail on.
fn without_echo(error: &parser::Error) -> Refused {
    let expected = match error {
        parser::Error::MultipleOperations { .. } => "an operation without a name must be the only one",
        parser::Error::OperationDuplicated { .. } => "two operations have the same name",
        parser::Error::FragmentDuplicated { .. } => "two fragments have the same name",
        parser::Error::MissingOperation => "the document has no operation",
        _ => "something else was expected at this place",
    };
    Refused::Syntax { expected, at: error.positions().next() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str, kind: CallerKind) -> Result<Document, Refused> {
        Document::read(source, &kind.limits(), &[])
    }

    #[test]
    fn an_ordinary_query_passes() {
        let document =
            read("query Schools { viewer { schools(first: 20) { nodes { id name } } } }", CallerKind::Person);
        assert_eq!(document.unwrap().shape.fields, 5);
    }

    #[test]
    fn the_bombs_that_the_engine_alone_would_die_of() {
        let spreads =
            (0..26).map(|at| format!("fragment F{at} on Q{{...F{0} ...F{0}}}", at + 1)).collect::<Vec<_>>().concat();
        let fragments = format!("{{...F0}}{spreads}fragment F26 on Q{{a}}");
        assert_eq!(
            read(&fragments, CallerKind::ApiClient).unwrap_err(),
            Refused::Over { limit: Limit::Fields, maximum: 1_000 }
        );
        let literals = format!("{{ a(x: {}{}) }}", "[".repeat(2_000), "]".repeat(2_000));
        assert_eq!(
            read(&literals, CallerKind::ApiClient).unwrap_err(),
            Refused::Over { limit: Limit::BracketDepth, maximum: 32 }
        );
    }

    #[test]
    fn a_syntax_error_says_where_and_repeats_nothing() {
        let refused = read("mutation { sessionCreate(password: hunter2 hunter3) { } }", CallerKind::Anonymous);
        let Err(Refused::Syntax { expected, at }) = refused else { panic!("{refused:?}") };
        assert_eq!(expected, "something else was expected at this place");
        assert!(at.is_some());
    }

    #[test]
    fn the_standard_introspection_query_passes_for_everybody() {
        for kind in [CallerKind::Anonymous, CallerKind::Person, CallerKind::ApiClient] {
            let document = read(include_str!("introspection.graphql"), kind).unwrap();
            assert!(document.shape.only_introspection());
            assert_eq!(document.within(&kind.limits()), Ok(()));
        }
    }
}
