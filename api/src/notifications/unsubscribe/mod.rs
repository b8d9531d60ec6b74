//! `/unsubscribe/{token}`: e-mail of a category, or all digests, is switched off by who got some, without a sign-in
//! (RFC 8058).
//!
//! `GET` shows a page with a button and changes nothing, because programs that look for danger follow every link of an
//! e-mail. `POST` switches it off, be it the button or the mail program with `List-Unsubscribe=One-Click`; what is in the
//! body makes no difference.

mod page;
mod store;
mod token;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use glans_entity::ids::AccountId;

use super::categories::{Strategy, strategy};
use super::devices::settle_account;
use super::texts::{Speech, speech};
use crate::app::App;
use crate::call::Call;
use crate::door::languages;
use crate::http::RequestId;
use crate::http::house::in_time;
use crate::identity::accounts;
use crate::platform::error::{Error, Result};

use page::Page;
pub use token::{Subject, Tokens};

/// The route, for the server to mount.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route("/unsubscribe/{token}", get(ask).post(switch_off)).with_state(app)
}

async fn ask(State(app): State<Arc<App>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let speech = spoken(&headers);
    match meant(&app, &token) {
        Some((_, subject)) => Page::ask(speech, subject).answer(StatusCode::OK),
        None => Page::unknown(speech).answer(StatusCode::NOT_FOUND),
    }
}

async fn switch_off(
    State(app): State<Arc<App>>,
    Extension(request_id): Extension<RequestId>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let speech = spoken(&headers);
    let Some((account, subject)) = meant(&app, &token) else {
        return Page::unknown(speech).answer(StatusCode::NOT_FOUND);
    };
    match without(&app, account, subject).await {
        Ok(true) => Page::done(speech, subject).answer(StatusCode::OK),
        Ok(false) => Page::unknown(speech).answer(StatusCode::NOT_FOUND),
        Err(error) => failure(&error, speech, &request_id),
    }
}

fn failure(error: &Error, speech: &Speech, request_id: &RequestId) -> Response {
    let page = Page::failed(speech);
    if let Some(seconds) = error.retry_after_seconds() {
        let mut response = page.answer(StatusCode::SERVICE_UNAVAILABLE);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return response;
    }
    tracing::error!(?error, request_id = request_id.as_str(), "switching e-mail off");
    page.answer(StatusCode::INTERNAL_SERVER_ERROR)
}

fn spoken(headers: &HeaderMap) -> &'static Speech {
    speech::of_first(languages(headers).iter().map(String::as_str))
}

/// Whose e-mail of what. What nobody can switch off in the app is not switched off here either.
fn meant(app: &App, token: &str) -> Option<(AccountId, Subject)> {
    let (account, subject) = Tokens::of(&app.identity.master).read(token)?;
    let can_be = subject.categories().into_iter().all(|category| strategy(category) != Strategy::Always);
    can_be.then_some((account, subject))
}

/// False where the account is not there any more. What is on its way by then is waited for as long as that takes.
async fn without(app: &Arc<App>, account: AccountId, subject: Subject) -> Result<bool> {
    let is_there = in_time(Box::pin(written(app, account, subject))).await?;
    if is_there {
        settle_account(app, account).await?;
    }
    Ok(is_there)
}

async fn written(app: &Arc<App>, account: AccountId, subject: Subject) -> Result<bool> {
    let call = Call::system(app, "unsubscribe");
    let write = call.write_soon().await?;
    if accounts::by_id(write.db(), account).await?.is_none() {
        return Ok(false);
    }
    store::switch_off(write.db(), account, &subject.categories(), write.now()).await?;
    write.commit().await?;
    Ok(true)
}
