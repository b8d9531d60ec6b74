//! How a client says who it is: HTTP Basic, or in the form (RFC 6749, section 2.3.1).

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::refusal::Refusal;

/// What a client shows. It has no `Debug`, so that no log can hold it.
#[derive(PartialEq, Eq)]
pub(super) struct Credentials {
    pub id: String,
    pub secret: String,
    /// Whether they came in the header.
    pub basic: bool,
}

/// The credentials of a request; exactly one of the two ways must be used. Ids and secrets of ours have no character
/// that the form encoding inside of Basic would change.
pub(super) fn read(headers: &HeaderMap, id: Option<String>, secret: Option<String>) -> Result<Credentials, Refusal> {
    match (headers.get(header::AUTHORIZATION), secret) {
        (Some(_), Some(_)) => {
            Err(Refusal::InvalidRequest("Send the secret in the header or in the form, not in both."))
        }
        (Some(value), None) => {
            let credentials = value.to_str().ok().and_then(basic).ok_or(Refusal::InvalidClient { basic: true })?;
            match id {
                Some(id) if id != credentials.id => {
                    Err(Refusal::InvalidRequest("Header and form name two different clients."))
                }
                _ => Ok(credentials),
            }
        }
        (None, Some(secret)) => {
            let id = id.ok_or(Refusal::InvalidRequest("`client_id` is missing."))?;
            Ok(Credentials { id, secret, basic: false })
        }
        (None, None) => Err(Refusal::InvalidClient { basic: true }),
    }
}

fn basic(value: &str) -> Option<Credentials> {
    let (scheme, encoded) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| Credentials {
        id: id.to_owned(),
        secret: secret.to_owned(),
        basic: true,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(value: &'static str) -> HeaderMap {
        [(header::AUTHORIZATION, HeaderValue::from_static(value))].into_iter().collect()
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the form has it")]
    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn either_way_is_read() {
        let of_header = read(&with("Basic Y2xpZW50XzE6czNjcmV0"), None, None).ok().unwrap();
        assert!(of_header == Credentials { id: "client_1".into(), secret: "s3cret".into(), basic: true });
        let of_form = read(&HeaderMap::new(), text("client_1"), text("s3cret")).ok().unwrap();
        assert!(of_form == Credentials { id: "client_1".into(), secret: "s3cret".into(), basic: false });
    }

    #[test]
    fn anything_else_is_refused() {
        let refusal = |headers, id, secret| read(&headers, id, secret).err().unwrap();
        assert_eq!(refusal(HeaderMap::new(), text("client_1"), None), Refusal::InvalidClient { basic: true });
        assert_eq!(refusal(with("Bearer abc"), None, None), Refusal::InvalidClient { basic: true });
        assert_eq!(refusal(with("Basic !"), None, None), Refusal::InvalidClient { basic: true });
        assert!(matches!(refusal(with("Basic Y2xpZW50XzE6czNjcmV0"), None, text("x")), Refusal::InvalidRequest(_)));
        assert!(matches!(refusal(with("Basic Y2xpZW50XzE6czNjcmV0"), text("other"), None), Refusal::InvalidRequest(_)));
        assert!(matches!(refusal(HeaderMap::new(), None, text("x")), Refusal::InvalidRequest(_)));
    }
}
