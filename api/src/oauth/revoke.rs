//! `POST /oauth/revoke`: ends the session of a refresh token (RFC 7009).

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::call;
use super::refusal::{Refusal, no_store};
use crate::app::App;
use crate::call::Call;
use crate::http::RequestId;
use crate::http::house::in_time;
use crate::identity::sessions::actions::{ended, revoke_by_token};
use crate::platform::error;

/// What ends. `token_type_hint` and the client are not needed to find it.
#[derive(Deserialize)]
pub(super) struct RevokeForm {
    token: Option<String>,
}

/// 200 also for a token that is unknown or ended already (RFC 7009, 2.2).
pub(super) async fn serve(
    State(app): State<Arc<App>>,
    request_id: Option<Extension<RequestId>>,
    form: Result<Form<RevokeForm>, FormRejection>,
) -> Response {
    let Ok(Form(RevokeForm { token: Some(token) })) = form else {
        return Refusal::InvalidRequest("Send `token` in a form (application/x-www-form-urlencoded).").into_response();
    };
    // Three parts, two dots: an access token, which nobody can take back.
    if token.split('.').count() == 3 {
        return Refusal::UnsupportedTokenType.into_response();
    }
    match end(&call(&app, request_id.as_deref()), &token).await {
        Ok(()) => no_store(StatusCode::OK.into_response()),
        Err(error) => Refusal::from(error).into_response(),
    }
}

/// What is on its way to the device by then is waited for as long as that takes.
async fn end(call: &Call, token: &str) -> error::Result<()> {
    let session = in_time(Box::pin(revoke_by_token(call, token))).await?;
    ended(call.app(), session).await
}
