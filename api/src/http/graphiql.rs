//! GraphiQL, from this binary: no other host is asked for anything, and the page's policy would not allow it.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::negotiate;

const PAGE: &str = include_str!("../../assets/graphiql/index.html");

/// Scripts and styles of this origin alone. The editor sets the height and colour of its lines in `style` attributes.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A file of the page; the large ones were compressed when they were taken in.
struct Asset {
    path: &'static str,
    content_type: HeaderValue,
    body: &'static [u8],
    is_gzip: bool,
}

const SCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
const STYLE: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");

static ASSETS: [Asset; 5] = [
    gzip("/graphiql/react.js", SCRIPT, include_bytes!("../../assets/graphiql/react.js.gz")),
    gzip("/graphiql/graphiql.js", SCRIPT, include_bytes!("../../assets/graphiql/graphiql.js.gz")),
    gzip("/graphiql/graphiql.css", STYLE, include_bytes!("../../assets/graphiql/graphiql.css.gz")),
    plain("/graphiql/start.js", SCRIPT, include_bytes!("../../assets/graphiql/start.js")),
    plain("/graphiql/page.css", STYLE, include_bytes!("../../assets/graphiql/page.css")),
];

const fn gzip(path: &'static str, content_type: HeaderValue, body: &'static [u8]) -> Asset {
    Asset { path, content_type, body, is_gzip: true }
}

const fn plain(path: &'static str, content_type: HeaderValue, body: &'static [u8]) -> Asset {
    Asset { path, content_type, body, is_gzip: false }
}

/// The page itself, for a browser that opens `/graphql`.
pub(super) fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("Accept")),
    ];
    (headers, PAGE)
}

/// The files that the page loads.
pub(super) fn routes() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        router.route(asset.path, get(move |headers: HeaderMap| async move { asset_response(asset, &headers) }))
    })
}

fn asset_response(asset: &Asset, asked: &HeaderMap) -> Response {
    if asset.is_gzip && !negotiate::takes_gzip(asked) {
        return (StatusCode::NOT_ACCEPTABLE, "This file is sent with gzip only.\n").into_response();
    }
    let mut response = asset.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, asset.content_type.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    if asset.is_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
