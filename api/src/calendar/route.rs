//! `GET /calendar/{token}.ics`: what calendar programs fetch. They cannot sign in: the address is the secret.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use glans_entity::ids::AccountId;

use super::{feed, store};
use crate::access::Standings;
use crate::app::App;
use crate::call::Call;
use crate::http::house::in_time;
use crate::http::{RequestId, revalidated};
use crate::identity::secret::{Kind, Secret};
use crate::platform::error::{Error, Result};

const SUFFIX: &str = ".ics";
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

/// The route, for the server to mount.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route("/calendar/{file}", get(serve)).with_state(app)
}

/// The address of the feed with this secret.
pub(super) fn url(app: &App, secret: &str) -> String {
    format!("{}/calendar/{secret}{SUFFIX}", app.config.public_url())
}

async fn serve(
    State(app): State<Arc<App>>,
    Extension(request_id): Extension<RequestId>,
    Path(file): Path<String>,
    asked: HeaderMap,
) -> Response {
    match in_time(Box::pin(calendar(&app, &file, &request_id))).await {
        Ok(Some(calendar)) => {
            let mut answer = axum::http::Response::new(calendar.into_bytes());
            answer.headers_mut().insert(header::CONTENT_TYPE, CONTENT_TYPE);
            revalidated(answer, &asked)
        }
        Ok(None) => {
            (StatusCode::NOT_FOUND, "There is no calendar here. Its owner can make a new address.\n").into_response()
        }
        Err(error) => failure(&error, &request_id),
    }
}

fn failure(error: &Error, request_id: &RequestId) -> Response {
    if let Some(seconds) = error.retry_after_seconds() {
        let later = [(header::RETRY_AFTER, HeaderValue::from(seconds))];
        return (StatusCode::SERVICE_UNAVAILABLE, later, format!("{error}\n")).into_response();
    }
    tracing::error!(?error, request_id = request_id.as_str(), "a calendar feed");
    (StatusCode::INTERNAL_SERVER_ERROR, "That went wrong here. Try again later.\n").into_response()
}

async fn calendar(app: &Arc<App>, file: &str, request_id: &RequestId) -> Result<Option<String>> {
    let Some(secret) = file.strip_suffix(SUFFIX).and_then(|text| Secret::parse(Kind::CalendarFeed, text)) else {
        return Ok(None);
    };
    let Some(account) = owner(app, &secret).await? else { return Ok(None) };
    let standing = app.standings.of_account(app, account, None, None).await?;
    let call = Call::new(Arc::clone(app), standing, request_id.as_str().to_owned());
    feed::of(Arc::new(call)).await.map(Some)
}

async fn owner(app: &Arc<App>, secret: &Secret) -> Result<Option<AccountId>> {
    let call = Call::new(Arc::clone(app), Standings::anonymous(app), String::new());
    let feed = store::by_secret(&*call.read().await?, secret.hash()).await?;
    Ok(feed.map(|feed| feed.account_id))
}
