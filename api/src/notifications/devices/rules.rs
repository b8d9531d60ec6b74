//! What a token of a gateway looks like, and what registering one does. Pure.

use std::net::IpAddr;

use axum::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glans_entity::ids::DeviceId;
use glans_entity::notifications::PushPlatform;
use glans_entity::notifications::device::Model;
use serde::{Deserialize, Serialize};

use crate::platform::error::UserErrorCode;

/// Bytes of a token at most. Those of today's gateways have some hundreds; an index of PostgreSQL takes 2,700.
const TOKEN_LENGTH: usize = 2_048;
/// Devices of one account at most.
pub(super) const MOST: usize = 20;
/// RFC 8291, section 3.1: a point of P-256, uncompressed.
const POINT_LENGTH: usize = 65;
const UNCOMPRESSED: u8 = 4;
/// RFC 8291, section 3.2.
const SECRET_LENGTH: usize = 16;

/// Why a token is refused: the code, and what to do.
pub(super) type Refused = (UserErrorCode, &'static str);

/// A subscription of a browser (W3C Push API, section 8). What else it holds is left out, so that the same one is always the
/// same text.
#[derive(Deserialize, Serialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize, Serialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// The token as it is kept: one text for one device. `production` leads no request of this server into its own network.
pub(super) fn token(platform: PushPlatform, typed: &str, production: bool) -> Result<String, Refused> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err((UserErrorCode::Required, "Give the token that the gateway gave to the app."));
    }
    if typed.len() > TOKEN_LENGTH {
        return Err((UserErrorCode::TooLong, "Use at most 2048 characters."));
    }
    match platform {
        PushPlatform::Fcm => fcm(typed),
        PushPlatform::Apns => apns(typed),
        PushPlatform::WebPush => web_push(typed, production),
    }
}

fn fcm(typed: &str) -> Result<String, Refused> {
    let is_known = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_' | b':' | b'.');
    if typed.bytes().all(is_known) {
        Ok(typed.to_owned())
    } else {
        Err((UserErrorCode::Invalid, "Give the registration token of Firebase as it is, without anything around it."))
    }
}

fn apns(typed: &str) -> Result<String, Refused> {
    if typed.bytes().all(|letter| letter.is_ascii_hexdigit()) && typed.len().is_multiple_of(2) {
        Ok(typed.to_ascii_lowercase())
    } else {
        Err((UserErrorCode::Invalid, "Give the device token of Apple as hexadecimal digits, two for each byte."))
    }
}

fn web_push(typed: &str, production: bool) -> Result<String, Refused> {
    let shape = "Give the subscription of the browser as JSON, as JSON.stringify(subscription) writes it.";
    let subscription: Subscription = serde_json::from_str(typed).map_err(|_| (UserErrorCode::Invalid, shape))?;
    if !leads_to_a_push_service(&subscription.endpoint, production) {
        let message = "The endpoint of the subscription is no https address of a push service. Subscribe again.";
        return Err((UserErrorCode::Invalid, message));
    }
    let point = key(&subscription.keys.p256dh).filter(|key| key.len() == POINT_LENGTH && key[0] == UNCOMPRESSED);
    let secret = key(&subscription.keys.auth).filter(|key| key.len() == SECRET_LENGTH);
    let (Some(point), Some(secret)) = (point, secret) else {
        let message =
            "The keys of the subscription are no P-256 key and no secret of 16 bytes, in base64url. Subscribe again.";
        return Err((UserErrorCode::Invalid, message));
    };
    let keys = Keys { p256dh: URL_SAFE_NO_PAD.encode(point), auth: URL_SAFE_NO_PAD.encode(secret) };
    serde_json::to_string(&Subscription { keys, ..subscription }).map_err(|_| (UserErrorCode::Invalid, shape))
}

/// Browsers leave out the padding, and some libraries put it back.
fn key(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// The server itself sends to this address: in production only by https, and to a host with a name on the internet.
fn leads_to_a_push_service(endpoint: &str, production: bool) -> bool {
    let Ok(address) = endpoint.parse::<Uri>() else { return false };
    let (Some(host), Some(authority)) = (address.host(), address.authority()) else { return false };
    let is_plain = !authority.as_str().contains('@');
    let is_at_home = matches!(host, "127.0.0.1" | "localhost");
    let is_named = host.contains('.') && !host.starts_with('[') && host.parse::<IpAddr>().is_err();
    is_plain
        && match address.scheme_str() {
            Some("https") => is_named || !production,
            Some("http") => is_at_home && !production,
            _ => false,
        }
}

/// What registering a device came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nobody had the token.
    New,
    /// The same session had it already.
    Again(DeviceId),
    /// Another account, or the same one in another session, had it.
    Moves(DeviceId),
}

