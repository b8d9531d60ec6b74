//! What others need to know to ask for tokens and to verify them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use super::refusal::Refusal;
use crate::access::ApiScope;
use crate::app::App;
use crate::http::house::in_time;
use crate::identity::clients::rules::names;
use crate::identity::keys::jwks::JwkSet;
use crate::identity::keys::rules::PUBLISHED_CACHE;

/// `GET /.well-known/jwks.json`: the keys that sign, will sign next, and signed until lately.
pub(super) async fn keys(State(app): State<Arc<App>>) -> Response {
    match in_time(Box::pin(app.identity.keys.keys(&app.db, &app.identity.master, app.clock.now()))).await {
        Ok(keys) => cached(Json(JwkSet { keys: keys.published.clone() })),
        Err(error) => Refusal::from(error).into_response(),
    }
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414).
pub(super) async fn server(State(app): State<Arc<App>>) -> Response {
    cached(Json(metadata(&app.identity.issuer.name)))
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": names(&ApiScope::iter().collect::<Vec<_>>()),
    })
}

fn cached(body: impl IntoResponse) -> Response {
    let age = format!("public, max-age={}", PUBLISHED_CACHE.num_seconds());
    ([(header::CACHE_CONTROL, age)], body).into_response()
}
