//! Who is missing on the way to everybody: by name, to the one person who can act.

mod query;
mod reading;
mod types;

pub use query::WorklistQuery;
