//! Sessions: one per signed-in device, and the family of its refresh tokens.
//!
//! LIVE → REVOKED (signed out, password changed, token copied) or over (unused for 60 days, a year old). Each refresh
//! replaces the token. The one just replaced has the same answer for another 60 seconds; anything older means that
//! somebody copied it, and ends the session.

pub mod actions;
mod loaders;
mod mutation;
mod rules;
pub mod store;
pub mod types;

use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;

pub use mutation::SessionMutation;
pub use rules::IDLE;

/// A live session: whose it is, and until when if it is not used before.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    pub account: AccountId,
    pub until: DateTime<Utc>,
}

/// None for a session that has ended or never was.
pub type Liveness = Option<Live>;
