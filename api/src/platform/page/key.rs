//! What a cursor may hold.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The years of which PostgreSQL keeps an instant that can be written in four digits.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// The key of an item in its list, as a cursor holds it.
pub trait Key: Serialize + DeserializeOwned {
    /// Whether an item may have this key. Anybody can make a cursor, also over what no database takes.
    fn is_sound(&self) -> bool {
        true
    }
}

impl Key for Uuid {}
impl Key for i32 {}
impl Key for i64 {}
impl Key for usize {}

impl Key for String {
    /// PostgreSQL takes no NUL in a text.
    fn is_sound(&self) -> bool {
        !self.contains('\0')
    }
}

impl Key for DateTime<Utc> {
    fn is_sound(&self) -> bool {
        YEARS.contains(&self.year())
    }
}

impl<K: Key> Key for Vec<K> {
    fn is_sound(&self) -> bool {
        self.iter().all(K::is_sound)
    }
}

impl<K: Key, I: Key> Key for (K, I) {
    fn is_sound(&self) -> bool {
        self.0.is_sound() && self.1.is_sound()
    }
}
