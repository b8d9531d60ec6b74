//! An answer in one word.

use serde_json::Value;

/// What a read gave: `seen`, the number of items of a list, `-` for null, or the code of the error.
pub(crate) fn of_read(body: &Value, field: &str) -> String {
    let value = &body["data"][field];
    if value.is_null() {
        return code(body).unwrap_or_else(|| "-".to_owned());
    }
    let items = value.as_array().or_else(|| value["nodes"].as_array());
    let seen = match items {
        Some(items) => items.iter().filter(|item| !item.is_null()).count().to_string(),
        None => "seen".to_owned(),
    };
    match code(body) {
        Some(code) => format!("{seen}!{code}"),
        None => seen,
    }
}

/// What a write gave: `done`, or the codes of its user errors, or the code of the error.
pub(crate) fn of_write(body: &Value, field: &str) -> String {
    if let Some(code) = code(body) {
        return code;
    }
    let refusals = body["data"][field]["userErrors"].as_array().expect("every payload has userErrors");
    let mut codes: Vec<_> =
        refusals.iter().map(|refusal| refusal["code"].as_str().unwrap_or("?").to_lowercase()).collect();
    codes.dedup();
    if codes.is_empty() { "done".to_owned() } else { codes.join("+") }
}

fn code(body: &Value) -> Option<String> {
    let code = body["errors"].as_array()?.first()?["extensions"]["code"].as_str();
    Some(match code.expect("every error has a code") {
        "UNAUTHENTICATED" => "sign-in".to_owned(),
        code => code.to_owned(),
    })
}
