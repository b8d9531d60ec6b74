//! Lists without pages: the cost of an operation knows how long they are.

use std::collections::HashSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

/// Lists of plain values: nothing below them costs.
const PLAIN: &[&str] = &["Lesson.teamScript", "RosterImport.counts", "UploadAddress.headers"];

/// `Type.field` of each list of objects that has neither pages nor a size. What a user can mend is few and plain.
pub(crate) fn without_size(sdl: &str) -> Vec<String> {
    let definitions = parse_schema(sdl).expect("a schema that parses").definitions;
    let types = definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    let types: Vec<_> = types.collect();
    let composites: HashSet<&str> = types
        .iter()
        .filter(|of| matches!(of.kind, TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
        .map(|of| of.name.node.as_str())
        .collect();
    let mut found = Vec::new();
    for of in &types {
        let name = of.name.node.as_str();
        if let TypeKind::Object(object) = &of.kind
            && !name.ends_with("Connection")
        {
            let long = object.fields.iter().map(|field| &field.node).filter(|field| is_unsized(field, &composites));
            found.extend(long.map(|field| format!("{name}.{}", field.name.node)));
        }
    }
    found.retain(|path| {
        !PLAIN.contains(&path.as_str()) && !path.ends_with(".userErrors") && path != "ChangeSet.changes"
    });
    found
}

fn is_unsized(field: &FieldDefinition, composites: &HashSet<&str>) -> bool {
    let is_paged = field.arguments.iter().any(|argument| matches!(argument.node.name.node.as_str(), "first" | "ids"));
    let has_size = field.directives.iter().any(|directive| directive.node.name.node == "listSize");
    !is_paged && !has_size && item(&field.ty.node).is_some_and(|name| composites.contains(name))
}

/// The type of the items, if it is a list.
fn item(of: &Type) -> Option<&str> {
    match &of.base {
        BaseType::Named(_) => None,
        BaseType::List(inner) => match &inner.base {
            BaseType::Named(name) => Some(name.as_str()),
            BaseType::List(_) => item(inner),
        },
    }
}
