//! Accounts, sessions, calendar feeds, keys, invitations, API clients and the audit log.

mod values;
pub use values::*;

pub mod account;
pub mod api_client;
pub mod api_client_secret;
pub mod api_client_usage;
pub mod audit;
pub mod calendar_feed;
pub mod invitation;
pub mod password_reset;
pub mod refresh_token;
pub mod session;
pub mod signing_key;
pub mod throttle;
