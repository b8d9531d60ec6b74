//! The engine that answers, with a quick way for queries.
//!
//! An extension costs every field of every answer a detour, whatever it extends: half of the time of a large screen. A query
//! needs extensions only to put null where the specification has it when a field fails, which is seldom. So a query runs
//! without them first, and a failing one again with them. It changes nothing, and can run twice. What failed for others
//! who hold what it needs does not: it would wait for them once more, and there is no time for that. Where the second run
//! comes to no end in time, the answer of the first goes out.

use std::any::TypeId;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::futures_util::StreamExt;
use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Data, Executor, IntrospectionMode, Request, Response, ServerError, Variables};
use axum::http::header;

use crate::call::Call;
use crate::graphql::{GlansSchema, described, schema};
use crate::people::access_log::Pending;
use crate::platform::error::Error;
use crate::platform::list::Unwatched;
use crate::turns::Turns;

/// A query is cut off after ten seconds. Before that, what there is goes out.
const AT_LAST: Duration = Duration::from_secs(9);
/// How long what fails may take that is seen again in time: the second run takes as long as the first.
const IN_TIME: Duration = Duration::from_secs(4);

/// Answers requests that carry a [`Call`].
#[derive(Clone)]
pub struct Engine {
    quick: GlansSchema,
    exact: GlansSchema,
}

impl Default for Engine {
    fn default() -> Self {
        Self { quick: described().disable_suggestions().finish(), exact: schema() }
    }
}

#[async_trait::async_trait]
impl Executor for Engine {
    async fn execute(&self, request: Request) -> Response {
        let told = call_of(&request.data).map(|call| Arc::clone(&call.told));
        let pending = call_of(&request.data).map(|call| Pending::of(call));
        let mut response = self.answer(request).await;
        if let Some(pending) = pending {
            pending.settle().await;
        }
        if let Some(languages) = told.and_then(|told| told.header()) {
            response.http_headers.insert(header::CONTENT_LANGUAGE, languages);
        }
        response
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let call = session_data.as_deref().and_then(call_of).map(Arc::clone);
        let answers = Executor::execute_stream(&self.exact, request, session_data);
        let Some(call) = call else { return answers };
        let pending = Pending::of(&call);
        let logged = answers.then(move |answer| {
            let (call, pending) = (Arc::clone(&call), pending.clone());
            async move {
                // Who waits for the writer keeps no reader from others.
                call.look_again().await;
                call.figures.renew().await;
                pending.settle().await;
                answer
            }
        });
        logged.boxed()
    }
}

impl Engine {
    async fn answer(&self, mut request: Request) -> Response {
        let Some(again) = Again::of(&mut request) else { return self.exact.execute(request).await };
        request.data.insert(Unwatched);
        let turns = request.data.get(&TypeId::of::<Turns>()).and_then(|turns| turns.downcast_ref()).cloned();
        let turns: Turns = turns.unwrap_or_default();
        let begun = Instant::now();
        let response = turns.take(self.quick.execute(request)).await;
        let took = begun.elapsed();
        if !runs_again(&response.errors, took) {
            return response;
        }
        let exact = Box::pin(self.exact.execute(again.request()));
        or_before(exact, AT_LAST.saturating_sub(took), response).await
    }
}

/// The answer of `again`, or the one from `before` where none comes in the time that is left.
async fn or_before(again: impl Future<Output = Response> + Send, left: Duration, before: Response) -> Response {
    tokio::time::timeout(left, again).await.unwrap_or(before)
}

/// Whether a query that ended with these errors after so long is run again, to put null where it belongs. What waited in
/// vain would wait again, and be cut off before it could say when to come back.
fn runs_again(errors: &[ServerError], took: Duration) -> bool {
    let in_vain = |error: &ServerError| matches!(error.source::<Error>(), Some(Error::Held | Error::Slow));
    !errors.is_empty() && took < IN_TIME && !errors.iter().any(in_vain)
}

fn call_of(data: &Data) -> Option<&Arc<Call>> {
    data.get(&TypeId::of::<Arc<Call>>())?.downcast_ref()
}

/// What it takes to run a query from its beginning.
struct Again {
    document: ExecutableDocument,
    operation_name: Option<String>,
    variables: Variables,
    introspection: IntrospectionMode,
    call: Call,
}

impl Again {
    /// None for what is no query of a call.
    fn of(request: &mut Request) -> Option<Self> {
        let call = call_of(&request.data)?.afresh();
        let document = request.parsed_query().ok()?.clone();
        let reads = document.operations.iter().all(|(_, operation)| operation.node.ty == OperationType::Query);
        reads.then(|| Self {
            document,
            operation_name: request.operation_name.clone(),
            variables: request.variables.clone(),
            introspection: request.introspection_mode,
            call,
        })
    }

    fn request(self) -> Request {
        let mut request = Request::new(String::new()).variables(self.variables);
        request.operation_name = self.operation_name;
        request.introspection_mode = self.introspection;
        request.set_parsed_query(self.document);
        request.data = self.call.into_data();
        request
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Pos, Value};

    use super::*;
    use crate::platform::error::{Code, coded};

    fn failed(error: Error) -> ServerError {
        async_graphql::Error::from(error).into_server_error(Pos::default())
    }

    #[test]
    fn what_waited_in_vain_does_not_wait_again() {
        let long = Duration::from_secs(8);
        let refused = || failed(coded(Code::BadUserInput, "No."));
        assert!(!runs_again(&[], Duration::ZERO), "it is answered");
        assert!(runs_again(&[refused()], Duration::ZERO));
        assert!(!runs_again(&[refused()], long), "it would take as long again");
        assert!(runs_again(&[ServerError::new("there is no such field", None)], Duration::ZERO));
        for took in [Duration::ZERO, long] {
            assert!(!runs_again(&[failed(Error::Held)], took));
            assert!(!runs_again(&[failed(Error::Slow)], took));
            assert!(!runs_again(&[refused(), failed(Error::Held)], took));
        }
        for took in [Duration::ZERO, Duration::from_secs(3)] {
            assert!(runs_again(&[failed(Error::fault("a defect"))], took), "its siblings are answered");
        }
        assert!(!runs_again(&[failed(Error::fault("the server is gone"))], long));
    }

    #[tokio::test]
    async fn what_comes_to_no_end_when_run_again_is_answered_as_it_was() {
        let [first, second] = [1, 2].map(|number| Response::new(Value::from(number)));
        let none = or_before(std::future::pending(), Duration::from_millis(1), first).await;
        assert_eq!(none.data, Value::from(1));
        let some = or_before(std::future::ready(second), Duration::ZERO, none).await;
        assert_eq!(some.data, Value::from(2));
    }
}
