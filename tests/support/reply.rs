//! An answer of the API, read in the words of a test.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// The answer to one request, with the name of who asked for the message of a failing test.
#[derive(Debug)]
pub struct Reply {
    pub(crate) asked_by: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The whole body; null where it is no JSON.
    pub body: Value,
    pub text: String,
}

impl Reply {
    /// What was asked for. Fails the test when there are errors too.
    pub fn data(&self) -> &Value {
        assert!(self.errors().is_empty(), "{} got errors: {}", self.asked_by, self.text);
        &self.body["data"]
    }

    /// A place in the data, as `"viewer.schools.0.name"`; null where there is none.
    pub fn at(&self, path: &str) -> &Value {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.data().pointer(&pointer).unwrap_or(&Value::Null)
    }

    /// A text in the data. Fails the test when it is something else.
    pub fn text_at(&self, path: &str) -> &str {
        let value = self.at(path);
        value.as_str().unwrap_or_else(|| panic!("{} got {value} at {path}: {}", self.asked_by, self.text))
    }

    /// The texts of a list, as `texts_at("schools.nodes", "name")`.
    pub fn texts_at(&self, list: &str, field: &str) -> Vec<&str> {
        let items = self.at(list).as_array().unwrap_or_else(|| panic!("no list at {list}: {}", self.text));
        items.iter().map(|item| item[field].as_str().unwrap_or_default()).collect()
    }

    /// The top-level errors.
    pub fn errors(&self) -> &[Value] {
        self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The codes of the top-level errors.
    pub fn codes(&self) -> Vec<&str> {
        self.errors().iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("NO CODE")).collect()
    }

    /// The user errors of a mutation as `CODE path.into.input`. Fails the test when there are top-level errors.
    pub fn refusals(&self, mutation: &str) -> Vec<String> {
        let refusals = self.data()[mutation]["userErrors"].as_array();
        let refusals = refusals.unwrap_or_else(|| panic!("the test did not ask for userErrors of {mutation}"));
        refusals.iter().map(refusal).collect()
    }
}

fn refusal(error: &Value) -> String {
    let path = error["field"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
    format!("{} {}", error["code"].as_str().unwrap_or("NO CODE"), path.join(".")).trim_end().to_owned()
}
