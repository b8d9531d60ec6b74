//! Randomness for what is to be spread over time. Secrets are made elsewhere.

/// From 0 to 1. Where the machine has no randomness, 1: the latest moment.
pub fn chance() -> f64 {
    let mut bytes = [0; 4];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    }
}
