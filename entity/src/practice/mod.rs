//! Cohorts and the schools in them.

pub mod cohort;
pub mod cohort_school;
