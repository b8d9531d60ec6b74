//! `PUT /uploads/documents/{token}`: where the bytes of an upload arrive.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::put;
use axum::{Extension, Router};

use super::actions::{self, MOST_BYTES};
use super::arriving::{Declined, answer};
use super::token::hash;
use crate::app::App;
use crate::http::RequestId;
use crate::http::house::in_time;

/// What stands before the secret part of an address.
pub(super) const PATH: &str = "/uploads/documents";

/// How long the bytes may take to arrive: on a slow line, half a minute.
const PATIENCE: Duration = Duration::from_mins(2);

/// The route, for the server to mount. It needs no access token: the address is the secret.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route(&format!("{PATH}/{{token}}"), put(receive)).with_state(app)
}

async fn receive(
    State(app): State<Arc<App>>,
    Extension(request_id): Extension<RequestId>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let received = take_in(&app, &hash(&token), request).await;
    received.unwrap_or_else(|declined| declined.told("Make another one.", &request_id))
}

async fn take_in(app: &Arc<App>, address: &[u8], request: Request) -> Result<Response, Declined> {
    let waiting = in_time(Box::pin(actions::waiting(app, address))).await?;
    let (_turn, bytes) = app.arriving.take_in(address, waiting, request, MOST_BYTES, PATIENCE).await?;
    if !actions::receive(app, address, bytes.into()).await? {
        return Err(Declined::Nothing);
    }
    Ok(answer(StatusCode::CREATED, "Received. Now give its id to the mutation."))
}
