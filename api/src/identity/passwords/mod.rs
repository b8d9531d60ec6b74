//! Passwords: what they may be, how they are kept, how one is changed or replaced when forgotten.

pub mod actions;
pub mod hashing;
mod mutation;
pub mod rules;
pub mod store;
pub mod types;
pub mod verification;

pub use actions::RESET_REQUESTED;
pub use mutation::PasswordMutation;
