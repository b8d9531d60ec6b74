//! Boards, clusters, schools, school years and class groups.

pub mod board;
pub mod class_group;
pub mod cluster;
pub mod school;
pub mod school_year;
