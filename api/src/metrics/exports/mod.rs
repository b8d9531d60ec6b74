//! Figures as files: CSV and NDJSON, made in the background and fetched at `/exports/{id}`.
//!
//! QUEUED → RUNNING → READY or FAILED. Whoever writes a file holds a lease; when it runs out, another one begins anew, so that
//! a file is whole or not there. All of it is read from one snapshot: what is hidden for the sake of something else is hidden
//! together with it. While figures of a board are withdrawn, or written in part, its exports stay QUEUED, for an hour at
//! most; files that are there when they are withdrawn are there no longer. Only who started an export sees it, as long as
//! they see the figures; after seven days it goes, or before that for a newer one of theirs (`rules.rs`).

mod actions;
mod claims;
mod file;
mod loaders;
mod merging;
mod mutation;
mod query;
mod range;
mod route;
mod rules;
mod store;
pub mod types;
mod worker;

pub use actions::{prune, withdraw};
pub use mutation::MetricExportMutation;
pub use query::MetricExportQuery;
pub use route::routes;
pub use types::MetricExport;
pub use worker::{Making, round, run};
