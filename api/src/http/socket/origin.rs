//! Which pages may open a socket. Browsers ask no leave (CORS) before they connect, but say where the page is from.

use axum::http::{HeaderMap, HeaderValue, header};

/// Programs that are no browser send no `Origin`; the pages of this server and of the listed origins may come.
pub(super) fn allowed(headers: &HeaderMap, listed: &[HeaderValue]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    listed.iter().any(|listed| listed == "*" || listed == origin) || is_own(origin, headers.get(header::HOST))
}

fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let host_of_page = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let host = host.and_then(|host| host.to_str().ok());
    host_of_page.is_some() && host_of_page == host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_page_is_turned_away() {
        let of = |origin: Option<&'static str>, listed: &[&'static str]| {
            let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("api.example:8000"))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            let listed: Vec<_> = listed.iter().map(|origin| HeaderValue::from_static(origin)).collect();
            allowed(&headers, &listed)
        };
        assert!(of(None, &[]));
        assert!(of(Some("http://api.example:8000"), &[]));
        assert!(of(Some("https://app.example"), &["https://app.example"]));
        assert!(of(Some("https://app.example"), &["*"]));
        assert!(!of(Some("https://evil.example"), &["https://app.example"]));
        assert!(!of(Some("null"), &[]));
    }
}
