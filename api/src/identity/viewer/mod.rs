//! The viewer: who is asking, and what is theirs.

mod query;
mod types;

pub use query::ViewerQuery;
pub use types::Viewer;
