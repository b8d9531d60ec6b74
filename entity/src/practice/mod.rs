//! Cohorts, the schools in them, and their meetings.

pub mod cohort;
pub mod cohort_school;
pub mod meeting;
pub mod meeting_lesson;
mod values;

pub use values::{LessonPurpose, OccasionStatus};
