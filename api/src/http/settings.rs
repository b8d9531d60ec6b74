//! What an operator may choose about this layer.

use std::time::Duration;

use axum::http::HeaderValue;

use super::documents::Policy;

/// All of it has a sane default: a development server on this machine.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of an operator")]
pub struct Settings {
    /// Serve the GraphiQL page to browsers on `GET /graphql`.
    pub graphiql: bool,
    /// Answer `__schema` and `__type`.
    pub introspection: bool,
    /// What happens to documents that no release of an app has registered.
    pub documents: Policy,
    /// Origins whose pages may call the API from a browser; empty: none but this one.
    pub cors_origins: Vec<HeaderValue>,
    /// Whether callers pay from a bucket that refills. The cap on one operation stays.
    pub rate_limits: bool,
    /// Whether a proxy of ours stands in front, so that the last entry of `X-Forwarded-For` is the caller's address.
    pub behind_proxy: bool,
    /// How long one operation may run.
    pub execution_timeout: Duration,
    /// How long a request body may take to arrive.
    pub body_timeout: Duration,
    /// Bytes of one answer before compression.
    pub response_bytes: usize,
    /// Root fields of `Mutation` that try a password, code or token: one per request.
    pub credential_fields: &'static [&'static str],
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            graphiql: true,
            introspection: true,
            documents: Policy::Off,
            cors_origins: Vec::new(),
            rate_limits: true,
            behind_proxy: false,
            execution_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            response_bytes: 5 * 1024 * 1024,
            credential_fields: &[
                "sessionCreate",
                "sessionRefresh",
                "passwordChange",
                "passwordReset",
                "invitationAccept",
            ],
        }
    }
}
