//! The files in which build tools of apps write down their documents.

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
        Some(manifest) => by_id(manifest),
        None => None,
    };
    let entries = entries.ok_or(ManifestError::UnknownFormat)?;
    if entries.is_empty() {
        return Err(ManifestError::Empty);
    }
    entries.iter().try_for_each(check)?;
    Ok(entries)
}

fn apollo(manifest: &Map<String, Value>) -> Option<Vec<Entry>> {
    let is_ours = manifest.get("format")? == "apollo-persisted-query-manifest" && manifest.get("version")? == 1;
    let entry = |operation: &Value| {
        Some(Entry { id: canonical_id(operation["id"].as_str()?), text: operation["body"].as_str()?.to_owned() })
    };
    manifest.get("operations")?.as_array().filter(|_| is_ours)?.iter().map(entry).collect()
}

fn by_id(manifest: &Map<String, Value>) -> Option<Vec<Entry>> {
    let entry = |(id, text): (&String, &Value)| Some(Entry { id: canonical_id(id), text: text.as_str()?.to_owned() });
    manifest.iter().map(entry).collect()
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
