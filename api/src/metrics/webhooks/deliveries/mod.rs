//! Carrying events to endpoints.
//!
//! ```text
//! QUEUED ──claim──▶ SENDING ──▶ DELIVERED · FAILED
//!    ▲                 │
//!    └── later, or the lease ran out
//! ```
//!
//! - Whoever claims a delivery has it for [`LEASE`]; what becomes of it is written only while the lease is still theirs.
//! - Boards take turns, and within each of them its endpoints: a board has four batches under way, an endpoint one. So
//!   whoever does not answer keeps its own board waiting at most; with 32 batches a process has room for eight such
//!   boards.
//! - Only 2xx is success. Redirects are not followed.

mod claims;
pub mod rules;
pub mod sender;

use std::time::Duration;

use chrono::TimeDelta;

/// How long a process has a delivery that it claimed.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);
/// A try ends within this time, its answer included.
pub const TRY: Duration = Duration::from_secs(15);
