//! Access tokens: what they say, how they are signed, and everything that is not one.

pub mod claims;
#[cfg(test)]
mod forgeries;
pub mod issue;
pub mod jwt;
pub mod known;

pub use claims::{Claims, Issuer, TokenRefusal};
