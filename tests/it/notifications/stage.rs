//! The program with gateways and a mail server into which a test can look, and the time of day.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use glans::app::App;
use glans::engagement::contact_rules::rules::zone;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::telling;
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::db::Database;
use glans::platform::dispatch::Dispatch;
use glans_entity::identity::session;
use glans_entity::ids::{DeviceId, SessionId};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery, device};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::post_office::{PostOffice, Posted};
use glans_tests::seed::Someone;
use glans_tests::{Accepted, FakeGateway, World};
use mail_parser::MessageParser;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::letters;
use super::poison::claimed;

/// Another process over the database of a world, whose gateways and mail server are those of the test.
pub(super) struct Stage<'w> {
    world: &'w World,
    pub gateway: FakeGateway,
    pub office: PostOffice,
    pub app: Arc<App>,
    sender: Arc<Sender>,
}

impl<'w> Stage<'w> {
    pub async fn set(world: &'w World) -> Self {
        let (gateway, office) = (FakeGateway::start().await, PostOffice::open().await);
        let config = gateway.configure(Config {
            database_url: world.app.config.database_url.clone(),
            secret_key: world.app.config.secret_key.clone(),
            ..letters::config(office.url())
        });
        let app = process(world, config).await;
        let sender = Sender::new(Arc::clone(&app));
        Self { world, gateway, office, app, sender }
    }

    /// Tells of all that happened.
    pub async fn tells(&self) {
        while telling::round(&self.app).await.unwrap() > 0 {}
    }

    /// Sends what is due.
    pub async fn sends(&self) {
        self.sender.round().await.unwrap();
    }

    /// Sends what is due, as a process does that was started just now and knows of no trouble with the gateways.
    pub async fn sends_anew(&self) {
        Sender::new(Arc::clone(&self.app)).round().await.unwrap();
    }

    /// Tries once what is due on the channel. A round goes on until nothing is due: what a gateway put off may be due again,
    /// at any moment of the next two seconds, before it ends.
    pub async fn tries(&self, channel: Channel) {
        let (queue, lease, batch) = claimed(&self.sender, channel).await;
        let done = self.sender.carry(queue, batch).await.unwrap();
        self.sender.settle(queue, &done, lease).await.unwrap();
    }

    pub async fn works(&self) {
        self.tells().await;
        self.sends().await;
    }

    /// Lets time pass in steps, and sends what is due after each.
    pub async fn passes(&self, times: usize, each: TimeDelta) {
        for _ in 0..times {
            self.world.app.clock.turn(each);
            self.sends().await;
        }
    }

    /// A device on which somebody is signed in, registered yesterday and not since. In the ledger it goes by `name`.
    pub async fn device(&self, someone: Someone, platform: PushPlatform, name: &str) -> DeviceId {
        self.devices(someone, platform, &[name.to_owned()]).await[0]
    }

    pub async fn devices(&self, someone: Someone, platform: PushPlatform, names: &[String]) -> Vec<DeviceId> {
        let now = self.world.app.clock.now();
        // A gateway says by its own clock since when a device is gone.
        let yesterday = Clock::default().now() - TimeDelta::days(1);
        let db = self.world.writing().await;
        let mut ids = Vec::new();
        for name in names {
            let signed_in = session::Model {
                id: SessionId::new(),
                account_id: someone.account,
                device_name: Some(name.clone()),
                created_at: now,
                last_used_at: now,
                expires_at: now + TimeDelta::days(365),
                revoked_at: None,
                version: 1,
            };
            let browser = platform == PushPlatform::WebPush;
            let row = device::Model {
                id: DeviceId::new(),
                account_id: someone.account,
                session_id: signed_in.id,
                platform,
                token: if browser { self.gateway.subscription(name) } else { name.clone() },
                name: None,
                registered_at: yesterday,
                last_seen_at: yesterday,
            };
            ids.push(row.id);
            session::Entity::insert(signed_in.into_active_model()).exec_without_returning(&db).await.unwrap();
            device::Entity::insert(row.into_active_model()).exec_without_returning(&db).await.unwrap();
        }
        self.world.written(db).await;
        ids
    }

