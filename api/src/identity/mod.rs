//! Identity: who is at the other end.

pub mod email;
pub mod invitations;
pub mod keys;
pub mod master_key;
pub mod passwords;
pub mod secret;
pub mod sessions;
pub mod throttle;
pub mod tokens;
