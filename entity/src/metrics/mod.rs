//! Facts of engagement, and the figures that are made of them.

pub mod cell;
pub mod census;
pub mod due;
pub mod export;
pub mod export_chunk;
mod exported;
pub mod fact;
pub mod figure;
pub mod milestone;
pub mod query;
pub mod stretch;
pub mod uncounted;
pub mod unpublished;
pub mod unrecorded;
mod values;
pub mod webhook_delivery;
pub mod webhook_endpoint;
pub mod webhook_event;
mod webhook_values;

pub use exported::{ExportBreakdown, ExportFormat, ExportState};
pub use values::{Engaged, Level, Metric, Span, Suppression};
pub use webhook_values::{WebhookDisabled, WebhookState};
