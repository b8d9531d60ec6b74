//! Whether each variable is of a type that fits where it stands (specification, section 5.8.5).

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value};

use super::super::cost::TypeCosts;
use super::Inputs;

impl Inputs {
    /// What is wrong with where the variables of `document` stand, if something is. Each fragment is read once and looked up
    /// once for each operation; what the schema does not have is passed over, for validation to tell.
    pub(in crate::http) fn misused(&self, roots: &TypeCosts, document: &ExecutableDocument) -> Option<String> {
        let fragments = document.fragments.iter().map(|(name, fragment)| {
            let on = &fragment.node.type_condition.node.on.node;
            (name, Found::below(self, &fragment.node.selection_set.node, on))
        });
        let fragments: HashMap<&Name, Found<'_>> = fragments.collect();
        document.operations.iter().find_map(|(_, operation)| {
            let root = roots.root(operation.node.ty)?;
            let own = Found::below(self, &operation.node.selection_set.node, root);
            misfit(&operation.node, &own, &fragments)
        })
    }
}

/// The first variable of `operation` that does not fit, here or in a fragment that is spread from here.
fn misfit<'a>(
    operation: &OperationDefinition,
    own: &Found<'a>,
    fragments: &HashMap<&'a Name, Found<'a>>,
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
                            self.value(&value, &slot.ty, slot.has_default);
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
                self.value(&value, &inputs.condition.ty, inputs.condition.has_default);
            }
        }
    }

    /// What is no variable is passed over: the engine looks at that.
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
                let Some(slots) = inputs.objects.get(name) else { return };
                for (name, value) in fields {
                    if let Some(slot) = slots.get(name) {
                        self.value(value, &slot.ty, slot.has_default);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The engine does not export its type of a value that has variables in it. So they are put in as bytes, which nothing that
/// is written in a document comes to.
fn marked(variable: &Name) -> Value {
    Value::Binary(variable.as_str().as_bytes().to_vec().into())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, parse_schema};

    use super::*;

    const SDL: &str = "
        type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! schools(first: Int, filter: Filter, by: [Filter!]): [School!]! page(size: Int! = 25): Int on(day: Day): Int }
        interface Node { id: ID! }
        type School implements Node { id: ID! name(locale: String): String! }
        input Filter { ids: [ID!] kind: Kind! = A inner: Filter name: String! }
        enum Kind { A B }
        scalar Day
    ";

    const INT: &str = "Int";
    const STRING: &str = "String";

    fn misused(document: &str) -> Option<String> {
        let schema = parse_schema(SDL).unwrap();
        Inputs::of(&schema).misused(&TypeCosts::of(&schema), &parse_query(document).unwrap())
    }

    fn fits(document: &str) {
        assert_eq!(misused(document), None, "{document}");
    }

    fn stands(document: &str, of: &str, place: &str) {
        let message = format!("The variable `$a` is `{of}`, and stands where `{place}` is expected.");
        assert_eq!(misused(document), Some(message), "{document}");
    }

    #[test]
    fn a_variable_is_of_the_type_of_its_place() {
        fits("query($a: ID!) { node(id: $a) { id } }");
        fits("query($a: Int!) { schools(first: $a) { id } }");
        stands("query($a: Int!) { node(id: $a) { id } }", "Int!", "ID!");
        stands("query($a: String) { schools(first: $a) { id } }", STRING, INT);
        stands("query($a: ID) { node(id: $a) { id } }", "ID", "ID!");
        stands("query($a: String) { on(day: $a) }", "String", "Day");
    }

    #[test]
    fn a_default_stands_in_for_null() {
        fits("query($a: ID = 1) { node(id: $a) { id } }");
        fits("query($a: Int) { page(size: $a) }");
        stands("query($a: ID = null) { node(id: $a) { id } }", "ID", "ID!");
        stands("query($a: String = \"1\") { node(id: $a) { id } }", "String", "ID!");
    }

    #[test]
    fn lists_fit_as_deep_as_they_go() {
        fits("query($a: [ID!]!) { nodes(ids: $a) { id } }");
        fits("query($a: ID!) { nodes(ids: [\"x\", $a]) { id } }");
        stands("query($a: [ID]!) { nodes(ids: $a) { id } }", "[ID]!", "[ID!]!");
        stands("query($a: ID!) { nodes(ids: $a) { id } }", "ID!", "[ID!]!");
        stands("query($a: ID) { nodes(ids: [$a]) { id } }", "ID", "ID!");
    }

    #[test]
    fn what_stands_inside_of_input_objects_is_seen() {
        fits("query($a: Filter) { schools(filter: $a) { id } }");
        fits("query($a: Kind) { schools(filter: { kind: $a, inner: { kind: $a } }) { id } }");
        stands("query($a: String) { schools(filter: { inner: { name: $a } }) { id } }", "String", "String!");
        stands("query($a: Int) { schools(by: { kind: $a }) { id } }", INT, "Kind!");
        stands("query($a: ID) { schools(by: [{ ids: [$a] }]) { id } }", "ID", "ID!");
    }

    #[test]
    fn fragments_and_directives_are_looked_into() {
        stands("query($a: Int) { schools { ...F } } fragment F on School { ... { name(locale: $a) } }", INT, STRING);
        stands("query($a: Int) { node(id: 1) { ... on School { name(locale: $a) } } }", INT, STRING);
        stands("query($a: Boolean) { schools @include(if: $a) { id } }", "Boolean", "Boolean!");
        stands("query($a: Boolean) { ...F @skip(if: $a) } fragment F on Query { page }", "Boolean", "Boolean!");
        fits("query($a: Boolean = true) { ... @include(if: $a) { page } }");
        let each = "query A($a: String) { schools { ...F } } query B($a: Int) { schools { ...G } }
            fragment F on School { name(locale: $a) } fragment G on School { ...F id }";
        stands(each, INT, STRING);
    }

    #[test]
    fn what_the_schema_does_not_have_is_left_to_validation() {
        fits("query($a: Nonsense) { nothing(id: $a) { id } schools(last: $a, filter: { none: $a }) { none(id: $a) } }");
        fits("query($a: Int) { __type(name: $a) { fields(includeDeprecated: $a) { name } } node(id: $b) { id } }");
        fits("mutation($a: Int) { nothing(id: $a) }");
    }
}
