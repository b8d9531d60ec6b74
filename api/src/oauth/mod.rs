//! The doors beside GraphQL for who speaks OAuth 2.0: tokens (RFC 6749), their end (RFC 7009), the keys that verify
//! them (RFC 7517) and where all of it is (RFC 8414).

mod credentials;
mod discovery;
mod refusal;
mod revoke;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use self::refusal::Refusal;
use crate::access::Standings;
use crate::app::App;
use crate::call::Call;
use crate::http::{self, CallerKind, Empty, Payer, RequestId, Till};

/// Forms of these endpoints have some hundred bytes.
const LARGEST_FORM: usize = 16 * 1024;
/// How long one may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Points for a form that tries a secret or token: as many as `sessionCreate` costs, from the bucket that it is paid from.
const TRY: u64 = 11;

/// The routes, to stand beside those of GraphQL.
pub fn routes(app: Arc<App>, till: Till) -> Router {
    let desk = Desk { till, behind_proxy: app.config.behind_proxy };
    Router::new()
        .route("/oauth/token", post(token::serve))
        .route("/oauth/revoke", post(revoke::serve))
        .route_layer(from_fn_with_state(desk, paid))
        .route("/.well-known/jwks.json", get(discovery::keys))
        .route("/.well-known/oauth-authorization-server", get(discovery::server))
        .with_state(app)
}

/// Where forms are paid for.
#[derive(Clone)]
struct Desk {
    till: Till,
    behind_proxy: bool,
}

/// Whoever sends a form pays before it is read: who they are is what it is about.
async fn paid(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let payer = Payer::address(http::address(&head, desk.behind_proxy));
    if let Err(Empty { retry_after }) = desk.till.pay(payer, CallerKind::Anonymous, TRY).await {
        return Refusal::TooMany { retry_after_seconds: retry_after.as_secs() }.into_response();
    }
    match http::receive(&head.headers, body, LARGEST_FORM, PATIENCE, PATIENCE).await {
        Ok(form) => next.run(Request::from_parts(head, Body::from(form))).await,
        Err(unread) => Refusal::Unread(unread).into_response(),
    }
}

/// A request of nobody in particular: these endpoints look at what the form says, not at the bearer.
fn call(app: &Arc<App>, request_id: Option<&RequestId>) -> Call {
    let request_id = request_id.map_or_else(String::new, |id| id.as_str().to_owned());
    Call::new(Arc::clone(app), Standings::anonymous(app), request_id)
}
