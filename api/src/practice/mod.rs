//! The circle of the course: the schools of a cohort prepare with their trainer what each gives to its own team.

pub mod cohorts;
pub mod meetings;
