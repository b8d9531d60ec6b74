//! Partnerships: child, guardians and teacher through a school year.

pub mod family;

pub use family::Family;
