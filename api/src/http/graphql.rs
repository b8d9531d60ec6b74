//! `/graphql`: GraphQL over HTTP, one request from its first byte to its last.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Response as Executed, Value, Variables, value};
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{self, Answer};
use super::authorization;
use super::body;
use super::cost::bucket::Standing;
use super::documents::Meant;
use super::dry;
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::errors;
use super::events;
use super::graphiql;
use super::house::{Answered, House, Kind, Knock, Outcome, Visitor};
use super::log::OperationName;
use super::negotiate::{self, MediaType, StreamForm};
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::walls::{self, Chosen, Tab};

/// `X-Cost: 1` adds `extensions.cost` to the answer.
const COST: HeaderName = HeaderName::from_static("x-cost");
/// `X-Cost-Dry-Run: 1` answers the cost alone of what could run; nothing runs and nothing is paid.
const DRY_RUN: HeaderName = HeaderName::from_static("x-cost-dry-run");

/// In the query string.
const WITHOUT_DEPRECATED: &str = "removeDeprecated=true";

/// Answers GET and POST; everything else is refused with `Allow`.
pub(super) async fn serve<S: Executor, H: House>(
    State(endpoint): State<Arc<Endpoint<S, H>>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if head.method == Method::GET && endpoint.settings.graphiql && negotiate::wants_page(&head.headers) {
        return graphiql::page().into_response();
    }
    let request_id = head.extensions.get::<RequestId>().cloned().unwrap_or_default();
    let is_dry = asks_for(&head, &DRY_RUN);
    if let Some(form) = StreamForm::wanted(&head.headers).filter(|_| !is_dry) {
        return events::serve(endpoint, form, head, body, request_id).await;
    }
    let Some(media_type) = MediaType::accepted(&head.headers) else {
        return answer::refuse(&Refusal::not_acceptable(), MediaType::Json, request_id.as_str());
    };
    let exchange = Exchange { endpoint: &endpoint, head: &head, media_type, request_id: &request_id };
    let start = Instant::now();
    let response = match exchange.answered(body).await {
        Ok(response) => response,
        Err(refusal) => answer::refuse(&refusal, media_type, request_id.as_str()),
    };
    let Ended { kind, outcome } = Ended::of(&response);
    endpoint.house.answered(Answered { kind, outcome, took: start.elapsed() });
    response
}

/// How an operation ended that was run. Goes with its answer.
#[derive(Debug, Clone, Copy)]
struct Ended {
    kind: Kind,
    outcome: Outcome,
}

impl Ended {
    fn of(response: &Response) -> Self {
        response.extensions().get().copied().unwrap_or_else(|| Self {
            kind: Kind::Unknown,
            outcome: if response.status().is_server_error() { Outcome::Failed } else { Outcome::Refused },
        })
    }
}

