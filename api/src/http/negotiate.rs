//! Media types (GraphQL over HTTP, sections 3 and 6; RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// In which of the two forms an answer is sent. They differ in their status codes too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: a document that cannot run is 400.
    GraphqlResponse,
    /// `application/json`: what older clients ask for; a document that cannot run is 200.
    Json,
}

impl MediaType {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    /// The form that `Accept` prefers; JSON where it has no say; `None` if it wants neither.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let ranges = preferred(headers);
        let refused = |name: &str| ranges.iter().any(|range| range.weight == 0 && range.name == name);
        ranges.iter().filter(|range| range.weight > 0 && range.is_utf8).find_map(|range| match range.name.as_str() {
            "application/graphql-response+json" => Some(Self::GraphqlResponse),
            "application/json" => Some(Self::Json),
            "*/*" | "application/*" if !refused("application/json") => Some(Self::Json),
            "*/*" | "application/*" if !refused("application/graphql-response+json") => Some(Self::GraphqlResponse),
            _ => None,
        })
    }
}

/// In which form a stream of answers is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamForm {
    /// `text/event-stream`.
    Events,
    /// `multipart/mixed;subscriptionSpec=1.0`, what Apollo's clients ask for.
    Parts,
}

impl StreamForm {
    /// The form of a stream, where `Accept` names one and prefers it to those of a single answer.
    pub(super) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let ranges = preferred(headers);
        let named = ranges.iter().filter(|range| range.weight > 0).find_map(|range| match range.name.as_str() {
            "text/event-stream" => Some(Some(Self::Events)),
            "multipart/mixed" if range.is_for_subscriptions => Some(Some(Self::Parts)),
            "application/graphql-response+json" | "application/json" => Some(None),
            _ => None,
        });
        named.flatten()
    }
}

/// Whether a browser asks for a page: `text/html` named, and before any of the two of an API.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let ranges = weighed(headers, &header::ACCEPT);
    let weight = |name: &str| ranges.iter().find(|range| range.name == name).map_or(0, |range| range.weight);
    let api = weight("application/json").max(weight("application/graphql-response+json"));
    weight("text/html") > api
}

/// Whether the answer may be compressed with gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    weighed(headers, &header::ACCEPT_ENCODING)
        .iter()
        .any(|range| matches!(range.name.as_str(), "gzip" | "*") && range.weight > 0)
}

/// Whether the body is JSON in UTF-8. A form or plain text is not: browsers send those across sites unasked.
pub(super) fn sends_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    value.to_str().is_ok_and(|text| {
        let range = Range::parse(text);
        range.name == "application/json" && range.is_utf8
    })
}

/// Whether the body is encoded, as by gzip (RFC 9110, section 8.4): nothing is decoded here.
pub fn sends_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

struct Range {
    name: String,
    /// `q` in thousandths.
    weight: u16,
    is_utf8: bool,
    /// `subscriptionSpec=1.0`: parts that hold the answers of a subscription, not those of a deferred query.
    is_for_subscriptions: bool,
}

impl Range {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let mut range = Self { name, weight: 1_000, is_utf8: true, is_for_subscriptions: false };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            match key.trim().to_ascii_lowercase().as_str() {
                "q" => range.weight = thousandths(value.trim()),
                "charset" => {
                    let charset = value.trim().trim_matches('"');
                    range.is_utf8 = charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8");
                }
                "subscriptionspec" => range.is_for_subscriptions = value.trim().trim_matches('"') == "1.0",
                _ => {}
            }
        }
        range
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1")]
fn thousandths(q: &str) -> u16 {
    q.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1_000.0) as u16)
}

/// What `Accept` names, the preferred first.
fn preferred(headers: &HeaderMap) -> Vec<Range> {
    let mut ranges = weighed(headers, &header::ACCEPT);
    // Stable: of two that weigh the same the first stays first.
    ranges.sort_by_key(|range| std::cmp::Reverse(range.weight));
    ranges
}

fn weighed(headers: &HeaderMap, name: &HeaderName) -> Vec<Range> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(Range::parse)
        .filter(|range| !range.name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_answer_takes_the_form_that_is_preferred() {
        let of = |accept: &str| MediaType::accepted(&headers(header::ACCEPT, accept));
        let (new, old) = (Some(MediaType::GraphqlResponse), Some(MediaType::Json));
        assert_eq!(MediaType::accepted(&HeaderMap::new()), old);
        assert_eq!(of("application/graphql-response+json"), new);
        assert_eq!(of("Application/GraphQL-Response+JSON; charset=UTF-8"), new);
        assert_eq!(of("application/graphql-response+json, application/json;q=0.9"), new);
        assert_eq!(of("application/json;q=0.9, application/graphql-response+json"), new);
        assert_eq!(of("application/json, application/graphql-response+json"), old);
        assert_eq!(of("text/html, */*;q=0.1"), old);
        assert_eq!(of("application/*"), old);
        assert_eq!(of("*/*, application/json;q=0"), new);
        for neither in ["", "text/html", "application/json;q=0", "application/json; charset=latin1", "image/*"] {
            assert_eq!(of(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_browser_gets_the_page_and_a_client_does_not() {
        let of = |accept: &str| wants_page(&headers(header::ACCEPT, accept));
        assert!(of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!of("*/*"));
        assert!(!of("application/json, text/html;q=0.5"));
        assert!(!wants_page(&HeaderMap::new()));
    }

    #[test]
    fn a_stream_comes_to_who_asks_for_one_before_a_single_answer() {
        let of = |accept: &str| StreamForm::wanted(&headers(header::ACCEPT, accept));
        let (events, parts) = (Some(StreamForm::Events), Some(StreamForm::Parts));
        assert_eq!(of("text/event-stream"), events);
        assert_eq!(of("application/json;q=0.9, text/event-stream"), events);
        assert_eq!(of("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json"), parts);
        let of_apollo = "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\", \
             multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9";
        assert_eq!(of(of_apollo), parts);
        assert_eq!(of("text/event-stream, multipart/mixed;subscriptionSpec=1.0"), events);
        for single in [
            "application/json, text/event-stream",
            "*/*",
            "text/event-stream;q=0",
            "multipart/mixed;deferSpec=20220824, application/json",
            "multipart/mixed;subscriptionSpec=2.0",
            "application/graphql-response+json, multipart/mixed;subscriptionSpec=1.0",
        ] {
            assert_eq!(of(single), None, "{single}");
        }
        assert_eq!(StreamForm::wanted(&HeaderMap::new()), None);
    }

    #[test]
    fn an_encoded_body_is_known_by_its_header() {
        let of = |encoding: &str| sends_encoded(&headers(header::CONTENT_ENCODING, encoding));
        assert!(!sends_encoded(&HeaderMap::new()));
        assert!(!of("identity") && !of("Identity"));
        assert!(of("gzip") && of("br") && of("identity, gzip") && of(""));
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        let of = |content: &str| sends_json(&headers(header::CONTENT_TYPE, content));
        assert!(of("application/json"));
        assert!(of("application/json; charset=\"UTF-8\""));
        for other in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/graphql",
        ] {
            assert!(!of(other), "{other}");
        }
        assert!(!sends_json(&HeaderMap::new()));
    }
}
