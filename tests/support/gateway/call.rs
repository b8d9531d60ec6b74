//! What becomes of a request to push.

use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode, header, request};
use glans_entity::notifications::PushPlatform;
use serde_json::Value;

use super::ledger::Accepted;
use super::script::{Complaint, Script};
use super::state::State;

/// Bytes of a push at most, with every gateway.
const PAYLOAD_MAX: usize = 4_096;

/// A request.
pub(super) struct Call {
    pub(super) parts: request::Parts,
    pub(super) body: Bytes,
}

impl Call {
    /// The header as text; empty where it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The connection ends without an answer.
#[derive(Debug)]
pub(super) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("cut")
    }
}

impl std::error::Error for Cut {}

/// What somebody wants to push.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) token: String,
    pub(super) collapse_id: String,
    pub(super) body: Value,
}

/// Why a request is not taken: as the gateway says it, and for who reads the test.
pub(super) struct Refusal {
    pub(super) answer: Box<Response<Body>>,
    /// None where the test wanted it.
    pub(super) fault: Option<String>,
}

/// One of the gateways.
pub(super) trait Platform {
    const PLATFORM: PushPlatform;

    /// Looks at the request as the real one does.
    fn read(&self, state: &State, call: &Call) -> Result<Asked, Refusal>;
    fn took(&self) -> Response<Body>;
    fn complains(&self, complaint: &Complaint) -> Response<Body>;
}

pub(super) async fn fares<P: Platform>(state: &State, platform: &P, call: &Call) -> Result<Response<Body>, Cut> {
    let asked = if call.body.len() > PAYLOAD_MAX {
        let fault = Some(format!("{:?}: {} bytes are too many", P::PLATFORM, call.body.len()));
        Err(Refusal { answer: Box::new(platform.complains(&Complaint::TooLarge)), fault })
    } else {
        platform.read(state, call)
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(refusal) => {
            if let Some(fault) = refusal.fault {
                state.ledger.fault(fault);
            }
            return Ok(*refusal.answer);
        }
    };
    let tries = state.ledger.tried(&asked);
    let mut script = Script::of(&asked.token, tries);
    if state.trouble.load(Ordering::SeqCst) {
        script = script.in_trouble(&asked.token, tries);
    }
    state.wait(matches!(script, Script::Slow)).await;
    if !state.is_alive() {
        return Err(Cut);
    }
    if state.storm.load(Ordering::SeqCst) {
        return Ok(platform.complains(&Complaint::Quota));
    }
    match script {
        Script::Complains(complaint) => Ok(platform.complains(&complaint)),
        Script::CutBefore => Err(Cut),
        Script::CutAfter => {
            accept::<P>(state, asked);
            Err(Cut)
        }
        Script::Takes | Script::Slow => {
            accept::<P>(state, asked);
            Ok(platform.took())
        }
    }
}

fn accept<P: Platform>(state: &State, asked: Asked) {
    let Asked { token, collapse_id, body } = asked;
    state.ledger.accept(Accepted { at: Instant::now(), platform: P::PLATFORM, token, collapse_id, body });
}

/// An answer, with `Retry-After` for 429.
pub(super) fn says(status: u16, body: &Value) -> Response<Body> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    answer(status, "application/json", text)
}

/// What stands in front of a gateway that is gone.
pub(super) fn html() -> Response<Body> {
    answer(502, "text/html", "<html><body><h1>502 Bad Gateway</h1>NotRegistered UNREGISTERED</body></html>".to_owned())
}

fn answer(status: u16, content_type: &'static str, text: String) -> Response<Body> {
    let mut builder = Response::builder()
        .status(StatusCode::from_u16(status).expect("a status"))
        .header(header::CONTENT_TYPE, content_type);
    if status == 429 {
        builder = builder.header(header::RETRY_AFTER, "1");
    }
    builder.body(Body::from(text)).expect("a sound answer")
}
