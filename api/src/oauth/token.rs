//! `POST /oauth/token`: client credentials (RFC 6749, 4.4) and refresh tokens (RFC 6749, 6).

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::refusal::{Refusal, no_store};
use super::{call, credentials};
use crate::app::App;
use crate::call::Call;
use crate::http::RequestId;
use crate::http::house::in_time;
use crate::identity::clients::actions::{TokenDenied, token as client_token};
use crate::identity::clients::rules::names;
use crate::identity::sessions;
use crate::identity::tokens::claims::LIFETIME_SECONDS;

/// What is asked. A parameter given twice is refused by the parser; unknown ones are ignored (RFC 6749, 3.2).
#[derive(Deserialize)]
pub(super) struct TokenForm {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
    refresh_token: Option<String>,
}

/// RFC 6749, 5.1.
#[derive(Serialize)]
struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

pub(super) async fn serve(
    State(app): State<Arc<App>>,
    request_id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Response {
    let call = call(&app, request_id.as_deref());
    match in_time(Box::pin(answer(&call, &headers, form))).await {
        Ok(answer) => no_store(Json(answer).into_response()),
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(
    call: &Call,
    headers: &HeaderMap,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Result<TokenAnswer, Refusal> {
    let Ok(Form(form)) = form else {
        return Err(Refusal::InvalidRequest("Send a form (application/x-www-form-urlencoded), each parameter once."));
    };
    match form.grant_type.as_deref() {
        Some("client_credentials") => of_client(call, headers, form).await,
        Some("refresh_token") => of_session(call, form).await,
        Some(_) => Err(Refusal::UnsupportedGrantType),
        None => Err(Refusal::InvalidRequest("`grant_type` is missing.")),
    }
}

async fn of_client(call: &Call, headers: &HeaderMap, form: TokenForm) -> Result<TokenAnswer, Refusal> {
    let shown = credentials::read(headers, form.client_id, form.client_secret)?;
    let (token, scopes) =
        client_token(call, &shown.id, &shown.secret, form.scope.as_deref()).await?.map_err(|denied| match denied {
            TokenDenied::InvalidClient => Refusal::InvalidClient { basic: shown.basic },
            TokenDenied::InvalidScope => Refusal::InvalidScope,
        })?;
    Ok(TokenAnswer {
        access_token: token.text,
        token_type: "Bearer",
        expires_in: LIFETIME_SECONDS,
        refresh_token: None,
        scope: Some(names(&scopes).join(" ")),
    })
}

/// The apps of the school are public clients: the refresh token alone says who it is.
async fn of_session(call: &Call, form: TokenForm) -> Result<TokenAnswer, Refusal> {
    let shown = form.refresh_token.ok_or(Refusal::InvalidRequest("`refresh_token` is missing."))?;
    let tokens = sessions::actions::refresh(call, &shown).await?;
    Ok(TokenAnswer {
        access_token: tokens.access.text,
        token_type: "Bearer",
        expires_in: LIFETIME_SECONDS,
        refresh_token: Some(tokens.refresh.text()),
        scope: None,
    })
}
