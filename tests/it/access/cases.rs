//! What to send to each root field.
//!
//! A query that takes an id is asked for each of [`Whose`](super::targets::Whose); one that takes nothing is asked as it
//! is. A mutation has an input here: it fails the matrix until it has one.

use async_graphql::parser::types::FieldDefinition;
use glans_tests::World;
use serde_json::{Value, json};

use super::api::base;

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

/// The type whose id a mutation takes; none where it takes none.
pub(crate) fn subject(mutation: &str) -> Option<&'static str> {
    Some(match mutation {
        "boardUpdate" | "boardArchive" | "schoolCreate" | "clusterCreate" | "schoolYearCreate" | "programmeImport" => {
            "Board"
        }
        "schoolUpdate" | "schoolArchive" | "schoolMove" | "classGroupCreate" | "personCreate" | "studentCreate" => {
            "School"
        }
        "clusterUpdate" | "clusterArchive" => "Cluster",
        "classGroupUpdate" | "classGroupArchive" => "ClassGroup",
        "personUpdate" | "personArchive" => "Person",
        "studentUpdate" | "studentLeave" | "enrolmentSet" | "guardianshipCreate" => "Student",
        "guardianshipUpdate" | "guardianshipEnd" => "Guardianship",
        "programmePublish" => "Programme",
        "lessonUpdate" => "Lesson",
        "materialUpdate" | "materialStateSet" => "Material",
        _ => return None,
    })
}

/// The smallest course there is.
const COURSE: &str = "{key: klein, languages: [nl], title: Klein, summary: Klein, years: [{title: Een, modules: [{title: Een,
  goal: Doel, lessons: [{key: een, title: Een, durationMinutes: 30, objectives: [Doel], theory: Tekst, practicalTips: [],
  materials: []}]}]}]}";

/// A sound input over the id of a [`subject`], so that nothing but the right to do it stands between the actor and the
/// deed; none where nobody said what to send.
pub(crate) fn input(world: &World, mutation: &str, id: &str) -> Option<Value> {
    let ours = &world.ours;
    Some(match mutation {
        "boardCreate" => json!({ "name": "De Poolster" }),
        "boardUpdate" | "schoolUpdate" | "clusterUpdate" | "classGroupUpdate" => json!({ "id": id, "name": "Anders" }),
        "boardArchive" | "schoolArchive" | "clusterArchive" | "classGroupArchive" | "personArchive"
        | "studentLeave" | "guardianshipEnd" => json!({ "id": id }),
        "schoolCreate" => json!({ "board": id, "name": "De Poolster" }),
        "clusterCreate" => json!({ "board": id, "name": "Oost" }),
        "schoolYearCreate" => json!({ "board": id, "startsOn": "2040-08-01" }),
        "classGroupCreate" => json!({ "school": id, "schoolYear": ours.school_year, "name": "7b", "grades": ["7"] }),
        "personCreate" => json!({ "board": ours.id, "school": id, "details": new_person() }),
        "personUpdate" => json!({ "id": id, "familyName": "Anders" }),
        "studentCreate" => json!({ "school": id, "displayName": "Sem" }),
        "studentUpdate" => json!({ "id": id, "displayName": "Anders" }),
        "enrolmentSet" => json!({ "student": id, "classGroups": [] }),
        "guardianshipCreate" => {
            json!({ "student": id, "guardian": { "new": new_person() }, "relationship": "GRANDPARENT" })
        }
        "guardianshipUpdate" => json!({ "id": id, "access": "ON_REQUEST" }),
        "programmeImport" => json!({ "board": id, "document": COURSE }),
        "programmePublish" => json!({ "id": id }),
        "lessonUpdate" | "materialUpdate" => json!({ "id": id, "title": "Anders" }),
        "materialStateSet" => json!({ "material": id, "state": "STARTED" }),
        "schoolMove" => json!({ "id": id, "cluster": ours.clusters[1].to_string() }),
        _ => return None,
    })
}

fn new_person() -> Value {
    json!({ "givenName": "Joost", "familyName": "Kuiper" })
}

/// Mutations about oneself or by a secret, not about a row that somebody else may have: identity's own tests say who may.
pub(crate) const ABOUT_ONESELF: &[&str] = &[];
