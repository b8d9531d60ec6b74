//! Carrying events to endpoints.
//!
//! ```text
//! QUEUED ──claim──▶ SENDING ──▶ DELIVERED · FAILED
//!    ▲                 │
//!    └── later, or the lease ran out
//! ```
//!
//! - Whoever claims a delivery has it for [`LEASE`]; what becomes of it is written only while the lease is still theirs.
//! - Endpoints take turns, and each has one batch under way: one that does not answer keeps nobody else waiting.
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
