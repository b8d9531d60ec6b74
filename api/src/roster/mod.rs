//! Rosters: people, groups and roles as a school's administration exports them.
//!
//! A bundle goes through [`oneroster`] (bytes to rows, every problem by file, line and column), is mapped to what is
//! [`wanted`], compared with what is [`stored`] into a [`plan`], and applied in one transaction. Nothing is written when
//! anything in it is broken. Each row is remembered as it was, so that an import can be rolled back.

mod actions;
pub mod diff;
mod examine;
mod journal;
pub mod known;
mod loaders;
mod mutation;
pub mod oneroster;
pub mod outcome;
pub mod plan;
pub mod problem;
mod progress;
mod query;
mod rollback;
mod rules;
mod run;
mod source;
mod store;
pub mod stored;
mod subscription;
pub mod types;
mod upload;
pub mod wanted;

pub use actions::{give_up_abandoned, import, import_until, rollback};
pub use mutation::RosterMutation;
pub use progress::Progress;
pub use query::RosterQuery;
pub use source::Source;
pub use subscription::RosterSubscription;
pub use types::RosterImport;
pub use upload::routes;

/// What needs a right here.
const PERMITTED: crate::access::Action = crate::access::Action::RosterImport;
