//! What cannot wait, to a big board, by push and by e-mail: no push waits for an e-mail.

use std::time::{Duration, Instant};

use glans::platform::clock::Clock;
use glans::platform::db::Database;
use glans_entity::notifications::PushPlatform;
use glans_tests::post_office::PostOffice;
use glans_tests::seed::Crowd;
use glans_tests::{Engine, FakeGateway};
use tokio::time::sleep;

use super::fan_out::{LATENCY, LOOK_AGAIN, PATIENCE, Worker, count};

/// What the mail server takes for each e-mail.
const SLOWNESS: Duration = Duration::from_millis(100);

/// What became of it.
pub(super) struct Measure {
    guardians: usize,
    /// From the commit of the announcement until its last push was accepted.
    out: Duration,
    /// E-mails that were taken by then.
    mailed: usize,
}

pub(super) fn head() {
    println!(
        "\nwhat cannot wait, by push to 2 devices of each and by e-mail; a gateway that takes {} ms and a mail server \
         that takes {} ms",
        LATENCY.as_millis(),
        SLOWNESS.as_millis()
    );
    println!("{:<11}{:>10}{:>16}{:>18}{:>12}", "", "guardians", "out ≤ 20 s", "e-mails by then", "e-mails/s");
}

pub(super) fn line(engine: Engine, measure: &Measure) {
    println!(
        "{:<11}{:>10}{:>16}{:>18}{:>12.0}",
        engine.to_string(),
        measure.guardians,
        format!("{:.2} s", measure.out.as_secs_f64()),
        measure.mailed,
        count(measure.mailed) / measure.out.as_secs_f64(),
    );
}

pub(super) async fn measure(url: &str, guardians: usize) -> Measure {
    let db = Database::connect(url).await.expect("a database");
    let clock = Clock::default();
    let (gateway, office) = (FakeGateway::start().await, PostOffice::open().await);
    gateway.set_latency(LATENCY);
    office.set_slowness(SLOWNESS);
    let two =
        |at: usize| vec![(PushPlatform::Fcm, format!("{at}-phone")), (PushPlatform::Apns, format!("{at}-tablet"))];
    let crowd = Crowd::gather(&db, clock.now(), guardians, two).await;
    super::analyse(&db).await;
    let mut environment = gateway.environment();
    environment.push(("GLANS_SMTP_URL", office.url()));
    environment.push(("GLANS_MAIL_FROM", "Glans <post@glans.example.org>".to_owned()));
    let worker = Worker::start(url, environment);

    crowd.alarm(&db, clock.now(), 0..guardians).await;
    let begun = Instant::now();
    while gateway.count() < 2 * guardians {
        assert!(begun.elapsed() < PATIENCE, "{} of {} pushes are out", gateway.count(), 2 * guardians);
        sleep(LOOK_AGAIN).await;
    }
    let (out, mailed) = (begun.elapsed(), office.posted().len());
    drop(worker);
    db.close().await.expect("a database that closes");
    Measure { guardians, out, mailed }
}
