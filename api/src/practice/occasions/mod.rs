//! What meetings and team sessions have in common: when they are, who is to come, and who was there.

mod actions;
pub mod attendance;
mod loaders;
mod mutation;
mod query;
pub mod store;
pub mod times;
pub mod types;

pub use loaders::{AttendanceOf, Occasion, RollOf};
pub use mutation::OccasionMutation;
pub use query::OccasionQuery;
pub use types::{Attendance, AttendanceInput, OccasionStatus};
