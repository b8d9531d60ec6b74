pub mod known;
pub mod oneroster;
pub mod problem;
pub mod wanted;
