//! Documents to the engine of a world, past the transport.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use async_graphql::futures_util::StreamExt;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, Variables};
use glans::access::Standing;
use glans::call::Call;
use glans::platform::error::Error;
use serde_json::Value;

use super::{PATIENCE, World};

/// What the engine answered, and what it cost.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// `{"data": …, "errors": …}`.
    pub body: Value,
    pub statements: u64,
}

impl World {
    /// Puts a document to the engine, past the transport: for tests of rights, which do not hang on it. Of a subscription
    /// the first answer.
    pub async fn execute(&self, standing: &Arc<Standing>, document: &str, variables: Value) -> Answer {
        self.execute_call(self.call(standing), document, variables).await
    }

    /// As [`World::execute`], of a call that the test made.
    pub async fn execute_call(&self, call: Call, document: &str, variables: Value) -> Answer {
        let request = request(call, document, variables);
        let before = self.app.db.statement_count();
        let mut answers = self.schema.execute_stream(request);
        let response = answers.next().await.expect("an answer, if only of errors");
        let statements = self.app.db.statement_count() - before;
        Answer { body: body(response), statements }
    }

    /// As [`World::execute`], of a subscription so many answers.
    pub async fn follow(
        &self,
        standing: &Arc<Standing>,
        document: &str,
        variables: Value,
        answers: usize,
    ) -> Vec<Value> {
        let request = request(self.call(standing), document, variables);
        let told = self.schema.execute_stream(request).take(answers);
        let told: Vec<_> = tokio::time::timeout(PATIENCE, told.collect()).await.expect("so many answers in time");
        told.into_iter().map(body).collect()
    }

    fn call(&self, standing: &Arc<Standing>) -> Call {
        Call::new(Arc::clone(&self.app), Arc::clone(standing), "test".to_owned())
    }
}

fn request(call: Call, document: &str, variables: Value) -> Request {
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    request.data = call.into_data();
    if let Some(parsed) = parsed(document) {
        request.set_parsed_query(parsed);
    }
    request
}

/// The document, read once per process: tests put few documents, and each of them often. None of what the engine will refuse.
fn parsed(document: &str) -> Option<ExecutableDocument> {
    static READ: LazyLock<Mutex<HashMap<String, ExecutableDocument>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(document) {
        return Some(known.clone());
    }
    let fresh = parse_query(document).ok()?;
    read.insert(document.to_owned(), fresh.clone());
    Some(fresh)
}

fn body(mut response: Response) -> Value {
    response.errors.iter_mut().for_each(name_code);
    serde_json::to_value(response).expect("an answer is JSON")
}

/// Writes the code of an error where the transport writes it. A fault of the program fails the test with its cause, and
/// so does a document that the engine refuses: the test is wrong then.
fn name_code(error: &mut ServerError) {
    let code = match error.source::<Error>() {
        Some(Error::Coded(code, _)) => code.name(),
        Some(Error::Fault(cause)) => panic!("a fault at {:?}: {cause}", error.path),
        Some(refused) => panic!("a refusal outside of a payload at {:?}: {refused}", error.path),
        None => panic!("the engine refuses the document of a test: {error}"),
    };
    error.extensions.get_or_insert_default().set("code", code);
}
