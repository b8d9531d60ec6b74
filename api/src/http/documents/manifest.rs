//! The files in which build tools of apps write down their documents.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::super::guard::{Document, Limits};
use super::{LONGEST_ID, canonical_id, sha256};

/// One document of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What clients send as `documentId`, in its one form ([`canonical_id`]).
    pub id: String,
    pub text: String,
}

/// Why a manifest cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("the file is not JSON: {0}")]
    NotJson(String),
    #[error(
        "this is not a manifest: expected Apollo's `{{\"format\": \"apollo-persisted-query-manifest\", \"operations\": […]}}`, \
         or an object from id to document as Relay and GraphQL Code Generator write it"
    )]
    UnknownFormat,
    #[error("document `{id}`: {problem}")]
    Document { id: String, problem: String },
    #[error("the manifest has no documents")]
    Empty,
}

/// Reads a manifest of Apollo (`format: apollo-persisted-query-manifest`, version 1), Relay (`persistConfig.file`) or
/// GraphQL Code Generator (`persistedDocuments`); the last two are the same shape. Every document passes the guard with
/// the widest limits; one that does not spoils the whole file.
pub fn read(file: &str) -> Result<Vec<Entry>, ManifestError> {
    let manifest: Value = serde_json::from_str(file).map_err(|error| ManifestError::NotJson(error.to_string()))?;
    let entries = match manifest.as_object() {
        Some(manifest) if manifest.contains_key("operations") => apollo(manifest),
        Some(_) => by_id(file),
        None => None,
    };
    let entries = entries.ok_or(ManifestError::UnknownFormat)?;
    if entries.is_empty() {
        return Err(ManifestError::Empty);
    }
    entries.iter().try_for_each(check)?;
    each_is_one(&entries)?;
    Ok(entries)
}

fn apollo(manifest: &Map<String, Value>) -> Option<Vec<Entry>> {
    let is_ours = manifest.get("format")? == "apollo-persisted-query-manifest" && manifest.get("version")? == 1;
    let entry = |operation: &Value| {
        Some(Entry { id: canonical_id(operation["id"].as_str()?), text: operation["body"].as_str()?.to_owned() })
    };
    manifest.get("operations")?.as_array().filter(|_| is_ours)?.iter().map(entry).collect()
}

fn by_id(file: &str) -> Option<Vec<Entry>> {
    let Pairs(pairs) = serde_json::from_str::<Pairs>(file).ok()?;
    let entry = |(id, text): &(String, Value)| Some(Entry { id: canonical_id(id), text: text.as_str()?.to_owned() });
    pairs.iter().map(entry).collect()
}

/// All that stands in an object, also under a key that comes again.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AllPairs)
    }
}

struct AllPairs;

impl<'de> Visitor<'de> for AllPairs {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object from id to document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry::<String, Value>()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// One id has one text.
fn each_is_one(entries: &[Entry]) -> Result<(), ManifestError> {
    let mut texts = HashMap::new();
    for Entry { id, text } in entries {
        if texts.insert(id, text).is_some_and(|other| other != text) {
            let problem = "it stands in the manifest more than once, with different texts".to_owned();
            return Err(ManifestError::Document { id: id.clone(), problem });
        }
    }
    Ok(())
}

fn check(entry: &Entry) -> Result<(), ManifestError> {
    let wrong = |problem: String| ManifestError::Document { id: entry.id.clone(), problem };
    if entry.id.is_empty() || entry.id.len() > LONGEST_ID {
        return Err(wrong(format!("an id has 1 to {LONGEST_ID} characters")));
    }
    if entry.id.strip_prefix("sha256:").is_some_and(|hash| hash != sha256(&entry.text)) {
        return Err(wrong("the id looks like a SHA-256, and is not that of the document".to_owned()));
    }
    Document::read(&entry.text, &Limits::WIDEST, &[]).map(drop).map_err(|refused| wrong(refused.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_three_formats_give_the_same() {
        let text = "query Schools { schools { nodes { id } } }";
        let id = sha256(text);
        let expected = vec![Entry { id: format!("sha256:{id}"), text: text.to_owned() }];
        let apollo = json!({
            "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{ "id": id, "name": "Schools", "type": "query", "body": text }],
        });
        let relay_or_codegen = json!({ id.clone(): text });
        assert_eq!(read(&apollo.to_string()), Ok(expected.clone()));
        assert_eq!(read(&relay_or_codegen.to_string()), Ok(expected));
        let md5 = json!({ "5f4dcc3b5aa765d61d8327deb882cf99": text });
        assert_eq!(read(&md5.to_string()).unwrap()[0].id, "5f4dcc3b5aa765d61d8327deb882cf99");
    }

    #[test]
    fn a_file_that_is_no_manifest_says_so() {
        assert!(matches!(read("{"), Err(ManifestError::NotJson(_))));
        for odd in [
            json!([]),
            json!({ "a": 1 }),
            json!({ "operations": [] }),
            json!({ "format": "x", "version": 1, "operations": [] }),
        ] {
            assert_eq!(read(&odd.to_string()), Err(ManifestError::UnknownFormat), "{odd}");
        }
        assert_eq!(read("{}"), Err(ManifestError::Empty));
    }

    #[test]
    fn an_id_with_two_texts_spoils_the_file() {
        let apollo = |texts: [&str; 2]| {
            let operations = texts.map(|text| json!({ "id": "a", "name": "A", "type": "query", "body": text }));
            json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations }).to_string()
        };
        let relay = |texts: [&str; 2]| format!("{{ \"a\": \"{}\", \"a\": \"{}\" }}", texts[0], texts[1]);
        let problem = "it stands in the manifest more than once, with different texts".to_owned();
        let told = Err(ManifestError::Document { id: "a".to_owned(), problem });
        assert_eq!(read(&apollo(["{ a }", "{ b }"])), told);
        assert_eq!(read(&relay(["{ a }", "{ b }"])), told);
        assert!(read(&apollo(["{ a }", "{ a }"])).is_ok() && read(&relay(["{ a }", "{ a }"])).is_ok());
    }

    #[test]
    fn one_bad_document_spoils_the_file() {
        let problem = |entries: Value| match read(&entries.to_string()) {
            Err(ManifestError::Document { id, problem }) => (id, problem),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            problem(json!({ "a": "{ a }", "b": "{ a" })),
            ("b".to_owned(), "Syntax error: a closing bracket is missing.".to_owned())
        );
        assert_eq!(
            problem(json!({ sha256("x"): "{ a }" })).1,
            "the id looks like a SHA-256, and is not that of the document"
        );
    }
}
