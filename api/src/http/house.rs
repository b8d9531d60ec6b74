//! What this layer needs from the application behind it.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use async_graphql::Data;
use axum::http::HeaderMap;

use super::guard::CallerKind;
use super::request_id::RequestId;
use crate::platform::error::Error;

/// How long a request waits until it is known who asks and what, all together. Each lock or connection on the way is
/// waited for less long; who waits in vain for one is told whether others have it or it is a fault of ours. So what is
/// left where this time is over is that one wait followed another, or that the server hung once it had let one in.
pub const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// The application, as the walls see it.
pub trait House: Clone + Send + Sync + 'static {
    /// Who is asking. A request without a credential is let in as anonymous; a bad credential is not.
    fn admit(&self, knock: Knock<'_>) -> impl Future<Output = Result<Visitor, Denied>> + Send;

    /// Looks again who is asking, long after [`House::admit`] gave `data`: what its resolvers see from here on is what
    /// may be seen now. Somebody whose credential counts no longer is denied.
    fn renew(&self, knock: Knock<'_>, data: &Data) -> impl Future<Output = Result<(), Denied>> + Send;

    /// An answer of a stream is made: what it was read from is given back before somebody slow takes it.
    fn rest(&self, data: &Data) -> impl Future<Output = ()> + Send;

    /// The text of the document that a release of an app registered under this id: `sha256:` and 64 lower-case
    /// hexadecimal digits, or what the app's build tool made up. Denied where that cannot be looked up now.
    fn trusted_document(&self, id: &str) -> impl Future<Output = Result<Option<String>, Denied>> + Send;

    /// A request was answered, for who counts them.
    fn answered(&self, _answered: Answered) {}

    /// What somebody who was let in asked for is over, for who keeps the books.
    fn billed(&self, _bill: Bill<'_>) {}

    /// Whether requests can be answered: the database is there and migrated.
    fn ready(&self) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// What a request shows at the door.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// The bearer token, if there is one.
    pub token: Option<&'a str>,
    pub headers: &'a HeaderMap,
    /// Where the request comes from: for throttling, never for a log.
    pub address: IpAddr,
    pub request_id: &'a RequestId,
}

/// Somebody who was let in.
#[derive(Debug)]
pub struct Visitor {
    pub kind: CallerKind,
    /// The account or API client that pays; `None` is paid for by the address.
    pub payer: Option<String>,
    /// What resolvers find in their context, for this request only.
    pub data: Data,
    /// How long the request may wait still until it is known what it asks.
    pub(super) patience: Duration,
}

impl Visitor {
    /// As the house knows them.
    pub fn new(kind: CallerKind, payer: Option<String>, data: Data) -> Self {
        Self { kind, payer, data, patience: LOOKUP_TIMEOUT }
    }
}

/// What is looked up of who asks or what, unless that takes longer than `patience`.
///
/// # Errors
/// What it said, or that it takes too long: others are at work.
pub async fn within<T, E: From<Error>>(
    patience: Duration,
    looking_up: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::time::timeout(patience, looking_up).await.unwrap_or_else(|_| {
        tracing::warn!("something was waited for too long before a request could be answered");
        Err(Error::Held.into())
    })
}

/// As [`within`], at a door beside GraphQL: all that a request waits for there of what others hold. What has its
/// effect once and no second time, or waits for something else, stays outside.
///
/// # Errors
/// As [`within`].
pub async fn in_time<T, E: From<Error>>(looking_up: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    within(LOOKUP_TIMEOUT, looking_up).await
}

/// What it came to that somebody who was let in asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill<'b> {
    /// The account or API client.
    pub payer: &'b str,
    /// Points that were paid.
    pub cost: u64,
    /// Whether it was turned away after all.
    pub refused: bool,
}

/// How a request ended. Nothing of what it was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    pub kind: Kind,
    pub outcome: Outcome,
    pub took: Duration,
}

/// What kind of operation a request was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    Query,
    Mutation,
    Subscription,
    /// It was turned away before that was known.
    Unknown,
}

/// How an operation ended, for who operates the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    Ok,
    /// It ran, and something of it could not be answered.
    Errors,
    /// It was turned away by the walls.
    Refused,
    /// It was turned away because something of ours is broken or too slow.
    Failed,
}

/// Why somebody was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("The Authorization header is not understood. Send `Authorization: Bearer` and one access token.")]
    Malformed,
    #[error("The Glans-Board header is not understood. Send the id of one board, or leave it out.")]
    Board,
    #[error("The access token is not valid. Sign in again.")]
    Invalid,
    #[error("The access token has run out. Refresh the session.")]
    Expired,
    /// Token or document could not be looked up for others who are at work. Who knocks again in a moment may be let in.
    #[error("{message}")]
    Later { message: String, retry_after_seconds: u32 },
    /// Token or document could not be looked up. The text is for the log.
    #[error("{0}")]
    Fault(String),
}

/// Nobody could say who asks, or what: it is a fault of ours, unless others held what was needed to know.
impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        match error.retry_after_seconds() {
            Some(retry_after_seconds) => Self::Later { message: error.to_string(), retry_after_seconds },
            None => Self::Fault(format!("{error:?}")),
        }
    }
}

/// Something of ours is broken. The text is for the log, never for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn one_wait_after_another_is_for_others_and_a_fault_is_told_as_it_is() {
        let late: Result<(), Error> = within(Duration::ZERO, pending()).await;
        assert!(matches!(late, Err(Error::Held)), "{late:?}");
        let gone: Result<(), Error> = in_time(ready(Err(Error::fault("the server is gone")))).await;
        assert!(matches!(gone, Err(Error::Fault(_))), "{gone:?}");
    }

    #[test]
    fn who_is_not_known_for_what_others_hold_comes_again() {
        let message = "Others are at work just now. Try again in 5 seconds.".to_owned();
        assert_eq!(Denied::from(Error::Held), Denied::Later { message, retry_after_seconds: 5 });
        assert!(matches!(Denied::from(Error::Crowded), Denied::Later { retry_after_seconds: 3, .. }));
        assert!(matches!(Denied::from(Error::fault("the server is gone")), Denied::Fault(_)));
    }
}
