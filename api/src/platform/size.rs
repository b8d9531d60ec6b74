//! As how many items a list without pages counts, for the cost of an operation.

use async_graphql::TypeDirective;

/// The list has no pages. It costs as if it had this many items.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(#[graphql(desc = "As how many items it counts.")] assumed_size: i32) {}
