//! The partnership, its line through the year and its criteria.

mod criterion;
mod partnership;
mod steps;

pub use criterion::{CriterionKind, CriterionStatus, SuccessCriterion};
pub use partnership::{Partnership, TalkChoice, works_with};
pub use steps::{PartnershipStep, StepKind, StepStatus};
