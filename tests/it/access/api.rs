//! The schema as a map to walk: which root fields there are, what they take, and documents that ask for all they give.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

pub(crate) struct Api {
    types: BTreeMap<String, TypeDefinition>,
}

/// A piece of a document, with the fields (`School.name`) that it asks for.
#[derive(Default)]
pub(crate) struct Selection {
    pub(crate) text: String,
    pub(crate) fields: BTreeSet<String>,
}

impl Api {
    pub(crate) fn new(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("a schema that parses");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some((definition.node.name.node.to_string(), definition.node)),
            _ => None,
        });
        Self { types: types.collect() }
    }

    /// The fields of an object or interface.
    pub(crate) fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        let fields = match self.types.get(of).map(|definition| &definition.kind) {
            Some(TypeKind::Object(object)) => object.fields.iter(),
            Some(TypeKind::Interface(interface)) => interface.fields.iter(),
            _ => return Vec::new(),
        };
        fields.map(|field| &field.node).collect()
    }

    /// The fields of an input.
    pub(crate) fn inputs(&self, of: &str) -> Vec<&InputValueDefinition> {
        match self.types.get(of).map(|definition| &definition.kind) {
            Some(TypeKind::InputObject(input)) => input.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// All objects.
    pub(crate) fn objects(&self) -> Vec<&str> {
        let objects = self.types.iter().filter(|(_, of)| matches!(of.kind, TypeKind::Object(_)));
        objects.map(|(name, _)| name.as_str()).collect()
    }

    /// The objects that have an id, and can be asked for with `node`.
    pub(crate) fn nodes(&self) -> Vec<&str> {
        self.types
            .iter()
            .filter(|(_, definition)| match &definition.kind {
                TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == "Node"),
                _ => false,
            })
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Every `Type.field` that a query or subscription can reach.
    pub(crate) fn reachable(&self) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut ahead = vec!["Query".to_owned(), "Subscription".to_owned()];
        while let Some(name) = ahead.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            for field in self.fields(&name) {
                reached.insert(format!("{name}.{}", field.name.node));
                ahead.push(base(&field.ty.node).to_owned());
            }
            ahead.extend(self.members(&name));
        }
        reached
    }

    /// Everything that a value of this type gives: its own scalars, and objects down to `depth` levels.
    pub(crate) fn selection(&self, of: &str, depth: usize) -> Selection {
        let mut all = Selection::default();
        let mut parts = Vec::new();
        for field in self.fields(of).into_iter().filter(|field| !needs_argument(field)) {
            let below = base(&field.ty.node);
            let name = &field.name.node;
            if self.is_leaf(below) {
                parts.push(name.to_string());
            } else if depth > 0 {
                // An edge is no step: what it leads to is the list's.
                let step = usize::from(!below.ends_with("Edge"));
                let inner = self.selection_or_fragments(below, depth - step);
                if inner.text.is_empty() {
                    continue;
                }
                parts.push(format!("{name} {{ {} }}", inner.text));
                all.fields.extend(inner.fields);
            } else {
                continue;
            }
            all.fields.insert(format!("{of}.{name}"));
        }
        all.text = parts.join(" ");
        all
    }

    /// Of an abstract type: which it is, and the id where it has one.
    pub(crate) fn selection_or_fragments(&self, of: &str, depth: usize) -> Selection {
        let members = self.members(of);
        if members.is_empty() {
            return self.selection(of, depth);
        }
        let mut all = Selection { text: "__typename".to_owned(), ..Selection::default() };
        for member in members {
            if self.fields(&member).iter().any(|field| field.name.node == "id") {
                all.text.extend([" ... on ", &member, " { id }"]);
                all.fields.insert(format!("{member}.id"));
            }
        }
        all
    }

    pub(crate) fn is_leaf(&self, name: &str) -> bool {
        !matches!(
            self.types.get(name).map(|definition| &definition.kind),
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
        )
    }

    /// The objects that an interface or union stands for.
    fn members(&self, of: &str) -> Vec<String> {
        match self.types.get(of).map(|definition| &definition.kind) {
            Some(TypeKind::Union(union)) => union.members.iter().map(|member| member.node.to_string()).collect(),
            Some(TypeKind::Interface(_)) => self
                .types
                .iter()
                .filter(|(_, definition)| match &definition.kind {
                    TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == of),
                    _ => false,
                })
                .map(|(name, _)| name.clone())
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The named type under lists and non-nulls.
pub(crate) fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base(inner),
    }
}

pub(crate) fn needs_argument(field: &FieldDefinition) -> bool {
    field.arguments.iter().any(|argument| !argument.node.ty.node.nullable && argument.node.default_value.is_none())
}
