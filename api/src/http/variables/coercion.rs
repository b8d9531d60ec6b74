//! Whether the values of variables are of the types that the operation gives them (specification, section 6.1.2).

use std::collections::BTreeMap;
use std::fmt;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{Name, Number, Value, Variables};

use super::{Inputs, Slot};

impl Inputs {
    /// What is wrong with the values of `variables`, if something is. No value is repeated: it may be a password. Scalars of
    /// the schema's own are read where they are used.
    pub(in crate::http) fn mistaken(&self, operation: &OperationDefinition, variables: &Variables) -> Option<String> {
        operation.variable_definitions.iter().map(|definition| &definition.node).find_map(|definition| {
            let name = &definition.name.node;
            let wrong = self.value(variables.get(name)?, &definition.var_type.node).err()?;
            Some(wrong.at(name.to_string()).to_string())
        })
    }

    fn value(&self, value: &Value, ty: &Type) -> Result<(), Wrong> {
        match (value, &ty.base) {
            (Value::Null, _) if ty.nullable => Ok(()),
            (Value::Null, _) => Err(Wrong::new(format!("must not be null: it is `{ty}`"))),
            (Value::List(items), BaseType::List(of)) => items
                .iter()
                .enumerate()
                .try_for_each(|(at, item)| self.value(item, of).map_err(|wrong| wrong.at(at.to_string()))),
            // One alone is as good as a list of one.
            (value, BaseType::List(of)) => self.value(value, of),
            (value, BaseType::Named(name)) => self.named(value, name),
        }
    }

    fn named(&self, value: &Value, of: &Name) -> Result<(), Wrong> {
        let fits = match (of.as_str(), value) {
            ("Int", Value::Number(number)) if !is_int(number) => {
                return Err(Wrong::new(format!("must be a whole number from {} to {}", i32::MIN, i32::MAX)));
            }
            ("Int" | "Float", value) => matches!(value, Value::Number(_)),
            ("Boolean", value) => matches!(value, Value::Boolean(_)),
            ("ID", Value::Number(number)) => number.is_i64(),
            ("String" | "ID", value) => matches!(value, Value::String(_)),
            (_, value) => match (self.objects.get(of), self.enums.get(of), value) {
                (Some(slots), _, Value::Object(fields)) => return self.fields(fields, of, slots),
                (_, Some(values), Value::String(name)) => values.contains(name.as_str()),
                (objects, enums, _) => objects.is_none() && enums.is_none(),
            },
        };
        if fits { Ok(()) } else { Err(Wrong::new(format!("must be `{of}`"))) }
    }

    fn fields(&self, given: &IndexMap<Name, Value>, of: &Name, slots: &BTreeMap<Name, Slot>) -> Result<(), Wrong> {
        for (name, value) in given {
            let wrong = match slots.get(name) {
                Some(slot) => self.value(value, &slot.ty),
                None => Err(Wrong::new(format!("is no field of `{of}`"))),
            };
            wrong.map_err(|wrong| wrong.at(name.to_string()))?;
        }
        let missing =
            |(name, slot): &(&Name, &Slot)| !slot.ty.nullable && !slot.has_default && !given.contains_key(*name);
        match slots.iter().find(missing) {
            Some((name, _)) => Err(Wrong::new(format!("is missing: `{of}` must have it")).at(name.to_string())),
            None => Ok(()),
        }
    }
}

/// Of 32 bits with a sign (specification, section 3.5.1).
fn is_int(number: &Number) -> bool {
    number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

/// A value that is not of its type.
#[derive(Debug)]
struct Wrong {
    /// Innermost first.
    path: Vec<String>,
    what: String,
}

impl Wrong {
    fn new(what: String) -> Self {
        Self { path: Vec::new(), what }
    }

    fn at(mut self, place: String) -> Self {
        self.path.push(place);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<&str> = self.path.iter().rev().map(String::as_str).collect();
        write!(out, "The variable `${}` {}.", path.join("."), self.what)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, parse_schema};
    use serde_json::{Value as Json, json};

    use super::*;

    const SDL: &str = "
        input Filter { ids: [ID!] kind: Kind! = A inner: Filter name: String! }
        enum Kind { A B }
        scalar Day
    ";

    /// What is wrong with `value` for a variable `$a` of the type `of`; empty where nothing is.
    fn mistaken(of: &str, value: &Json) -> String {
        let document = parse_query(format!("query($a: {of}) {{ it }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let variables = Variables::from_json(json!({ "a": value, "other": [1] }));
        let inputs = Inputs::of(&parse_schema(SDL).unwrap());
        inputs.mistaken(&operation.node, &variables).unwrap_or_default()
    }

    #[test]
    fn values_of_their_type_pass() {
        for (of, value) in [
            ("Int", json!(i32::MIN)),
            ("Int", json!(null)),
            ("Float!", json!(3_000_000_000_u64)),
            ("Float", json!(0.5)),
            ("Boolean", json!(false)),
            ("String", json!("")),
            ("ID!", json!("x")),
            ("ID!", json!(3_000_000_000_u64)),
            ("Kind", json!("B")),
            ("Day", json!({ "any": ["thing"] })),
            ("Unknown", json!(1)),
            ("[ID!]", json!("x")),
            ("[[Int]!]!", json!([[1, null], 2])),
            ("[Filter!]!", json!({ "name": "x", "inner": { "name": "y", "kind": "A", "ids": null } })),
        ] {
            assert_eq!(mistaken(of, &value), "", "{of}");
        }
    }

    #[test]
    fn what_is_of_another_type_is_told_with_its_place() {
        for (of, value, told) in [
            ("Int", json!("1"), "$a` must be `Int`"),
            ("Int", json!(3_000_000_000_u64), "$a` must be a whole number from -2147483648 to 2147483647"),
            ("Int", json!(0.5), "$a` must be a whole number from -2147483648 to 2147483647"),
            ("Float", json!("0.5"), "$a` must be `Float`"),
            ("Boolean!", json!(1), "$a` must be `Boolean`"),
            ("String", json!(["x"]), "$a` must be `String`"),
            ("ID", json!(1.5), "$a` must be `ID`"),
            ("ID", json!(true), "$a` must be `ID`"),
            ("Kind", json!("C"), "$a` must be `Kind`"),
            ("Kind", json!({}), "$a` must be `Kind`"),
            ("[ID!]", json!(["x", null]), "$a.1` must not be null: it is `ID!`"),
            ("Filter", json!("x"), "$a` must be `Filter`"),
            ("Filter", json!({ "kind": "A" }), "$a.name` is missing: `Filter` must have it"),
            ("Filter", json!({ "name": "x", "kind": null }), "$a.kind` must not be null: it is `Kind!`"),
            ("Filter", json!({ "name": "x", "nam": 1 }), "$a.nam` is no field of `Filter`"),
            ("[Filter]", json!([{ "name": "x", "inner": { "name": 1 } }]), "$a.0.inner.name` must be `String`"),
        ] {
            assert_eq!(mistaken(of, &value), format!("The variable `{told}."), "{of}");
        }
    }
}
