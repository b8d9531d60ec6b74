//! Boards, the tenants. A board is never deleted: it is archived, and its rows stay as they are.

mod actions;
mod loaders;
mod mutation;
mod query;
mod rules;
pub mod store;
pub mod types;

pub use actions::found;
pub use mutation::BoardMutation;
pub use query::BoardQuery;
pub use types::Board;
