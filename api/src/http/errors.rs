//! Errors of the engine and of resolvers, as clients see them.

use async_graphql::{Response, ServerError, Value};

use super::code::Code;

/// No answer holds more errors.
const MOST: usize = 5;

/// Whether the engine turned the operation away before running it. The specification gives every error of execution a
/// path; errors of validation have none.
pub(super) fn nothing_ran(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Gives every error its code and the request's id, masks what has no code, and keeps the first few.
pub(super) fn finish(response: &mut Response, request_id: &str) {
    let invalid = nothing_ran(response);
    response.errors.truncate(MOST);
    for error in &mut response.errors {
        let code = known_code(error).unwrap_or_else(|| uncoded(error, invalid).name().to_owned());
        let retryable = error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get("retryable").cloned())
            .unwrap_or_else(|| (code == Code::Internal.name() || code == Code::RateLimited.name()).into());
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code);
        extensions.set("requestId", request_id);
        extensions.set("retryable", retryable);
    }
}

fn known_code(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        _ => None,
    }
}

/// Errors without a code are of the engine, unless a foreign error slipped through a resolver: that one is masked.
fn uncoded(error: &mut ServerError, invalid: bool) -> Code {
    if invalid {
        return Code::GraphqlValidationFailed;
    }
    if error.source.is_none() && COERCION.iter().any(|start| error.message.starts_with(start)) {
        return Code::BadUserInput;
    }
    tracing::error!(cause = error.message, path = ?error.path, "a resolver failed without a code");
    "Something went wrong on our side. Try again later.".clone_into(&mut error.message);
    Code::Internal
}

/// How the engine's messages about an input value that only a resolver could read begin.
const COERCION: [&str; 3] = ["Failed to parse \"", "Expected input type \"", "Invalid value for argument \""];

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Error, ErrorExtensions, Object, Schema};
    use chrono::NaiveDate;
    use serde_json::{Value as Json, json};

    use super::*;

    struct Query;

    #[Object]
    impl Query {
        async fn coded(&self) -> Result<Option<i32>, Error> {
            Err(Error::new("No such cursor.").extend_with(|_, own| own.set("code", "BAD_CURSOR")))
        }
        async fn foreign(&self) -> Result<Option<i32>, Error> {
            Err(Error::from(std::io::Error::other("password=hunter2 at db.internal")))
        }
        async fn on(&self, day: NaiveDate) -> i32 {
            i32::from(day.leap_year())
        }
    }

    async fn errors(query: &str) -> Vec<Json> {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let mut response = schema.execute(query).await;
        finish(&mut response, "r-1");
        response
            .errors
            .iter()
            .map(|error| {
                let json = serde_json::to_value(error).unwrap();
                assert_eq!(json["extensions"]["requestId"], "r-1");
                json!([json["extensions"]["code"], json["extensions"]["retryable"], json["message"]])
            })
            .collect()
    }

    #[tokio::test]
    async fn a_code_is_kept_and_a_foreign_error_masked() {
        assert_eq!(errors("{ coded }").await, [json!(["BAD_CURSOR", false, "No such cursor."])]);
        assert_eq!(
            errors("{ foreign }").await,
            [json!(["INTERNAL", true, "Something went wrong on our side. Try again later."])]
        );
    }

    #[tokio::test]
    async fn validation_and_coercion_have_codes_of_their_own() {
        assert_eq!(errors("{ nothing }").await[0][0], "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(errors("{ on(day: \"yesterday\") }").await[0][0], "BAD_USER_INPUT");
    }

    #[tokio::test]
    async fn five_errors_at_most() {
        let many: String = ('a'..='z').map(|alias| format!("{alias}: nothing ")).collect();
        assert_eq!(errors(&format!("{{ {many} }}")).await.len(), 5);
    }
}
