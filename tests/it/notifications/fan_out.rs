//! A fan-out by processes of the program, and what became of it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use glans::call::today;
use glans::notifications::deliveries::LEASE;
use glans::platform::clock::Clock;
use glans::platform::db::Database;
use glans_entity::notifications::{DeliveryState, PushPlatform, delivery, notification};
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use glans_tests::FakeGateway;
use glans_tests::seed::Crowd;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};

use crate::cli;

/// Until a fan-out goes on, whatever happens to who has it under its hands: the lease of 30 seconds, and what a busy
/// machine takes to start a process and to send the rest; less than another lease, for which nobody waits.
pub(super) const GOES_ON: Duration = Duration::from_secs(58);
/// A batch is out within this time.
const A_MOMENT: TimeDelta = TimeDelta::seconds(1);
/// A fan-out that is not over by then will never be.
const PATIENCE: Duration = Duration::from_mins(4);

/// The name of the device of the guardian at this place.
pub(super) fn token(at: usize) -> String {
    format!("ok-{at}")
}

/// A crowd of so many, each with one device.
pub(super) async fn crowd(db: &Database, count: usize) -> Crowd {
    let platform = |at: usize| if at.is_multiple_of(2) { PushPlatform::Fcm } else { PushPlatform::Apns };
    Crowd::gather(db, Clock::default().now(), count, |at| vec![(platform(at), token(at))]).await
}

/// Processes over one database that push to one gateway. They end with the test.
pub(super) struct Processes {
    processes: Vec<Process>,
    log: PathBuf,
}

struct Process {
    command: Command,
    child: Child,
}

impl Processes {
    /// Starts the program once with each of these arguments; what it logs is kept in `folder`.
    pub(super) fn start(
        folder: &Path,
        (database_url, secret_key): (&str, &str),
        gateway: &FakeGateway,
        all: &[&[&str]],
    ) -> Self {
        let log = folder.join("log");
        let start = |arguments: &&[&str]| {
            let kept = File::options().create(true).append(true).open(&log).unwrap();
            let mut command = cli::glans(folder, arguments);
            command
                .env("GLANS_DATABASE_URL", database_url)
                .env("GLANS_SECRET_KEY", secret_key)
                .env("GLANS_LOG", "warn")
                .envs(gateway.environment())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(kept);
            let child = command.spawn().unwrap();
            Process { command, child }
        };
        Self { processes: all.iter().map(start).collect(), log }
    }

    pub(super) fn count(&self) -> usize {
        self.processes.len()
    }

    /// `kill -9` of one of them, and then it is started again.
    pub(super) fn kill(&mut self, victim: usize) {
        self.are_there();
        let Process { command, child } = &mut self.processes[victim];
        child.kill().unwrap();
        child.wait().unwrap();
        *child = command.spawn().unwrap();
    }

    /// That none of them ended by itself.
    pub(super) fn are_there(&mut self) {
        for Process { child, .. } in &mut self.processes {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "a process ended by itself, {ended:?}:\n{}", last_words(&self.log));
        }
    }

    /// Waits until everybody is told and nothing is left to send; how long after `since` that was.
    pub(super) async fn settle(&mut self, db: &Database, since: Instant) -> Duration {
        loop {
            let (untold, unsent) = left(db).await;
            if (untold, unsent) == (0, 0) {
                return since.elapsed();
            }
            let words = || last_words(&self.log);
            assert!(since.elapsed() < PATIENCE, "{untold} events and {unsent} deliveries are left\n{}", words());
            self.are_there();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("a process stays: {error}");
        }
    }
}

fn last_words(log: &Path) -> String {
    let all = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = all.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

async fn everything(db: &Database) -> DatabaseTransaction {
    db.read(&Scope::system(today(Clock::default().now()))).await.unwrap()
}

/// Events that nobody was told of, and deliveries that are not finished.
async fn left(db: &Database) -> (u64, u64) {
    let db = everything(db).await;
    let untold = outbox::Entity::find().filter(outbox::Column::ToldAt.is_null()).count(&db).await.unwrap();
    let unsent = delivery::Column::State.is_in([DeliveryState::Queued, DeliveryState::Sending]);
    (untold, delivery::Entity::find().filter(unsent).count(&db).await.unwrap())
}

/// Whether everybody is told and nothing is left to send.
pub(super) async fn is_done(db: &Database) -> bool {
    left(db).await == (0, 0)
}

/// Whether a kill at this moment hits something: an event that is not told yet, or deliveries that were claimed just
/// now.
pub(super) async fn is_under_way(db: &Database) -> bool {
    let (untold, _) = left(db).await;
    untold > 0 || is_claimed(db).await
}

/// Whether deliveries were claimed just now.
pub(super) async fn is_claimed(db: &Database) -> bool {
    let a_moment_ago = Clock::default().now() + LEASE - A_MOMENT;
    let db = everything(db).await;
    let claimed = delivery::Entity::find()
        .filter(delivery::Column::State.eq(DeliveryState::Sending))
        .filter(delivery::Column::LeasedUntil.gt(a_moment_ago));
    claimed.count(&db).await.unwrap() > 0
}

/// How many deliveries had to be claimed again: whoever had them under their hands was killed. Of a gateway that takes
/// everything none is tried again for another reason.
pub(super) async fn were_hit(db: &Database) -> u64 {
    let db = everything(db).await;
    delivery::Entity::find().filter(delivery::Column::Attempts.gt(1)).count(&db).await.unwrap()
}

/// Each of so many persons was told once, and each delivery was sent.
pub(super) async fn all_is_told_and_sent(db: &Database, count: usize) {
    let db = everything(db).await;
    let notifications = notification::Entity::find().all(&db).await.unwrap();
    let told: BTreeSet<_> = notifications.iter().map(|row| row.person_id).collect();
    assert_eq!((notifications.len(), told.len()), (count, count), "notifications, and those who have one");
    let deliveries = delivery::Entity::find().all(&db).await.unwrap();
    let sent = deliveries.iter().filter(|row| row.state == DeliveryState::Sent).count();
    assert_eq!((deliveries.len(), sent), (count, count), "deliveries, and those that were sent");
}

/// What came to the devices.
pub(super) struct Sights {
    /// Pushes on the wire; a person sees those with the same collapse id as one.
    pub(super) pushes: usize,
    /// When the last person saw it for the first time.
    pub(super) last: Instant,
}

/// That each of so many devices shows one push, and the gateways found no fault.
pub(super) fn each_sees_one(gateway: &FakeGateway, count: usize) -> Sights {
    assert_eq!(gateway.faults(), Vec::<String>::new());
    let accepted = gateway.accepted();
    let mut seen: HashMap<&str, (BTreeSet<&str>, Instant)> = HashMap::new();
    for push in &accepted {
        let (ids, _) = seen.entry(&push.token).or_insert_with(|| (BTreeSet::new(), push.at));
        ids.insert(&push.collapse_id);
    }
    for at in 0..count {
        let token = token(at);
        let shown = seen.get(token.as_str()).map_or(0, |(ids, _)| ids.len());
        assert_eq!(shown, 1, "pushes that {token} shows");
    }
    assert_eq!(seen.len(), count, "devices that show something");
    let last = seen.values().map(|(_, first)| *first).max();
    Sights { pushes: accepted.len(), last: last.expect("somebody who saw something") }
}
