//! Variables and literals, held against what the schema takes. The engine calls no rule for the places where variables stand
//! (its `VisitorCons` does not pass `enter_input_value` on), and finds out what their values are while it runs. Literals it
//! looks at, but for what is no `Int`, no object or in quotation marks where a value of an enum is expected; and not at all
//! beside a variable that was not given.

mod coercion;
mod usage;
mod value;

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputObjectType, InputValueDefinition, ServiceDocument, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

use crate::platform::scalars::{TEXTS, Text};

/// In every schema, and in no SDL.
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// What the schema takes: the arguments of its fields, and its types of input. Read from its own SDL, which does not
/// have the types of introspection: variables in those are not looked at.
#[derive(Debug)]
pub(super) struct Inputs {
    /// By object or interface, and field.
    fields: HashMap<Name, HashMap<Name, Taking>>,
    objects: HashMap<Name, InputObject>,
    enums: HashMap<Name, HashSet<Name>>,
    /// With what their texts must be, where that is known.
    scalars: HashMap<Name, Option<&'static Text>>,
    /// `if` of `@skip` and `@include`.
    condition: Slot,
}

/// A field: the type that it gives, and what it takes.
#[derive(Debug)]
struct Taking {
    of: Name,
    arguments: HashMap<Name, Slot>,
}

#[derive(Debug)]
struct InputObject {
    slots: BTreeMap<Name, Slot>,
    /// `@oneOf`: one of its fields is given, and is not null.
    is_choice: bool,
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
            scalars: BUILT_IN.into_iter().map(|name| (Name::new(name), None)).collect(),
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
                    let is_choice = definition.node.directives.iter().any(|it| it.node.name.node == "oneOf");
                    inputs.objects.insert(name, object(input, is_choice));
                }
                TypeKind::Enum(of) => {
                    inputs.enums.insert(name, of.values.iter().map(|it| it.node.value.node.clone()).collect());
                }
                TypeKind::Scalar => {
                    let text = TEXTS.iter().find(|text| text.of == name.as_str());
                    inputs.scalars.insert(name, text);
                }
                TypeKind::Union(_) => {}
            }
        }
        inputs
    }

    /// Whether there is such a type of input.
    fn takes(&self, name: &Name) -> bool {
        self.scalars.contains_key(name) || self.enums.contains_key(name) || self.objects.contains_key(name)
    }
}

fn object(input: &InputObjectType, is_choice: bool) -> InputObject {
    let mut slots: BTreeMap<Name, Slot> = input.fields.iter().map(|field| slot(&field.node)).collect();
    for slot in slots.values_mut() {
        slot.ty.nullable &= !is_choice;
    }
    InputObject { slots, is_choice }
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
