//! `/graphql`: GraphQL over HTTP, one request from its first byte to its last.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{OperationDefinition, OperationType};
use async_graphql::{Data, Executor, Name, Request as Operation, Response as Executed, Value, Variables, value};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{self, Answer};
use super::authorization;
use super::body;
use super::cost;
use super::cost::bucket::{Allowance, Payer, Standing};
use super::documents::Meant;
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::errors;
use super::graphiql;
use super::guard::shape;
use super::house::{House, Knock, Visitor};
use super::log::OperationName;
use super::negotiate::{self, MediaType};
use super::refusal::Refusal;
use super::request_id::RequestId;

/// `X-Cost: 1` adds `extensions.cost` to the answer.
const COST: HeaderName = HeaderName::from_static("x-cost");
/// `X-Cost-Dry-Run: 1` answers the cost alone; nothing runs and nothing is paid.
const DRY_RUN: HeaderName = HeaderName::from_static("x-cost-dry-run");

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
    let Some(media_type) = MediaType::accepted(&head.headers) else {
        return answer::refuse(&Refusal::not_acceptable(), MediaType::Json, request_id.as_str());
    };
    let exchange = Exchange { endpoint: &endpoint, head: &head, media_type, request_id: &request_id };
    match exchange.answered(body).await {
        Ok(response) => response,
        Err(refusal) => answer::refuse(&refusal, media_type, request_id.as_str()),
    }
}

/// One request on its way through.
struct Exchange<'a, S, H> {
    endpoint: &'a Endpoint<S, H>,
    head: &'a Parts,
    media_type: MediaType,
    request_id: &'a RequestId,
}

/// The operation of a request, and what it costs.
struct Chosen {
    name: Option<Name>,
    kind: OperationType,
    cost: u64,
}

impl<S: Executor, H: House> Exchange<'_, S, H> {
    async fn answered(&self, body: axum::body::Body) -> Result<Response, Refusal> {
        let settings = &self.endpoint.settings;
        let visitor = self.admitted().await?;
        let limits = visitor.kind.limits();
        let mut envelope = self.envelope(body, limits.body_bytes).await?;
        let meant = self.endpoint.documents.meant(&envelope, &self.endpoint.house, settings, &limits).await?;
        let variables = Variables::from_json(std::mem::take(&mut envelope.variables).into());
        let chosen = self.chosen(&meant, &envelope, &variables)?;
        let payer = self.payer(&visitor);
        let kind = visitor.kind;

        if self.asks_for(&DRY_RUN) {
            let standing = self.pay(payer, kind, 0).await?;
            return self.cost_alone(&chosen, standing);
        }
        if chosen.cost > limits.cost {
            return Err(Refusal::too_dear(chosen.cost, limits.cost));
        }
        let standing = self.pay(payer, kind, chosen.cost).await?;
        let executed = self.executed(&meant, &envelope, variables, visitor.data).await?;
        let mut response = self.written(executed, &meant, &chosen, standing)?;
        if let Some(name) = chosen.name {
            response.extensions_mut().insert(OperationName(name));
        }
        Ok(response)
    }

    async fn admitted(&self) -> Result<Visitor, Refusal> {
        let token = authorization::bearer(&self.head.headers)?;
        let headers = &self.head.headers;
        let knock = Knock { token, headers, address: self.address(), request_id: self.request_id };
        Ok(self.endpoint.house.admit(knock).await?)
    }

    async fn envelope(&self, body: axum::body::Body, maximum: usize) -> Result<Envelope, Refusal> {
        match self.head.method {
            Method::POST if !negotiate::sends_json(&self.head.headers) => Err(Refusal::unsupported_media_type()),
            Method::POST => {
                let bytes = body::read(&self.head.headers, body, maximum, self.endpoint.settings.body_timeout).await?;
                Envelope::from_json(&bytes)
            }
            Method::GET => {
                if self.head.uri.query().is_some_and(|query| query.len() > maximum) {
                    return Err(Refusal::too_large(maximum));
                }
                let pairs = Query::try_from_uri(&self.head.uri)
                    .map_err(|_| Refusal::bad_request("The query string is not well formed."))?;
                Envelope::from_pairs(pairs.0)
            }
            _ => Err(Refusal::method_not_allowed("GET, POST", "Send GraphQL by POST, or a query by GET.")),
        }
    }

    fn chosen(&self, meant: &Meant, envelope: &Envelope, variables: &Variables) -> Result<Chosen, Refusal> {
        let document = &meant.document.syntax;
        let (name, operation) = shape::chosen(document, envelope.operation_name.as_deref())?;
        if operation.ty == OperationType::Mutation && self.head.method == Method::GET {
            return Err(Refusal::method_not_allowed("POST", "A mutation is sent by POST."));
        }
        if operation.ty == OperationType::Subscription {
            return Err(Refusal::invalid("A subscription is not answered on this transport."));
        }
        provided(operation, variables)?;
        let cost = cost::of(&self.endpoint.types, document, operation, variables);
        Ok(Chosen { name: name.cloned(), kind: operation.ty, cost })
    }

    async fn pay(&self, payer: Payer, kind: super::CallerKind, cost: u64) -> Result<Standing, Refusal> {
        if !self.endpoint.settings.rate_limits {
            let allowance = Allowance::of(kind);
            return Ok(Standing { allowance, available: allowance.capacity });
        }
        self.endpoint
            .buckets
            .spend(payer, kind, cost, Instant::now())
            .await
            .map_err(|empty| Refusal::rate_limited(empty.retry_after))
    }

    async fn executed(
        &self,
        meant: &Meant,
        envelope: &Envelope,
        variables: Variables,
        data: Data,
    ) -> Result<Executed, Refusal> {
        let settings = &self.endpoint.settings;
        let mut operation = Operation::new(String::new()).variables(variables);
        operation.operation_name.clone_from(&envelope.operation_name);
        operation.set_parsed_query(meant.document.syntax.clone());
        if !settings.introspection {
            operation = operation.disable_introspection();
        }
        operation.data = data;
        // Dropped at the end of its time, the operation gives its database connection back.
        let mut executed = tokio::time::timeout(settings.execution_timeout, self.endpoint.schema.execute(operation))
            .await
            .map_err(|_| Refusal::timed_out(settings.execution_timeout))?;
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
        if self.asks_for(&COST) {
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

    fn asks_for(&self, header: &HeaderName) -> bool {
        self.head.headers.get(header).is_some_and(|value| value == "1")
    }

    fn payer(&self, visitor: &Visitor) -> Payer {
        match &visitor.payer {
            Some(payer) => Payer::Known(payer.clone()),
            None => Payer::address(self.address()),
        }
    }

    /// The caller's address: of the connection, or what our own proxy says it is.
    fn address(&self) -> std::net::IpAddr {
        let connection = self.head.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = self.head.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded
            .filter(|_| self.endpoint.settings.behind_proxy)
            .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        forwarded.or(connection).unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into())
    }
}

/// Refuses an operation whose required variables are not all there (specification, section 6.1.2). The engine would run
/// it, with null where null cannot be.
fn provided(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    let missing = operation.variable_definitions.iter().find(|definition| {
        let given = variables.get(&definition.node.name.node);
        let absent = given.is_none() && definition.node.default_value.is_none();
        !definition.node.var_type.node.nullable && (absent || given == Some(&Value::Null))
    });
    missing.map_or(Ok(()), |definition| Err(Refusal::missing_variable(&definition.node.name.node)))
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
