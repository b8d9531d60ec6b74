//! Passwords: what they may be, how they are kept, how one is changed or replaced when forgotten.

pub mod hashing;
pub mod rules;
