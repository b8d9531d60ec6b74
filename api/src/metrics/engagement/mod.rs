//! Figures of a place, as directors and integrators ask for them.

mod allowance;
mod cost;
mod definition;
mod loaders;
mod query;
mod reading;
mod store;
pub mod types;

pub use allowance::Allowance;
pub use cost::REPORTS;
pub use query::{EngagementQuery, of_place};
pub use reading::{Ask, Breakdown, Counts, Group, Point, Series, report, report_of};
pub use types::{EngagementInput, EngagementReport, Interval, Metric};
