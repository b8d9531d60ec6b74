//! A read replica: published figures come from there, and nothing else does.
//!
//! Here it is the database of another world: the same boards, and what is written to the one never comes to the other. So it
//! is a replica that is behind for as long as the test wishes.

use std::sync::Arc;

use chrono::NaiveDate;
use glans::access::Standings;
use glans::app::App;
use glans::call::{Call, today};
use glans::metrics::exports;
use glans::platform::config::Config;
use glans::platform::db::{Database, LEFT_ALONE};
use glans_entity::metrics::{Level, Metric, export_chunk, figure, milestone};
use glans_entity::scope::Scope;
use glans_tests::{Engine, Setting, Who, World, run};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::ask::{act, codes};
use crate::identity::{PASSWORD, let_sign_in};

const ENGAGEMENT: &str = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) {
    series { points { numerator } } } }";
const SIGN_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    tokens { accessToken } userErrors { code } } }";
/// A Monday.
const MONDAY: &str = "2026-08-03";
const SUNDAY: &str = "2026-08-09";
/// What is counted at the database, and what at its replica.
const AT_HOME: i64 = 11;
const AT_THE_REPLICA: i64 = 12;
/// Of one request, as many as there may be connections to the replica.
const QUESTIONS: usize = 16;

/// A process over the database of a world, with that of another one as its replica.
struct Pair {
    app: Arc<App>,
    replica: World,
}

impl Pair {
    async fn of(world: &World) -> Self {
        let replica = World::prepare(Engine::Postgres).await.expect("the engine is there: this test runs on it");
        let url = replica.app.config.database_url.clone();
        let db = Database::connect(&world.app.config.database_url).await.unwrap();
        let db = db.with_replica(Some(url.as_str())).await.unwrap();
        let config = Config { database_read_url: Some(url), ..world.app.config.clone() };
        let app = App::new(config, db, world.app.clock.clone()).unwrap();
        sow(world, AT_HOME).await;
        sow(&replica, AT_THE_REPLICA).await;
        Self { app, replica }
    }

    fn statements(&self) -> u64 {
        self.app.db.replica_statement_count().unwrap()
    }

    /// Ends all connections to the replica, and lets no other begin until it is back.
    async fn is_away(&self, database: &DatabaseConnection) {
        let name = self.name();
        database.execute_unprepared(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
        self.is_cut_off(database).await;
    }

    /// Ends all connections to the replica, which takes others at once.
    async fn is_cut_off(&self, database: &DatabaseConnection) {
        let ended = format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE application_name = 'glans-replica' AND datname = '{}'",
            self.name()
        );
        assert!(database.execute_unprepared(&ended).await.unwrap().rows_affected() > 0, "it is known by its name");
    }

    async fn is_back(&self, database: &DatabaseConnection) {
        let name = self.name();
        database.execute_unprepared(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    }

    fn name(&self) -> &str {
        let (_, name) = self.replica.app.config.database_url.rsplit_once('/').expect("a database URL ends in /name");
        name.split('?').next().expect("the first part is always there")
    }

    async fn end(self) {
        self.app.db.clone().close().await.unwrap();
        drop(self.app);
        Box::pin(self.replica.remove()).await.remove().await;
    }
}

/// How many are reached in a week at the first school.
async fn sow(world: &World, numerator: i64) {
    let (school, monday) = (world.ours.schools[0].0, MONDAY.parse::<NaiveDate>().unwrap());
    world
        .sow(&world.ours, async |sower| {
            let reach = sower.figure(Metric::Reach, Level::School, school, monday);
            sower.figures([figure::Model { numerator, ..reach }]).await;
        })
        .await;
}

/// The same as its leader sees it.
async fn seen(world: &World, app: &Arc<App>) -> Option<i64> {
    let call = Call::new(Arc::clone(app), world.standing(Who::Leader).await, "test".to_owned());
    let input = json!({ "metrics": ["REACH"], "from": MONDAY, "to": SUNDAY });
    let answer = world.execute_call(call, ENGAGEMENT, json!({ "scope": world.ours.schools[0], "input": input })).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    answer.body.pointer("/data/engagement/series/0/points/0/numerator").and_then(Value::as_i64)
}

/// The figures are published up to that day.
async fn publish(world: &World) {
    reach(world, "figures", "2026-08-10").await;
}

async fn reach(world: &World, kind: &str, reached: &str) {
    let (kind, reached) = (kind.to_owned(), reached.to_owned());
    let row = milestone::Model { board_id: world.ours.id, kind, reached, at: world.app.clock.now() };
    let db = world.writing().await;
    milestone::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// The rows of a file of the same.
async fn file(world: &World, app: &Arc<App>) -> String {
    let file = json!({ "scope": world.ours.schools[0], "from": MONDAY, "to": SUNDAY, "breakdown": "NONE",
        "format": "CSV" });
    assert_eq!(codes(&act(world, Who::Admin, "exportStart", "", file).await), Vec::<&str>::new());
    assert_eq!(exports::round(app).await.unwrap(), 1);
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    let blocks = export_chunk::Entity::find().all(&db).await.unwrap();
    String::from_utf8(blocks.into_iter().flat_map(|block| block.bytes).collect()).unwrap()
}

async fn figures_come_from_the_replica(world: &World) {
    let pair = Pair::of(world).await;
    assert_eq!(seen(world, &world.app).await, Some(AT_HOME), "without a replica");
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    let before = pair.statements();
    assert!(before > 0);

    // Whom only the database knows signs in.
    let email = let_sign_in(world, Who::Leader).await;
    let call = Call::new(Arc::clone(&pair.app), Standings::anonymous(&pair.app), "test".to_owned());
    let input = json!({ "input": { "email": email, "password": PASSWORD } });
    let signed_in = world.execute_call(call, SIGN_IN, input).await;
    assert!(signed_in.body["data"]["sessionCreate"]["tokens"]["accessToken"].is_string(), "{}", signed_in.body);
    assert_eq!(pair.statements(), before, "a sign-in is none of its business");

    let rows = file(world, &pair.app).await;
    assert!(rows.ends_with(&format!(",{AT_THE_REPLICA},20,0,\r\n")), "a file is made from there: {rows}");
    pair.end().await;
}

async fn what_is_missing_at_the_replica_alone_is_read_from_the_database(world: &World) {
    let pair = Pair::of(world).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    reach(&pair.replica, milestone::PARTIAL, "2026-08-01").await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_HOME), "there it is whole by now");
    let rows = file(world, &pair.app).await;
    assert!(rows.ends_with(&format!(",{AT_HOME},20,0,\r\n")), "{rows}");
    pair.end().await;
}

