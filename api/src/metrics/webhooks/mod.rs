//! Webhooks: integrators are told that something happened, by ids only, and fetch the rest.
//!
//! ```text
//! act ─▶ outbox ─ fan_out ─▶ webhook_event (one body) ─▶ webhook_delivery (one an endpoint) ─ deliveries ─▶ endpoint
//! ```
//!
//! - An endpoint belongs to an API client. A client that is narrowed to schools is told of what happens at those only.
//! - The event, its deliveries and the mark on the outbox are committed together: there is all of it or nothing.
//! - An event has one id (`webhook-id`) and one body, at all endpoints and however often it is tried.
//! - A body is signed as Standard Webhooks 1.0.0 says, by the secret of the endpoint, and for [`rules::OVERLAP`] after a
//!   rotation by the one before it as well.
//! - Requests go to public addresses only ([`address`], and `platform/outbound` when the name is resolved).
//!
//! An endpoint is ENABLED or DISABLED: by hand, because it answered 410, or because for five days nothing reached it
//! and a delivery came to its last try. What happens meanwhile is kept as a delivery that failed, to be replayed.

mod actions;
mod address;
pub mod deliveries;
pub mod fan_out;
mod kinds;
mod loaders;
mod mutation;
mod query;
pub mod rules;
pub mod signature;
pub mod store;
pub mod types;
pub mod worker;

use chrono::TimeDelta;

pub use mutation::WebhookMutation;
pub use query::WebhookQuery;
pub use types::{WebhookDelivery, WebhookEndpoint};

/// How long it is kept what became of deliveries.
pub const KEPT: TimeDelta = TimeDelta::days(30);
