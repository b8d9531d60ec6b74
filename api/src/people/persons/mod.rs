//! Persons as one board knows them: staff and guardians. A login is an account, which may span boards, and belongs to
//! identity. A person is never deleted here: the record is archived, and all roles and guardianships end with it.

mod actions;
mod loaders;
mod mutation;
mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use actions::{administer, insert};
pub use mutation::PersonMutation;
pub use query::page;
pub use store::Of;
pub use types::{Person, PersonInput};
