//! A small schema behind the real walls, on a real socket: what the `http_*` tests speak to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_graphql::futures_util::stream::{self, Stream, StreamExt};
use async_graphql::{Context, Data, Object, Schema, SimpleObject, Subscription};
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, Utc};
use glans::http::house::{Denied, Fault, House, Knock, Visitor};
use glans::http::{CallerKind, Endpoint, Settings, Stopping, hardened, keep_serving, router};
use glans::platform::error::{Code, Error, Result, coded};
use glans::platform::scalars::{self, LocalDate};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How often a resolver ran that must not run when a request is refused.
#[derive(Clone, Default)]
pub(crate) struct Runs(Arc<AtomicUsize>);

impl Runs {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The name of who is signed in.
struct SignedIn(&'static str);

pub(crate) struct Query;
pub(crate) struct Mutation;

#[derive(SimpleObject, Clone)]
struct School {
    name: String,
}

#[derive(SimpleObject)]
struct SchoolConnection {
    nodes: Vec<School>,
}

#[derive(SimpleObject)]
struct Layer {
    name: String,
}

#[Object]
impl Query {
    async fn greeting(&self) -> &'static str {
        "hello"
    }
    #[graphql(deprecation = "Use `greeting`. Removal on 2031-01-01.")]
    async fn salutation(&self) -> &'static str {
        "hello"
    }
    async fn viewer(&self, ctx: &Context<'_>) -> Option<&'static str> {
        ctx.data_opt::<SignedIn>().map(|signed_in| signed_in.0)
    }
    async fn schools(&self, first: Option<i32>) -> SchoolConnection {
        let count = usize::try_from(first.unwrap_or(25)).unwrap_or(0);
        SchoolConnection { nodes: vec![School { name: "De Linde".to_owned() }; count] }
    }
    async fn nothing_found(&self) -> Result<Option<School>> {
        Err(coded(Code::NotFound, "No such school."))
    }
    async fn broken(&self) -> Result<Option<i32>> {
        Err(Error::fault("relation \"school\" does not exist"))
    }
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_mins(1)).await;
        1
    }
    async fn panicking(&self, number: Option<i32>) -> i32 {
        number.expect("the secret is hunter2")
    }
    async fn long(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }
    async fn layer(&self) -> Layer {
        Layer { name: "one".to_owned() }
    }
}

#[Object]
impl Mutation {
    async fn school_close(&self, ctx: &Context<'_>) -> bool {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        true
    }
    async fn school_close_on(&self, ctx: &Context<'_>, day: LocalDate) -> LocalDate {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        day
    }
    async fn school_close_at(&self, ctx: &Context<'_>, at: scalars::Instant) -> DateTime<Utc> {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        at.0
    }
    async fn session_create(&self, ctx: &Context<'_>, password: String) -> bool {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        password == "right"
    }
}

pub(crate) struct Following;

#[Subscription]
impl Following {
    async fn counted(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }
    async fn endless(&self) -> impl Stream<Item = i32> {
        stream::once(async { 1 }).chain(stream::pending())
    }
    /// Large answers, as fast as they are taken.
    async fn flood(&self, kib: Option<usize>) -> impl Stream<Item = String> {
        stream::repeat("x".repeat(kib.unwrap_or(32) * 1024))
    }
    async fn closed(&self) -> Result<stream::Empty<i32>> {
        Err(coded(Code::NotFound, "No such thing."))
    }
    /// Goes on no longer after its first answer.
    async fn breaking(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        let gone = async_graphql::Error::from(coded(Code::NotFound, "No such thing any more."));
        stream::iter([Ok(1), Err(gone)])
    }
    async fn bursting(&self) -> impl Stream<Item = i32> {
        stream::once(async { panic!("the secret is hunter2") as i32 })
    }
}

/// What does not happen by then never will.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What is said while others hold what it takes to know a token or document.
pub(crate) const COME_AGAIN: &str = "Others are at work just now. Try again in 5 seconds.";

/// Knows a few tokens, a few trusted documents, and whether its database is up.
#[derive(Clone, Default)]
pub(crate) struct SmallHouse {
    pub(crate) trusted: Arc<Mutex<HashMap<String, String>>>,
    pub(crate) down: Arc<AtomicBool>,
    /// Whether the token of the person was taken back.
    pub(crate) revoked: Arc<AtomicBool>,
    /// Whether others hold what it takes to know a token or document.
    pub(crate) held: Arc<AtomicBool>,
    /// Whether they hold it for the next document only.
    pub(crate) held_once: Arc<AtomicBool>,
    /// Whether nothing can be looked up, for a fault.
    pub(crate) faulty: Arc<AtomicBool>,
    /// Milliseconds that it takes to know a token, and to know a document.
    pub(crate) slow: Arc<AtomicU64>,
    /// How often an answer of a stream was said to be made.
    pub(crate) rests: Arc<AtomicUsize>,
    /// How often the token of who follows was looked at again and did not count.
    pub(crate) denied: Arc<AtomicUsize>,
}

