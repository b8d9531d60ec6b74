//! FCM, and where access to it is granted.

use std::collections::HashMap;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::Response;
use glans_entity::notifications::PushPlatform;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Asked, Call, Platform, Refusal, html, says};
use super::keys::{ACCOUNT_KEY_ID, CLIENT_EMAIL, KEYS};
use super::script::Complaint;
use super::state::State;

pub(super) const PROJECT: &str = "school";
pub(super) const SEND_PATH: &str = "/v1/projects/school/messages:send";
pub(super) const TOKEN_PATH: &str = "/token";
const GRANT: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const HOUR: i64 = 3_600;

/// Access tokens that were given, and whether they hold.
#[derive(Debug, Default)]
pub(super) struct Access {
    given: Mutex<HashMap<String, bool>>,
}

impl Access {
    fn give(&self) -> String {
        let token = format!("ya29.{}", Uuid::now_v7());
        self.given.lock().expect("tokens nobody broke").insert(token.clone(), true);
        token
    }

    fn holds(&self, token: &str) -> Option<bool> {
        self.given.lock().expect("tokens nobody broke").get(token).copied()
    }

    pub(super) fn revoke(&self) {
        self.given.lock().expect("tokens nobody broke").values_mut().for_each(|holds| *holds = false);
    }

    pub(super) fn grants(&self) -> usize {
        self.given.lock().expect("tokens nobody broke").len()
    }
}

/// RFC 7523, as Google has it.
pub(super) fn grant(state: &State, call: &Call) -> Response<Body> {
    match asserted(state, call) {
        Ok(()) => {
            says(200, &json!({ "access_token": state.access.give(), "expires_in": 3_599, "token_type": "Bearer" }))
        }
        Err(fault) => {
            state.ledger.fault(format!("access to FCM: {fault}"));
            says(400, &json!({ "error": "invalid_grant", "error_description": fault }))
        }
    }
}

fn asserted(state: &State, call: &Call) -> Result<(), &'static str> {
    if call.header("content-type") != "application/x-www-form-urlencoded" {
        return Err("no form");
    }
    let form = std::str::from_utf8(&call.body).map_err(|_| "no text")?;
    let assertion = form.strip_prefix(GRANT).ok_or("another grant")?;
    let read = state.verified.read(assertion, Algorithm::RS256, &KEYS.account_public);
    let (header, claims) = read.ok_or("no signature of the service account")?;
    let times = claims["exp"].as_i64().zip(claims["iat"].as_i64());
    let audience = format!("{}{TOKEN_PATH}", state.origin);
    match () {
        () if header.kid.as_deref() != Some(ACCOUNT_KEY_ID) => Err("another key"),
        () if claims["iss"] != CLIENT_EMAIL => Err("another issuer"),
        () if claims["scope"] != SCOPE => Err("another scope"),
        () if claims["aud"] != *audience => Err("another audience"),
        () if !times.is_some_and(|(until, from)| (1..=HOUR).contains(&(until - from))) => Err("no hour"),
        () => Ok(()),
    }
}

pub(super) struct Fcm;

impl Platform for Fcm {
    const PLATFORM: PushPlatform = PushPlatform::Fcm;

    fn read(&self, state: &State, call: &Call) -> Result<Asked, Refusal> {
        let bearer = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        match state.access.holds(bearer) {
            Some(true) => {}
            known => {
                let fault = known.is_none().then(|| "FCM: no access token".to_owned());
                return Err(Refusal { answer: Box::new(error(401, "UNAUTHENTICATED", None)), fault });
            }
        }
        message(call).map_err(|fault| Refusal {
            answer: Box::new(error(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"))),
            fault: Some(format!("FCM: {fault}")),
        })
    }

    fn took(&self) -> Response<Body> {
        says(200, &json!({ "name": format!("projects/{PROJECT}/messages/{}", Uuid::now_v7()) }))
    }

    fn complains(&self, complaint: &Complaint) -> Response<Body> {
        match complaint {
            Complaint::Unregistered | Complaint::Expired(_) => error(404, "NOT_FOUND", Some("UNREGISTERED")),
            Complaint::BadToken => bad_token(),
            Complaint::SenderMismatch => error(403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")),
            Complaint::AuthError => error(401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR")),
            Complaint::TooLarge => error(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT")),
            Complaint::Quota => error(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED")),
            Complaint::Internal => error(500, "INTERNAL", Some("INTERNAL")),
            Complaint::Unavailable => error(503, "UNAVAILABLE", Some("UNAVAILABLE")),
            Complaint::Html => html(),
        }
    }
}

fn message(call: &Call) -> Result<Asked, &'static str> {
    if call.header("content-type") != "application/json" {
        return Err("no JSON");
    }
    let mut body: Value = serde_json::from_slice(&call.body).map_err(|_| "no JSON")?;
    let message = body["message"].take();
    let token = message["token"].as_str().filter(|token| !token.is_empty()).ok_or("no token")?.to_owned();
    let data = message["data"].as_object().ok_or("no data")?;
    let android = &message["android"];
    let ttl = android["ttl"].as_str().and_then(|ttl| ttl.strip_suffix('s')?.parse::<u32>().ok());
    let collapse_id = android["notification"]["tag"].as_str().ok_or("no tag")?.to_owned();
    match () {
        () if !message["notification"]["title"].is_string() => Err("no title"),
        () if !data.values().all(Value::is_string) => Err("data that is no text"),
        () if ttl.is_none() => Err("no time to live"),
        () if !matches!(android["priority"].as_str(), Some("HIGH" | "NORMAL")) => Err("no priority"),
        () if android["collapse_key"] != *collapse_id => Err("another collapse key than the tag"),
        () => Ok(Asked { token, collapse_id, body: message }),
    }
}

fn error(status: u16, name: &str, code: Option<&str>) -> Response<Body> {
    let of = |code: &str| json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code });
    let details: Vec<Value> = code.map(of).into_iter().collect();
    says(status, &json!({ "error": { "code": status, "message": "m", "status": name, "details": details } }))
}

fn bad_token() -> Response<Body> {
    let details = json!([
        { "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT" },
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{ "field": "message.token", "description": "Invalid registration token" }],
        },
    ]);
    let message = "The registration token is not a valid FCM registration token";
    says(
        400,
        &json!({ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details } }),
    )
}
