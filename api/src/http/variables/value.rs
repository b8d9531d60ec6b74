//! Whether one value is of its type (specification, section 3): one rule for what is sent and for what is written.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Number, Value};

use super::{InputObject, Inputs, Slot};

/// How a value is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// In JSON, which has strings for the values of an enum.
    Sent,
    /// In a document, where they are names. Its variables stand in it as bytes: `usage` looks at their types.
    Written,
}

impl Inputs {
    /// Whether `value` is of the type `ty`.
    pub(super) fn value(&self, value: &Value, ty: &Type, given: Given) -> Result<(), Wrong> {
        match (value, &ty.base) {
            (Value::Binary(_), _) => Ok(()),
            (Value::Null, _) if ty.nullable => Ok(()),
            (Value::Null, _) => Err(Wrong::new(format!("must not be null: it is `{ty}`"))),
            (Value::List(items), BaseType::List(of)) => items
                .iter()
                .enumerate()
                .try_for_each(|(at, item)| self.value(item, of, given).map_err(|wrong| wrong.at(at.to_string()))),
            // One alone is as good as a list of one.
            (value, BaseType::List(of)) => self.value(value, of, given),
            (value, BaseType::Named(name)) => self.named(value, name, given),
        }
    }

    fn named(&self, value: &Value, of: &Name, given: Given) -> Result<(), Wrong> {
        let fits = match (of.as_str(), value) {
            ("Int", Value::Number(number)) if !is_int(number) => {
                return Err(Wrong::new(format!("must be a whole number from {} to {}", i32::MIN, i32::MAX)));
            }
            ("Int" | "Float", value) => matches!(value, Value::Number(_)),
            ("Boolean", value) => matches!(value, Value::Boolean(_)),
            ("ID", Value::Number(number)) => number.is_i64(),
            ("String" | "ID", value) => matches!(value, Value::String(_)),
            (_, value) => match (self.objects.get(of), self.enums.get(of), value) {
                (Some(object), _, Value::Object(fields)) => return self.fields(fields, of, object, given),
                (_, Some(values), Value::Enum(name)) => values.contains(name),
                (_, Some(values), Value::String(name)) => given == Given::Sent && values.contains(name.as_str()),
                (None, None, Value::String(text)) => return self.text(text, of),
                // What the schema does not have is left to validation.
                _ => !self.takes(of),
            },
        };
        if fits { Ok(()) } else { Err(Wrong::must_be(of)) }
    }

    /// Scalars of the schema's own are texts.
    fn text(&self, text: &str, of: &Name) -> Result<(), Wrong> {
        match self.scalars.get(of) {
            Some(Some(scalar)) if !(scalar.is_read)(text) => Err(Wrong { how: Some(scalar.how), ..Wrong::must_be(of) }),
            _ => Ok(()),
        }
    }

    fn fields(
        &self,
        fields: &IndexMap<Name, Value>,
        of: &Name,
        object: &InputObject,
        given: Given,
    ) -> Result<(), Wrong> {
        if object.is_choice && fields.len() != 1 {
            return Err(Wrong::new(format!("must have exactly one field: `{of}` is a choice")));
        }
        for (name, value) in fields {
            let wrong = match object.slots.get(name) {
                Some(slot) => self.value(value, &slot.ty, given),
                None => Err(Wrong::new(format!("is no field of `{of}`"))),
            };
            wrong.map_err(|wrong| wrong.at(name.to_string()))?;
        }
        let missing = |(name, slot): &(&Name, &Slot)| {
            !object.is_choice && !slot.ty.nullable && !slot.has_default && !fields.contains_key(*name)
        };
        match object.slots.iter().find(missing) {
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
pub(super) struct Wrong {
    /// Innermost first.
    path: Vec<String>,
    what: String,
    /// A sentence that says what to write.
    how: Option<&'static str>,
}

impl Wrong {
    fn new(what: String) -> Self {
        Self { path: Vec::new(), what, how: None }
    }

    fn must_be(of: &Name) -> Self {
        Self::new(format!("must be `{of}`"))
    }

    fn at(mut self, place: String) -> Self {
        self.path.push(place);
        self
    }

    /// What is wrong, of a `kind` of thing that is called `name`. No value is repeated: it may be a password.
    pub(super) fn told(self, kind: &str, name: &str) -> String {
        let Self { path, what, how } = self.at(name.to_owned());
        let path: Vec<&str> = path.iter().rev().map(String::as_str).collect();
        let told = format!("The {kind} `{}` {what}.", path.join("."));
        match how {
            Some(how) => format!("{told} {how}"),
            None => told,
        }
    }
}
