//! How to ask what is read and what is followed.

use async_graphql::parser::types::FieldDefinition;

use crate::access::api::base;

/// How a root field of `Query` is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// With nothing.
    Plain,
    /// With the id of something of this type under this argument.
    ById { argument: String, of_type: String },
}

/// How to ask this field of `Query`; none where nobody said how.
pub(crate) fn reading(field: &FieldDefinition) -> Option<Reading> {
    let by_id = |argument: &str, of_type: &str| {
        Some(Reading::ById { argument: argument.to_owned(), of_type: of_type.to_owned() })
    };
    match field.name.node.as_str() {
        "engagement" => {
            return by_id("input: { metrics: [REACH], from: \"2026-01-01\", to: \"2026-06-30\" }, scope", "Board");
        }
        "lessonEffect" => return by_id("lesson: $lesson, metric: REACH, scope", "Board"),
        "worklist" => return by_id("kind: NOT_YET, classGroup", "ClassGroup"),
        _ => {}
    }
    let ids = |required: bool| {
        field
            .arguments
            .iter()
            .map(|argument| &argument.node)
            .find(move |argument| base(&argument.ty.node) == "ID" && (!required || !argument.ty.node.nullable))
    };
    let unmet = field.arguments.iter().any(|argument| {
        let argument = &argument.node;
        !argument.ty.node.nullable && argument.default_value.is_none() && base(&argument.ty.node) != "ID"
    });
    if unmet {
        return None;
    }
    let returned = base(&field.ty.node);
    match ids(true).or_else(|| ids(false)) {
        None => Some(Reading::Plain),
        Some(argument) => {
            let argument = argument.name.node.to_string();
            let of_type = if argument.starts_with("id") { returned.to_owned() } else { pascal(&argument) };
            Some(Reading::ById { argument, of_type })
        }
    }
}

/// How a subscription is asked for; none where nobody said how.
pub(crate) fn followed(subscription: &str) -> Option<Reading> {
    let of = |argument: &str, of_type: &str| {
        Some(Reading::ById { argument: argument.to_owned(), of_type: of_type.to_owned() })
    };
    match subscription {
        "rosterImportProgressed" => of("id", "RosterImport"),
        "lessonProgressChanged" => of("cohort", "Cohort"),
        "messageReceived" => of("thread", "Thread"),
        "notificationReceived" => Some(Reading::Plain),
        _ => None,
    }
}

fn pascal(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}
