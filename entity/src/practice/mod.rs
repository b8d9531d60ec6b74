//! Cohorts, the schools in them, their meetings and team sessions, and what becomes of each lesson.

pub mod attendance;
pub mod cohort;
pub mod cohort_school;
pub mod comment;
pub mod experience;
pub mod lesson_event;
pub mod lesson_mark;
pub mod lesson_progress;
pub mod lesson_succession;
pub mod meeting;
pub mod meeting_lesson;
pub mod team_session;
mod values;

pub use values::{
    AttendanceStatus, ExperienceKind, ExperienceVisibility, LessonPurpose, LessonStatus, MarkKind, OccasionStatus,
};
