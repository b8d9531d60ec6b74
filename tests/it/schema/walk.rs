//! Every named thing of a schema, in one flat list.

use std::fmt;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    EnumValueDefinition, FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Type,
    Field,
    Argument,
    InputField,
    EnumValue,
    Directive,
}

/// Something with a name.
#[derive(Debug)]
pub(crate) struct Element {
    /// `School.classGroups(schoolYear)`.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Of a field, argument or input field: its type, as `[School!]!`.
    pub(crate) of_type: String,
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind, self.path)
    }
}

pub(crate) fn elements(sdl: &str) -> Vec<Element> {
    let document = parse_schema(sdl).expect("a schema that parses");
    let mut all = Vec::new();
    for definition in document.definitions {
        match definition {
            TypeSystemDefinition::Schema(_) => {}
            TypeSystemDefinition::Type(positioned) => of_type(&positioned.node, &mut all),
            TypeSystemDefinition::Directive(positioned) => {
                let directive = positioned.node;
                let path = format!("@{}", directive.name.node);
                all.push(Element {
                    path: path.clone(),
                    kind: Kind::Directive,
                    name: directive.name.node.to_string(),
                    description: text(directive.description.as_ref()),
                    of_type: String::new(),
                });
            }
        }
    }
    all
}

fn of_type(definition: &TypeDefinition, all: &mut Vec<Element>) {
    let name = definition.name.node.as_str();
    all.push(Element {
        path: name.to_owned(),
        kind: Kind::Type,
        name: name.to_owned(),
        description: text(definition.description.as_ref()),
        of_type: String::new(),
    });
    match &definition.kind {
        TypeKind::Object(object) => object.fields.iter().for_each(|field| of_field(name, &field.node, all)),
        TypeKind::Interface(interface) => interface.fields.iter().for_each(|field| of_field(name, &field.node, all)),
        TypeKind::InputObject(input) => {
            all.extend(input.fields.iter().map(|field| of_input(name, '.', &field.node, Kind::InputField)));
        }
        TypeKind::Enum(values) => all.extend(values.values.iter().map(|value| of_value(name, &value.node))),
        TypeKind::Scalar | TypeKind::Union(_) => {}
    }
}

fn of_field(owner: &str, field: &FieldDefinition, all: &mut Vec<Element>) {
    let path = format!("{owner}.{}", field.name.node);
    all.extend(field.arguments.iter().map(|argument| of_input(&path, '(', &argument.node, Kind::Argument)));
    all.push(Element {
        path,
        kind: Kind::Field,
        name: field.name.node.to_string(),
        description: text(field.description.as_ref()),
        of_type: field.ty.node.to_string(),
    });
}

fn of_input(owner: &str, mark: char, input: &InputValueDefinition, kind: Kind) -> Element {
    let close = if mark == '(' { ")" } else { "" };
    Element {
        path: format!("{owner}{mark}{}{close}", input.name.node),
        kind,
        name: input.name.node.to_string(),
        description: text(input.description.as_ref()),
        of_type: input.ty.node.to_string(),
    }
}

fn of_value(owner: &str, value: &EnumValueDefinition) -> Element {
    Element {
        path: format!("{owner}.{}", value.value.node),
        kind: Kind::EnumValue,
        name: value.value.node.to_string(),
        description: text(value.description.as_ref()),
        of_type: String::new(),
    }
}

fn text(description: Option<&async_graphql::Positioned<String>>) -> String {
    description.map(|text| text.node.clone()).unwrap_or_default()
}
