//! The keys of the project, the team and the push service. They are worth nothing outside of tests.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;
use serde_json::json;

use super::fcm::{PROJECT, TOKEN_PATH};

pub(super) const APNS_KEY_ID: &str = "ABC123DEFG";
pub(super) const APNS_TEAM_ID: &str = "DEF123GHIJ";
pub(super) const APNS_TOPIC: &str = "nl.example.glans";
pub(super) const CLIENT_EMAIL: &str = "push@school.example";
pub(super) const ACCOUNT_KEY_ID: &str = "a1b2c3";
/// The pair of the example in RFC 8291.
pub(super) const VAPID_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
pub(super) const VAPID_PUBLIC: &str =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

/// Made once for each process of tests.
pub(super) struct Keys {
    account: String,
    pub(super) account_public: DecodingKey,
    pub(super) apns: String,
    pub(super) apns_public: DecodingKey,
}

pub(super) static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let account = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let account_der: Pkcs8V1Der<'_> = account.as_der().expect("the key as DER");
    let apns = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    Keys {
        account: pem(account_der.as_ref()),
        account_public: DecodingKey::from_rsa_der(account.public_key().as_ref()),
        apns: pem(apns.to_pkcs8v1().expect("the key as DER").as_ref()),
        apns_public: DecodingKey::from_ec_der(apns.public_key().as_ref()),
    }
});

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

/// The key file of the service account.
pub(super) fn service_account(url: &str) -> String {
    json!({
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": ACCOUNT_KEY_ID,
        "private_key": KEYS.account,
        "client_email": CLIENT_EMAIL,
        "token_uri": format!("{url}{TOKEN_PATH}"),
    })
    .to_string()
}
