//! Answers in bytes.

use std::collections::BTreeMap;
use std::io;

use async_graphql::{ServerError, Value};
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;

use super::negotiate::MediaType;
use super::refusal::Refusal;

/// A GraphQL response: without `data` where nothing ran (specification, section 7.1).
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, Value>,
}

impl Answer {
    /// The bytes, unless they are more than `maximum`.
    pub(super) fn bytes(&self, maximum: usize) -> Result<Vec<u8>, Refusal> {
        let mut capped = Capped { bytes: Vec::with_capacity(1024), maximum };
        match serde_json::to_writer(&mut capped, self) {
            Ok(()) => Ok(capped.bytes),
            Err(error) if error.is_io() => Err(Refusal::answer_too_large(maximum)),
            Err(error) => {
                tracing::error!(%error, "an answer is not JSON");
                Err(Refusal::internal())
            }
        }
    }
}

/// A writer that fails where the answer grows too large.
struct Capped {
    bytes: Vec<u8>,
    maximum: usize,
}

impl io::Write for Capped {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + part.len() > self.maximum {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the answers to one `Accept` have in common.
pub(super) fn respond(status: StatusCode, media_type: MediaType, body: Vec<u8>) -> Response {
    whole(status, media_type, body).map(Body::from)
}

fn whole(status: StatusCode, media_type: MediaType, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language, Glans-Board"));
    response
}

pub(super) fn refuse(refusal: &Refusal, media_type: MediaType, request_id: &str) -> Response {
    let answer = Answer { errors: vec![refusal.error(request_id)], ..Answer::default() };
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    let mut response = respond(refusal.status(media_type), media_type, body);
    response.headers_mut().extend(refusal.headers.iter().cloned());
    response
}

/// The answer to a GET of a persisted document.
pub(super) fn cacheable(media_type: MediaType, body: Vec<u8>, asked: &HeaderMap) -> Response {
    revalidated(whole(StatusCode::OK, media_type, body), asked)
}

/// An answer that the client may keep, if it asks each time whether it still holds; without a body when it does.
pub fn revalidated(answer: Response<Vec<u8>>, asked: &HeaderMap) -> Response {
    let (mut head, mut body) = answer.into_parts();
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest(&SHA256, &body).as_ref()[..15]));
    if holds(asked, &tag) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        body.clear();
    }
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        head.headers.insert(header::ETAG, tag);
    }
    Response::from_parts(head, Body::from(body))
}

/// What the conditions of a GET or HEAD come to where the strong tag of what is there is `tag`: 412 or 304; none where
/// it is to be answered (RFC 9110, section 13.2.2).
pub fn condition(asked: &HeaderMap, tag: &str) -> Option<StatusCode> {
    // Strong comparison: a weak tag is that of no bytes.
    let is_another = asked.contains_key(header::IF_MATCH) && !names(asked, header::IF_MATCH).any(|name| is(name, tag));
    if is_another {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    holds(asked, tag).then_some(StatusCode::NOT_MODIFIED)
}

/// `If-None-Match` (RFC 9110, section 13.1.2): weak comparison, since compression makes tags weak.
fn holds(asked: &HeaderMap, tag: &str) -> bool {
    names(asked, header::IF_NONE_MATCH).any(|name| is(name.trim_start_matches("W/"), tag))
}

fn is(name: &str, tag: &str) -> bool {
    name == tag || name == "*"
}

/// The tags that a header names.
fn names(asked: &HeaderMap, header: HeaderName) -> impl Iterator<Item = &str> {
    let values = asked.get_all(header).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_grows_too_large_is_stopped() {
        let answer = Answer { data: Some(Value::String("x".repeat(100))), ..Answer::default() };
        assert_eq!(answer.bytes(111).unwrap().len(), 111);
        assert!(answer.bytes(110).is_err());
    }

    #[test]
    fn nothing_stands_in_an_answer_that_is_not_there() {
        assert_eq!(Answer::default().bytes(10).unwrap(), b"{}");
        let null = Answer { data: Some(Value::Null), ..Answer::default() };
        assert_eq!(null.bytes(20).unwrap(), br#"{"data":null}"#);
    }

    #[test]
    fn the_same_bytes_are_not_sent_twice() {
        let first = cacheable(MediaType::Json, b"{}".to_vec(), &HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        for (sent, status) in [
            (tag.to_str().unwrap().to_owned(), 304),
            (format!("\"x\", W/{}", tag.to_str().unwrap()), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::try_from(sent).unwrap())]);
            let answer = cacheable(MediaType::Json, b"{}".to_vec(), &asked);
            assert_eq!((answer.status().as_u16(), &answer.headers()[header::ETAG]), (status, &tag));
        }
    }

    #[test]
    fn a_condition_is_met_or_not() {
        let tag = "\"a\"";
        let of = |name: HeaderName, value: &str| {
            let asked = HeaderMap::from_iter([(name, HeaderValue::try_from(value).unwrap())]);
            condition(&asked, tag).map(|status| status.as_u16())
        };
        let matched = [(tag, None), ("*", None), ("\"b\", \"a\"", None), ("\"b\"", Some(412)), ("W/\"a\"", Some(412))];
        for (value, status) in matched {
            assert_eq!(of(header::IF_MATCH, value), status, "{value}");
        }
        for (value, status) in [(tag, Some(304)), ("*", Some(304)), ("W/\"a\"", Some(304)), ("\"b\"", None)] {
            assert_eq!(of(header::IF_NONE_MATCH, value), status, "{value}");
        }
        let both = [(header::IF_MATCH, "\"b\""), (header::IF_NONE_MATCH, tag)];
        let both = both.map(|(name, value)| (name, HeaderValue::from_static(value)));
        assert_eq!(condition(&HeaderMap::from_iter(both), tag), Some(StatusCode::PRECONDITION_FAILED));
        assert_eq!(condition(&HeaderMap::new(), tag), None);
    }
}
