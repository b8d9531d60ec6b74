/// Stand-in until the kernel is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    GraphqlParseFailed,
    GraphqlValidationFailed,
    BadUserInput,
    Unauthenticated,
    TokenExpired,
    CostExceeded,
    RateLimited,
    PersistedQueryNotFound,
    PersistedQueryRequired,
    Internal,
}
impl Code {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryRequired => "PERSISTED_QUERY_REQUIRED",
            Self::Internal => "INTERNAL",
        }
    }
    pub(super) fn retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::TokenExpired | Self::PersistedQueryNotFound | Self::Internal)
    }
}
