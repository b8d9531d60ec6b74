//! The program with an integrator into whose endpoints a test can look.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use glans::access::{ApiScope, ClientActor, Standing, Standings};
use glans::app::App;
use glans::metrics::webhooks::deliveries::rules::SCHEDULE;
use glans::metrics::webhooks::deliveries::sender::Sender;
use glans::metrics::webhooks::fan_out;
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans::platform::outbox::{self, Event};
use glans_entity::ids::{ApiClientId, BoardId, WebhookEndpointId};
use glans_entity::metrics::webhook_endpoint;
use glans_tests::seed::Board;
use glans_tests::{FakeGateway, Hooked, Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::ask::{act, act_in, ask};

const DELIVERIES: &str = "query($endpoint: ID!) { webhookDeliveries(endpoint: $endpoint, first: 100) {
    nodes { id messageId event state attempts lastStatus failure attemptedAt nextAttemptAt finishedAt } } }";

/// Another process over the database of a world, which may call its neighbours.
pub(super) struct Stage<'w> {
    pub world: &'w World,
    pub gateway: FakeGateway,
    pub app: Arc<App>,
    pub sender: Arc<Sender>,
}

/// An endpoint of the integrator of the first board.
pub(super) struct Endpoint {
    pub id: WebhookEndpointId,
    pub secret: String,
}

impl<'w> Stage<'w> {
    pub async fn set(world: &'w World) -> Self {
        Self::with_key(world, world.app.config.secret_key.clone()).await
    }

    /// One whose operator gave it this key.
    pub async fn with_key(world: &'w World, secret_key: Option<String>) -> Self {
        let config = Config {
            database_url: world.app.config.database_url.clone(),
            secret_key,
            webhooks_allow_http: true,
            ..Config::default()
        };
        let db = Database::connect(&config.database_url).await.unwrap();
        let app = App::new(config, db, world.app.clock.clone()).unwrap();
        let sender = Sender::new(Arc::clone(&app)).unwrap();
        Self { world, gateway: FakeGateway::start().await, app, sender }
    }

    /// An endpoint that is told of lessons, and leads to the one of this name.
    pub async fn endpoint(&self, name: &str) -> Endpoint {
        let made = endpoint(self.world, &["LESSON_TAUGHT"]).await;
        leads_to(self.world, made.id, &self.gateway.hook(name)).await;
        made
    }

    /// A lesson was taught at the first school.
    pub async fn taught(&self) {
        happens(self.world, self.world.ours.id, "lesson.taught", taught(&self.world.ours)).await;
    }

    /// Makes deliveries of all that happened, and sends what is due.
    pub async fn works(&self) {
        fan_out::round(&self.app).await.unwrap();
        self.sender.round().await.unwrap();
    }

    /// Lets so much time pass that every try is made of what is under way, four days at most.
    pub async fn every_try(&self) {
        for wait in &SCHEDULE[1..] {
            // With its jitter it is a fifth later at most; a test takes a moment itself.
            self.after(*wait * 6 / 5 + TimeDelta::seconds(1)).await;
        }
    }

    /// Lets time pass, and sends what is due then.
    pub async fn after(&self, pass: TimeDelta) {
        self.world.app.clock.turn(pass);
        self.works().await;
    }
}

/// An endpoint of the integrator of the first board, somewhere on the internet.
pub(super) async fn endpoint(world: &World, events: &[&str]) -> Endpoint {
    let input = json!({ "client": world.ours.client, "url": "https://hooks.example.org/", "events": events });
    let made = act(world, Who::Admin, "webhookEndpointCreate", "webhookEndpoint { id } secret", input).await;
    Endpoint::of(&made)
}

impl Endpoint {
    /// What was answered to who made it.
    fn of(made: &Value) -> Self {
        Self {
            id: made["webhookEndpoint"]["id"].as_str().expect("an endpoint").parse().unwrap(),
            secret: made["secret"].as_str().expect("a secret").to_owned(),
        }
    }
}

/// An endpoint of this client of `board` that is told of lessons, by its administrator.
pub(super) async fn endpoint_of(world: &World, board: &Board, client: ApiClientId) -> Endpoint {
    let admin = world.standing_in(board, Who::Admin).await;
    let input = json!({ "client": client, "url": "https://hooks.example.org/", "events": ["LESSON_TAUGHT"] });
    let made = act_in(world, &admin, "webhookEndpointCreate", "webhookEndpoint { id } secret", input).await;
    Endpoint::of(&made)
}

/// Lets an endpoint lead to where the API would not let it.
pub(super) async fn leads_to(world: &World, id: WebhookEndpointId, url: &str) {
    use webhook_endpoint::Column;
    let db = world.writing().await;
    let moved = webhook_endpoint::Entity::update_many().col_expr(Column::Url, Expr::value(url));
    assert_eq!(moved.filter(Column::Id.eq(id)).exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

/// Something happens in a board.
pub(super) async fn happens(world: &World, board: BoardId, kind: &'static str, payload: Value) {
    let db = world.writing().await;
    outbox::emit(&db, Some(board), Event { kind, payload }, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}

/// What the outbox says of a lesson that was taught at the first school of `board`.
pub(super) fn taught(board: &Board) -> Value {
    json!({ "schoolCohort": board.school_cohorts[0], "school": board.schools[0], "lesson": board.published.lesson })
}

/// The deliveries to an endpoint as an administrator sees them, the oldest first.
pub(super) async fn deliveries(world: &World, id: WebhookEndpointId) -> Vec<Value> {
    let mut seen = ask(world, Who::Admin, DELIVERIES, json!({ "endpoint": id })).await;
    let mut nodes: Vec<Value> = serde_json::from_value(seen["webhookDeliveries"]["nodes"].take()).unwrap();
    nodes.reverse();
    nodes
}

/// What became of the deliveries to an endpoint, the oldest first, as `FAILED 3 500`: the state, the tries, the last answer.
pub(super) async fn fates(world: &World, id: WebhookEndpointId) -> Vec<String> {
    let fate = |node: &Value| {
        let status = node["lastStatus"].as_i64().map_or_else(|| "-".to_owned(), |status| status.to_string());
        format!("{} {} {status}", node["state"].as_str().unwrap(), node["attempts"])
    };
    deliveries(world, id).await.iter().map(fate).collect()
}

/// An API client with the scope for webhooks, under the id of the integrator of `board`.
pub(super) fn integrator(world: &World, board: &Board) -> Arc<Standing> {
    let scopes = vec![ApiScope::WebhooksWrite];
    Standings::of_client(&world.app, ClientActor { id: board.client, board: board.id, scopes, schools: None })
}

/// Whether one of the signatures is by this secret: computed apart from the program.
pub(super) fn is_signed_by(secret: &str, hooked: &Hooked) -> bool {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let content = format!("{}.{}.{}", hooked.id, hooked.timestamp, hooked.body);
    hooked.signature.split(' ').any(|signature| {
        let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1,").expect("version 1")).expect("base64");
        hmac::verify(&key, content.as_bytes(), &signature).is_ok()
    })
}
