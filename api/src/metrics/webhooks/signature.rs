//! What shows an integrator that a body is ours: Standard Webhooks 1.0.0, with symmetric keys.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use glans_entity::ids::WebhookEndpointId;

use crate::identity::master_key::MasterKey;
use crate::platform::chance;
use crate::platform::error::{Error, Result};

/// Bytes of a new secret; the specification asks for 24 to 64.
const LEN: usize = 32;
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1";

/// A secret in the clear. It has no `Debug`, so that no log can hold it.
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn random() -> Result<Self, Unspecified> {
        let mut bytes = vec![0; LEN];
        chance::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As libraries of Standard Webhooks take it; none where it is no such text.
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text.strip_prefix(PREFIX)?).ok().map(Self)
    }

    /// As libraries of Standard Webhooks take it.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// As the database keeps it: of this endpoint, and for this server only.
    pub fn seal(&self, master: &MasterKey, of: WebhookEndpointId) -> Result<String> {
        Ok(STANDARD.encode(master.seal(&of.to_string(), &self.0).map_err(Error::fault)?))
    }

    /// The inverse of [`Secret::seal`].
    pub fn open(master: &MasterKey, of: WebhookEndpointId, sealed: &str) -> Result<Self> {
        let sealed = STANDARD.decode(sealed).map_err(Error::fault)?;
        Ok(Self(master.open(&of.to_string(), &sealed).map_err(Error::fault)?))
    }

    fn sign(&self, content: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        format!("{VERSION},{}", STANDARD.encode(hmac::sign(&key, content)))
    }
}

/// The header `webhook-signature` of a try at `timestamp` (seconds since 1970): one signature by each of the secrets.
pub fn header(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    secrets.iter().map(|secret| secret.sign(content.as_bytes())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &str = r#"{"test": 2432232314}"#;

    /// The vector that the libraries of Standard Webhooks test themselves by.
    #[test]
    fn a_body_is_signed_as_the_specification_says() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = header(&[secret], ID, AT, BODY);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs() {
        let secrets = [Secret::random().unwrap(), Secret::random().unwrap()];
        let both = header(&secrets, ID, AT, BODY);
        let alone = secrets.each_ref().map(|secret| secret.sign(format!("{ID}.{AT}.{BODY}").as_bytes()));
        assert_eq!(both, alone.join(" "));
        assert_ne!(alone[0], alone[1]);
    }

    #[test]
    fn a_secret_is_read_back_from_its_text_and_from_its_seal_only_for_its_endpoint() {
        let master = MasterKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
        let (own, other) = (WebhookEndpointId::new(), WebhookEndpointId::new());
        let secret = Secret::random().unwrap();
        let text = secret.text();
        assert_eq!(text.len(), PREFIX.len() + 44);
        assert!(Secret::parse(&text).unwrap().text() == text);
        let sealed = secret.seal(&master, own).unwrap();
        assert!(Secret::open(&master, own, &sealed).unwrap().text() == text);
        assert!(Secret::open(&master, other, &sealed).is_err());
        for wrong in ["", "whsec_", "whsec_*", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(Secret::parse(wrong).is_none_or(|secret| secret.0.is_empty()), "{wrong}");
        }
    }
}
