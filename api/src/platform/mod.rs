//! The shared kernel. It knows no word of the domain.

#[macro_use]
pub mod payload;

pub mod alone;
pub mod bus;
pub mod chance;
pub mod clock;
pub mod config;
pub mod db;
pub mod dispatch;
pub mod documents;
pub mod error;
pub mod following;
pub mod fresh_id;
pub mod idempotency;
pub mod list;
#[cfg(test)]
pub(crate) mod log_lines;
pub mod metrics;
pub mod opaque;
pub mod outbound;
pub mod outbox;
pub mod own_id;
pub mod page;
pub mod problems;
pub mod rounds;
pub mod scalars;
pub mod secret_key;
pub mod size;
pub mod speech;
pub mod text;
pub mod zone;
