//! The circle of the course: the schools of a cohort prepare with their trainer what each gives to its own team, and share
//! what they went through with it.

pub mod cohorts;
pub mod experiences;
pub mod meetings;
pub mod occasions;
pub mod progress;
pub mod succession;
pub mod team_sessions;
