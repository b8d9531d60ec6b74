//! What ends while something is on its way: acts of people and the rounds of senders, at random moments.
//!
//! `cargo test -p glans-tests --test it -- --ignored --nocapture notifications::interleavings`
//!
//! `INTERLEAVINGS=…` is for fewer or more of each. A failure says its seed; `SEED=…` throws the same dice again, though
//! not the same moments.

mod digests;
mod erasures;
mod in_full;
mod phones;
mod wishes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use glans::access::Standing;
use glans::app::App;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::occasions::Notice;
use glans::notifications::telling;
use glans::notifications::texts::Text;
use glans::platform::config::Config;
use glans_entity::ids::{AccountId, PersonId, SessionId};
use glans_entity::notifications::Category;
use glans_entity::people::person;
use glans_tests::seed::Someone;
use glans_tests::{FakeGateway, World};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, Query};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use crate::ask::{act_in, refusals};
use crate::notifications::session;

const TOKEN: &str = "ok-phone";
/// As long as a near gateway takes.
const LATENCY: Duration = Duration::from_millis(4);
/// Within this time everything of one interleaving begins.
const MOMENTS: u64 = 14;
const NONE: [&str; 0] = [];

fn dice() -> StdRng {
    let chosen = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
    let seed = chosen.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    println!("SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// As many as are asked for.
fn count_or(usual: usize) -> usize {
    std::env::var("INTERLEAVINGS").map_or(usual, |count| count.parse().expect("INTERLEAVINGS is a number"))
}

fn moment(dice: &mut StdRng) -> Duration {
    Duration::from_millis(dice.random_range(0..MOMENTS))
}

fn moments(dice: &mut StdRng, most: usize) -> Vec<Duration> {
    let mut moments: Vec<_> = (0..dice.random_range(1..=most)).map(|_| moment(dice)).collect();
    moments.sort();
    moments
}

/// Another process over the same database, by the same clock.
fn process(world: &World, config: Config) -> Arc<App> {
    App::new(config, world.app.db.clone(), world.app.clock.clone()).expect("a sound configuration")
}

/// Senders that go round and round.
struct Senders {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Senders {
    fn start(app: &Arc<App>) -> Self {
        let (stop, mut tasks) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for _ in 0..2 {
            let (sender, stop) = (Sender::new(Arc::clone(app)), Arc::clone(&stop));
            tasks.spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    sender.round().await.expect("a round");
                    sleep(Duration::from_millis(2)).await;
                }
                sender.round().await.expect("the last round");
            });
        }
        Self { stop, tasks }
    }

    /// When all that was told is sent.
    async fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.tasks.join_all().await;
    }
}

/// Tells these people of something.
async fn tell(world: &World, people: &[PersonId], category: Category, urgent: bool) {
    assert_eq!(told(world, people, category, urgent).await, people.len() as u64);
}

/// As [`tell`]; how many of them there still are.
async fn told(world: &World, people: &[PersonId], category: Category, urgent: bool) -> u64 {
    let to = Query::select()
        .expr_as(Expr::col((person::Entity, person::Column::Id)), "person_id")
        .expr_as(Expr::cust("CAST(NULL AS uuid)"), "student_id")
        .expr_as(Expr::cust("CAST(NULL AS text)"), "least")
        .expr_as(Expr::val(false), "as_staff")
        .from(person::Entity)
        .and_where(person::Column::Id.is_in(people.iter().copied()))
        .to_owned();
    let text = Text::MessageArrived;
    let (about, occurred_at, happens_at, expires_at, figures) = (None, None, None, None, None);
    let notice = Notice { text, category, urgent, about, occurred_at, happens_at, expires_at, figures, to };
    let source = format!("test.{}", Uuid::now_v7());
    let now = world.app.clock.now();
    let db = world.writing().await;
    let told = telling::tell(&db, world.ours.id, &source, &notice, now, now).await.unwrap();
    db.commit().await.unwrap();
    told
}

/// Tells of urgent messages, which come in the night too, at these moments.
async fn tell_at(world: &World, people: &[PersonId], moments: &[Duration]) {
    let began = Instant::now();
    for moment in moments {
        sleep(moment.saturating_sub(began.elapsed())).await;
        tell(world, people, Category::Message, true).await;
    }
}

/// Somebody in a session.
struct User {
    account: AccountId,
    session: SessionId,
    standing: Arc<Standing>,
}

async fn signs_in(world: &World, name: &str, someone: Someone) -> User {
    let account = someone.account;
    let session = session(world, name, account).await;
    let standing = world.app.standings.of_account(&world.app, account, Some(session), None).await.unwrap();
    User { account, session, standing }
}

/// The time in which somebody may be pushed to: from when it was asked for until it was answered that it is over.
struct Tenure {
    account: AccountId,
    from: Instant,
    until: Option<Instant>,
}

impl Tenure {
    /// The first end counts.
    fn end(&mut self, at: Option<Instant>) {
        self.until = [self.until, at].into_iter().flatten().min();
    }

    fn holds(&self, account: &str, at: Instant) -> bool {
        self.account.to_string() == account && self.from <= at && self.until.is_none_or(|until| at <= until)
    }
}

/// Every push was accepted while its account had the phone; how many there were. Tenures are in the order of their
/// beginnings, and each ends before the next but one begins.
fn all_within(gateway: &FakeGateway, tenures: &[Tenure]) -> usize {
    let accepted = gateway.accepted();
    for push in accepted.iter().filter(|push| push.token == TOKEN) {
        let account = push.body["data"]["account"].as_str().expect("a push says for whom it is");
        let begun = tenures.partition_point(|tenure| tenure.from <= push.at);
        let last = &tenures[begun.saturating_sub(2)..begun];
        let since = last.iter().filter_map(|tenure| tenure.until).map(|until| push.at.saturating_duration_since(until));
        assert!(
            last.iter().any(|tenure| tenure.holds(account, push.at)),
            "interleaving {begun}: {account} was pushed to {:?} after it was over",
            since.collect::<Vec<_>>()
        );
    }
    assert_eq!(gateway.faults(), NONE);
    accepted.len()
}

/// Registers the token; the id of the device, and when it was asked for and answered.
async fn takes_the_phone(world: &World, user: &User) -> (String, Instant, Instant) {
    let from = Instant::now();
    let input = json!({ "platform": "FCM", "token": TOKEN });
    let made = act_in(world, &user.standing, "deviceRegister", "device { id }", input).await;
    let answered = Instant::now();
    assert_eq!(refusals(&made), NONE);
    (made["device"]["id"].as_str().expect("a device").to_owned(), from, answered)
}

/// Whether there were enough interleavings: as many as are asked for, and so many that something was pushed in them. On a
/// busy machine most of what is told is over before it is sent.
fn is_enough(done: usize, interleavings: usize, gateway: &FakeGateway) -> bool {
    done >= interleavings && (gateway.accepted().len() > interleavings / 4 || done >= 10 * interleavings)
}
