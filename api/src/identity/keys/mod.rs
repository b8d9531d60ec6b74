//! Signing keys: NEXT is published, CURRENT signs, RETIRED still verifies. A rotation fails no request, because every
//! replica knows a key before any replica signs with it.

pub mod actions;
pub mod jwks;
mod pair;
pub mod ring;
pub mod rules;
mod store;

pub use ring::{KeyRing, are_there, check};
