//! The schema without what is to go. `?removeDeprecated=true` holds a request against it, so that an app finds out in time
//! what it has to change.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use async_graphql::parser::types::{
    BaseType, ConstDirective, ExecutableDocument, FieldDefinition, InputValueDefinition, Selection, SelectionSet,
    ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::cost::TypeCosts;

/// What each type has: its fields, its input fields, or its values.
#[derive(Debug)]
pub(super) struct Departing {
    types: HashMap<Name, HashMap<Name, Member>>,
}

#[derive(Debug)]
struct Member {
    /// Its type.
    of: Name,
    arguments: HashMap<Name, Member>,
    /// Why it goes, and what comes in its place; none: it stays.
    goes: Option<String>,
}

impl Departing {
    pub(super) fn of(schema: &ServiceDocument) -> Self {
        let types = schema.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => {
                let name = &definition.node.name.node;
                let members = match &definition.node.kind {
                    TypeKind::Object(object) => object.fields.iter().map(|it| field(&it.node)).collect(),
                    TypeKind::Interface(interface) => interface.fields.iter().map(|it| field(&it.node)).collect(),
                    TypeKind::InputObject(input) => input.fields.iter().map(|it| given(&it.node)).collect(),
                    TypeKind::Enum(of) => {
                        let value =
                            |value: Name, goes| (value, Member { of: name.clone(), arguments: HashMap::new(), goes });
                        of.values
                            .iter()
                            .map(|it| value(it.node.value.node.clone(), goes(&it.node.directives)))
                            .collect()
                    }
                    TypeKind::Scalar | TypeKind::Union(_) => return None,
                };
                Some((name.clone(), members))
            }
            _ => None,
        });
        Self { types: types.collect() }
    }

    /// What `document` uses that is to go, each with its reason.
    pub(super) fn misses(
        &self,
        roots: &TypeCosts,
        document: &ExecutableDocument,
        variables: &Variables,
    ) -> BTreeSet<String> {
        let mut looking = Looking { departing: self, variables, found: BTreeSet::new() };
        for (_, operation) in document.operations.iter() {
            if let Some(root) = roots.root(operation.node.ty) {
                looking.set(&operation.node.selection_set.node, root);
            }
        }
        for fragment in document.fragments.values() {
            looking.set(&fragment.node.selection_set.node, &fragment.node.type_condition.node.on.node);
        }
        looking.found
    }

    fn member(&self, of: &Name, name: &Name) -> Option<&Member> {
        self.types.get(of)?.get(name)
    }
}

struct Looking<'a> {
    departing: &'a Departing,
    variables: &'a Variables,
    found: BTreeSet<String>,
}

impl Looking<'_> {
    /// A fragment that is spread is looked at by itself.
    fn set(&mut self, set: &SelectionSet, parent: &Name) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let (departing, variables) = (self.departing, self.variables);
                    let Some(member) = departing.member(parent, &field.node.name.node) else { continue };
                    let place = format!("{parent}.{}", field.node.name.node);
                    self.note(&place, member);
                    for (name, written) in &field.node.arguments {
                        let Some(argument) = member.arguments.get(&name.node) else { continue };
                        self.note(&format!("{place}({}:)", name.node), argument);
                        let filled = |variable: Name| variables.get(&variable).cloned().unwrap_or_default();
                        let Ok(value) = written.node.clone().into_const_with(|it| Ok::<_, Infallible>(filled(it)));
                        self.value(&value, &argument.of);
                    }
                    self.set(&field.node.selection_set.node, &member.of);
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(parent, |condition| &condition.node.on.node);
                    self.set(&inline.node.selection_set.node, on);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// In variables a value of an enum is a string.
    fn value(&mut self, value: &Value, of: &Name) {
        match value {
            Value::Object(fields) => {
                let departing = self.departing;
                for (name, value) in fields {
                    let Some(member) = departing.member(of, name) else { continue };
                    self.note(&format!("{of}.{name}"), member);
                    self.value(value, &member.of);
                }
            }
            Value::List(values) => values.iter().for_each(|value| self.value(value, of)),
            Value::Enum(name) => self.named(name, of),
            Value::String(text) => self.named(&Name::new(text), of),
            Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) => {}
        }
    }

    fn named(&mut self, value: &Name, of: &Name) {
        let departing = self.departing;
        if let Some(member) = departing.member(of, value) {
            self.note(&format!("{of}.{value}"), member);
        }
    }

    fn note(&mut self, place: &str, member: &Member) {
        if let Some(reason) = &member.goes {
            self.found.insert(format!("`{place}` is to go: {reason}"));
        }
    }
}

fn field(field: &FieldDefinition) -> (Name, Member) {
    let arguments = field.arguments.iter().map(|argument| given(&argument.node)).collect();
    let member = Member { of: named(&field.ty.node).clone(), arguments, goes: goes(&field.directives) };
    (field.name.node.clone(), member)
}

fn given(input: &InputValueDefinition) -> (Name, Member) {
    let of = named(&input.ty.node).clone();
    (input.name.node.clone(), Member { of, arguments: HashMap::new(), goes: goes(&input.directives) })
}

fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

fn goes(directives: &[Positioned<ConstDirective>]) -> Option<String> {
    let deprecated = directives.iter().find(|directive| directive.node.name.node == "deprecated")?;
    match deprecated.node.get_argument("reason").map(|reason| &reason.node) {
        Some(Value::String(reason)) => Some(reason.clone()),
        _ => Some("No longer supported.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, parse_schema};
    use serde_json::json;

    use super::*;

    const SDL: &str = r#"
        type Query {
            school(id: ID, brin: String @deprecated(reason: "Use `id`.")): School
            schools(filter: Filter): [School!]!
        }
        type School { name: String! phone: String @deprecated(reason: "Use `contact`.") }
        input Filter { name: String @deprecated kind: [Kind!] }
        enum Kind { SBO VSO @deprecated(reason: "Use `SO`.") SO }
    "#;

    fn misses(sdl: &str, document: &str, variables: serde_json::Value) -> Vec<String> {
        let schema = parse_schema(sdl).unwrap();
        let document = parse_query(document).unwrap();
        let variables = Variables::from_json(variables);
        let found = Departing::of(&schema).misses(&TypeCosts::of(&schema), &document, &variables);
        found.into_iter().collect()
    }

    #[test]
    fn all_that_is_to_go_is_told_with_what_comes_in_its_place() {
        let document = "query($f: Filter) {
            school(brin: \"18ZN\") { ...Card } schools(filter: $f) { name }
            more: schools(filter: { kind: [SO, VSO] }) { name }
        } fragment Card on School { ... { phone } name }";
        assert_eq!(
            misses(SDL, document, json!({ "f": { "name": "x", "kind": ["SBO"] } })),
            [
                "`Filter.name` is to go: No longer supported.",
                "`Kind.VSO` is to go: Use `SO`.",
                "`Query.school(brin:)` is to go: Use `id`.",
                "`School.phone` is to go: Use `contact`.",
            ]
        );
        let by_variable = "query($f: Filter) { schools(filter: $f) { name } }";
        let told = misses(SDL, by_variable, json!({ "f": { "kind": ["VSO"] } }));
        assert_eq!(told, ["`Kind.VSO` is to go: Use `SO`."]);
    }

    #[test]
    fn what_stays_and_what_is_unknown_is_not_told() {
        let document = "{ school(id: \"1\") { name __typename } nonsense { phone } __schema { types { name } } }";
        assert_eq!(misses(SDL, document, json!({})), Vec::<String>::new());
        assert_eq!(misses("type Query { a: Int }", "{ a }", json!({})), Vec::<String>::new());
    }
}
