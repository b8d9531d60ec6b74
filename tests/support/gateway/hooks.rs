//! Endpoints of an integrator.
//!
//! An endpoint fares by what its name begins with, as a token does (see `script`): `unregistered-` answers 410, `quota-` 429
//! with `Retry-After: 1`, and so on. Besides:
//!
//! | prefix | what happens |
//! |---|---|
//! | `later-<seconds>-` | 503 with `Retry-After` of so many seconds |
//! | `redirect-` | 302 to the endpoint `ok-redirected` |

use std::sync::{Mutex, MutexGuard};

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::Value;

use super::call::{Call, Cut, html, says};
use super::script::{Complaint, Script};
use super::state::State;

pub(super) const PATH: &str = "/hooks/";

/// A request that came to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooked {
    /// Of the endpoint.
    pub name: String,
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`, in seconds since 1970.
    pub timestamp: i64,
    /// The header `webhook-signature`.
    pub signature: String,
    pub body: String,
}

/// What came.
#[derive(Debug, Default)]
pub(super) struct Hooks(Mutex<Vec<Hooked>>);

impl Hooks {
    fn all(&self) -> MutexGuard<'_, Vec<Hooked>> {
        self.0.lock().expect("endpoints nobody broke")
    }

    pub(super) fn of(&self, name: &str) -> Vec<Hooked> {
        self.all().iter().filter(|hooked| hooked.name == name).cloned().collect()
    }

    /// How often it came before.
    fn note(&self, hooked: Hooked) -> usize {
        let mut all = self.all();
        let before = all.iter().filter(|known| (&known.name, &known.id) == (&hooked.name, &hooked.id)).count();
        all.push(hooked);
        before
    }
}

pub(super) async fn receive(state: &State, call: &Call) -> Result<Response<Body>, Cut> {
    let name = call.parts.uri.path().trim_start_matches(PATH).to_owned();
    let hooked = match read(&name, call) {
        Ok(hooked) => hooked,
        Err(fault) => {
            state.ledger.fault(format!("webhook: {fault}"));
            return Ok(says(400, &Value::Null));
        }
    };
    let script = Script::of(&name, state.hooks.note(hooked));
    state.wait(script == Script::Slow).await;
    if name.starts_with("redirect-") {
        return Ok(with(302, header::LOCATION, &format!("{}{PATH}ok-redirected", state.origin)));
    }
    if let Some(rest) = name.strip_prefix("later-") {
        return Ok(with(503, header::RETRY_AFTER, rest.split('-').next().unwrap_or_default()));
    }
    match script {
        Script::Takes | Script::Slow => Ok(says(200, &Value::Null)),
        Script::CutBefore | Script::CutAfter => Err(Cut),
        Script::Complains(Complaint::Html) => Ok(html()),
        Script::Complains(complaint) => Ok(says(status(&complaint), &Value::Null)),
    }
}

/// As Standard Webhooks 1.0.0 has it. Who checks the signature needs the secret.
fn read(name: &str, call: &Call) -> Result<Hooked, &'static str> {
    let (id, signature) = (call.header("webhook-id").to_owned(), call.header("webhook-signature").to_owned());
    let timestamp = call.header("webhook-timestamp").parse().map_err(|_| "no timestamp")?;
    let body = String::from_utf8(call.body.to_vec()).map_err(|_| "no text")?;
    match () {
        () if id.is_empty() => Err("no id"),
        () if !signature.split(' ').all(|one| one.starts_with("v1,")) => Err("no signature"),
        () if call.header("content-type") != "application/json" => Err("another type"),
        () => Ok(Hooked { name: name.to_owned(), id, timestamp, signature, body }),
    }
}

fn status(complaint: &Complaint) -> u16 {
    match complaint {
        Complaint::Unregistered | Complaint::Expired(_) => 410,
        Complaint::BadToken => 404,
        Complaint::SenderMismatch => 403,
        Complaint::AuthError => 401,
        Complaint::TooLarge => 413,
        Complaint::Quota => 429,
        Complaint::Internal => 500,
        Complaint::Unavailable => 503,
        Complaint::Html => 502,
    }
}

fn with(status: u16, name: header::HeaderName, value: &str) -> Response<Body> {
    let builder = Response::builder().status(StatusCode::from_u16(status).expect("a status")).header(name, value);
    builder.body(Body::empty()).expect("a sound answer")
}
