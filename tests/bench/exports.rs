//! What memory a server process takes to write very many figures into a file, and to hand it out.

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use glans::background::Background;
use glans::call::today;
use glans::cli;
use glans::http::Stopping;
use glans_entity::ids::SchoolId;
use glans_entity::metrics::{Level, Metric, figure, milestone};
use glans_entity::organisation::school;
use glans_tests::{Actor, Engine, Setting, Who, World};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable};
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use crate::server::{self, Server};

const WEEKS: u64 = 52;
const FIRST_WEEK: &str = "2026-08-03";
/// The end of the last week.
const LAST_DAY: &str = "2027-08-01";
/// How often it is looked.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
const MIB: u64 = 1024;
/// What a process may ever have held, in MiB.
const MOST_HELD: u64 = 200;
/// Letters of the name of a school, at most.
const NAME: usize = 120;
const AT_ONCE: usize = 500;

/// The API with its rounds, as a process of its own.
pub(crate) async fn serve(url: &str) {
    let app = server::app(url).await;
    let router = cli::router(&app, Stopping::default()).expect("a sound configuration");
    let _rounds = Background::start(&app);
    server::serve(router).await;
}

/// Makes and fetches a file of so many figures in each form, and prints what it took.
pub(crate) async fn measure(figures: usize) {
    println!(
        "{:<11}{:<8}{:>10}{:>12}{:>10}{:>12}{:>22}{:>14}",
        "", "", "rows", "bytes", "made", "fetched", "VmHWM (≤ 200 MiB)", "RssAnon"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(world) = World::prepare(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        sow(&world, figures).await;
        publish_nothing(&world).await;
        if world.engine() == Engine::Postgres {
            // What it finds out by itself of a database that was not filled a moment ago.
            world.app.db.connection().execute_unprepared("ANALYZE").await.expect("a database of ours");
        }
        for format in ["CSV", "NDJSON"] {
            of_format(&world, format).await;
        }
        Box::pin(world.remove()).await.remove().await;
    }
}

async fn of_format(world: &World, format: &str) {
    let server = Server::start("exporting", &world.app.config.database_url);
    let token = world.actor(Who::Admin).await.token().to_owned();
    let admin = Actor::anonymous("admin", &server.address).with_token(&token);
    let input = json!({
        "scope": world.ours.id.to_string(), "from": FIRST_WEEK, "to": LAST_DAY, "breakdown": "SCHOOL", "format": format,
    });
    let begun = Instant::now();
    let started = admin.does("exportStart", "metricExport { id }", input).await;
    let id = started.text_at("exportStart.metricExport.id").to_owned();
    let mut anonymous = 0;
    let ready = loop {
        anonymous = anonymous.max(kib(server.process(), "RssAnon:"));
        let state = "query($id: ID!) { metricExport(id: $id) { status rowCount byteLength failure } }";
        let state = admin.asks_with(state, json!({ "id": id })).await.at("metricExport").clone();
        match state["status"].as_str() {
            Some("READY") => break state,
            Some("FAILED") => panic!("{state}"),
            _ => sleep(LOOK_AGAIN).await,
        }
    };
    let made = begun.elapsed();
    let begun = Instant::now();
    let bytes = fetch(&server.address, &token, &id).await;
    assert_eq!(Value::from(bytes), ready["byteLength"], "the file is whole");
    anonymous = anonymous.max(kib(server.process(), "RssAnon:"));
    let held = kib(server.process(), "VmHWM:") / MIB;
    println!(
        "{:<11}{format:<8}{:>10}{bytes:>12}{:>8.1} s{:>10.1} s{held:>18} MiB{:>10} MiB",
        world.engine().to_string(),
        ready["rowCount"].to_string(),
        made.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        anonymous / MIB,
    );
    assert!(held <= MOST_HELD, "{held} MiB were held");
}

/// Takes a file piece by piece; how many bytes it has.
async fn fetch(address: &str, token: &str, id: &str) -> u64 {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let mut answer = client.get(format!("{address}/exports/{id}")).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let mut bytes = 0;
    while let Some(piece) = answer.chunk().await.expect("a file that does not break off") {
        bytes += piece.len() as u64;
    }
    bytes
}

/// As if the figures of today were published: the server would take away what is sown, for there are no facts of it.
async fn publish_nothing(world: &World) {
    let today = today(chrono::Utc::now());
    let days = [today, today + Days::new(1)].map(|day| day.to_string());
    let row = |reached| milestone::Model {
        board_id: world.ours.id,
        kind: "figures".to_owned(),
        reached,
        at: world.app.clock.now(),
    };
    let rows = days.map(|reached| row(reached).into_active_model().reset_all());
    let db = world.writing().await;
    milestone::Entity::insert_many(rows).exec_without_returning(&db).await.expect("rows of ours");
    world.written(db).await;
}

/// Weekly figures of all metrics, of as many schools as it takes.
async fn sow(world: &World, figures: usize) {
    let metrics: Vec<Metric> = Metric::iter().collect();
    let first: NaiveDate = FIRST_WEEK.parse().expect("a day");
    let weeks: Vec<NaiveDate> = (0..WEEKS).map(|week| first + Days::new(7 * week)).collect();
    let schools = found(world, figures / (metrics.len() * weeks.len())).await;
    let cluster = world.ours.clusters[0].0;
    world
        .sow(&world.ours, async |sower| {
            for metric in &metrics {
                for week in &weeks {
                    let of_school = |school: &Uuid| figure::Model {
                        parent_id: cluster,
                        ..sower.figure(*metric, Level::School, *school, *week)
                    };
                    sower.figures(schools.iter().map(of_school)).await;
                }
            }
        })
        .await;
}

/// Founds so many schools, with names as long as they can be.
async fn found(world: &World, count: usize) -> Vec<Uuid> {
    let db = world.writing().await;
    let first = school::Entity::find_by_id(world.ours.schools[0]).one(&db).await.expect("a database of ours");
    let first = first.expect("the first school");
    let schools: Vec<school::Model> = (0..count)
        .map(|at| {
            let name = format!("{at:>6} {}", "é".repeat(NAME - 7));
            school::Model { id: SchoolId::new(), name, ..first.clone() }
        })
        .collect();
    for some in schools.chunks(AT_ONCE) {
        let rows = some.iter().map(|school| school.clone().into_active_model().reset_all());
        school::Entity::insert_many(rows).exec_without_returning(&db).await.expect("schools");
    }
    world.written(db).await;
    schools.into_iter().map(|school| school.id.0).collect()
}

/// A line of what Linux tells of a process, in KiB.
fn kib(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process that lives");
    let found = status.lines().find_map(|found| found.strip_prefix(line)).expect("Linux tells");
    found.trim().trim_end_matches(" kB").parse().expect("a number")
}
