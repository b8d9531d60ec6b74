//! Tokens by which a gateway knows us.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key that signs. It is read once, so that a wrong one is told at the start.
pub enum Signer {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256(Box<RsaKeyPair>),
    /// ECDSA over P-256 with SHA-256.
    Es256(EcdsaKeyPair),
}

impl Signer {
    /// None where it is no RSA key in PKCS #8, as PEM.
    pub fn rs256(pem: &str) -> Option<Self> {
        let key = RsaKeyPair::from_pkcs8(&der_of(pem)?).ok()?;
        Some(Self::Rs256(Box::new(key)))
    }

    /// None where it is no key of P-256 in PKCS #8, as PEM.
    pub fn es256(pem: &str) -> Option<Self> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der_of(pem)?).ok().map(Self::Es256)
    }

    /// None where these are not the 32 bytes of a private key of P-256.
    pub fn es256_of_bytes(private: &[u8]) -> Option<Self> {
        let public = PrivateKey::from_private_key(&ECDH_P256, private).ok()?.compute_public_key().ok()?;
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, private, public.as_ref())
            .ok()
            .map(Self::Es256)
    }

    /// The public key, of P-256 as an uncompressed point.
    pub fn public(&self) -> &[u8] {
        match self {
            Self::Rs256(key) => key.public_key().as_ref(),
            Self::Es256(key) => key.public_key().as_ref(),
        }
    }

    /// A signed token (RFC 7519). None where the cryptographic library refuses to work.
    pub fn sign(&self, key_id: Option<&str>, claims: &Value) -> Option<String> {
        let algorithm = match self {
            Self::Rs256(_) => "RS256",
            Self::Es256(_) => "ES256",
        };
        let mut header = json!({ "typ": "JWT", "alg": algorithm });
        if let Some(id) = key_id {
            header["kid"] = id.into();
        }
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let content = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = self.signature(content.as_bytes())?;
        Some(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn signature(&self, content: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, content, &mut signature).ok()?;
                Some(signature)
            }
            Self::Es256(key) => Some(key.sign(&random, content).ok()?.as_ref().to_vec()),
        }
    }
}

/// What stands between the lines of a PEM file.
fn der_of(pem: &str) -> Option<Vec<u8>> {
    let pem = pem.trim().strip_prefix("-----BEGIN PRIVATE KEY-----")?.strip_suffix("-----END PRIVATE KEY-----")?;
    STANDARD.decode(pem.split_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::KeySize;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    use super::*;

    pub(crate) fn pem(der: &[u8]) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
    }

    pub(crate) fn ec_pem() -> String {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        pem(key.to_pkcs8v1().unwrap().as_ref())
    }

    pub(crate) fn rsa_pem() -> String {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        pem(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref())
    }

    fn read(token: &str, algorithm: Algorithm, key: &DecodingKey) -> (Option<String>, Value) {
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let read = decode::<Value>(token, key, &validation).unwrap();
        (read.header.kid, read.claims)
    }

    #[test]
    fn others_verify_what_is_signed() {
        let claims = json!({ "iss": "me", "iat": 5 });
        let signer = Signer::es256(&ec_pem()).unwrap();
        let token = signer.sign(Some("K1"), &claims).unwrap();
        let key = DecodingKey::from_ec_der(signer.public());
        assert_eq!(read(&token, Algorithm::ES256, &key), (Some("K1".to_owned()), claims.clone()));

        let signer = Signer::rs256(&rsa_pem()).unwrap();
        let token = signer.sign(None, &claims).unwrap();
        let key = DecodingKey::from_rsa_der(signer.public());
        assert_eq!(read(&token, Algorithm::RS256, &key), (None, claims));
    }

    #[test]
    fn a_key_of_another_kind_is_none() {
        assert!(Signer::rs256(&ec_pem()).is_none());
        for wrong in ["", "key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert!(Signer::es256(wrong).is_none() && Signer::rs256(wrong).is_none(), "{wrong}");
        }
        assert!(Signer::es256_of_bytes(&[0; 32]).is_none() && Signer::es256_of_bytes(&[1; 31]).is_none());
        assert!(Signer::es256_of_bytes(&[1; 32]).is_some());
    }
}
