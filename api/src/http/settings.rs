//! What an operator may choose about this layer.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderValue;

use super::documents::Policy;
use super::guard::CallerKind;
use super::house::{LOOKUP_TIMEOUT, Visitor};

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
    /// What happens to those of API clients, where it is something else.
    pub client_documents: ClientPolicies,
    /// Origins whose pages may call the API from a browser; empty: none but this one.
    pub cors_origins: Vec<HeaderValue>,
    /// Whether callers pay from a bucket that refills. The cap on one operation stays.
    pub rate_limits: bool,
    /// Whether a proxy of ours stands in front, so that the last entry of `X-Forwarded-For` is the caller's address.
    pub behind_proxy: bool,
    /// How long a request may wait until it is known who asks and what, its body aside.
    pub lookup_timeout: Duration,
    /// How long one operation may run.
    pub execution_timeout: Duration,
    /// How long a request body may take to arrive.
    pub body_timeout: Duration,
    /// Bytes of one answer before compression.
    pub response_bytes: usize,
    /// Root fields of `Mutation` that try a password, code or token: one per request.
    pub credential_fields: &'static [&'static str],
}

/// What happens to documents of API clients that no release of an app has registered: they write their own.
#[derive(Debug, Clone, Default)]
pub struct ClientPolicies {
    /// By the id of the client.
    pub of: HashMap<String, Policy>,
    /// Of those that are not named; none: what holds for everybody.
    pub others: Option<Policy>,
}

impl Settings {
    /// What happens to documents of `visitor` that no release of an app has registered.
    pub(super) fn policy(&self, visitor: &Visitor) -> Policy {
        let clients = &self.client_documents;
        let own = match (visitor.kind, &visitor.payer) {
            (CallerKind::ApiClient, Some(client)) => clients.of.get(client).copied().or(clients.others),
            (CallerKind::ApiClient | CallerKind::Person | CallerKind::Anonymous, _) => None,
        };
        own.unwrap_or(self.documents)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            graphiql: true,
            introspection: true,
            documents: Policy::Off,
            client_documents: ClientPolicies::default(),
            cors_origins: Vec::new(),
            rate_limits: true,
            behind_proxy: false,
            lookup_timeout: LOOKUP_TIMEOUT,
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
