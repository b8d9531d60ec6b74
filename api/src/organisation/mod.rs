//! The organisation: boards, clusters, schools, school years and class groups.

pub mod boards;
pub mod clusters;
pub mod register;
pub mod schools;