impl From<OperationType> for Kind {
    fn from(operation: OperationType) -> Self {
        match operation {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

/// One request on its way through.
struct Exchange<'a, S, H> {
    endpoint: &'a Endpoint<S, H>,
    head: &'a Parts,
    media_type: MediaType,
    request_id: &'a RequestId,
}

impl<S: Executor, H: House> Exchange<'_, S, H> {
    async fn answered(&self, body: axum::body::Body) -> Result<Response, Refusal> {
        let visitor = self.admitted().await?;
        let mut tab = Tab::of(&self.endpoint.house, &visitor);
        let answered = self.answered_to(visitor, body, &mut tab.paid).await;
        tab.refused = answered.is_err();
        answered
    }

    async fn answered_to(&self, visitor: Visitor, body: axum::body::Body, paid: &mut u64) -> Result<Response, Refusal> {
        let settings = &self.endpoint.settings;
        let limits = visitor.kind.limits();
        let mut envelope = read(self.head, body, limits.body_bytes, settings.body_timeout).await?;
        let meant = self.endpoint.documents.meant(&envelope, &self.endpoint.house, settings, &visitor).await?;
        let variables = Variables::from_json(std::mem::take(&mut envelope.variables).into());
        let is_dry = asks_for(self.head, &DRY_RUN);
        let chosen = self.chosen(&meant, &envelope, &variables, is_dry)?;
        if is_without_deprecated(self.head) {
            self.endpoint.lasts(&meant, &variables)?;
        }
        let payer = walls::payer(&visitor, self.address());
        let kind = visitor.kind;

        if !is_dry && chosen.cost > limits.cost {
            return Err(Refusal::too_dear(chosen.cost, limits.cost));
        }
        let price = if is_dry { 0 } else { chosen.cost };
        let standing = self.endpoint.pay(payer, kind, price).await?;
        *paid = price;
        let data = if is_dry { dry::data() } else { visitor.data };
        let executed = self.executed(&meant, &envelope, variables, data).await?;
        let outcome = if executed.errors.is_empty() { Outcome::Ok } else { Outcome::Errors };
        let mut response = match outcome {
            Outcome::Ok if is_dry => self.cost_alone(&chosen, standing)?,
            _ => self.written(executed, &meant, &chosen, standing)?,
        };
        response.extensions_mut().insert(Ended { kind: chosen.kind.into(), outcome });
        if let Some(name) = chosen.name {
            response.extensions_mut().insert(OperationName(name));
        }
        Ok(response)
    }

    async fn admitted(&self) -> Result<Visitor, Refusal> {
        let token = authorization::bearer(&self.head.headers)?;
        let headers = &self.head.headers;
        let knock = Knock { token, headers, address: self.address(), request_id: self.request_id };
        Ok(self.endpoint.admitted(knock).await?)
    }

    fn chosen(
        &self,
        meant: &Meant,
        envelope: &Envelope,
        variables: &Variables,
        is_dry: bool,
    ) -> Result<Chosen, Refusal> {
        let chosen = self.endpoint.chosen(meant, envelope, variables)?;
        if chosen.kind == OperationType::Mutation && self.head.method == Method::GET {
            return Err(Refusal::mutation_by_get());
        }
        if chosen.kind == OperationType::Subscription && !is_dry {
            return Err(Refusal::invalid(
                "A subscription is answered at `/graphql/ws`, or here with `Accept: text/event-stream` or \
                 `multipart/mixed;subscriptionSpec=1.0`.",
            ));
        }
        Ok(chosen)
    }

    async fn executed(
        &self,
        meant: &Meant,
        envelope: &Envelope,
        variables: Variables,
        data: Data,
    ) -> Result<Executed, Refusal> {
        let settings = &self.endpoint.settings;
        let mut operation = self.endpoint.operation(meant, envelope, variables);
        operation.data = data;
        // Dropped at the end of its time, the operation gives its database connection back, once its statement is stopped.
        let mut executed = tokio::time::timeout(settings.execution_timeout, self.endpoint.schema.execute(operation))
            .await
            .map_err(|_| Refusal::timed_out(settings.execution_timeout, self.request_id.as_str()))?;
        errors::finish(&mut executed, self.request_id.as_str());
        Ok(executed)
    }

    fn written(
        &self,
        mut executed: Executed,
        meant: &Meant,
        chosen: &Chosen,
        standing: Standing,
    ) -> Result<Response, Refusal> {
        let nothing_ran = errors::nothing_ran(&executed);
        let headers = std::mem::take(&mut executed.http_headers);
        let mut answer = Answer {
            data: (!nothing_ran).then_some(executed.data),
            errors: executed.errors,
            extensions: executed.extensions,
        };
        if asks_for(self.head, &COST) {
            answer.extensions.insert("cost".to_owned(), cost_value(chosen.cost, standing));
        }
        let body = answer.bytes(self.endpoint.settings.response_bytes)?;
        let may_be_kept = self.head.method == Method::GET
            && meant.persisted
            && chosen.kind == OperationType::Query
            && answer.errors.is_empty();
        let mut response = if may_be_kept {
            answer::cacheable(self.media_type, body, &self.head.headers)
        } else {
            let refused = nothing_ran && self.media_type == MediaType::GraphqlResponse;
            let status = if refused { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            answer::respond(status, self.media_type, body)
        };
        response.headers_mut().extend(headers);
        Ok(response)
    }

    fn cost_alone(&self, chosen: &Chosen, standing: Standing) -> Result<Response, Refusal> {
        let mut answer = Answer::default();
        answer.extensions.insert("cost".to_owned(), cost_value(chosen.cost, standing));
        let body = answer.bytes(self.endpoint.settings.response_bytes)?;
        Ok(answer::respond(StatusCode::OK, self.media_type, body))
    }

    fn address(&self) -> std::net::IpAddr {
        walls::address(self.head, self.endpoint.settings.behind_proxy)
    }
}

fn asks_for(head: &Parts, header: &HeaderName) -> bool {
    head.headers.get(header).is_some_and(|value| value == "1")
}

/// Whether the request is held against the schema without what is deprecated in it.
pub(super) fn is_without_deprecated(head: &Parts) -> bool {
    head.uri.query().is_some_and(|query| query.split('&').any(|it| it == WITHOUT_DEPRECATED))
}

/// What a request sends: by POST in its body, by GET in its query string.
pub(super) async fn read(
    head: &Parts,
    body: axum::body::Body,
    maximum: usize,
    patience: Duration,
) -> Result<Envelope, Refusal> {
    match head.method {
        Method::POST if !negotiate::sends_json(&head.headers) => Err(Refusal::unsupported_media_type()),
        Method::POST if negotiate::sends_encoded(&head.headers) => Err(Refusal::unsupported_encoding()),
        Method::POST => Envelope::from_json(&body::read(&head.headers, body, maximum, patience).await?),
        Method::GET => {
            if head.uri.query().is_some_and(|query| query.len() > maximum) {
                return Err(Refusal::too_large(maximum));
            }
            let pairs = Query::try_from_uri(&head.uri)
                .map_err(|_| Refusal::bad_request("The query string is not well formed."))?;
            Envelope::from_pairs(pairs.0)
        }
        _ => Err(Refusal::method_not_allowed("GET, POST", "Send GraphQL by POST, or a query by GET.")),
    }
}

/// As it stands in `extensions.cost`: `maximum` is a full bucket, `restoreRate` points per second.
fn cost_value(requested: u64, standing: Standing) -> Value {
    value!({
        "requested": requested,
        "maximum": (standing.allowance.capacity),
        "available": (standing.available),
        "restoreRate": (standing.allowance.per_second),
    })
}
