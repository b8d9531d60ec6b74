//! A push service of browsers.

use axum::body::Body;
use axum::http::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glans_entity::notifications::PushPlatform;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::call::{Asked, Call, Platform, Refusal, html, says};
use super::keys::VAPID_PUBLIC;
use super::script::Complaint;
use super::state::State;

pub(super) const PUSH_PATH: &str = "/push/";

pub(super) struct WebPush;

impl Platform for WebPush {
    const PLATFORM: PushPlatform = PushPlatform::WebPush;

    fn read(&self, state: &State, call: &Call) -> Result<Asked, Refusal> {
        let refused = |status, fault| Refusal {
            answer: Box::new(says(status, &Value::Null)),
            fault: Some(format!("Web Push: {fault}")),
        };
        known(state, call).map_err(|fault| refused(401, fault))?;
        message(state, call).map_err(|fault| refused(400, fault))
    }

    fn took(&self) -> Response<Body> {
        says(201, &Value::Null)
    }

    fn complains(&self, complaint: &Complaint) -> Response<Body> {
        let status = match complaint {
            Complaint::Unregistered | Complaint::Expired(_) => 410,
            Complaint::BadToken => 404,
            Complaint::SenderMismatch => 403,
            Complaint::AuthError => 401,
            Complaint::TooLarge => 413,
            Complaint::Quota => 429,
            Complaint::Internal => 500,
            Complaint::Unavailable => 503,
            Complaint::Html => return html(),
        };
        says(status, &Value::Null)
    }
}

/// RFC 8292.
fn known(state: &State, call: &Call) -> Result<(), &'static str> {
    let parameters = call.header("authorization").strip_prefix("vapid t=").ok_or("no VAPID")?;
    let (token, key) = parameters.split_once(", k=").ok_or("no key")?;
    if key != VAPID_PUBLIC {
        return Err("another key than the browsers know");
    }
    let point = URL_SAFE_NO_PAD.decode(key).map_err(|_| "no key")?;
    let read = state.verified.read(token, Algorithm::ES256, &DecodingKey::from_ec_der(&point));
    let (_, claims) = read.ok_or("no signature by the key")?;
    let subject = claims["sub"].as_str().unwrap_or_default();
    match () {
        () if claims["aud"] != *state.origin => Err("another audience"),
        () if !claims["exp"].is_i64() => Err("no end"),
        () if !subject.starts_with("mailto:") && !subject.starts_with("https:") => Err("no subject"),
        () => Ok(()),
    }
}

/// RFC 8030.
fn message(state: &State, call: &Call) -> Result<Asked, &'static str> {
    let token = call.parts.uri.path().trim_start_matches(PUSH_PATH).to_owned();
    let topic = call.header("topic").to_owned();
    let is_topic = (1..=32).contains(&topic.len())
        && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    match () {
        () if call.header("ttl").parse::<u32>().is_err() => return Err("no TTL"),
        () if !matches!(call.header("urgency"), "very-low" | "low" | "normal" | "high") => return Err("no urgency"),
        () if !is_topic => return Err("no topic"),
        () if call.header("content-encoding") != "aes128gcm" => return Err("another encoding"),
        () => {}
    }
    let plain = state.browsers.open(&token, &call.body).ok_or("the browser cannot decipher it")?;
    let body = serde_json::from_slice(&plain).map_err(|_| "no JSON")?;
    Ok(Asked { token, collapse_id: topic, body })
}
