//! What ends while something is on its way: acts of people and the rounds of senders, at random moments.
//!
//! `cargo test -p glans-tests --test it -- --ignored --nocapture notifications::interleavings`
//!
//! `INTERLEAVINGS=…` is for fewer or more of each. A failure says its seed; `SEED=…` throws the same dice again, though
//! not the same moments.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_graphql::futures_util::future::{join, join_all};
use chrono::{NaiveTime, TimeDelta};
use glans::access::Standing;
use glans::app::App;
use glans::identity::accounts;
use glans::notifications::deliveries::digests;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::occasions::Notice;
use glans::notifications::telling;
use glans::notifications::texts::Text;
use glans::platform::config::Config;
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, DeviceId, PersonId, SessionId};
use glans_entity::notifications::{Category, PushPlatform, device};
use glans_entity::people::person;
use glans_tests::post_office::PostOffice;
use glans_tests::seed::Someone;
use glans_tests::{Engine, FakeGateway, Who, World, on_each_database, run};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::letters::FROM;
use super::mail_faults::message_id;
use super::occasions::{done, family};
use super::session;
use crate::ask::{act, act_in, refusals};

const TOKEN: &str = "ok-phone";
/// As long as a near gateway takes.
const LATENCY: Duration = Duration::from_millis(4);
/// Within this time everything of one interleaving begins.
const MOMENTS: u64 = 14;
const PASSWORDS: [&str; 2] = ["vier gele fietsen", "paarse tuinkabouter"];
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

/// How somebody gives a phone out of their hands.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    SignsOut,
    IsSignedOutElsewhere,
    RemovesTheDevice,
    ChangesThePassword,
    /// Somebody else takes the phone.
    Not,
}

impl Leaving {
    fn thrown(dice: &mut StdRng) -> Self {
        match dice.random_range(0..20) {
            0..6 => Self::SignsOut,
            6..10 => Self::IsSignedOutElsewhere,
            10..14 => Self::RemovesTheDevice,
            // Passwords are hashed, which takes long.
            14 => Self::ChangesThePassword,
            _ => Self::Not,
        }
    }
}

/// Somebody with a phone in use, and a laptop.
struct Household {
    person: PersonId,
    laptop: User,
    /// Which of the passwords holds.
    password: usize,
}

impl Household {
    async fn of(world: &World, someone: Someone) -> Self {
        let hash = world.app.identity.hashing.hash(PASSWORDS[0].to_owned()).await.unwrap();
        let db = world.writing().await;
        accounts::set_password(&db, someone.account, hash, world.app.clock.now()).await.unwrap();
        world.written(db).await;
        Self { person: someone.person, laptop: signs_in(world, "laptop", someone).await, password: 0 }
    }

    /// When it was answered that the phone is out of their hands; none where it is still in them, or was taken before.
    async fn leaves(&mut self, world: &World, leaving: Leaving, phone: &User, device: &str) -> Option<Instant> {
        let (user, name, input) = match leaving {
            Leaving::SignsOut => (phone, "sessionRevoke", json!({})),
            Leaving::IsSignedOutElsewhere => {
                (&self.laptop, "sessionRevoke", json!({ "id": phone.session.to_string() }))
            }
            Leaving::RemovesTheDevice => (phone, "deviceRemove", json!({ "id": device })),
            Leaving::ChangesThePassword => {
                let (current, new) = (PASSWORDS[self.password], PASSWORDS[1 - self.password]);
                self.password = 1 - self.password;
                (&self.laptop, "passwordChange", json!({ "currentPassword": current, "newPassword": new }))
            }
            Leaving::Not => return None,
        };
        let answered_with = if name == "passwordChange" { "viewer { id }" } else { "deletedId" };
        let done = act_in(world, &user.standing, name, answered_with, input).await;
        let answered = Instant::now();
        match refusals(&done).as_slice() {
            [] => Some(answered),
            // Somebody else took the phone a moment before.
            [refusal] if name == "deviceRemove" && refusal == "NOT_FOUND id" => None,
            others => panic!("{leaving:?}: {others:?}"),
        }
    }
}

