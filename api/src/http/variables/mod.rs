//! Variables, held against what the schema takes. The engine calls no rule for the places where they stand (its
//! `VisitorCons` does not pass `enter_input_value` on), and finds out what their values are while it runs.

mod coercion;
mod usage;

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

/// What the schema takes: the arguments of its fields, its input objects and its enums. Read from its own SDL, which does not
/// have the types of introspection: variables in those are not looked at.
#[derive(Debug)]
pub(super) struct Inputs {
    /// By object or interface, and field.
    fields: HashMap<Name, HashMap<Name, Taking>>,
    objects: HashMap<Name, BTreeMap<Name, Slot>>,
    enums: HashMap<Name, HashSet<Name>>,
    /// `if` of `@skip` and `@include`.
    condition: Slot,
}

/// A field: the type that it gives, and what it takes.
#[derive(Debug)]
struct Taking {
    of: Name,
    arguments: HashMap<Name, Slot>,
}

/// An argument or an input field.
#[derive(Debug)]
struct Slot {
    ty: Type,
    has_default: bool,
}

impl Inputs {
    pub(super) fn of(schema: &ServiceDocument) -> Self {
        let boolean = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
        let mut inputs = Self {
            fields: HashMap::new(),
            objects: HashMap::new(),
            enums: HashMap::new(),
            condition: Slot { ty: boolean, has_default: false },
        };
        for definition in &schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.clone();
            match &definition.node.kind {
                TypeKind::Object(object) => {
                    inputs.fields.insert(name, takings(&object.fields));
                }
                TypeKind::Interface(interface) => {
                    inputs.fields.insert(name, takings(&interface.fields));
                }
                TypeKind::InputObject(input) => {
                    inputs.objects.insert(name, input.fields.iter().map(|field| slot(&field.node)).collect());
                }
                TypeKind::Enum(of) => {
                    inputs.enums.insert(name, of.values.iter().map(|it| it.node.value.node.clone()).collect());
                }
                TypeKind::Scalar | TypeKind::Union(_) => {}
            }
        }
        inputs
    }
}

fn takings(fields: &[Positioned<FieldDefinition>]) -> HashMap<Name, Taking> {
    let taking = |field: &FieldDefinition| {
        let arguments = field.arguments.iter().map(|argument| slot(&argument.node)).collect();
        (field.name.node.clone(), Taking { of: named(&field.ty.node).clone(), arguments })
    };
    fields.iter().map(|field| taking(&field.node)).collect()
}

fn slot(input: &InputValueDefinition) -> (Name, Slot) {
    (input.name.node.clone(), Slot { ty: input.ty.node.clone(), has_default: input.default_value.is_some() })
}

fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}
