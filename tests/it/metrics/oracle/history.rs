//! A random history in parts, with the rounds of the program in between: what is made of facts is made while they come
//! in.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans::metrics::rollups;
use glans_entity::identity::{account, session};
use glans_entity::ids::{AccountId, DeviceId, SessionId};
use glans_entity::metrics::Metric;
use glans_entity::notifications::{PushPlatform, device};
use glans_entity::people::person;
use glans_tests::World;
use glans_tests::seed::put;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::Counts;
use super::acts::{self, Course};
use super::agree::write_all;
use super::calendar::today;
use super::chronicle::Chronicle;
use super::erased::forget_somebody;
use super::life::{self, Life};
use super::moves::Moves;
use super::standing::{self, Stand};
use super::town::{Town, come_later};
use super::year::{Season, Year};

/// The first one is around 1 August, and the clock changes in the second.
const FIRST: &str = "2035-07-27T06:00:00Z";
/// The days from the first history of a database to each, and what of a school year it is of. What the calendar brings
/// in between is no older than 60 days when the next one begins: after that it is not looked for any more.
const HISTORIES: [(u64, Season); 5] =
    [(0, Season::Summer), (85, Season::Short), (145, Season::Term), (205, Season::Short), (265, Season::Term)];
/// Days until nothing of a history is under way any more.
const OVER: Days = Days::new(8);
/// Short enough that no day is passed over, be it one of 23 hours.
const SOON: TimeDelta = TimeDelta::hours(6);

pub struct History {
    pub from: NaiveDate,
    pub now: DateTime<Utc>,
    season: Season,
    /// How all students stood at the first round of each day.
    standings: BTreeMap<NaiveDate, Vec<Stand>>,
    dice: StdRng,
    town: Town,
    year: Year,
    told: acts::Known,
    lived: life::Known,
}

impl History {
    pub async fn begin(world: &World, chronicle: &Chronicle, number: u64) -> Self {
        let (days, season) = HISTORIES[usize::try_from(number).unwrap() % HISTORIES.len()];
        let from = FIRST.parse::<DateTime<Utc>>().unwrap() + Days::new(days);
        let mut dice = StdRng::seed_from_u64(number);
        world.app.clock.turn(from - world.app.clock.now());
        let town = Town::arrive(world, &mut dice, &format!("dagen-{number}"), from).await;
        let db = world.writing().await;
        come_later(&db, today(from)).await;
        take_logins(&db, &town, &mut dice).await;
        give_apps(&db, &town, &mut dice, from).await;
        world.written(db).await;
        let year = Year::begin(world, &town, &mut dice, (number, season), from).await;
        let mut history = Self {
            from: today(from),
            season,
            now: from,
            standings: BTreeMap::new(),
            dice,
            town,
            year,
            told: acts::Known::default(),
            lived: life::Known::default(),
        };
        history.round(world, chronicle).await;
        history
    }

    /// Whether a school year ends in it.
    pub fn is_of_summer(&self) -> bool {
        self.season == Season::Summer
    }

    /// How the students stood on the day.
    pub fn standing(&self, on: NaiveDate, metric: Metric) -> Counts {
        standing::sum(&self.standings[&on], metric)
    }

    /// Somebody is forgotten, which no figure of what is over may tell.
    pub async fn forget_somebody(&self, world: &World) {
        forget_somebody(world, &self.town).await;
    }

    /// Writes down what can be.
    pub async fn write_all(&self, world: &World) {
        let db = world.writing().await;
        write_all(world, &db, world.app.clock.now()).await;
        world.written(db).await;
    }

    /// Some things happen, some hours later, and perhaps figures are made of it.
    pub async fn go_on(&mut self, world: &World, chronicle: &mut Chronicle) {
        let later = TimeDelta::hours(self.dice.random_range(1..20));
        self.wait(world, chronicle, later).await;
        let db = world.writing().await;
        for _ in 0..self.dice.random_range(4..12) {
            if self.dice.random_bool(0.4) {
                let whose = (&self.town, &mut *chronicle);
                let mut course = Course::new(world, &db, whose, &mut self.dice, self.now);
                course.known = std::mem::take(&mut self.told);
                course.happen().await;
                self.told = course.known;
            } else {
                let whose = (&self.town, &self.year, &mut *chronicle);
                let mut life = Life::new(world, &db, whose, &mut self.dice, self.now);
                life.known = std::mem::take(&mut self.lived);
                life.happen().await;
                self.lived = life.known;
            }
        }
        world.written(db).await;
        if self.dice.random_bool(0.5) {
            rollups::roll_up(&world.app).await.unwrap();
        }
    }

