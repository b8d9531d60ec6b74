//! `__typename`, whose directives the engine does not look at: neither are they checked, nor do their variables count as used.

use std::mem;

use async_graphql::Positioned;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, InlineFragment, Selection, SelectionSet};

/// Puts the directives of each `__typename` on a fragment around it, where they mean the same and are looked at.
pub(super) fn lift_directives(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => lift(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                lift(&mut operation.node.selection_set.node);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        lift(&mut fragment.node.selection_set.node);
    }
}

fn lift(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" && !field.node.directives.is_empty() => {
                let directives = mem::take(&mut field.node.directives);
                let selection_set = Positioned::new(SelectionSet { items: vec![item.clone()] }, item.pos);
                let around = InlineFragment { type_condition: None, directives, selection_set };
                item.node = Selection::InlineFragment(Positioned::new(around, item.pos));
            }
            Selection::Field(field) => lift(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => lift(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
