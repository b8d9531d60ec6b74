//! How a school and families reach each other: who begins a thread, in which hours staff are reached, and how soon they
//! answer. A school that says nothing keeps the usual rules.

mod actions;
mod loaders;
mod mutation;
pub mod rules;
pub mod store;
pub mod types;

pub use loaders::RulesOf;
pub use mutation::ContactRulesMutation;
pub use types::{ContactRules, contact_rules_of};
