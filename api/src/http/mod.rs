//! Everything between the socket and the schema.
//!
//! A request comes in at [`router`], is read by `graphql` and passes, in this order: negotiation (`negotiate`), the
//! door ([`house`]), the body (`body`, `envelope`), the document ([`documents`]), the guard ([`guard`]), its literals
//! and `variables`, its cost ([`cost`]); then the engine runs it, and `errors` and `answer` make of it what the client
//! sees. A request that is turned away on the way becomes a `refusal`. Subscriptions come by `socket` or `events` and
//! pass the same `walls` into a `stream`. Nothing here knows a type of the schema or a table of the database.

mod answer;
mod authorization;
mod body;
mod connections;
pub mod cost;
mod departing;
pub mod documents;
mod dry;
mod endpoint;
mod envelope;
mod errors;
mod events;
mod frames;
mod graphiql;
mod graphql;
pub mod guard;
mod health;
pub mod house;
mod log;
mod negotiate;
pub mod nulls;
mod refusal;
mod request_id;
mod router;
mod serve;
mod settings;
mod socket;
pub(crate) mod stream;
mod till;
mod variables;
mod walls;

pub use answer::{condition, revalidated};
pub use authorization::bearer;
pub use body::{Unread, receive};
pub use cost::bucket::{Allowance, Empty, Payer};
pub use documents::Policy;
pub use endpoint::{Endpoint, hardened};
pub use guard::CallerKind;
pub use health::Stopping;
pub use negotiate::sends_encoded;
pub use request_id::RequestId;
pub use router::router;
pub use serve::{Signals, keep_serving, serve};
pub use settings::{ClientPolicies, Settings};
pub use till::Till;
pub use walls::address;
