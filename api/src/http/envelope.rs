//! The parameters of a request, from a JSON body or a query string (GraphQL over HTTP, section 5).

use serde_json::{Map, Value};

use super::guard::input;
use super::refusal::Refusal;

/// What a client sent, its shape checked and its size bounded.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Envelope {
    pub query: Option<String>,
    pub operation_name: Option<String>,
    pub variables: Map<String, Value>,
    pub extensions: Map<String, Value>,
    pub document_id: Option<String>,
}

impl Envelope {
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let body = match serde_json::from_slice(body) {
            Ok(Value::Object(parameters)) => parameters,
            Ok(Value::Array(_)) => {
                return Err(Refusal::bad_request(
                    "Batches are not accepted: send each operation in a request of its own.",
                ));
            }
            Ok(_) => return Err(Refusal::bad_request("The body must be a JSON object with `query`.")),
            Err(_) => return Err(Refusal::bad_request("The body is not valid JSON in UTF-8.")),
        };
        Self::from_parameters(body)
    }

    /// The pairs of a query string; `variables` and `extensions` hold JSON.
    pub(super) fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, Refusal> {
        let mut parameters = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|_| Refusal::bad_request(format!("`{name}` is not valid JSON.")))?,
                _ => Value::String(text),
            };
            if parameters.insert(name.clone(), value).is_some() && KNOWN.contains(&name.as_str()) {
                return Err(Refusal::bad_request(format!("`{name}` is given twice.")));
            }
        }
        Self::from_parameters(parameters)
    }

    pub(super) fn from_parameters(mut parameters: Map<String, Value>) -> Result<Self, Refusal> {
        input::bounded(["variables", "extensions"].into_iter().filter_map(|name| parameters.get(name)))?;
        Ok(Self {
            query: text(&mut parameters, "query")?,
            operation_name: text(&mut parameters, "operationName")?.filter(|name| !name.is_empty()),
            variables: object(&mut parameters, "variables")?,
            extensions: object(&mut parameters, "extensions")?,
            document_id: text(&mut parameters, "documentId")?,
        })
    }
}

const KNOWN: [&str; 5] = ["query", "operationName", "variables", "extensions", "documentId"];

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad_request(format!("`{name}` must be a string."))),
    }
}

fn object(parameters: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(entries)) => Ok(entries),
        Some(_) => Err(Refusal::bad_request(format!("`{name}` must be an object."))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(refused: Result<Envelope, Refusal>) -> String {
        refused.unwrap_err().message
    }

    #[test]
    fn a_body_with_everything() {
        let body = json!({
            "query": "{ a }", "operationName": "", "variables": { "x": 1 }, "extensions": null, "unknown": 1,
        });
        assert_eq!(
            Envelope::from_json(body.to_string().as_bytes()).unwrap(),
            Envelope {
                query: Some("{ a }".to_owned()),
                variables: json!({ "x": 1 }).as_object().unwrap().clone(),
                ..Envelope::default()
            }
        );
    }

    #[test]
    fn each_bad_body_has_its_message() {
        for (body, expected) in [
            ("", "The body is not valid JSON in UTF-8."),
            ("{ \"not", "The body is not valid JSON in UTF-8."),
            ("[{\"query\":\"{a}\"}]", "Batches are not accepted: send each operation in a request of its own."),
            ("1", "The body must be a JSON object with `query`."),
            ("{\"query\":1}", "`query` must be a string."),
            ("{\"operationName\":{}}", "`operationName` must be a string."),
            ("{\"variables\":[]}", "`variables` must be an object."),
            ("{\"extensions\":\"x\"}", "`extensions` must be an object."),
        ] {
            assert_eq!(message(Envelope::from_json(body.as_bytes())), expected, "{body}");
        }
        assert_eq!(message(Envelope::from_json(b"{\"query\":\"\xff\"}")), "The body is not valid JSON in UTF-8.");
        let nested = "[".repeat(100_000);
        assert_eq!(message(Envelope::from_json(nested.as_bytes())), "The body is not valid JSON in UTF-8.");
    }

    #[test]
    fn a_query_string_holds_json_in_two_places() {
        let pairs = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let read = Envelope::from_pairs(pairs(&[("query", "{a}"), ("variables", "{\"x\":1}"), ("extensions", "")]));
        assert_eq!(read.unwrap().variables["x"], json!(1));
        assert_eq!(message(Envelope::from_pairs(pairs(&[("variables", "{")]))), "`variables` is not valid JSON.");
        assert_eq!(message(Envelope::from_pairs(pairs(&[("query", "a"), ("query", "b")]))), "`query` is given twice.");
    }
}
