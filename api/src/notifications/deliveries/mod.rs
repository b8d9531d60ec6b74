//! Carrying notifications, digests and letters to where they go.
//!
//! ```text
//! QUEUED ──claim──▶ SENDING ──▶ SENT · FAILED · SUPPRESSED · DEAD
//!    ▲                 │
//!    └── later, or the lease ran out
//! ```
//!
//! - Whoever claims a delivery has it for [`LEASE`]; what becomes of it is written only while the lease is still theirs.
//! - Boards take turns: what one board has waiting keeps no other from its turn.
//! - Letters, pushes, pushes to browsers and e-mail are claimed apart: no code and no push waits for the few connections to a
//!   mail server, and no phone for a push service that somebody named. So are urgent pushes: they wait for no others.
//! - What was cut off again and again is claimed by itself, when its turn comes, and at last one such at a time over all
//!   queues: what is under way beside one that ends a process is cut off a few times, and then tried apart from it.
//! - Whether something may be sent is asked after it was claimed and before it is sent, in that order: who unbinds a device, or
//!   wants something no more, waits for what is under way, so that nothing begins after the answer. An e-mail has its
//!   connection before it is asked; one that a mail server is slow about is waited for no longer than a try lasts.

pub mod breaker;
mod bundles;
mod claims;
mod contents;
pub mod digests;
pub(super) mod look;
mod rights;
pub mod rules;
pub mod sender;
mod store;

use chrono::TimeDelta;

/// How long a process has a delivery that it claimed.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// A try ends within this time. With less than this left of its lease none begins.
const TRY: TimeDelta = TimeDelta::seconds(10);
