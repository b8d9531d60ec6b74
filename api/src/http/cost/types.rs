//! What each field of the schema costs, read from its own SDL.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, OperationType, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, Value};

use crate::platform::size::ByInput;

/// Points for a field that gives an object, unless the schema says otherwise with `@cost(weight:)`.
const OBJECT: u64 = 1;
/// Points for a mutation: it takes the one writer of the database.
const MUTATION: u64 = 10;

/// The fields of all object and interface types.
#[derive(Debug, Default)]
pub struct TypeCosts {
    fields: HashMap<Name, HashMap<Name, FieldCost>>,
    /// Interfaces and unions: an object under one is of one of its types.
    abstracts: HashSet<Name>,
    query: Option<Name>,
    mutation: Option<Name>,
    subscription: Option<Name>,
}

/// One field: its type's name, its points, and how many there are of it.
#[derive(Debug, Clone)]
pub(super) struct FieldCost {
    pub of: Name,
    pub weight: u64,
    pub assumed_size: u64,
    pub is_list: bool,
    /// A list of so many items as `first` says, without pages.
    pub is_paged: bool,
    /// As how many it counts by its argument `input`; none where that says nothing.
    pub times: Option<fn(Value) -> u64>,
}

impl TypeCosts {
    /// Reads them from the schema's own SDL.
    pub fn of(schema: &ServiceDocument) -> Self {
        let definitions = &schema.definitions;
        let mut costs = Self {
            query: Some(Name::new("Query")),
            mutation: Some(Name::new("Mutation")),
            subscription: Some(Name::new("Subscription")),
            ..Self::default()
        };
        for definition in definitions {
            if let TypeSystemDefinition::Schema(schema) = definition {
                costs.query = schema.node.query.as_ref().map(|name| name.node.clone());
                costs.mutation = schema.node.mutation.as_ref().map(|name| name.node.clone());
                costs.subscription = schema.node.subscription.as_ref().map(|name| name.node.clone());
            }
        }
        let composites = composite_names(definitions);
        for definition in definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                if matches!(definition.node.kind, TypeKind::Interface(_) | TypeKind::Union(_)) {
                    costs.abstracts.insert(definition.node.name.node.clone());
                }
                let fields = match &definition.node.kind {
                    TypeKind::Object(object) => &object.fields,
                    TypeKind::Interface(interface) => &interface.fields,
                    _ => continue,
                };
                let name = &definition.node.name.node;
                let base = if Some(name) == costs.mutation.as_ref() { MUTATION } else { OBJECT };
                let fields = fields.iter().map(|field| field_cost(&field.node, base, &composites)).collect();
                costs.fields.insert(name.clone(), fields);
            }
        }
        costs
    }

    /// Has fields that give one of these objects count by their input.
    #[must_use]
    pub fn counting(mut self, by_input: &[ByInput]) -> Self {
        for cost in self.fields.values_mut().flat_map(HashMap::values_mut) {
            cost.times = by_input.iter().find(|it| cost.of.as_str() == it.of).map(|it| it.times);
        }
        self
    }

    pub(super) fn is_abstract(&self, name: &Name) -> bool {
        self.abstracts.contains(name)
    }

    pub(in crate::http) fn root(&self, of: OperationType) -> Option<&Name> {
        match of {
            OperationType::Query => self.query.as_ref(),
            OperationType::Mutation => self.mutation.as_ref(),
            OperationType::Subscription => self.subscription.as_ref(),
        }
    }

    pub(super) fn field(&self, parent: &Name, field: &Name) -> Option<&FieldCost> {
        self.fields.get(parent)?.get(field)
    }
}

/// A page of a list: its items are under `nodes` and `edges`, those of a sync under `changes`.
pub(super) fn is_page(name: &str) -> bool {
    name.ends_with("Connection") || name == SYNC_PAGE
}

/// The page of a sync, which may be larger.
pub(super) const SYNC_PAGE: &str = "ChangeSet";

/// Types that only hold others: they cost nothing beside what they hold.
fn is_wrapper(name: &str) -> bool {
    is_page(name) || name.ends_with("Edge") || matches!(name, "PageInfo" | "Change")
}

fn composite_names(definitions: &[TypeSystemDefinition]) -> Vec<Name> {
    definitions
        .iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => match definition.node.kind {
                TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_) => {
                    Some(definition.node.name.node.clone())
                }
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn field_cost(field: &FieldDefinition, base: u64, composites: &[Name]) -> (Name, FieldCost) {
    let (of, is_list) = named(&field.ty.node);
    let weight = if composites.contains(of) && !is_wrapper(of) { base } else { 0 };
    let cost = FieldCost {
        weight: argument(&field.directives, "cost", "weight").unwrap_or(weight),
        assumed_size: argument(&field.directives, "listSize", "assumedSize").unwrap_or(1),
        is_list,
        is_paged: is_list && field.arguments.iter().any(|argument| argument.node.name.node == "first"),
        times: None,
        of: of.clone(),
    };
    (field.name.node.clone(), cost)
}

fn named(ty: &Type) -> (&Name, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(inner) => (named(inner).0, true),
    }
}

/// The number in a directive's argument; the cost specification writes weights as strings.
fn argument(directives: &[Positioned<ConstDirective>], directive: &str, argument: &str) -> Option<u64> {
    let directive = directives.iter().find(|found| found.node.name.node == directive)?;
    match &directive.node.get_argument(argument)?.node {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_schema;

    use super::*;

    #[test]
    fn weights_come_from_types_and_directives() {
        let schema = parse_schema(
            r#"
            type Query { next(first: Int): [Lesson!]! school: School! schools: SchoolConnection! size: Int plan: [Lesson!]! @listSize(assumedSize: 12) report: School @cost(weight: "40") }
            type School { name: String }
            type Lesson { name: String }
            type SchoolConnection { nodes: [School!]! }
            type Mutation { schoolUpdate: School }
            "#,
        )
        .unwrap();
        let costs = TypeCosts::of(&schema);
        let of = |parent: &str, field: &str| {
            let cost = costs.field(&Name::new(parent), &Name::new(field)).unwrap();
            (cost.of.as_str().to_owned(), cost.weight, cost.assumed_size, cost.is_list)
        };
        let next = costs.field(&Name::new("Query"), &Name::new("next")).unwrap();
        assert!(next.is_paged && next.is_list);
        assert_eq!(of("Query", "school"), ("School".to_owned(), 1, 1, false));
        assert_eq!(of("Query", "schools"), ("SchoolConnection".to_owned(), 0, 1, false));
        assert_eq!(of("Query", "size"), ("Int".to_owned(), 0, 1, false));
        assert_eq!(of("Query", "plan"), ("Lesson".to_owned(), 1, 12, true));
        assert_eq!(of("Query", "report"), ("School".to_owned(), 40, 1, false));
        assert_eq!(of("Mutation", "schoolUpdate"), ("School".to_owned(), 10, 1, false));
    }
}
