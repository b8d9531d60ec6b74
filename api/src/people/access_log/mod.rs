//! The access log (ISO 27789, NEN 7513): which member of staff opened the record of which child or guardian, and when. It
//! holds ids, and nothing of what was read.
//!
//! A record is opened by what is told of somebody beyond the name and the place: each object of a record says whose it is in
//! its `guard` ([`Opens`]), which runs before every field, so that a new field is logged until somebody lists it.
//! A request writes what it opened together, before its answer goes out; who opens the same record again within the
//! hour stands there once.
//!
//! Lines are never lost while the process lives. Where the database takes none, the answer goes out after a moment
//! and its lines wait in memory; where too many wait, no further record is opened. A process that stops tries for some
//! seconds to write them (`crate::books`).

mod journal;
mod loaders;
mod opened;
mod opens;
mod query;
mod rules;
mod store;
mod types;

use chrono::TimeDelta;

pub use journal::{Journal, write};
pub use opened::{Opened, Pending, Subject};
pub use opens::{Opens, ask_about};
pub use query::page;
pub use store::prune;
pub use types::AccessLogEntry;

/// How long lines are kept.
pub const KEPT: TimeDelta = TimeDelta::days(365);
