//! Identity: who is at the other end.

pub mod invitations;
pub mod master_key;
pub mod passwords;
pub mod secret;
pub mod tokens;
