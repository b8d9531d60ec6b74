//! What is written of a stream in the body of an answer: server-sent events, as npm's `graphql-sse` reads them, or the
//! parts of Apollo's protocol for subscriptions over HTTP.

use std::time::Duration;

use async_graphql::ServerError;
use axum::http::HeaderValue;

use super::answer::Answer;
use super::negotiate::StreamForm;
use super::refusal::Refusal;

/// A browser passes no event on that has no `data`.
const COMPLETE: &str = "event: complete\ndata:\n\n";
/// Stands before the first part and after each: a reader takes a part for whole when it sees what comes after.
const DELIMITER: &str = "\r\n--graphql";
/// Makes of the last delimiter the end.
const CLOSING: &str = "--\r\n";

impl StreamForm {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Parts => "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0",
        })
    }

    /// After this much silence a heartbeat is written, so that nobody on the way takes the stream for dead.
    pub(super) const fn silence(self) -> Duration {
        match self {
            Self::Events => Duration::from_secs(12),
            // What Apollo's own server does.
            Self::Parts => Duration::from_secs(5),
        }
    }

    /// What stands before everything else.
    pub(super) const fn opening(self) -> Option<&'static str> {
        match self {
            Self::Events => None,
            Self::Parts => Some(DELIMITER),
        }
    }

    pub(super) fn heartbeat(self) -> String {
        match self {
            Self::Events => ":\n\n".to_owned(),
            Self::Parts => part("{}"),
        }
    }

    /// An answer. JSON as it is written here has no line breaks.
    pub(super) fn next(self, json: &[u8]) -> String {
        let json = String::from_utf8_lossy(json);
        match self {
            Self::Events => format!("event: next\ndata: {json}\n\n"),
            Self::Parts => part(&format!(r#"{{"payload":{json}}}"#)),
        }
    }

    /// The operation did not run, or cannot go on after it `has_begun` to answer. Who reads parts tells them apart.
    pub(super) fn failed(self, errors: Vec<ServerError>, has_begun: bool) -> String {
        match self {
            Self::Parts if has_begun => ended(&errors),
            Self::Parts | Self::Events => {
                self.next(&Answer { errors, ..Answer::default() }.bytes(usize::MAX).unwrap_or_default())
            }
        }
    }

    /// The operation is over.
    pub(super) const fn complete(self) -> &'static str {
        match self {
            Self::Events => COMPLETE,
            Self::Parts => CLOSING,
        }
    }

    /// The stream ends before its operation. Who reads events comes again where `complete` is missing; who reads parts
    /// would take any end for the end of the operation, and is told why.
    pub(super) fn broken(self, refusal: &Refusal, request_id: &str) -> Option<String> {
        match self {
            Self::Events => None,
            Self::Parts => Some(ended(&[refusal.error(request_id)]) + CLOSING),
        }
    }
}

/// What ends a subscription, and is none of its answers.
fn ended(errors: &[ServerError]) -> String {
    let errors = serde_json::to_string(errors).unwrap_or_default();
    part(&format!(r#"{{"payload":null,"errors":{errors}}}"#))
}

fn part(json: &str) -> String {
    format!("\r\ncontent-type: application/json\r\n\r\n{json}{DELIMITER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_with_what_separates_it_from_the_next() {
        let parts = StreamForm::Parts;
        let (opening, complete) = (parts.opening().unwrap(), parts.complete());
        let whole = format!("{opening}{}{}{complete}", parts.next(br#"{"data":1}"#), parts.heartbeat());
        assert_eq!(
            whole,
            "\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{\"payload\":{\"data\":1}}\
             \r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql--\r\n"
        );
    }

    #[test]
    fn who_reads_parts_is_told_why_a_stream_breaks() {
        let stopping = Refusal::stopping();
        let told = StreamForm::Parts.broken(&stopping, "r-1").unwrap();
        assert!(told.contains(r#"{"payload":null,"errors":[{"message":"This server is stopping."#), "{told}");
        assert!(told.ends_with("\r\n--graphql--\r\n"), "{told}");
        assert_eq!(StreamForm::Events.broken(&stopping, "r-1"), None);
    }
}
