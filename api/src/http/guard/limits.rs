//! How much one request may ask for, by the kind of caller.

/// Who is asking, as far as limits are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallerKind {
    /// Nobody has signed in: sign-in, invitations, introspection.
    Anonymous,
    /// Somebody with an access token of their own.
    Person,
    /// A system of a school or board, with client credentials.
    ApiClient,
}

/// The most that one request may hold. Every bound is inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the request body, and of the document in it.
    pub body_bytes: usize,
    /// Lexical tokens of the document (names, numbers, strings, punctuators).
    pub tokens: u32,
    /// Brackets of any kind open at the same time.
    pub bracket_depth: u32,
    /// Aliases as written.
    pub aliases: u32,
    /// Directives as written.
    pub directives: u32,
    /// Fields below each other, fragments expanded; `{ a }` is 1.
    pub selection_depth: u32,
    /// Fields of the whole document, fragments expanded.
    pub fields: u32,
    /// Root fields of one operation, fragments expanded.
    pub root_fields: u32,
    /// Root fields of one operation that try a credential.
    pub credential_fields: u32,
    /// Operations in the document.
    pub operations: u32,
    /// Fragment definitions in the document.
    pub fragments: u32,
    /// Variables that one operation declares.
    pub variables: u32,
    /// Cost of the operation that is executed, in points.
    pub cost: u64,
}

const KIB: usize = 1024;

const ANONYMOUS: Limits = Limits {
    body_bytes: 16 * KIB,
    tokens: 500,
    bracket_depth: 32,
    aliases: 5,
    directives: 10,
    selection_depth: 8,
    fields: 100,
    root_fields: 5,
    credential_fields: 1,
    operations: 10,
    fragments: 50,
    variables: 50,
    cost: 500,
};

const PERSON: Limits = Limits {
    body_bytes: 64 * KIB,
    tokens: 1_500,
    aliases: 15,
    directives: 20,
    selection_depth: 10,
    fields: 500,
    root_fields: 10,
    cost: 2_000,
    ..ANONYMOUS
};

const API_CLIENT: Limits =
    Limits { tokens: 3_000, aliases: 30, selection_depth: 12, fields: 1_000, root_fields: 20, cost: 10_000, ..PERSON };

impl CallerKind {
    pub const fn limits(self) -> Limits {
        match self {
            Self::Anonymous => ANONYMOUS,
            Self::Person => PERSON,
            Self::ApiClient => API_CLIENT,
        }
    }
}

impl Limits {
    /// The widest of all callers: what is worth keeping in a cache.
    pub const WIDEST: Self = API_CLIENT;

    /// The same, for a document that asks for nothing but the schema. The standard introspection
    /// query is 15 levels deep; `introspection_lists` bounds what its depth could otherwise multiply.
    #[must_use]
    pub const fn for_introspection(self) -> Self {
        Self { selection_depth: 16, fields: 500, ..self }
    }

    /// `fields`, `inputFields`, `interfaces` and `possibleTypes` below each other.
    pub const INTROSPECTION_LISTS: u32 = 2;

    /// Expanded selections of all kinds. A spread of a spread of a spread is no field, but work.
    pub const fn selections(self) -> u32 {
        self.fields.saturating_mul(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_may_do_at_least_what_the_one_before_may() {
        let of = |kind: CallerKind| {
            let limits = kind.limits();
            (
                limits.body_bytes / KIB,
                limits.tokens,
                limits.selection_depth,
                limits.fields,
                limits.aliases,
                limits.root_fields,
                limits.directives,
                limits.cost,
            )
        };
        assert_eq!(of(CallerKind::Anonymous), (16, 500, 8, 100, 5, 5, 10, 500));
        assert_eq!(of(CallerKind::Person), (64, 1_500, 10, 500, 15, 10, 20, 2_000));
        assert_eq!(of(CallerKind::ApiClient), (64, 3_000, 12, 1_000, 30, 20, 20, 10_000));
    }
}
