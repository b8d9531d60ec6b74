//! The organisation: boards, clusters, schools, school years and class groups.

pub mod boards;
pub mod class_groups;
mod closing;
pub mod clusters;
pub mod register;
pub mod school_years;
pub mod schools;

pub use closing::{in_use, school_in_use};
