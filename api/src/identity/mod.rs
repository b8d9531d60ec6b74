//! Identity: who is at the other end. Accounts, passwords, sessions and their tokens, invitations, API clients, keys.
//!
//! An account is a login of one human being, and serves the persons that boards know that human being as. A token says
//! who it is and nothing about rights: those are read from the database with each request.

pub mod accounts;
pub mod audit;
pub mod authentication;
pub mod clients;
pub mod email;
pub mod invitations;
pub mod keys;
pub mod master_key;
pub mod memberships;
pub mod passwords;
pub mod profile;
pub mod sealed;
pub mod secret;
pub mod sessions;
mod shared;
pub mod throttle;
pub mod tokens;
pub mod viewer;
mod warning;

pub use shared::{Identity, SetupError, master_key, missing_key};
