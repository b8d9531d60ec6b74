//! What meetings and team sessions have in common: when they are, who is to come, and who was there.

pub mod attendance;
mod loaders;
pub mod store;
pub mod times;
pub mod types;

pub use loaders::{AttendanceOf, Occasion, RollOf};
pub use types::{Attendance, AttendanceInput, OccasionStatus};
