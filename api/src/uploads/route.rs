//! `PUT /uploads/documents/{token}`: where the bytes of an upload arrive.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::put;

use super::actions::{self, MOST_BYTES};
use super::token::hash;
use crate::app::App;
use crate::platform::error::Error;

/// What stands before the secret part of an address.
pub(super) const PATH: &str = "/uploads/documents";

/// The route, for the server to mount. It needs no access token: the address is the secret.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route(&format!("{PATH}/{{token}}"), put(receive)).with_state(app)
}

async fn receive(State(app): State<Arc<App>>, Path(token): Path<String>, body: Body) -> Response {
    let address = hash(&token);
    match actions::is_waiting(&app, &address).await {
        Ok(true) => {}
        Ok(false) => return nothing_waits(),
        Err(error) => return failure(&error),
    }
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        let message = format!("The upload broke off, or is larger than {MOST_BYTES} bytes.");
        return answer(StatusCode::PAYLOAD_TOO_LARGE, &message);
    };
    match actions::receive(&app, &address, bytes.into()).await {
        Ok(true) => answer(StatusCode::CREATED, "Received. Now give its id to the mutation."),
        Ok(false) => nothing_waits(),
        Err(error) => failure(&error),
    }
}

fn nothing_waits() -> Response {
    answer(StatusCode::NOT_FOUND, "There is no upload waiting here. Make another one.")
}

fn answer(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "message": message }))).into_response()
}

fn failure(error: &Error) -> Response {
    tracing::error!(?error, "upload failed");
    answer(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}
