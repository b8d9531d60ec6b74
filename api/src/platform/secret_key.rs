//! How the secret key is written down: what is configured, and what lies in a file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a secret key.
pub const LENGTH: usize = 32;

/// The key in a text of standard base64; blanks around it are ignored, and the mark that some editors put in front.
pub fn read(text: &str) -> Option<[u8; LENGTH]> {
    STANDARD.decode(text.trim_start_matches('\u{feff}').trim()).ok()?.try_into().ok()
}

/// The text of which [`read`] makes the same key.
pub fn written(key: &[u8; LENGTH]) -> String {
    STANDARD.encode(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_put_around_a_key_is_no_part_of_it() {
        let key = [7; LENGTH];
        for text in [written(&key), format!("\u{feff}{}\r\n", written(&key))] {
            assert_eq!(read(&text), Some(key), "{text:?}");
        }
    }
}