async fn a_request_has_few_connections_to_the_replica_however_much_it_asks(world: &World) {
    let pair = Pair::of(world).await;
    let call = Call::new(Arc::clone(&pair.app), world.standing(Who::Leader).await, "test".to_owned());
    let field = |at| format!("q{at}: engagement(scope: $scope, input: $input) {{ from }}");
    let fields: Vec<String> = (0..QUESTIONS).map(field).collect();
    let document = format!("query($scope: ID!, $input: EngagementInput!) {{ {} }}", fields.join(" "));
    let input = json!({ "metrics": ["REACH"], "from": MONDAY, "to": SUNDAY });
    let variables = json!({ "scope": world.ours.schools[0], "input": input });
    let answer = world.execute_call(call, &document, variables).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.body);
    let pools = pair.app.db.pools();
    let open = pools.iter().find(|pool| pool.pool == "replica").expect("there is one").open;
    // One at a time: the one after it may not wait until it is given back.
    assert!((1..=4).contains(&open), "{open} for {QUESTIONS} questions");
    pair.end().await;
}

async fn what_a_board_withdrew_is_seen_by_nobody_however_late_the_replica_is(world: &World) {
    let pair = Pair::of(world).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    let wish = json!({ "id": world.ours.id, "leastShown": 11 });
    assert_eq!(codes(&act(world, Who::Admin, "boardUpdate", "", wish).await), Vec::<&str>::new());
    assert_eq!(seen(world, &pair.app).await, None);
    pair.end().await;
}

async fn what_is_told_to_be_published_is_there(world: &World) {
    let pair = Pair::of(world).await;
    publish(world).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_HOME), "the replica has not heard of it");
    publish(&pair.replica).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    pair.end().await;
}

async fn who_asks_while_the_replica_is_away_is_answered_by_the_database(world: &World) {
    let pair = Pair::of(world).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    let database = world.app.db.connection();
    pair.is_away(database).await;
    assert_eq!(seen(world, &pair.app).await, Some(AT_HOME));
    let before = pair.statements();
    assert_eq!(seen(world, &pair.app).await, Some(AT_HOME));
    assert_eq!(pair.statements(), before, "it is left alone for a while");
    pair.is_back(database).await;
    pair.end().await;
}

/// As when it was started again: what it ended is no reason to leave it alone.
async fn who_asks_after_the_replica_was_started_again_is_answered_by_it(world: &World) {
    let pair = Pair::of(world).await;
    let mut answered = seen_after_a_start(world, &pair).await;
    if answered == Some(AT_HOME) {
        // On a busy machine a new connection may come later than anybody waits for it. It does not twice.
        tokio::time::sleep(LEFT_ALONE).await;
        answered = seen_after_a_start(world, &pair).await;
    }
    assert_eq!(answered, Some(AT_THE_REPLICA));
    pair.end().await;
}

/// What is seen when all connections to the replica have just ended, of which there was one.
async fn seen_after_a_start(world: &World, pair: &Pair) -> Option<i64> {
    assert_eq!(seen(world, &pair.app).await, Some(AT_THE_REPLICA));
    pair.is_cut_off(world.app.db.connection()).await;
    seen(world, &pair.app).await
}

macro_rules! on_postgres {
    ($($test:ident),+ $(,)?) => {
        mod postgres {
            $(#[test] fn $test() { super::run(super::Engine::Postgres, super::$test); })+
        }
    };
}

on_postgres!(
    a_request_has_few_connections_to_the_replica_however_much_it_asks,
    figures_come_from_the_replica,
    what_a_board_withdrew_is_seen_by_nobody_however_late_the_replica_is,
    what_is_missing_at_the_replica_alone_is_read_from_the_database,
    what_is_told_to_be_published_is_there,
    who_asks_after_the_replica_was_started_again_is_answered_by_it,
    who_asks_while_the_replica_is_away_is_answered_by_the_database,
);