async fn former_users(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let (_, sara, omar) = family(world).await;
    let mut households = [Household::of(world, sara).await, Household::of(world, omar).await];
    let people = households.each_ref().map(|household| household.person);
    let mut tenures: Vec<Tenure> = Vec::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let at = dice.random_range(0..2);
        let (user, other) = if at == 0 { (sara, omar) } else { (omar, sara) };
        let phone = signs_in(world, "phone", user).await;
        let (device, from, answered) = takes_the_phone(world, &phone).await;
        if let Some(former) = tenures.last_mut() {
            former.end(Some(answered));
        }
        tenures.push(Tenure { account: phone.account, from, until: None });

        let (told, leaving) = (moments(&mut dice, 4), Leaving::thrown(&mut dice));
        let leaves_at = moment(&mut dice);
        let taken_at = (matches!(leaving, Leaving::Not) || dice.random_bool(0.5)).then(|| moment(&mut dice));
        let leave = async {
            sleep(leaves_at).await;
            households[at].leaves(world, leaving, &phone, &device).await
        };
        let take_over = async {
            sleep(taken_at?).await;
            let next = signs_in(world, "phone", other).await;
            let (_, from, answered) = takes_the_phone(world, &next).await;
            Some((next.account, from, answered))
        };
        let ((), left, taken) = tokio::join!(tell_at(world, &people, &told), leave, take_over);
        if let Some(own) = tenures.last_mut() {
            own.end(left);
            own.end(taken.map(|(.., answered)| answered));
        }
        tenures.extend(taken.map(|(account, from, _)| Tenure { account, from, until: None }));
    }
    senders.stop().await;
    let pushes = all_within(&gateway, &tenures);
    println!("{}: {done} interleavings, {pushes} pushes, none to a former user", world.engine());
    assert!(pushes > interleavings / 4, "{pushes} pushes show nothing");
}