/// What it means that `found` is in the place where `wanted` was to be put.
pub(super) fn claim(wanted: &Model, found: &Model) -> Claim {
    if found.id == wanted.id {
        Claim::New
    } else if (found.account_id, found.session_id) == (wanted.account_id, wanted.session_id) {
        Claim::Again(found.id)
    } else {
        Claim::Moves(found.id)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use glans_entity::ids::{AccountId, SessionId};

    use super::*;

    fn code(platform: PushPlatform, text: &str) -> Option<UserErrorCode> {
        token(platform, text, true).err().map(|(code, _)| code)
    }

    #[test]
    fn a_token_is_there_and_not_endless() {
        for platform in [PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush] {
            assert_eq!(code(platform, " \n"), Some(UserErrorCode::Required));
            assert_eq!(code(platform, &"a".repeat(2_049)), Some(UserErrorCode::TooLong));
        }
        assert_eq!(code(PushPlatform::Fcm, &"a".repeat(2_048)), None);
        assert_eq!(code(PushPlatform::Apns, &"a".repeat(2_048)), None);
    }

    #[test]
    fn a_token_of_firebase_has_no_blanks_or_quotes() {
        let right = "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx_3b.x";
        assert_eq!(token(PushPlatform::Fcm, &format!(" {right}\n"), true), Ok(right.to_owned()));
        for wrong in ["a b", "\"abc\"", "abc/../def", "abc\u{e9}", "{\"endpoint\":\"x\"}"] {
            assert_eq!(code(PushPlatform::Fcm, wrong), Some(UserErrorCode::Invalid), "{wrong}");
        }
    }

    #[test]
    fn a_token_of_apple_is_hexadecimal() {
        assert_eq!(token(PushPlatform::Apns, &"0aF1".repeat(16), true), Ok("0af1".repeat(16)));
        for wrong in ["abc", "<0af1 0af1>", "xyzz", "0a-f1"] {
            assert_eq!(code(PushPlatform::Apns, wrong), Some(UserErrorCode::Invalid), "{wrong}");
        }
    }

    fn subscription(endpoint: &str, point: &[u8], secret: &[u8]) -> String {
        let (point, secret) = (URL_SAFE_NO_PAD.encode(point), URL_SAFE_NO_PAD.encode(secret));
        format!(
            r#"{{ "keys": {{ "auth": "{secret}==", "p256dh": "{point}" }}, "expirationTime": null, "endpoint": "{endpoint}" }}"#
        )
    }

    fn point() -> Vec<u8> {
        let mut point = vec![7; 65];
        point[0] = 4;
        point
    }

    #[test]
    fn a_subscription_is_one_text_however_it_is_written() {
        let endpoint = "https://updates.push.example/wpush/v2/gAAAA";
        let kept = token(PushPlatform::WebPush, &subscription(endpoint, &point(), &[9; 16]), true).unwrap();
        assert!(
            kept.starts_with(r#"{"endpoint":"https://updates.push.example/wpush/v2/gAAAA","keys":{"p256dh":"BAcH"#)
        );
        assert!(!kept.contains('='), "{kept}");
        assert_eq!(token(PushPlatform::WebPush, &kept, true), Ok(kept.clone()));
    }

    #[test]
    fn a_subscription_has_its_keys() {
        let endpoint = "https://updates.push.example/wpush/v2/gAAAA";
        let mut compressed = point();
        compressed[0] = 2;
        for (point, secret) in
            [(&point()[..64], &[9; 16][..]), (&point()[..], &[9; 15]), (&compressed[..], &[9; 16]), (&[], &[])]
        {
            let text = subscription(endpoint, point, secret);
            assert_eq!(code(PushPlatform::WebPush, &text), Some(UserErrorCode::Invalid), "{text}");
        }
        let unkeyed = format!(r#"{{"endpoint":"{endpoint}"}}"#);
        for wrong in ["null", "[]", "abc", "{}", &unkeyed] {
            assert_eq!(code(PushPlatform::WebPush, wrong), Some(UserErrorCode::Invalid), "{wrong}");
        }
    }

    #[test]
    fn a_subscription_leads_to_a_push_service() {
        let is_taken = |endpoint: &str, production| {
            token(PushPlatform::WebPush, &subscription(endpoint, &point(), &[9; 16]), production).is_ok()
        };
        for always in ["https://web.push.apple.com/Qx", "https://push.example:8443/a?b=c"] {
            assert!(is_taken(always, true) && is_taken(always, false), "{always}");
        }
        for at_home in ["http://127.0.0.1:9000/a", "http://localhost/a", "https://127.0.0.1/a", "https://[::1]/a"] {
            assert!(!is_taken(at_home, true) && is_taken(at_home, false), "{at_home}");
        }
        for never in ["http://push.example/a", "ftp://push.example/a", "push.example", "https://u:p@push.example/a", ""]
        {
            assert!(!is_taken(never, true) && !is_taken(never, false), "{never}");
        }
        for inside in ["https://10.0.0.1/a", "https://metadata/a", "https://169.254.169.254/latest"] {
            assert!(!is_taken(inside, true), "{inside}");
        }
    }

    #[test]
    fn a_token_moves_unless_the_same_session_has_it() {
        let device = |account, session| Model {
            id: DeviceId::new(),
            account_id: account,
            session_id: session,
            platform: PushPlatform::Fcm,
            token: "a".to_owned(),
            name: None,
            registered_at: DateTime::UNIX_EPOCH,
            last_seen_at: DateTime::UNIX_EPOCH,
        };
        let (account, session) = (AccountId::new(), SessionId::new());
        let wanted = device(account, session);
        assert_eq!(claim(&wanted, &wanted), Claim::New);
        let own = device(account, session);
        assert_eq!(claim(&wanted, &own), Claim::Again(own.id));
        let elsewhere = device(account, SessionId::new());
        assert_eq!(claim(&wanted, &elsewhere), Claim::Moves(elsewhere.id));
        let foreign = device(AccountId::new(), SessionId::new());
        assert_eq!(claim(&wanted, &foreign), Claim::Moves(foreign.id));
    }
}
