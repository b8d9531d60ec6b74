//! A random history in parts, with the rounds of the program in between: what is made of facts is made while they come
//! in.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans::call::today;
use glans::metrics::rollups;
use glans_entity::identity::account;
use glans_entity::metrics::Metric;
use glans_entity::people::{enrolment, person};
use glans_tests::World;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::acts::{self, Course};
use super::agree::beginning;
use super::life::{self, Life};
use super::standing::{Counts, standing};
use super::town::Town;
use super::year::Year;

/// Before the first history: what begins earlier was seeded by the clock of the machine.
const SEEDED_BEFORE: &str = "2035-01-01";
/// How long children are there before a history begins.
const THERE_FOR: Days = Days::new(30);
/// Days until nothing of a history is under way any more.
const OVER: Days = Days::new(8);
/// Short enough that no day is passed over, be it one of 23 hours.
const SOON: TimeDelta = TimeDelta::hours(6);

pub struct History {
    pub from: NaiveDate,
    pub now: DateTime<Utc>,
    /// How all students stood at the first round of each day.
    pub standings: BTreeMap<NaiveDate, BTreeMap<Metric, Counts>>,
    dice: StdRng,
    town: Town,
    year: Year,
    told: acts::Known,
    lived: life::Known,
}

impl History {
    pub async fn begin(world: &World, number: u64) -> Self {
        let (from, mut dice) = (beginning(number), StdRng::seed_from_u64(number));
        world.app.clock.turn(from - world.app.clock.now());
        let town = Town::arrive(world, &mut dice, &format!("dagen-{number}"), from).await;
        let year = Year::begin(world, &town, &mut dice, number, from).await;
        let db = world.writing().await;
        come_later(&db, today(from)).await;
        take_logins(&db, &town, &mut dice).await;
        world.written(db).await;
        let mut history = Self {
            from: today(from),
            now: from,
            standings: BTreeMap::new(),
            dice,
            town,
            year,
            told: acts::Known::default(),
            lived: life::Known::default(),
        };
        history.round(world).await;
        history
    }

    /// Some things happen, some hours later, and perhaps figures are made of it.
    pub async fn go_on(&mut self, world: &World) {
        let later = TimeDelta::hours(self.dice.random_range(1..20));
        self.wait(world, later).await;
        let db = world.writing().await;
        for _ in 0..self.dice.random_range(4..12) {
            if self.dice.random_bool(0.4) {
                let mut course = Course::new(world, &db, &self.town, &mut self.dice, self.now);
                course.known = std::mem::take(&mut self.told);
                course.happen().await;
                self.told = course.known;
            } else {
                let mut life = Life::new(world, &db, (&self.town, &self.year), &mut self.dice, self.now);
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
    pub async fn end(&mut self, world: &World) {
        let last = today(self.now) + OVER;
        while today(self.now) < last {
            self.wait(world, SOON).await;
        }
    }

    /// Time passes. On a new day the round of the program comes before all else.
    async fn wait(&mut self, world: &World, by: TimeDelta) {
        let before = today(self.now);
        self.now += by;
        world.app.clock.turn(self.now - world.app.clock.now());
        if today(self.now) > before {
            self.round(world).await;
        }
    }

    async fn round(&mut self, world: &World) {
        rollups::round(&world.app).await.unwrap();
        self.standings.insert(today(self.now), standing(world).await);
    }
}

/// Nobody was there for years.
async fn come_later(db: &DatabaseTransaction, from: NaiveDate) {
    let seeded: NaiveDate = SEEDED_BEFORE.parse().unwrap();
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::StartsOn, Expr::val(from - THERE_FOR))
        .filter(enrolment::Column::StartsOn.lt(seeded))
        .exec(db)
        .await
        .unwrap();
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
