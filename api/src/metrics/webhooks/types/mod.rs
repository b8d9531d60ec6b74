//! Webhook endpoints, what became of telling them, and the inputs and payloads of their mutations.

mod delivery;
mod endpoint;
mod inputs;
mod payloads;

pub use delivery::{WebhookDelivery, WebhookDeliveryState};
pub use endpoint::WebhookEndpoint;
pub use inputs::*;
pub use payloads::*;
