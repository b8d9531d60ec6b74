//! Errors of the engine and of resolvers, as clients see them.

use async_graphql::{Response, ServerError, Value};
use axum::http::header;

use crate::platform::error::{Code, Error, chain};

/// No answer holds more errors.
const MOST: usize = 5;
/// When to come again, in `extensions`: a stream has no header for it.
pub(super) const RETRY_AFTER_SECONDS: &str = "retryAfterSeconds";

/// Whether the engine turned the operation away before running it. The specification gives every error of execution a
/// path; errors of validation have none.
pub(super) fn nothing_ran(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Gives every error its code and the request's id, masks what is ours, and keeps the first few.
pub(super) fn finish(response: &mut Response, request_id: &str) {
    let invalid = nothing_ran(response);
    // Who comes back for all of it waits for the last of it.
    if let Some(seconds) = response.errors.iter().filter_map(retry_after_seconds).max() {
        response.http_headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response.errors.truncate(MOST);
    for error in &mut response.errors {
        let code = if invalid { Code::GraphqlValidationFailed } else { code(error, request_id) };
        let seconds = retry_after_seconds(error);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code.name());
        extensions.set("requestId", request_id);
        extensions.set("retryable", code.retryable());
        if let Some(seconds) = seconds {
            extensions.set(RETRY_AFTER_SECONDS, seconds);
        }
    }
}

fn retry_after_seconds(error: &ServerError) -> Option<u32> {
    error.source::<Error>()?.retry_after_seconds()
}

/// The code of an error of execution. An error that is not one of ours slipped through a resolver: it is masked.
fn code(error: &mut ServerError, request_id: &str) -> Code {
    match error.source::<Error>() {
        Some(Error::Coded(code, _)) => return *code,
        Some(Error::Refused(_) | Error::Stale(_)) => return Code::BadUserInput,
        Some(Error::DoneOutOfSight) => return Code::NotFound,
        Some(Error::RateLimited { .. } | Error::Held | Error::Slow | Error::Crowded) => return Code::RateLimited,
        Some(Error::Fault(cause)) => {
            tracing::error!(request_id, path = ?error.path, cause = chain(cause.as_ref()), "a resolver failed");
        }
        None if error.source.is_none() && COERCION.iter().any(|start| error.message.starts_with(start)) => {
            return Code::BadUserInput;
        }
        None => {
            tracing::error!(request_id, path = ?error.path, cause = error.message, "a resolver failed without a code");
        }
    }
    "Something went wrong on our side. Try again later.".clone_into(&mut error.message);
    Code::Internal
}

/// How the engine's messages about an input value that only a resolver could read begin.
const COERCION: [&str; 3] = ["Failed to parse \"", "Expected input type \"", "Invalid value for argument \""];

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
    use chrono::NaiveDate;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::http::nulls::NearestNull;
    use crate::platform::error::coded;

    struct Query;

    #[Object]
    impl Query {
        async fn coded(&self) -> Result<Option<i32>, Error> {
            Err(coded(Code::BadCursor, "No such cursor."))
        }
        async fn throttled(&self, seconds: u32) -> Result<Option<i32>, Error> {
            Err(Error::RateLimited { retry_after_seconds: seconds })
        }
        async fn fault(&self) -> Result<Option<i32>, Error> {
            Err(Error::fault("password=hunter2 at db.internal"))
        }
        async fn foreign(&self) -> Result<Option<i32>, async_graphql::Error> {
            Err(std::io::Error::other("password=hunter2 at db.internal").into())
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
        for ours in ["{ fault }", "{ foreign }"] {
            assert_eq!(
                errors(ours).await,
                [json!(["INTERNAL", true, "Something went wrong on our side. Try again later."])]
            );
        }
    }

    #[tokio::test]
    async fn validation_and_coercion_have_codes_of_their_own() {
        assert_eq!(errors("{ nothing }").await[0][0], "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(errors("{ on(day: \"yesterday\") }").await[0][0], "BAD_USER_INPUT");
    }

    #[tokio::test]
    async fn who_must_wait_is_told_how_long() {
        let query =
            "{ a: throttled(seconds: 5) b: throttled(seconds: 5) c: throttled(seconds: 5) d: throttled(seconds: 5)
            e: throttled(seconds: 5) f: throttled(seconds: 7) g: throttled(seconds: 6) }";
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription).extension(NearestNull).finish();
        let mut response = schema.execute(query).await;
        finish(&mut response, "r-1");
        assert_eq!(response.http_headers[header::RETRY_AFTER], "7", "the longest, told or not");
        let told = serde_json::to_value(&response.errors[0]).unwrap();
        assert_eq!(told["extensions"]["retryAfterSeconds"], 5);
        assert_eq!(errors(query).await[0][0], "RATE_LIMITED");
    }

    #[tokio::test]
    async fn five_errors_at_most() {
        let many = ('a'..='z').map(|alias| format!("{alias}: nothing ")).collect::<Vec<_>>().concat();
        assert_eq!(errors(&format!("{{ {many} }}")).await.len(), 5);
    }
}
