//! An announcement to a big board, and a second later one to a small board, by one `glans worker`.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use glans::call::today;
use glans::platform::clock::Clock;
use glans::platform::db::Database;
use glans_entity::notifications::PushPlatform;
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use glans_tests::seed::Crowd;
use glans_tests::{Accepted, Engine, FakeGateway};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::time::sleep;

use crate::server::SECRET_KEY;

pub(super) const LATENCY: Duration = Duration::from_millis(50);
const SMALL: usize = 30;
/// The small board is told so long after the big one.
const LATER: Duration = Duration::from_secs(1);
/// What is not out by then will not be.
pub(super) const PATIENCE: Duration = Duration::from_mins(5);
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Pushes for which a time is promised.
const PROMISED: usize = 10_000;

/// What became of it.
pub(super) struct Measure {
    guardians: usize,
    /// From the commit of the big announcement until its notifications were committed.
    told: Duration,
    /// From the same until its last push was accepted.
    out: Duration,
    /// From the act that publishes the small announcement until its last push was accepted.
    small: Duration,
    /// From the first push until so many were accepted.
    promised: Option<Duration>,
    per_second: f64,
    /// Pushes that were accepted more often than once.
    again: usize,
    faults: usize,
}

pub(super) fn head() {
    println!(
        "\none announcement to a board whose guardians have 2 devices each, and a second later one to {SMALL}; a gateway \
         that takes {} ms",
        LATENCY.as_millis()
    );
    println!(
        "{:<11}{:>10}{:>16}{:>16}{:>16}{:>16}{:>10}{:>8}{:>8}",
        "", "guardians", "told ≤ 2 s", "out ≤ 20 s", "small ≤ 5 s", "10,000 ≤ 10 s", "pushes/s", "again", "faults"
    );
}

pub(super) fn line(engine: Engine, measure: &Measure) {
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    println!(
        "{:<11}{:>10}{:>16}{:>16}{:>16}{:>16}{:>10.0}{:>8}{:>8}",
        engine.to_string(),
        measure.guardians,
        seconds(measure.told),
        seconds(measure.out),
        seconds(measure.small),
        measure.promised.map_or_else(|| "too few".to_owned(), seconds),
        measure.per_second,
        measure.again,
        measure.faults,
    );
}

pub(super) async fn measure(url: &str, guardians: usize) -> Measure {
    let db = Database::connect(url).await.expect("a database");
    let clock = Clock::default();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let two =
        |at: usize| [(PushPlatform::Fcm, format!("big-{at}-phone")), (PushPlatform::Apns, format!("big-{at}-tablet"))];
    let big = Crowd::gather(&db, clock.now(), guardians, |at| two(at).into()).await;
    let small = Crowd::gather(&db, clock.now(), SMALL, |at| vec![(PushPlatform::Fcm, format!("small-{at}"))]).await;
    super::analyse(&db).await;
    let worker = Worker::start(url, gateway.environment());

    let event = big.publish(&db, clock.now(), 0..guardians).await;
    let begun = Instant::now();
    let told = async {
        while !is_told(&db, event).await {
            assert!(begun.elapsed() < PATIENCE, "nobody is told");
            sleep(LOOK_AGAIN).await;
        }
        begun.elapsed()
    };
    let later = async {
        sleep(LATER).await;
        let published = Instant::now();
        small.publish(&db, clock.now(), 0..SMALL).await;
        published
    };
    let (told, published) = tokio::join!(told, later);
    let all = 2 * guardians + SMALL;
    while gateway.count() < all {
        assert!(begun.elapsed() < PATIENCE, "{} of {all} pushes are out", gateway.count());
        sleep(LOOK_AGAIN).await;
    }
    drop(worker);

    let accepted = gateway.accepted();
    let different: HashSet<_> = accepted.iter().map(|push| (&push.token, &push.collapse_id)).collect();
    assert_eq!(different.len(), all, "some were pushed twice and others not at all");
    let of_big = moments(&accepted, "big-");
    let of_small = moments(&accepted, "small-");
    let (first, last) = (of_big[0], of_big[of_big.len() - 1]);
    db.close().await.expect("a database that closes");
    Measure {
        guardians,
        told,
        out: last - begun,
        small: of_small[of_small.len() - 1] - published,
        promised: of_big.get(PROMISED - 1).map(|moment| *moment - first),
        per_second: count(of_big.len()) / (last - first).as_secs_f64(),
        again: accepted.len() - all,
        faults: gateway.faults().len(),
    }
}

/// Whether those whom the event concerns were told.
async fn is_told(db: &Database, event: i64) -> bool {
    use outbox::Column;
    let db = db.read(&Scope::system(today(Clock::default().now()))).await.expect("a snapshot");
    let told = outbox::Entity::find().filter(Column::Seq.eq(event)).filter(Column::ToldAt.is_not_null());
    told.count(&db).await.expect("the outbox") == 1
}

/// When what begins with `name` was accepted, in order.
fn moments(accepted: &[Accepted], name: &str) -> Vec<Instant> {
    let mut moments: Vec<_> = accepted.iter().filter(|push| push.token.starts_with(name)).map(|push| push.at).collect();
    moments.sort_unstable();
    moments
}

pub(super) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// `glans worker` as a process of its own, killed when it goes out of use.
pub(super) struct Worker(Child);

impl Worker {
    pub(super) fn start(url: &str, environment: Vec<(&'static str, String)>) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let mut process = Command::new(program)
            .args(["cli", "worker"])
            .env("GLANS_DATABASE_URL", url)
            .env("GLANS_SECRET_KEY", SECRET_KEY)
            .env("GLANS_LOG", "warn")
            .envs(environment)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a worker");
        let output = process.stdout.take().expect("standard output is a pipe");
        let says = BufReader::new(output).lines().map_while(Result::ok).find(|line| line.contains("working"));
        assert!(says.is_some(), "the worker does not start");
        Self(process)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).expect("a child of this process");
    }
}
