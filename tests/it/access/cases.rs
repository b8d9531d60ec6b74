//! What to send to each root field.
//!
//! A query that takes an id is asked for each of [`Whose`](super::targets::Whose); one that takes nothing is asked as it
//! is. A mutation has an input here: it fails the matrix until it has one.

use async_graphql::parser::types::FieldDefinition;
use glans_tests::World;
use serde_json::{Value, json};

use super::api::base;
use super::targets::{self, Whose};

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

fn pascal(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// The type whose id a mutation takes, and its input over that id. The input is sound, so that nothing but the right to
/// do it stands between the actor and the deed.
pub(crate) struct Writing {
    pub(crate) of_type: &'static str,
    pub(crate) input: Value,
}

/// What to send to this field of `Mutation`; none where nobody said what.
pub(crate) fn writing(world: &World, mutation: &str, whose: Whose) -> Option<Writing> {
    let of_type = subject(mutation)?;
    let id = targets::id(world, of_type, whose).unwrap_or_default();
    let input = match mutation {
        "boardCreate" => json!({ "name": "De Poolster" }),
        "boardUpdate" | "schoolUpdate" | "clusterUpdate" | "classGroupUpdate" => json!({ "id": id, "name": "Anders" }),
        "boardArchive" | "schoolArchive" | "clusterArchive" | "classGroupArchive" => json!({ "id": id }),
        "schoolCreate" => json!({ "board": id, "name": "De Poolster" }),
        "clusterCreate" => json!({ "board": id, "name": "Oost" }),
        "schoolMove" => json!({ "school": id, "cluster": world.ours.clusters[1].to_string() }),
        _ => return None,
    };
    Some(Writing { of_type, input })
}

/// What a mutation is about: its id is what the matrix varies.
fn subject(mutation: &str) -> Option<&'static str> {
    Some(match mutation {
        "boardCreate" | "boardUpdate" | "boardArchive" | "schoolCreate" | "clusterCreate" => "Board",
        "schoolUpdate" | "schoolArchive" | "schoolMove" => "School",
        "clusterUpdate" | "clusterArchive" => "Cluster",
        "classGroupUpdate" | "classGroupArchive" => "ClassGroup",
        _ => return None,
    })
}

/// Mutations that are open to who is not signed in, and are about no row of a board: the matrix cannot say anything of
/// them, and the tests of identity do.
pub(crate) const ABOUT_ONESELF: &[&str] = &[];
