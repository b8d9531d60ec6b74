//! Cursors: where in which list.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::Key;
use crate::platform::error::{Code, Error, Result, coded};

/// Bytes of the digest that stand before the position, to tell a mistyped cursor from a real one.
const CHECKSUM: usize = 4;

/// Where an item stands in a list: opaque outside, `[order, key, id]` inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// The place of an item in an order of this name.
    pub fn of(order: &str, position: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(&(order, position)).map_err(Error::fault)?;
        let sum = digest(&SHA256, &text);
        let bytes = [&sum.as_ref()[..CHECKSUM], &text].concat();
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn position<K: Key>(&self, order: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (sum, text) = bytes.split_at_checked(CHECKSUM)?;
        if digest(&SHA256, text).as_ref()[..CHECKSUM] != *sum {
            return None;
        }
        let (of, position): (String, K) = serde_json::from_slice(text).ok()?;
        (of == order && position.is_sound()).then_some(position)
    }
}

/// A cursor for a list that is told as it grows.
pub fn mark(order: &str, position: &impl Serialize) -> Result<String> {
    Ok(Cursor::of(order, position)?.0)
}

/// What a cursor of this order says.
///
/// # Errors
/// `BAD_CURSOR` for one that is damaged, belongs to another list or holds what no item has.
pub fn position<K: Key>(cursor: &str, order: &str) -> Result<K> {
    Cursor(cursor.to_owned()).position(order).ok_or_else(|| {
        coded(Code::BadCursor, "This cursor does not belong to this list. Start again without `after` and `before`.")
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_holds_nothing_that_no_database_takes() {
        let is_taken = |key: &str| {
            let key: (String, Uuid) = (key.to_owned(), Uuid::nil());
            position::<(String, Uuid)>(&mark("name", &key).unwrap(), "name").is_ok()
        };
        assert!(is_taken("De Zwaluw"));
        assert!(!is_taken("De\0Zwaluw"));
        let is_told = |at: &str| {
            let at: (DateTime<Utc>, Vec<Uuid>) = (at.parse().unwrap(), vec![Uuid::nil()]);
            position::<(DateTime<Utc>, Vec<Uuid>)>(&mark("time", &at).unwrap(), "time").is_ok()
        };
        for at in ["0001-01-01T00:00:00Z", "2026-11-30T12:00:00Z", "9999-12-31T23:59:59Z"] {
            assert!(is_told(at), "{at}");
        }
        for at in ["-5000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
            assert!(!is_told(at), "{at}");
        }
    }
}
