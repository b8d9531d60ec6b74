//! Why the guard turns a document away.

use async_graphql::Pos;

/// What a document has too much of. The name stands in `extensions.limit` of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Bytes,
    Tokens,
    BracketDepth,
    Aliases,
    Directives,
    SelectionDepth,
    Fields,
    RootFields,
    CredentialFields,
    Operations,
    Fragments,
    Variables,
    IntrospectionDepth,
    InputDepth,
    InputValues,
}

impl Limit {
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Bytes => ("bytes", "bytes"),
            Self::Tokens => ("tokens", "tokens"),
            Self::BracketDepth => ("bracketDepth", "brackets inside each other"),
            Self::Aliases => ("aliases", "aliases"),
            Self::Directives => ("directives", "directives"),
            Self::SelectionDepth => ("selectionDepth", "levels of fields"),
            Self::Fields => ("fields", "fields with fragments expanded"),
            Self::RootFields => ("rootFields", "root fields"),
            Self::CredentialFields => ("credentialFields", "fields that try a credential"),
            Self::Operations => ("operations", "operations"),
            Self::Fragments => ("fragments", "fragments"),
            Self::Variables => ("variables", "variables"),
            Self::IntrospectionDepth => ("introspectionDepth", "lists of the schema inside each other"),
            Self::InputDepth => ("inputDepth", "levels in `variables` and `extensions`"),
            Self::InputValues => ("inputValues", "values in `variables` and `extensions`"),
        }
    }
}

/// A document that is not passed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not GraphQL. The text of the document is never repeated: it may hold a password.
    #[error("Syntax error: {expected}.")]
    Syntax { expected: &'static str, at: Option<Pos> },
    /// GraphQL, but against a rule of validation that the guard has to check itself.
    #[error("{0}")]
    Invalid(String),
    /// More than this caller may ask for.
    #[error("The request has more than {maximum} {}. Ask for less, or in several requests.", .limit.words().1)]
    Over { limit: Limit, maximum: u64 },
}

impl Refused {
    pub(crate) fn over(limit: Limit, maximum: impl Into<u64>) -> Self {
        Self::Over { limit, maximum: maximum.into() }
    }
}

/// `Ok` while `count` is within `maximum`.
pub(crate) fn within(limit: Limit, count: u32, maximum: u32) -> Result<(), Refused> {
    if count > maximum { Err(Refused::over(limit, maximum)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_too_much_of_stands_in_a_whole_sentence() {
        assert_eq!(
            within(Limit::Fields, 101, 100).unwrap_err().to_string(),
            "The request has more than 100 fields with fragments expanded. Ask for less, or in several requests."
        );
    }
}
