//! Browsers: their keys, and how they decipher what comes (RFC 8291 from the other side).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::web_push::PUSH_PATH;

struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    secret: [u8; 16],
}

/// By name.
#[derive(Default)]
pub(super) struct Browsers {
    subscribed: Mutex<HashMap<String, Arc<Browser>>>,
}

impl std::fmt::Debug for Browsers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Browsers").finish_non_exhaustive()
    }
}

impl Browsers {
    /// The subscription as JSON: the same for the same name.
    pub(super) fn subscribe(&self, name: &str, url: &str) -> String {
        let mut subscribed = self.subscribed.lock().expect("browsers nobody broke");
        let browser = subscribed.entry(name.to_owned()).or_insert_with(|| {
            let private = PrivateKey::generate(&ECDH_P256).expect("a key");
            let public = private.compute_public_key().expect("its public half").as_ref().to_vec();
            let mut secret = [0; 16];
            rand::fill(&mut secret).expect("randomness");
            Arc::new(Browser { private, public, secret })
        });
        json!({
            "endpoint": format!("{url}{PUSH_PATH}{name}"),
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(&browser.public),
                "auth": URL_SAFE_NO_PAD.encode(browser.secret),
            },
        })
        .to_string()
    }

    /// None where it is not for this browser, or not whole.
    pub(super) fn open(&self, name: &str, body: &[u8]) -> Option<Vec<u8>> {
        let browser = Arc::clone(self.subscribed.lock().expect("browsers nobody broke").get(name)?);
        let (salt, rest) = body.split_at_checked(16)?;
        let (record_size, rest) = rest.split_at_checked(4)?;
        let (length, rest) = rest.split_first()?;
        let (sender, record) = rest.split_at_checked(usize::from(*length))?;
        if record.len() > usize::try_from(u32::from_be_bytes(record_size.try_into().ok()?)).ok()? {
            return None;
        }
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let extracted =
            agree(&browser.private, peer, (), |shared| Ok(Salt::new(HKDF_SHA256, &browser.secret).extract(shared)));
        let info = [b"WebPush: info\0", browser.public.as_slice(), sender].concat();
        let ikm: [u8; 32] = expand(&extracted.ok()?, &info)?;
        let prk = Salt::new(HKDF_SHA256, salt).extract(&ikm);
        let key: [u8; 16] = expand(&prk, b"Content-Encoding: aes128gcm\0")?;
        let nonce: [u8; NONCE_LEN] = expand(&prk, b"Content-Encoding: nonce\0")?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut record = record.to_vec();
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
        let end = opened.iter().rposition(|byte| *byte != 0)?;
        (opened[end] == 2).then(|| opened[..end].to_vec())
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    prk.expand(&[info], Length(N)).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}
