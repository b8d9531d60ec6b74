//! The doors beside GraphQL for who speaks OAuth 2.0: tokens (RFC 6749), their end (RFC 7009), the keys that verify
//! them (RFC 7517) and where all of it is (RFC 8414).

mod credentials;
mod discovery;
mod refusal;
mod revoke;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::access::Standings;
use crate::app::App;
use crate::call::Call;
use crate::http::RequestId;

/// Forms of these endpoints have some hundred bytes.
const LARGEST_FORM: usize = 16 * 1024;

/// The routes, to stand beside those of GraphQL.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/oauth/token", post(token::serve))
        .route("/oauth/revoke", post(revoke::serve))
        .route("/.well-known/jwks.json", get(discovery::keys))
        .route("/.well-known/oauth-authorization-server", get(discovery::server))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(app)
}

/// A request of nobody in particular: these endpoints look at what the form says, not at the bearer.
fn call(app: &Arc<App>, request_id: Option<&RequestId>) -> Call {
    let request_id = request_id.map_or_else(String::new, |id| id.as_str().to_owned());
    Call::new(Arc::clone(app), Standings::anonymous(app), request_id)
}
