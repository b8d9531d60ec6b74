//! How the secret key is written down: what is configured, and what lies in a file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a secret key.
pub const LENGTH: usize = 32;

/// The key in a text of standard base64; blanks around it are ignored.
pub fn read(text: &str) -> Option<[u8; LENGTH]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

/// The text of which [`read`] makes the same key.
pub fn written(key: &[u8; LENGTH]) -> String {
    STANDARD.encode(key)
}
