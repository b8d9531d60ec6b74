//! Boards that have much to send keep none with little to send waiting, whatever the order in which a database names them,
//! nor do browsers keep a phone.

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans::notifications::deliveries::rules::{LETTERS, browser_lane, lane};
use glans::notifications::deliveries::sender::Sender;
use glans::platform::dispatch::{self, Dispatch, Room};
use glans::platform::error::Result;
use glans_entity::ids::BoardId;
use glans_entity::notifications::{Channel, DeliveryState, LetterKind, PushPlatform, delivery};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::{Crowd, waiting};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::occasions::done;
use super::stage::{Stage, daytime, urgent};
use crate::announcements::published;
use crate::identity::signed_in;

/// Pushes and letters that are claimed at once.
const PUSHES: usize = 64;
const LETTERS_AT_ONCE: usize = 8;
/// What a slow answer takes: nearly as long as it is waited for.
const SLOWNESS: Duration = Duration::from_secs(9);
/// What did not come by then never will: a test that waits for it ends.
const AT_LAST: Duration = Duration::from_mins(3);

/// A delivery to nobody: it is claimed and looked at like any other, and not sent.
fn row(board_id: Option<BoardId>, letter: Option<LetterKind>, now: DateTime<Utc>) -> delivery::Model {
    let channel = if letter.is_some() { Channel::Email } else { Channel::Push };
    delivery::Model {
        board_id,
        letter,
        // Of a letter that waits.
        secret: letter.map(|_| String::new()),
        channel,
        lane: if letter.is_some() { LETTERS } else { lane(channel, false) },
        ..waiting(now)
    }
}

/// Lets one process send these; how many of the busy boards were done before the last one of all others was.
async fn done_before_the_small(world: &World, rows: &[delivery::Model], now: DateTime<Utc>) -> usize {
    let busy = [world.ours.id, world.theirs.id].map(Some);
    let stage = Stage::set(world).await;
    let db = world.writing().await;
    for some in rows.chunks(500) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        delivery::Entity::insert_many(some).exec_without_returning(&db).await.unwrap();
    }
    world.written(db).await;
    stage.sends().await;
    let everywhere = Scope::system(glans::call::today(now));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let sent = delivery::Entity::within(&everywhere).filter(delivery::Column::CreatedAt.eq(now));
    let sent = sent.all(&db).await.unwrap();
    assert_eq!(sent.len(), rows.len());
    assert!(sent.iter().all(|row| row.state == DeliveryState::Suppressed && row.attempts == 1));
    let (many, few): (Vec<_>, Vec<_>) = sent.into_iter().partition(|row| busy.contains(&row.board_id));
    let last = few.iter().filter_map(|row| row.finished_at).max();
    many.iter().filter(|row| row.finished_at < last).count()
}

async fn boards(world: &World, count: usize) -> Vec<BoardId> {
    let mut boards = Vec::new();
    for _ in 0..count {
        boards.push(Crowd::gather(&world.app.db, world.app.clock.now(), 1, |_| Vec::new()).await.board);
    }
    boards
}

/// There is room for eight batches at a time, and ten boards have something to send.
async fn two_busy_boards_keep_no_push_of_another_waiting(world: &World) {
    const OF_EACH: usize = 12 * PUSHES;
    let small = boards(world, 8).await;
    let now = world.app.clock.now();
    let mut rows = Vec::new();
    for board in [world.ours.id, world.theirs.id] {
        rows.extend((0..OF_EACH).map(|_| row(Some(board), None, now)));
    }
    rows.extend(small.into_iter().map(|board| row(Some(board), None, now)));
    let before = done_before_the_small(world, &rows, now).await;
    assert!(before <= 8 * PUSHES, "{before} of {} pushes went first", 2 * OF_EACH);
}

/// There is room for two batches at a time. A password belongs to no board.
async fn two_boards_that_invite_keep_neither_another_nor_a_password_waiting(world: &World) {
    const OF_EACH: usize = 10 * LETTERS_AT_ONCE;
    let small = boards(world, 1).await;
    let now = world.app.clock.now();
    let mut rows = Vec::new();
    for board in [world.ours.id, world.theirs.id] {
        rows.extend((0..OF_EACH).map(|_| row(Some(board), Some(LetterKind::Invitation), now)));
    }
    rows.extend(small.into_iter().map(|board| row(Some(board), Some(LetterKind::Invitation), now)));
    rows.push(row(None, Some(LetterKind::PasswordReset), now));
    let before = done_before_the_small(world, &rows, now).await;
    assert!(before <= 6 * LETTERS_AT_ONCE, "{before} of {} letters went first", 2 * OF_EACH);
}

