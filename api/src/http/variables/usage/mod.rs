//! Whether each variable is of a type that fits where it stands (specification, section 5.8.5), and each literal a
//! value of its type (section 5.6.1).

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value};

use super::super::cost::TypeCosts;
use super::value::Given;
use super::{Inputs, Slot, named};

impl Inputs {
    /// What is wrong with the literals of `document`, or with where its variables stand, if something is. Each fragment
    /// is read once, in the order of their names, and looked up once for each operation; what the schema does not have
    /// is passed over, for validation to tell.
    pub(in crate::http) fn misused(&self, roots: &TypeCosts, document: &ExecutableDocument) -> Option<String> {
        let fragments = document.fragments.iter().map(|(name, fragment)| {
            let on = &fragment.node.type_condition.node.on.node;
            (name, Found::below(self, &fragment.node.selection_set.node, on))
        });
        let fragments: BTreeMap<&Name, Found<'_>> = fragments.collect();
        let in_fragments = fragments.values().find_map(|found| found.wrong.clone());
        let mut operations: Vec<_> = document.operations.iter().collect();
        operations.sort_by_key(|(name, _)| *name);
        in_fragments.or_else(|| {
            operations.into_iter().find_map(|(_, operation)| {
                let root = roots.root(operation.node.ty)?;
                let own = Found::below(self, &operation.node.selection_set.node, root);
                let wrong = self.misdefaulted(&operation.node).or_else(|| own.wrong.clone());
                wrong.or_else(|| misfit(&operation.node, &own, &fragments))
            })
        })
    }

    /// The first default of a variable of `operation` that is not of its type. The engine breaks down over a list of
    /// what it does not know.
    fn misdefaulted(&self, operation: &OperationDefinition) -> Option<String> {
        operation.variable_definitions.iter().map(|definition| &definition.node).find_map(|definition| {
            let (default, ty) = (&definition.default_value.as_ref()?.node, &definition.var_type.node);
            let (variable, of) = (format!("${}", definition.name.node), named(ty));
            if !self.takes(of) {
                return Some(format!("The variable `{variable}` cannot be of the type `{of}`."));
            }
            let wrong = self.value(default, ty, Given::Written).err()?;
            Some(wrong.told("default of", &variable))
        })
    }
}

/// The first variable of `operation` that does not fit, here or in a fragment that is spread from here.
fn misfit<'a>(
    operation: &OperationDefinition,
    own: &Found<'a>,
    fragments: &BTreeMap<&'a Name, Found<'a>>,
) -> Option<String> {
    let (mut spread, mut waiting) = (HashSet::new(), vec![own]);
    while let Some(found) = waiting.pop() {
        for usage in &found.usages {
            let definition = operation.variable_definitions.iter().find(|it| it.node.name.node == usage.variable);
            if let Some(definition) = definition.filter(|it| !usage.allows(&it.node)) {
                let (variable, of, place) = (&usage.variable, &definition.node.var_type.node, usage.ty);
                return Some(format!("The variable `${variable}` is `{of}`, and stands where `{place}` is expected."));
            }
        }
        for name in &found.spreads {
            if spread.insert(*name) {
                waiting.extend(fragments.get(name));
            }
        }
    }
    None
}

/// A variable in its place.
struct Usage<'a> {
    variable: Name,
    /// The type of the place.
    ty: &'a Type,
    has_default: bool,
}

impl Usage<'_> {
    /// `IsVariableUsageAllowed`: what may be null fits where null may not be only if one of the two has a default.
    fn allows(&self, definition: &VariableDefinition) -> bool {
        let of = &definition.var_type.node;
        let default = definition.default_value.as_ref().is_some_and(|default| default.node != Value::Null);
        (!of.nullable || self.ty.nullable || default || self.has_default) && fits(&of.base, &self.ty.base)
    }
}

fn fits(variable: &BaseType, place: &BaseType) -> bool {
    match (variable, place) {
        (BaseType::Named(variable), BaseType::Named(place)) => variable == place,
        (BaseType::List(variable), BaseType::List(place)) => {
            (place.nullable || !variable.nullable) && fits(&variable.base, &place.base)
        }
        _ => false,
    }
}

/// What one selection set has, its fragments not expanded.
#[derive(Default)]
struct Found<'a> {
    usages: Vec<Usage<'a>>,
    spreads: Vec<&'a Name>,
    /// What is wrong with the first literal that is not of its type.
    wrong: Option<String>,
}

impl<'a> Found<'a> {
    fn below(inputs: &'a Inputs, set: &'a SelectionSet, parent: &'a Name) -> Self {
        let mut looking = Looking { inputs, found: Self::default() };
        looking.set(set, Some(parent));
        looking.found
    }
}

struct Looking<'a> {
    inputs: &'a Inputs,
    found: Found<'a>,
}

impl<'a> Looking<'a> {
    /// Of `parent`; none where the schema does not say what that is.
    fn set(&mut self, set: &'a SelectionSet, parent: Option<&'a Name>) {
        for item in &set.items {
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => {
                    let inputs = self.inputs;
                    let taking = parent.and_then(|parent| inputs.fields.get(parent)?.get(&field.node.name.node));
                    for (name, written) in &field.node.arguments {
                        if let Some(slot) = taking.and_then(|taking| taking.arguments.get(&name.node)) {
                            let Ok(value) = written.node.clone().into_const_with(|it| Ok::<_, Infallible>(marked(&it)));
                            self.argument(&name.node, &value, slot);
                        }
                    }
                    self.set(&field.node.selection_set.node, taking.map(|taking| &taking.of));
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    self.set(&inline.node.selection_set.node, on.or(parent));
                }
                Selection::FragmentSpread(spread) => self.found.spreads.push(&spread.node.fragment_name.node),
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        let inputs = self.inputs;
        for directive in directives {
            let name = directive.node.name.node.as_str();
            if let Some(written) = directive.node.get_argument("if").filter(|_| matches!(name, "skip" | "include")) {
                let Ok(value) = written.node.clone().into_const_with(|it| Ok::<_, Infallible>(marked(&it)));
                self.argument(&Name::new("if"), &value, &inputs.condition);
            }
        }
    }

    fn argument(&mut self, name: &Name, value: &Value, slot: &'a Slot) {
        if self.found.wrong.is_none() {
            let wrong = self.inputs.value(value, &slot.ty, Given::Written).err();
            self.found.wrong = wrong.map(|wrong| wrong.told("argument", name));
        }
        self.value(value, &slot.ty, slot.has_default);
    }

    /// Looks for variables.
    fn value(&mut self, value: &Value, ty: &'a Type, has_default: bool) {
        match (value, &ty.base) {
            (Value::Binary(name), _) => {
                let variable = Name::new(String::from_utf8_lossy(name));
                self.found.usages.push(Usage { variable, ty, has_default });
            }
            (Value::List(items), BaseType::List(of)) => items.iter().for_each(|item| self.value(item, of, false)),
            // One alone is as good as a list of one.
            (value @ Value::Object(_), BaseType::List(of)) => self.value(value, of, false),
            (Value::Object(fields), BaseType::Named(name)) => {
                let inputs = self.inputs;
                let Some(object) = inputs.objects.get(name) else { return };
                for (name, value) in fields {
                    if let Some(slot) = object.slots.get(name) {
                        self.value(value, &slot.ty, slot.has_default);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The engine does not export its type of a value that has variables in it. So they are put in as bytes, which nothing
/// that is written in a document comes to.
fn marked(variable: &Name) -> Value {
    Value::Binary(variable.as_str().as_bytes().to_vec().into())
}

#[cfg(test)]
mod tests;
