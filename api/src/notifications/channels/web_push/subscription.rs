//! What a browser gives when somebody subscribes.

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use reqwest::Url;
use serde::Deserialize;

use crate::platform::outbound::may_be_public;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const ENDPOINT_MAX: usize = 2_048;

/// Where and for whom a push is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub endpoint: Url,
    /// A point of P-256, uncompressed.
    pub public: [u8; 65],
    pub secret: [u8; 16],
}

#[derive(Deserialize)]
struct Written {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Subscription {
    /// From the JSON of a `PushSubscription`. `anywhere` allows plain HTTP and addresses that are not public. The message says
    /// what is wrong.
    pub fn parse(token: &str, anywhere: bool) -> Result<Self, &'static str> {
        let written: Written = serde_json::from_str(token)
            .map_err(|_| "the subscription must be JSON with `endpoint` and `keys` with `p256dh` and `auth`")?;
        let endpoint = endpoint(&written.endpoint, anywhere)?;
        let public = bytes(&written.keys.p256dh).filter(is_point);
        let public = public.ok_or("`p256dh` must be an uncompressed point of P-256, in base64url")?;
        let secret = bytes(&written.keys.auth).ok_or("`auth` must be 16 bytes in base64url")?;
        Ok(Self { endpoint, public, secret })
    }
}

/// Which push service a subscription is of, as `https://push.example.org`; none where it cannot be read.
pub fn origin(token: &str) -> Option<String> {
    let written: Written = serde_json::from_str(token).ok()?;
    Some(Url::parse(&written.endpoint).ok()?.origin().ascii_serialization())
}

fn endpoint(text: &str, anywhere: bool) -> Result<Url, &'static str> {
    if text.len() > ENDPOINT_MAX {
        return Err("`endpoint` is longer than 2,048 characters");
    }
    let url = Url::parse(text).map_err(|_| "`endpoint` must be a URL")?;
    let is_web = url.scheme() == "https" || anywhere && url.scheme() == "http";
    if !is_web || !url.username().is_empty() || url.password().is_some() {
        return Err("`endpoint` must begin with `https://` and a host");
    }
    if !anywhere && !may_be_public(&url) {
        return Err("`endpoint` must lead to a public address");
    }
    Ok(url)
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

fn is_point(bytes: &[u8; 65]) -> bool {
    bytes[0] == 4 && ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, bytes)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn said(endpoint: &str, p256dh: &str, auth: &str, anywhere: bool) -> Option<&'static str> {
        let token = serde_json::json!({
            "endpoint": endpoint, "expirationTime": null, "keys": { "p256dh": p256dh, "auth": auth },
        });
        Subscription::parse(&token.to_string(), anywhere).err()
    }

    #[test]
    fn a_browser_is_believed() {
        assert_eq!(said("https://updates.push.example/wpush/v2/g", POINT, SECRET, false), None);
        assert_eq!(said("https://updates.push.example/", &format!("{POINT}="), &format!("{SECRET}=="), false), None);
        assert_eq!(said("http://127.0.0.1:9/ok-1", POINT, SECRET, true), None);
    }

    #[test]
    fn a_push_service_is_known_by_its_origin() {
        let token = |endpoint: &str| {
            serde_json::json!({ "endpoint": endpoint, "keys": { "p256dh": POINT, "auth": SECRET } }).to_string()
        };
        let of = |endpoint: &str| origin(&token(endpoint));
        assert_eq!(of("https://push.example/a"), of("https://PUSH.example:443/b?c"));
        assert_eq!(of("https://push.example/a").as_deref(), Some("https://push.example"));
        assert_ne!(of("https://push.example/a"), of("https://push.example:8443/a"));
        assert_eq!(origin("ok-1"), None);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let endpoints = [
            ("push", "`endpoint` must be a URL"),
            ("http://push.example/", "`endpoint` must begin with `https://` and a host"),
            ("file:///etc/passwd", "`endpoint` must begin with `https://` and a host"),
            ("https://me:word@push.example/", "`endpoint` must begin with `https://` and a host"),
            ("https://127.0.0.1/", "`endpoint` must lead to a public address"),
            ("https://169.254.169.254/latest", "`endpoint` must lead to a public address"),
            ("https://[fd00::1]/", "`endpoint` must lead to a public address"),
        ];
        for (endpoint, wrong) in endpoints {
            assert_eq!(said(endpoint, POINT, SECRET, false), Some(wrong), "{endpoint}");
        }
        assert_eq!(
            said("ftp://127.0.0.1/", POINT, SECRET, true),
            Some("`endpoint` must begin with `https://` and a host")
        );
        let off_the_curve = format!("{}A", &POINT[..POINT.len() - 1]).replacen("BCV", "BCX", 1);
        for wrong in ["", "BCVx", &off_the_curve] {
            let told = said("https://push.example/", wrong, SECRET, false);
            assert_eq!(told, Some("`p256dh` must be an uncompressed point of P-256, in base64url"), "{wrong}");
        }
        let told = said("https://push.example/", POINT, "AAAA", false);
        assert_eq!(told, Some("`auth` must be 16 bytes in base64url"));
        assert!(Subscription::parse("ok-1", false).is_err());
    }
}