/// The sender of a process in which some pushes never come to their end, however long ago they were answered.
struct Endless {
    sender: Arc<Sender>,
    is_endless: Box<dyn Fn(&delivery::Model) -> bool + Send + Sync>,
    /// How many of these are under way.
    begun: AtomicUsize,
}

impl Endless {
    /// It, and its rounds, which go on until they are aborted.
    fn sending(
        stage: &Stage<'_>,
        is_endless: impl Fn(&delivery::Model) -> bool + Send + Sync + 'static,
    ) -> (Arc<Self>, JoinHandle<()>) {
        let sender = Sender::new(Arc::clone(&stage.app));
        let endless = Arc::new(Self { sender, is_endless: Box::new(is_endless), begun: AtomicUsize::new(0) });
        let running = Arc::clone(&endless);
        (endless, tokio::spawn(async move { dispatch::run(&running, pending()).await }))
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// Until so many are under way.
    async fn begins(&self, count: usize) {
        let begins = async {
            while self.begun() < count {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(AT_LAST, begins).await.expect("there is room for so many");
    }
}

/// Until the phone with this token shows something.
async fn arrives(stage: &Stage<'_>, token: &str) {
    let arrives = async {
        while stage.gateway.seen(token).is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(AT_LAST, arrives).await.expect("it waits for what others have under way");
}

impl Dispatch for Endless {
    type Owner = <Sender as Dispatch>::Owner;
    type Row = delivery::Model;
    type Done = <Sender as Dispatch>::Done;

    const WHAT: &'static str = <Sender as Dispatch>::WHAT;
    const LOOK_AGAIN: Duration = <Sender as Dispatch>::LOOK_AGAIN;
    const OVERDUE: Duration = <Sender as Dispatch>::OVERDUE;

    fn room(owner: Self::Owner) -> Room {
        Sender::room(owner)
    }

    fn share(one: Self::Owner, other: Self::Owner) -> bool {
        Sender::share(one, other)
    }

    async fn owners(&self) -> Result<Vec<Self::Owner>> {
        self.sender.owners().await
    }

    async fn claim(&self, owner: Self::Owner, lease: Uuid) -> Result<Vec<delivery::Model>> {
        self.sender.claim(owner, lease).await
    }

    async fn give_back_overdue(&self) -> Result<u64> {
        self.sender.give_back_overdue().await
    }

    async fn carry(&self, owner: Self::Owner, batch: Vec<delivery::Model>) -> Result<Vec<Self::Done>> {
        let endless = batch.iter().filter(|row| (self.is_endless)(row)).count();
        self.begun.fetch_add(endless, Ordering::SeqCst);
        let done = self.sender.carry(owner, batch).await;
        if endless > 0 {
            pending::<()>().await;
        }
        done
    }

    async fn settle(&self, owner: Self::Owner, done: &[Self::Done], lease: Uuid) -> Result<()> {
        self.sender.settle(owner, done, lease).await
    }
}

/// The first board has as much under way as it may, at a gateway that takes its time, and more of it waits.
async fn a_board_does_not_wait_for_what_another_has_under_way(world: &World) {
    const ROOM_OF_ONE: usize = 6 * PUSHES;
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    let slow: Vec<String> = (0..=ROOM_OF_ONE).map(|number| format!("slow-{number}")).collect();
    stage.devices(sara, PushPlatform::Fcm, &slow).await;
    stage.device(world.theirs.guardians[0], PushPlatform::Fcm, "ok-theirs").await;
    stage.gateway.set_slowness(SLOWNESS);
    let asks = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", asks).await;
    stage.tells().await;
    let input = json!({ "title": "Kamp", "body": "Volgende week.", "requiresAcknowledgement": true,
        "audience": { "include": [world.theirs.groups[0]] } });
    let made = done(world, world.theirs.leader, "announcementCreate", "announcement { id }", input).await;
    let id = json!({ "id": made["announcement"]["id"] });
    let busy = Some(world.ours.id);
    let is_endless = move |row: &delivery::Model| row.board_id == busy && row.channel == Channel::Push;
    let (endless, sending) = Endless::sending(&stage, is_endless);
    endless.begins(ROOM_OF_ONE).await;
    done(world, world.theirs.leader, "announcementPublish", "", id).await;
    stage.tells().await;
    arrives(&stage, "ok-theirs").await;
    assert_eq!(endless.begun(), ROOM_OF_ONE, "and the rest of the first one waits");
    sending.abort();
}

/// Anybody can name a push service that takes its time, as often as there are devices.
async fn no_phone_waits_for_the_push_services_of_browsers(world: &World) {
    const ROOM_OF_ONE: usize = 3 * PUSHES;
    daytime(world);
    let stage = Stage::set(world).await;
    let (fien, sara, _) = world.family().await;
    let asks = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    done(world, world.ours.teacher, "threadStart", "", asks.clone()).await;
    // As many more wait: together they would fill the room that phones have.
    let slow: Vec<String> = (0..2 * ROOM_OF_ONE).map(|number| format!("slow-{number}")).collect();
    let browsers = stage.devices(sara, PushPlatform::WebPush, &slow).await;
    stage.gateway.set_slowness(SLOWNESS);
    stage.tells().await;
    let browsers: HashSet<Uuid> = browsers.into_iter().map(|id| id.0).collect();
    let (endless, sending) = Endless::sending(&stage, move |row| browsers.contains(&row.address_id));
    endless.begins(ROOM_OF_ONE).await;
    stage.device(sara, PushPlatform::Fcm, "ok-phone").await;
    done(world, world.ours.teacher, "threadStart", "", asks).await;
    stage.tells().await;
    arrives(&stage, "ok-phone").await;
    assert_eq!(endless.begun(), ROOM_OF_ONE, "and the rest of the browsers waits");
    sending.abort();
}

/// There is room for eight batches at a time, and the gateway takes its time.
async fn an_alarm_waits_for_no_ordinary_push_of_other_boards(world: &World) {
    const BUSY: usize = 24;
    const ROOM: usize = 8;
    daytime(world);
    let stage = Stage::set(world).await;
    // All who have room come to it before it answers the first, on a busy machine too.
    stage.gateway.set_latency(Duration::from_millis(1_500));
    let (db, now) = (&world.app.db, world.app.clock.now());
    for at in 0..BUSY {
        let crowd = Crowd::gather(db, now, 1, |_| vec![(PushPlatform::Fcm, format!("ok-{at}"))]).await;
        crowd.publish(db, now, 0..1).await;
    }
    let small = Crowd::gather(db, now, 1, |_| vec![(PushPlatform::Fcm, "ok-alarm".to_owned())]).await;
    small.alarm(db, now, 0..1).await;
    stage.tells().await;
    stage.sends().await;
    let accepted = stage.gateway.accepted();
    assert_eq!(accepted.len(), BUSY + 1);
    let before = accepted.iter().position(|push| push.token == "ok-alarm");
    assert!(before.is_some_and(|before| before <= ROOM), "{before:?} ordinary pushes went first");
}

/// Anybody signs in as often as they like, with browsers whose push services take their time.
async fn a_sign_in_takes_no_room_that_is_kept_for_alarms_to_browsers(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    let tarik = world.ours.teacher;
    let pushed = json!({ "channels": [{ "category": "SECURITY", "channel": "PUSH", "enabled": true }] });
    done(world, tarik, "notificationPreferencesUpdate", "", pushed).await;
    for (someone, name) in [(tarik, "tarik"), (sara, "sara")] {
        stage.device(someone, PushPlatform::Fcm, &format!("ok-phone-{name}")).await;
        stage.device(someone, PushPlatform::WebPush, &format!("ok-browser-{name}")).await;
    }
    let usual = lane(Channel::Push, true);
    signed_in(world, Who::Teacher).await;
    stage.tells().await;
    assert_eq!(lanes(&stage.deliveries(tarik, Channel::Push).await), [usual, browser_lane(false)]);
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    assert_eq!(lanes(&stage.deliveries(sara, Channel::Push).await), [usual, browser_lane(true)]);
}

fn lanes(rows: &[delivery::Model]) -> Vec<i32> {
    let mut lanes: Vec<i32> = rows.iter().map(|row| row.lane).collect();
    lanes.sort_unstable();
    lanes
}

on_each_database!(
    a_board_does_not_wait_for_what_another_has_under_way,
    a_sign_in_takes_no_room_that_is_kept_for_alarms_to_browsers,
    an_alarm_waits_for_no_ordinary_push_of_other_boards,
    no_phone_waits_for_the_push_services_of_browsers,
    two_busy_boards_keep_no_push_of_another_waiting,
    two_boards_that_invite_keep_neither_another_nor_a_password_waiting,
);