    /// The deliveries to somebody, oldest first.
    pub async fn deliveries(&self, someone: Someone, channel: Channel) -> Vec<delivery::Model> {
        use delivery::Column;
        let everywhere = Scope::system(glans::call::today(self.world.app.clock.now()));
        let db = self.world.app.db.read(&everywhere).await.unwrap();
        let rows = delivery::Entity::within(&everywhere)
            .filter(Column::AccountId.eq(someone.account))
            .filter(Column::Channel.eq(channel));
        rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&db).await.unwrap()
    }

    /// What became of the deliveries to somebody, oldest first, as `SUPPRESSED READ`.
    pub async fn fates(&self, someone: Someone, channel: Channel) -> Vec<String> {
        let rows = self.deliveries(someone, channel).await;
        let fate = |row: &delivery::Model| {
            let why = row.failure.as_deref().unwrap_or_default();
            format!("{} {why}", row.state.to_value()).trim_end().to_owned()
        };
        rows.iter().map(fate).collect()
    }
}

/// A process with a database connection of its own, and the time of the world.
pub(super) async fn process(world: &World, config: Config) -> Arc<App> {
    let db = Database::connect(&config.database_url).await.unwrap();
    App::new(config, db, world.app.clock.clone()).unwrap()
}

/// The ids that a push carries.
pub(super) fn ids(push: &Accepted) -> &Value {
    if push.platform == PushPlatform::Fcm { &push.body["data"] } else { &push.body }
}

/// What a locked screen shows: title and body.
pub(super) fn line(push: &Accepted) -> (&str, &str) {
    let shown = match push.platform {
        PushPlatform::Fcm => &push.body["notification"],
        PushPlatform::Apns => &push.body["aps"]["alert"],
        PushPlatform::WebPush => &push.body,
    };
    (shown["title"].as_str().unwrap(), shown["body"].as_str().unwrap())
}

/// Subject and plain text of an e-mail.
pub(super) fn read(posted: &Posted) -> (String, String) {
    let message = MessageParser::default().parse(&posted.message).expect("a message");
    (message.subject().unwrap().to_owned(), message.body_text(0).unwrap().into_owned())
}

/// To the first group, to be confirmed: it is pushed, and waits in quiet hours.
pub(super) fn to_confirm(world: &World) -> Value {
    json!({ "audience": { "include": [world.ours.groups[0]] }, "requiresAcknowledgement": true })
}

/// To the first group, at once: by push and by e-mail.
pub(super) fn urgent(world: &World) -> Value {
    json!({ "audience": { "include": [world.ours.groups[0]] }, "priority": "URGENT",
        "urgentReason": "Een gaslek.", "requiresAcknowledgement": true })
}

/// Turns the clock to the next time at which clocks in the Netherlands show this.
pub(super) fn turn_to(world: &World, hour: u32, minute: u32) -> DateTime<Utc> {
    turn_to_day(world, hour, minute, |_| true)
}

/// The same, on that day of the week, at least a day from now.
pub(super) fn turn_to_weekday(world: &World, weekday: Weekday, hour: u32, minute: u32) -> DateTime<Utc> {
    world.app.clock.turn(TimeDelta::days(1));
    turn_to_day(world, hour, minute, |day| day == weekday)
}

/// Tuesday at ten: nobody wants to be left alone.
pub(super) fn daytime(world: &World) {
    turn_to_weekday(world, Weekday::Tue, 10, 0);
}

fn turn_to_day(world: &World, hour: u32, minute: u32, is_meant: impl Fn(Weekday) -> bool) -> DateTime<Utc> {
    let (zone, now) = (zone("Europe/Amsterdam"), world.app.clock.now());
    let mut day = now.with_timezone(&zone).date_naive();
    loop {
        let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
        let wanted = zone.from_local_datetime(&local).earliest().unwrap().with_timezone(&Utc);
        if wanted > now && is_meant(day.weekday()) {
            world.app.clock.turn(wanted - now);
            return wanted;
        }
        day = day + Days::new(1);
    }
}

/// Takes away what was given up before the test began.
pub(super) async fn nothing_is_dead(world: &World) {
    let db = world.writing().await;
    let dead = delivery::Column::State.eq(DeliveryState::Dead.to_value());
    delivery::Entity::delete_many().filter(dead).exec(&db).await.unwrap();
    world.written(db).await;
}