    /// Days pass until all of it counts, and the last round was a moment ago.
    pub async fn end(&mut self, world: &World, chronicle: &mut Chronicle) {
        let last = today(self.now) + OVER;
        while today(self.now) < last {
            self.wait(world, chronicle, SOON).await;
        }
    }

    /// Time passes. On a new day it comes before all else that something moves, and then the round of the program.
    async fn wait(&mut self, world: &World, chronicle: &mut Chronicle, by: TimeDelta) {
        let before = today(self.now);
        self.now += by;
        world.app.clock.turn(self.now - world.app.clock.now());
        if today(self.now) > before {
            self.perhaps_move(world, chronicle).await;
            self.round(world, chronicle).await;
        }
    }

    async fn perhaps_move(&mut self, world: &World, chronicle: &mut Chronicle) {
        let db = world.writing().await;
        let (town, dice, now) = (&self.town, &mut self.dice, self.now);
        Moves { world, db: &db, town, chronicle: &mut *chronicle, dice, now }.perhaps_move().await;
        world.written(db).await;
        // Who had left by then did not stand there.
        for (child, last) in &chronicle.left {
            for (_, stands) in self.standings.range_mut(*last + Days::new(1)..) {
                stands.retain(|stand| stand.student != *child);
            }
        }
    }

    async fn round(&mut self, world: &World, chronicle: &Chronicle) {
        rollups::round(&world.app).await.unwrap();
        self.standings.insert(today(self.now), standing::standing(world, chronicle).await);
    }
}

/// Some guardians have no login, and some have not signed in yet.
async fn take_logins(db: &DatabaseTransaction, town: &Town, dice: &mut StdRng) {
    for guardian in &town.guardians {
        let own = person::Entity::find_by_id(*guardian).one(db).await.unwrap().unwrap();
        let has_none = dice.random_bool(0.3);
        if has_none {
            person::Entity::update_many()
                .col_expr(person::Column::AccountId, Expr::val(None::<uuid::Uuid>))
                .filter(person::Column::Id.eq(*guardian))
                .exec(db)
                .await
                .unwrap();
        } else if dice.random_bool(0.3) {
            account::Entity::update_many()
                .col_expr(account::Column::FirstSignedInAt, Expr::val(None::<DateTime<Utc>>))
                .filter(account::Column::Id.eq(own.account_id.unwrap()))
                .exec(db)
                .await
                .unwrap();
        }
    }
}

/// Some guardians have the app, which some of them do not open any more: for as long that it is of no use from some day
/// of the history on.
async fn give_apps(db: &DatabaseTransaction, town: &Town, dice: &mut StdRng, from: DateTime<Utc>) {
    for account_id in town.accounts.values() {
        if dice.random_bool(0.5) {
            let last_seen_at = from - TimeDelta::hours(dice.random_range(78 * 24..95 * 24));
            give_app(db, *account_id, last_seen_at).await;
        }
    }
}

async fn give_app(db: &DatabaseTransaction, account_id: AccountId, last_seen_at: DateTime<Utc>) {
    let (id, session_id) = (DeviceId::new(), SessionId::new());
    let row = session::Model {
        id: session_id,
        account_id,
        device_name: None,
        created_at: last_seen_at,
        last_used_at: last_seen_at,
        expires_at: last_seen_at + TimeDelta::days(365),
        revoked_at: None,
        version: 1,
    };
    put::<session::Entity>(db, row).await;
    let row = device::Model {
        id,
        account_id,
        session_id,
        platform: PushPlatform::Fcm,
        token: id.to_string(),
        name: None,
        registered_at: last_seen_at,
        last_seen_at,
    };
    put::<device::Entity>(db, row).await;
}