/// Somebody new of the board, with a phone.
async fn newcomer(world: &World, token: &str) -> PersonId {
    let (account_id, id, now) = (AccountId::new(), PersonId::new(), world.app.clock.now());
    let login = account::Model {
        id: account_id,
        email: format!("{account_id}@example.org"),
        password_hash: None,
        language: "nl".to_owned(),
        first_signed_in_at: Some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let someone = person::Model {
        id,
        board_id: world.ours.id,
        account_id: Some(account_id),
        given_name: "Noa".to_owned(),
        family_name: "Nieuw".to_owned(),
        display_name: "Noa Nieuw".to_owned(),
        email: None,
        language: "nl".to_owned(),
        interpreter_needed: false,
        source_id: None,
        archived_at: None,
        erased_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let db = world.writing().await;
    account::Entity::insert(login.into_active_model()).exec_without_returning(&db).await.unwrap();
    person::Entity::insert(someone.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let phone = device::Model {
        id: DeviceId::new(),
        account_id,
        session_id: session(world, "phone", account_id).await,
        platform: PushPlatform::Fcm,
        token: token.to_owned(),
        name: None,
        registered_at: now,
        last_seen_at: now,
    };
    let db = world.writing().await;
    device::Entity::insert(phone.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    id
}

async fn erased(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let mut ends: HashMap<String, Instant> = HashMap::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let token = format!("ok-{done}");
        let person = newcomer(world, &token).await;
        let (moments, erased_at) = (moments(&mut dice, 4), moment(&mut dice));
        let tell = async {
            let began = Instant::now();
            for moment in moments {
                sleep(moment.saturating_sub(began.elapsed())).await;
                told(world, &[person], Category::Message, true).await;
            }
        };
        let erase = async {
            sleep(erased_at).await;
            let input = json!({ "id": person.to_string() });
            let done = act(world, Who::Admin, "personErase", "person { id }", input).await;
            assert_eq!(refusals(&done), NONE);
            Instant::now()
        };
        let ((), end) = tokio::join!(tell, erase);
        ends.insert(token, end);
        // Whatever is queued still has time to come too late.
        sleep(moment(&mut dice)).await;
    }
    senders.stop().await;
    let accepted = gateway.accepted();
    for push in &accepted {
        assert!(push.at <= ends[&push.token], "{} was pushed to after the erasure was answered", push.token);
    }
    assert_eq!(gateway.faults(), NONE);
    println!("{}: {done} erasures, {} pushes, none after them", world.engine(), accepted.len());
    assert!(accepted.len() > interleavings / 4, "{} pushes show nothing", accepted.len());
}

async fn withdrawn_wishes(world: &World, interleavings: usize) {
    let mut dice = dice();
    let gateway = FakeGateway::start().await;
    gateway.set_latency(LATENCY);
    let senders = Senders::start(&process(world, gateway.configure(world.app.config.clone())));
    let (_, sara, _) = family(world).await;
    let phone = signs_in(world, "phone", sara).await;
    takes_the_phone(world, &phone).await;
    let wants = async |enabled: bool| {
        let choice = json!({ "category": "MESSAGE", "channel": "PUSH", "enabled": enabled });
        let input = json!({ "channels": [choice] });
        let fields = "notificationPreferences { version }";
        let done = act_in(world, &phone.standing, "notificationPreferencesUpdate", fields, input).await;
        assert_eq!(refusals(&done), NONE);
        Instant::now()
    };
    let mut tenures: Vec<Tenure> = Vec::new();
    let mut done = 0;
    while !is_enough(done, interleavings, &gateway) {
        done += 1;
        let from = Instant::now();
        wants(true).await;
        let (told, withdrawn_at) = (moments(&mut dice, 4), moment(&mut dice));
        let withdraw = async {
            sleep(withdrawn_at).await;
            wants(false).await
        };
        let whom = [sara.person];
        let ((), until) = tokio::join!(tell_at(world, &whom, &told), withdraw);
        tenures.push(Tenure { account: sara.account, from, until: Some(until) });
        // Whatever is queued still has time to come too late.
        sleep(moment(&mut dice)).await;
    }
    senders.stop().await;
    let pushes = all_within(&gateway, &tenures);
    println!("{}: {done} interleavings, {pushes} pushes, none that was not wanted", world.engine());
    assert!(pushes > interleavings / 4, "{pushes} pushes show nothing");
}

/// Within this time a sender is killed, in milliseconds: in about as long it claims a digest, looks at it and sends it.
const LIFE: u64 = 40;

/// What somebody chooses while the digest of five o'clock is made.
fn settings(dice: &mut StdRng) -> Value {
    match dice.random_range(0..3) {
        0 => json!({ "digest": "DAILY", "digestHour": 16 }),
        1 => json!({ "digest": "DAILY", "digestHour": 18 }),
        _ => json!({ "digest": "IMMEDIATE" }),
    }
}

/// How long a sender lives: some are killed before their round is over, and leave what they claimed under its lease.
fn life(dice: &mut StdRng) -> Duration {
    if dice.random_bool(0.25) { Duration::from_millis(dice.random_range(0..LIFE)) } else { Duration::MAX }
}

async fn raced_digests(world: &World, races: usize) {
    let mut dice = dice();
    let office = PostOffice::open().await;
    let config = Config {
        smtp_url: Some(office.url()),
        mail_from: Some(FROM.to_owned()),
        public_url: "https://glans.example.org".to_owned(),
        ..world.app.config.clone()
    };
    let app = process(world, config);
    let senders: Vec<_> = (0..4).map(|_| Sender::new(Arc::clone(&app))).collect();
    let (_, sara, _) = family(world).await;
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let tomorrow = world.app.clock.now().date_naive().succ_opt().unwrap().and_time(noon).and_utc();
    world.app.clock.turn(tomorrow - world.app.clock.now());
    let (mut expected, mut posted, mut digests_seen) = (0, 0, BTreeSet::new());
    for race in 0..races {
        // At noon in Greenwich something is told, or nothing; the digest is due at five in Amsterdam.
        let told = dice.random_range(0..3);
        for _ in 0..told {
            tell(world, &[sara.person], Category::Announcement, false).await;
        }
        world.app.clock.turn(TimeDelta::hours(6));
        // Of some of what is sent nobody hears whether it arrived.
        office.lose(usize::from(dice.random_bool(0.4)));
        let begins: Vec<_> = senders.iter().map(|sender| (sender, moment(&mut dice) / 4, life(&mut dice))).collect();
        let app = &app;
        let rounds = begins.into_iter().map(|(sender, begin, life)| async move {
            sleep(begin).await;
            digests::round(app).await.unwrap();
            if let Ok(done) = timeout(life, sender.round()).await {
                done.unwrap();
            }
        });
        let changed = dice.random_bool(0.5).then(|| settings(&mut dice));
        let (change, at) = (changed.clone(), moment(&mut dice) / 4);
        let changing = async {
            sleep(at).await;
            if let Some(change) = change {
                done(world, sara, "notificationPreferencesUpdate", "", change).await;
            }
        };
        let racing = async {
            join_all(rounds).await;
            // The leases of who was killed run out, for which the change waits.
            world.app.clock.turn(TimeDelta::minutes(1));
        };
        join(racing, changing).await;
        office.lose(0);
        // Whoever was to have another digest, or to wait for one, has it by then.
        for _ in 0..3 {
            world.app.clock.turn(TimeDelta::minutes(3));
            digests::round(app).await.unwrap();
            Sender::new(Arc::clone(app)).round().await.unwrap();
        }
        expected += usize::from(told > 0);
        // Sent again it is the same message.
        let all = office.posted_to("sara@example.org");
        digests_seen.extend(all[posted..].iter().map(message_id));
        posted = all.len();
        assert_eq!(digests_seen.len(), expected, "race {race} with {told} that waited; {changed:?}");
        if changed.is_some() {
            let usual = json!({ "digest": "DAILY", "digestHour": 17 });
            done(world, sara, "notificationPreferencesUpdate", "", usual).await;
        }
        world.app.clock.turn(TimeDelta::hours(18) - TimeDelta::minutes(10));
    }
    let again = posted - expected;
    println!(
        "{}: {races} races, {expected} digests, each of them once; {again} were sent again under their names",
        world.engine()
    );
    assert!(expected > 0 && again > 0, "nothing ever waited, or nothing was ever lost");
}

async fn nothing_reaches_the_former_user_of_a_phone(world: &World) {
    former_users(world, 60).await;
}

async fn nothing_reaches_who_was_erased(world: &World) {
    erased(world, 40).await;
}

async fn nothing_comes_that_is_not_wanted_any_more(world: &World) {
    withdrawn_wishes(world, 150).await;
}

async fn of_many_who_make_a_digest_one_is_sent(world: &World) {
    raced_digests(world, 50).await;
}

on_each_database!(
    nothing_reaches_the_former_user_of_a_phone,
    nothing_reaches_who_was_erased,
    nothing_comes_that_is_not_wanted_any_more,
    of_many_who_make_a_digest_one_is_sent,
);

/// The same, as often as it takes to trust it.
mod in_full {
    use super::{Engine, World, count_or, erased, former_users, raced_digests, run, withdrawn_wishes};

    async fn users(world: &World) {
        former_users(world, count_or(1_000)).await;
    }

    async fn erasures(world: &World) {
        erased(world, count_or(1_000)).await;
    }

    async fn wishes(world: &World) {
        withdrawn_wishes(world, count_or(10_000)).await;
    }

    async fn digests(world: &World) {
        raced_digests(world, count_or(1_000)).await;
    }

    #[test]
    #[ignore = "takes minutes"]
    fn former_users_on_sqlite() {
        run(Engine::Sqlite, users);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn former_users_on_postgres() {
        run(Engine::Postgres, users);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn erasures_on_sqlite() {
        run(Engine::Sqlite, erasures);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn erasures_on_postgres() {
        run(Engine::Postgres, erasures);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn withdrawn_wishes_on_sqlite() {
        run(Engine::Sqlite, wishes);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn withdrawn_wishes_on_postgres() {
        run(Engine::Postgres, wishes);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn digests_on_sqlite() {
        run(Engine::Sqlite, digests);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn digests_on_postgres() {
        run(Engine::Postgres, digests);
    }
}
