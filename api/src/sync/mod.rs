//! Delta sync: what changed for one viewer since a cursor, so that an app can work without a network.
//!
//! Triggers write down which node a transaction touched (`migration::m0011_changes`). A pull reads that log and looks each
//! node up as it is now: in sight it is an UPSERT, else a DELETE. What somebody may see changes without any row: by a role,
//! by a date, by a new edition. So a [`cursor`] carries the [`sight`] under which the phone synced, and where the present
//! one differs, the difference of the two is told first. A first sync is the difference to nothing.
//!
//! Invariants: what the phone may hold and may see no more is told as a DELETE; a position never passes a transaction that
//! is not over; a page takes a bounded number of statements.

mod courses;
mod cursor;
mod kinds;
mod mark;
mod pull;
mod query;
mod rules;
mod sight;
pub mod store;
mod types;

pub use kinds::ChangeType;
pub use mark::{Marked, SyncMarks, sync_cursor};
pub use query::SyncQuery;
