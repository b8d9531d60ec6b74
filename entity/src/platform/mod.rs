//! Tables without a word of the domain.

pub mod change;
pub mod idempotency;
pub mod outbox;
pub mod persisted_document;
pub mod upload;
