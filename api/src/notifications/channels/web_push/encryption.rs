//! Encryption for one browser: `aes128gcm` (RFC 8188) in one record, with keys as RFC 8291 has them.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use super::subscription::Subscription;
use crate::notifications::channels::content::PAYLOAD_MAX;
use crate::platform::chance;

const SALT_LEN: usize = 16;
const KEY_LEN: usize = 16;
const TAG_LEN: usize = 16;
/// Salt, size of a record, length of the key and the key.
const HEADER_LEN: usize = SALT_LEN + 4 + 1 + 65;
const RECORD_SIZE: u32 = 4096;
/// After the last record's text.
const LAST: u8 = 2;

/// Bytes that can be sealed at most.
pub const PLAIN_MAX: usize = PAYLOAD_MAX - HEADER_LEN - TAG_LEN - 1;

/// None where the subscription's key is no point of the curve, or the cryptographic library refuses to work.
pub fn seal(plain: &[u8], subscription: &Subscription) -> Option<Vec<u8>> {
    let mut salt = [0; SALT_LEN];
    chance::fill(&mut salt).ok()?;
    seal_with(plain, subscription, &PrivateKey::generate(&ECDH_P256).ok()?, salt)
}

fn seal_with(plain: &[u8], subscription: &Subscription, private: &PrivateKey, salt: [u8; SALT_LEN]) -> Option<Vec<u8>> {
    let public = private.compute_public_key().ok()?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, subscription.public);
    let shared = agree(private, peer, (), |shared| Ok(Salt::new(HKDF_SHA256, &subscription.secret).extract(shared)));
    let info = [b"WebPush: info\0", subscription.public.as_slice(), public.as_ref()].concat();
    let ikm: [u8; 32] = expand(&shared.ok()?, &info)?;
    let prk = Salt::new(HKDF_SHA256, &salt).extract(&ikm);
    let key: [u8; KEY_LEN] = expand(&prk, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; NONCE_LEN] = expand(&prk, b"Content-Encoding: nonce\0")?;

    let mut record = [plain, &[LAST]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
    let size = RECORD_SIZE.to_be_bytes();
    let length = [u8::try_from(public.as_ref().len()).ok()?];
    Some([salt.as_slice(), &size, &length, public.as_ref(), &record].concat())
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

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    fn of_the_rfc() -> Subscription {
        Subscription {
            endpoint: "https://push.example.net/".parse().unwrap(),
            public: bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            secret: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let private = bytes::<32>("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let private = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let sealed = seal_with(b"When I grow up, I want to be a watermelon", &of_the_rfc(), &private, salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
                        AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn the_same_text_is_never_sealed_alike_and_the_longest_fits() {
        let text = vec![b'x'; PLAIN_MAX];
        let (one, other) = (seal(&text, &of_the_rfc()).unwrap(), seal(&text, &of_the_rfc()).unwrap());
        assert_eq!(one.len(), PAYLOAD_MAX);
        assert_ne!(one, other);
    }
}
