//! `PUT /uploads/documents/{token}`: where the bytes of an upload arrive.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use axum::{Extension, Router};

use super::actions::{self, MOST_BYTES};
use super::arriving::{answer, failure};
use super::token::hash;
use crate::app::App;
use crate::http::RequestId;

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
    headers: HeaderMap,
    body: Body,
) -> Response {
    let address = hash(&token);
    let board = match actions::waiting(&app, &address).await {
        Ok(Some(board)) => board,
        Ok(None) => return nothing_waits(),
        Err(error) => return failure(&error, &request_id),
    };
    let turn = match app.arriving.begin(&address, board) {
        Ok(turn) => turn,
        Err(declined) => return declined.into_response(),
    };
    let bytes = match turn.read(&headers, body, MOST_BYTES, PATIENCE).await {
        Ok(bytes) => bytes,
        Err(declined) => return declined.into_response(),
    };
    match actions::receive(&app, &address, bytes.into()).await {
        Ok(true) => answer(StatusCode::CREATED, "Received. Now give its id to the mutation."),
        Ok(false) => nothing_waits(),
        Err(error) => failure(&error, &request_id),
    }
}

fn nothing_waits() -> Response {
    answer(StatusCode::NOT_FOUND, "There is no upload waiting here. Make another one.")
}
