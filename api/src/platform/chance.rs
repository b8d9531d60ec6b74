//! Randomness, from outside: of the machine, for secrets too.

use aws_lc_rs::error::Unspecified;

/// Fills `bytes` at random.
#[expect(clippy::disallowed_methods, reason = "the one place where randomness comes in")]
pub fn fill(bytes: &mut [u8]) -> Result<(), Unspecified> {
    aws_lc_rs::rand::fill(bytes)
}

/// From 0 to 1, for what is to be spread over time. Where the machine has no randomness, 1: the latest moment.
pub fn chance() -> f64 {
    let mut bytes = [0; 4];
    match fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    }
}
