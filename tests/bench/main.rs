//! `just bench`: the two screens that matter most, at the size of a country, beside a handler with nothing but the SQL.
//!
//! Over the load data of `glans demo --schools 400 --guardians-per-school 200`, on SQLite and PostgreSQL. It prints
//! requests per second, the median and 99th percentile at 1, 16 and 64 callers, CPU per request of server and database
//! together, statements per request, and the ratio to the flat handler; then how long readers wait while a school signs in;
//! and the lessons once more when there are 60 of them. It asserts no time: machines differ, ratios hold.
//!
//! `cargo bench -p glans-tests --bench screens -- [--schools N] [--guardians-per-school N] [--seconds N]`
//!
//! With `followers` in front it measures what 2,000 idle subscribers cost a server process; with
//! `notifications [--guardians N]` how soon a whole board is told and its last push is out; with
//! `tokens [--live N] [--dead N]` that no fault of a gateway costs anybody a device; with `exports [--figures N]` what memory a
//! file of figures takes to make and to fetch; with `rosters [--rows N]` how long an import takes; with `metrics` that figures cost the same however many facts are behind them.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on is no measurement")]

mod course;
mod cpu;
mod exports;
mod flat;
mod followers;
mod load;
mod metrics;
mod notifications;
mod report;
mod rosters;
mod screens;
mod server;
mod signing_in;

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use glans_tests::{Engine, TestDatabase};
use mimalloc::MiMalloc;

use load::Call;
use screens::Screen;
use server::Server;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const CONCURRENCY: [usize; 3] = [1, 16, 64];
/// Requests before the first that counts.
const WARM_UP: usize = 64;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    runtime.block_on(async {
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["glans", url] => server::serve_glans(url).await,
            ["exporting", url] => exports::serve(url).await,
            ["flat", url] => server::serve(flat::router(url).await).await,
            ["cli", ..] => return glans::cli::run(arguments.iter().map(OsString::from)).await,
            ["followers", ..] => followers(&Size::of(&arguments)).await,
            ["metrics", ..] => metrics(&Size::of(&arguments)).await,
            ["exports", ..] => Box::pin(exports::measure(number(&arguments, "--figures", "1000000"))).await,
            ["rosters", ..] => Box::pin(rosters::measure(number(&arguments, "--rows", "100000"))).await,
            ["notifications", ..] => notifications::measure_fan_out(number(&arguments, "--guardians", "10000")).await,
            ["tokens", ..] => {
                let (live, dead) = (number(&arguments, "--live", "10000"), number(&arguments, "--dead", "1000"));
                notifications::measure_tokens(live, dead).await;
            }
            _ => bench(&Size::of(&arguments)).await,
        }
        ExitCode::SUCCESS
    })
}

/// How much, and for how long.
struct Size {
    schools: String,
    guardians_per_school: String,
    seconds: u64,
}

impl Size {
    fn of(arguments: &[String]) -> Self {
        Self {
            schools: value(arguments, "--schools", "400"),
            guardians_per_school: value(arguments, "--guardians-per-school", "200"),
            seconds: value(arguments, "--seconds", "5").parse().expect("--seconds takes a whole number"),
        }
    }
}

/// What stands behind `flag`, or else the usual.
fn value(arguments: &[String], flag: &str, usual: &str) -> String {
    let at = arguments.iter().position(|argument| argument == flag);
    at.and_then(|at| arguments.get(at + 1)).map_or_else(|| usual.to_owned(), Clone::clone)
}

fn number(arguments: &[String], flag: &str, usual: &str) -> usize {
    value(arguments, flag, usual).parse().unwrap_or_else(|_| panic!("{flag} takes a whole number"))
}

async fn bench(size: &Size) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        let url = database.url().to_owned();
        fill(&url, size);
        report::head(engine, &size.schools, &size.guardians_per_school);
        let time = Duration::from_secs(size.seconds);
        for screen in screens::all(&url).await {
            compare(&url, &database.processes(), &screen, time).await;
            signing_in::compare(&url, &screen, time).await;
        }
        add_course(&url);
        println!("with a second course, {} lessons in all", course::LESSONS_IN_ALL);
        let [lessons, _] = screens::all(&url).await;
        compare(&url, &database.processes(), &lessons, time).await;
        database.remove().await;
    }
}

async fn followers(size: &Size) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        fill(database.url(), size);
        followers::measure(engine, database.url()).await;
        database.remove().await;
    }
}

async fn metrics(size: &Size) {
    metrics::head();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::migrated(engine).await else {
            println!("{engine} is not there");
            continue;
        };
        fill(database.url(), size);
        metrics::measure(engine, database.url(), Duration::from_secs(size.seconds)).await;
        database.remove().await;
    }
}

fn fill(url: &str, size: &Size) {
    let of_size = ["--schools", &size.schools, "--guardians-per-school", &size.guardians_per_school];
    cli(url, &[&["demo", "--json"], &of_size[..]].concat());
}

fn add_course(url: &str) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    serde_json::to_writer(&file, &course::document()).expect("room for a course");
    cli(url, &["import", "programme", "--publish", file.path().to_str().expect("a path in UTF-8")]);
}

/// Runs a command of the program.
fn cli(url: &str, arguments: &[&str]) {
    let status = Command::new(std::env::current_exe().expect("the path of this program"))
        .args(["cli"])
        .args(arguments)
        .args(["--database-url", url])
        .env("GLANS_SECRET_KEY", server::SECRET_KEY)
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.expect("this program runs").success(), "`glans {}` fails", arguments.join(" "));
}

/// One screen, from the API and from the flat handler.
async fn compare(url: &str, database: &[u32], screen: &Screen, time: Duration) {
    let statements = screen.statements(url).await;
    let glans = Server::start("glans", url);
    let flat = Server::start("flat", url);
    let api = Arc::new(screen.of_api(&glans.address));
    let limit = Arc::new(screen.of_flat(&flat.address));
    screen.assert_same(&warm(&api).await, &warm(&limit).await);
    for concurrency in CONCURRENCY {
        let processes = |server: &Server| [database, &[server.process()]].concat();
        let of_api = load::measure(&api, concurrency, time, &processes(&glans)).await;
        let of_limit = load::measure(&limit, concurrency, time, &processes(&flat)).await;
        report::line(screen.name, statements, &of_api, &of_limit);
    }
}

/// The answer, after the caches have seen the question from everybody.
async fn warm(call: &Call) -> String {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let mut answer = String::new();
    for turn in (0..WARM_UP).rev() {
        answer = load::once(&client, call, &call.tokens[turn % call.tokens.len()]).await;
    }
    answer
}
