//! As how many objects a field counts, for the cost of an operation.

use async_graphql::{TypeDirective, Value};

/// The list has no pages. It costs as if it had this many items.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(#[graphql(desc = "As how many items it counts.")] assumed_size: i32) {}

/// An object that costs more the more is asked of it by the argument `input` of the field that gives it. The slice that has
/// the object says how, and `graphql.rs` hands it on.
#[derive(Clone, Copy, Debug)]
pub struct ByInput {
    /// The type of the object in the schema.
    pub of: &'static str,
    /// As how many of it the field counts, by the value of the argument, in which what is left out is null.
    pub times: fn(Value) -> u64,
}
