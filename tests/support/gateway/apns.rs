//! APNs.

use axum::body::Body;
use axum::http::{Response, Version};
use glans::platform::clock::Clock;
use glans_entity::notifications::PushPlatform;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::call::{Asked, Call, Platform, Refusal, html, says};
use super::keys::{APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC, KEYS};
use super::script::Complaint;
use super::state::State;

pub(super) const DEVICE_PATH: &str = "/3/device/";

pub(super) struct Apns;

impl Platform for Apns {
    const PLATFORM: PushPlatform = PushPlatform::Apns;

    fn read(&self, state: &State, call: &Call) -> Result<Asked, Refusal> {
        notification(state, call).map_err(|(status, reason)| Refusal {
            answer: Box::new(says(status, &json!({ "reason": reason }))),
            fault: Some(format!("APNs: {reason}")),
        })
    }

    fn took(&self) -> Response<Body> {
        says(200, &Value::Null)
    }

    fn complains(&self, complaint: &Complaint) -> Response<Body> {
        let reason = |status, reason: &str| says(status, &json!({ "reason": reason }));
        match complaint {
            Complaint::Unregistered => {
                says(410, &json!({ "reason": "Unregistered", "timestamp": Clock::default().now().timestamp_millis() }))
            }
            Complaint::Expired(since) => says(410, &json!({ "reason": "ExpiredToken", "timestamp": since })),
            Complaint::BadToken => reason(400, "BadDeviceToken"),
            Complaint::SenderMismatch => reason(400, "DeviceTokenNotForTopic"),
            Complaint::AuthError => reason(403, "InvalidProviderToken"),
            Complaint::TooLarge => reason(413, "PayloadTooLarge"),
            Complaint::Quota => reason(429, "TooManyRequests"),
            Complaint::Internal => reason(500, "InternalServerError"),
            Complaint::Unavailable => reason(503, "ServiceUnavailable"),
            Complaint::Html => html(),
        }
    }
}

fn notification(state: &State, call: &Call) -> Result<Asked, (u16, &'static str)> {
    if call.parts.version != Version::HTTP_2 {
        return Err((400, "HTTP/2 it is not"));
    }
    let token = call.parts.uri.path().trim_start_matches(DEVICE_PATH).to_owned();
    let bearer = call.header("authorization").strip_prefix("bearer ").ok_or((403, "MissingProviderToken"))?;
    let read = state.verified.read(bearer, Algorithm::ES256, &KEYS.apns_public);
    let known = read.is_some_and(|(header, claims)| {
        header.kid.as_deref() == Some(APNS_KEY_ID) && claims["iss"] == APNS_TEAM_ID && claims["iat"].is_i64()
    });
    let collapse_id = call.header("apns-collapse-id").to_owned();
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| (400, "PayloadEmpty"))?;
    match () {
        () if !known => Err((403, "InvalidProviderToken")),
        () if call.header("apns-topic") != APNS_TOPIC => Err((400, "BadTopic")),
        () if call.header("apns-push-type") != "alert" => Err((400, "InvalidPushType")),
        () if !matches!(call.header("apns-priority"), "5" | "10") => Err((400, "BadPriority")),
        () if call.header("apns-expiration").parse::<u32>().is_err() => Err((400, "BadExpirationDate")),
        () if collapse_id.is_empty() || collapse_id.len() > 64 => Err((400, "BadCollapseId")),
        () if !body["aps"]["alert"]["title"].is_string() => Err((400, "PayloadEmpty")),
        () if token.is_empty() => Err((400, "MissingDeviceToken")),
        () => Ok(Asked { token, collapse_id, body }),
    }
}