impl SmallHouse {
    async fn looks(&self) {
        tokio::time::sleep(Duration::from_millis(self.slow.load(Ordering::SeqCst))).await;
    }
}

impl House for SmallHouse {
    async fn admit(&self, knock: Knock<'_>) -> Result<Visitor, Denied> {
        self.looks().await;
        let (kind, name) = match knock.token {
            None => return Ok(Visitor::new(CallerKind::Anonymous, None, Data::default())),
            Some(_) if self.held.load(Ordering::SeqCst) => {
                return Err(Denied::Later { message: COME_AGAIN.to_owned(), retry_after_seconds: 5 });
            }
            Some(_) if self.faulty.load(Ordering::SeqCst) => {
                return Err(Denied::Fault("the server is gone".to_owned()));
            }
            Some("person") if self.revoked.load(Ordering::SeqCst) => return Err(Denied::Invalid),
            Some("person") => (CallerKind::Person, "Fenna"),
            Some("client") => (CallerKind::ApiClient, "Rooster B.V."),
            Some("expired") => return Err(Denied::Expired),
            Some("unlucky") => return Err(Denied::Fault("connection to 10.0.0.7 refused".to_owned())),
            Some(_) => return Err(Denied::Invalid),
        };
        let mut data = Data::default();
        data.insert(SignedIn(name));
        Ok(Visitor::new(kind, Some(name.to_owned()), data))
    }

    async fn renew(&self, knock: Knock<'_>, _: &Data) -> Result<(), Denied> {
        let renewed = self.admit(knock).await.map(drop);
        if renewed.is_err() {
            self.denied.fetch_add(1, Ordering::SeqCst);
        }
        renewed
    }

    async fn rest(&self, _: &Data) {
        self.rests.fetch_add(1, Ordering::SeqCst);
    }

    async fn trusted_document(&self, id: &str) -> Result<Option<String>, Denied> {
        self.looks().await;
        if self.held.load(Ordering::SeqCst) || self.held_once.swap(false, Ordering::SeqCst) {
            return Err(Denied::Later { message: COME_AGAIN.to_owned(), retry_after_seconds: 5 });
        }
        if self.faulty.load(Ordering::SeqCst) {
            return Err(Denied::Fault("the server is gone".to_owned()));
        }
        Ok(self.trusted.lock().unwrap().get(id).cloned())
    }

    async fn ready(&self) -> Result<(), Fault> {
        if self.down.load(Ordering::SeqCst) { Err(Fault("database is down".to_owned())) } else { Ok(()) }
    }
}

/// A server for one test.
pub(crate) struct Door {
    pub(crate) url: String,
    pub(crate) house: SmallHouse,
    pub(crate) runs: Runs,
    pub(crate) stopping: Stopping,
    pub(crate) client: reqwest::Client,
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let (house, runs, stopping) = (SmallHouse::default(), Runs::default(), Stopping::default());
        let schema = hardened(Schema::build(Query, Mutation, Following)).data(runs.clone()).finish();
        let endpoint = Endpoint::new(schema.clone(), &schema.sdl(), &[], house.clone(), settings).unwrap();
        let beside =
            Router::new().route("/panicking", get(|| async { panic!("the secret is hunter2") as &'static str }));
        let router = router(endpoint, stopping.clone(), beside);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(keep_serving(listener, router));
        Self { url, house, runs, stopping, client: reqwest::Client::new() }
    }

    pub(crate) fn trust(&self, id: &str, text: &str) {
        self.house.trusted.lock().unwrap().insert(id.to_owned(), text.to_owned());
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// A POST of `body`, as `application/graphql-response+json` is asked for today.
    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        self.client
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json")
            .json(body)
    }

    /// As [`Door::post`], the status and the body.
    pub(crate) async fn ask(&self, query: &str) -> (u16, Value) {
        read(self.post(&json!({ "query": query }))).await
    }

    /// Until the token of who follows was looked at again, and did not count.
    pub(crate) async fn is_looked_at_again(&self) {
        let looked = async {
            while self.house.denied.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.expect("a look in time");
    }

    /// Until no answer of a stream is made any more; how many were. A busy machine comes to nothing for a while: four
    /// seconds of the same are the end of it.
    pub(crate) async fn comes_to_rest(&self) -> usize {
        let begun = Instant::now();
        let (mut made, mut looks) = (0, 0);
        while made == 0 || looks < 8 {
            assert!(begun.elapsed() < 2 * PATIENCE, "no rest: {made} made");
            tokio::time::sleep(Duration::from_millis(500)).await;
            let by_now = self.house.rests.load(Ordering::SeqCst);
            looks = if by_now == made { looks + 1 } else { 0 };
            made = by_now;
        }
        made
    }
}

/// Status and JSON body of an answer.
pub(crate) async fn read(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The code of the first error.
pub(crate) fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

/// A header as text, empty when it is not there.
pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}
