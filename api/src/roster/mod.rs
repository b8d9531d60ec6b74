pub mod oneroster;
pub mod problem;
