//! Boards, clusters, schools, school years and class groups.

mod boards;
mod closing;
mod schools;
mod sight;
mod versions;
