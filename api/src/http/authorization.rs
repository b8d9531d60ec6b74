//! The `Authorization` header (RFC 9110, section 11.6.2; RFC 6750, section 2.1).

use axum::http::{HeaderMap, header};

use super::house::Denied;

/// No token of ours is longer; a longer one is not worth a signature check.
const LONGEST_TOKEN: usize = 4_096;

/// The bearer token of a request, `None` without the header. Anything else than one well-formed token is refused: a
/// request that meant to be signed in must not run as anonymous.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Denied::Malformed);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Denied::Malformed)?;
    let token = token.trim_matches(' ');
    let well_formed = scheme.eq_ignore_ascii_case("bearer") && token.len() <= LONGEST_TOKEN && is_token68(token);
    well_formed.then_some(Some(token)).ok_or(Denied::Malformed)
}

fn is_token68(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&str]) -> Result<Option<String>, Denied> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        bearer(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn one_bearer_token_or_none() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["Bearer abc.DEF-_~+/=="]), Ok(Some("abc.DEF-_~+/==".to_owned())));
        assert_eq!(of(&["bearer  abc"]), Ok(Some("abc".to_owned())));
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("Bearer {}", "a".repeat(LONGEST_TOKEN + 1));
        for values in [
            &["Bearer"][..],
            &["Bearer "],
            &["Bearer =="],
            &["Basic dTpw"],
            &["Bearer a b"],
            &["Bearer a,b"],
            &["abc"],
            &[""],
            &["Bearer a", "Bearer a"],
            &[long.as_str()],
        ] {
            assert_eq!(of(values), Err(Denied::Malformed), "{values:?}");
        }
    }
}
