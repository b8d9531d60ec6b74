//! Families and teachers of the first board, and the transaction in which things happen to them.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::{AccountId, MaterialId, PersonId, StudentId};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship, person};
use glans_entity::programme::{Audience, MaterialState, material, material_state};
use glans_tests::World;
use glans_tests::seed::{Someone, put};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::calendar::today;
use super::moves::look;

const CHILDREN: usize = 6;
const FAMILIES: usize = 5;
/// Of the families.
const LANGUAGES: [&str; 4] = ["nl", "nl", "ar", "pl"];
/// How long children are there before a history begins.
const THERE_FOR: Days = Days::new(30);
/// Before the first history.
const SEEDED_BEFORE: &str = "2034-07-01";

/// Who lives in one history, besides all who were there before.
pub(super) struct Town {
    pub children: Vec<StudentId>,
    pub guardians: Vec<PersonId>,
    /// The login that each of them was given.
    pub accounts: BTreeMap<PersonId, AccountId>,
    /// Two of each school.
    pub teachers: [Vec<Someone>; 2],
}

impl Town {
    /// It was looked where they are.
    pub(super) async fn settle(world: &World, dice: &mut StdRng, name: &str, from: DateTime<Utc>) -> Self {
        let town = Self::arrive(world, dice, name, from).await;
        let db = world.writing().await;
        look(&db, world, from).await;
        world.written(db).await;
        town
    }

    /// Nobody has counted them yet.
    pub(super) async fn arrive(world: &World, dice: &mut StdRng, name: &str, from: DateTime<Utc>) -> Self {
        let mut teachers: [Vec<Someone>; 2] = [Vec::new(), Vec::new()];
        for at in [0_usize, 1, 0, 1] {
            let number = teachers[at].len();
            teachers[at].push(world.teacher(&format!("Juf-{name}-{at}-{number}"), at).await);
        }
        let mut children = Vec::new();
        for number in 0..CHILDREN {
            children.push(world.child(&format!("Kind-{name}-{number}"), dice.random_range(0..2)).await);
        }
        let (mut guardians, mut accounts) = (Vec::new(), BTreeMap::new());
        for number in 0..FAMILIES {
            let first = dice.random_range(0..CHILDREN);
            let several = dice.random_bool(0.4).then_some((first + 1) % CHILDREN);
            let access = if dice.random_bool(0.8) { GuardianAccess::Full } else { GuardianAccess::OnRequest };
            let own: Vec<_> = [first].into_iter().chain(several).map(|at| (children[at], access)).collect();
            let guardian = world.guardian(&format!("Ouder-{name}-{number}"), &own).await;
            guardians.push(guardian.person);
            accounts.insert(guardian.person, guardian.account);
        }
        let town = Self { children, guardians, accounts, teachers };
        let db = world.writing().await;
        town.unsettle(&db, world, dice, from).await;
        world.written(db).await;
        town
    }

    /// Children are there for some weeks already, and some leave on the way. Families speak their own languages, and
    /// some relations end or do not hold yet.
    async fn unsettle(&self, db: &DatabaseTransaction, world: &World, dice: &mut StdRng, from: DateTime<Utc>) {
        for child in &self.children {
            let own = enrolment::Entity::update_many().filter(enrolment::Column::StudentId.eq(*child));
            let came = own.clone().col_expr(enrolment::Column::StartsOn, Expr::val(today(from) - THERE_FOR));
            came.exec(db).await.unwrap();
            if dice.random_bool(0.3) {
                let last = today(from) + Days::new(dice.random_range(0..20));
                let leaves = own.col_expr(enrolment::Column::EndsOn, Expr::val(last));
                leaves.exec(db).await.unwrap();
            }
        }
        for guardian in &self.guardians {
            let language = *LANGUAGES.choose(dice).unwrap();
            let speaks = person::Entity::update_many().col_expr(person::Column::Language, Expr::val(language));
            speaks.filter(person::Column::Id.eq(*guardian)).exec(db).await.unwrap();
            let own = guardianship::Column::GuardianId.eq(*guardian);
            let goes = dice.random_bool(0.2);
            if goes {
                let last = today(from) + Days::new(dice.random_range(0..20));
                let ends = guardianship::Entity::update_many().col_expr(guardianship::Column::EndsOn, Expr::val(last));
                ends.filter(own).exec(db).await.unwrap();
            } else if dice.random_bool(0.2) {
                let invited = Expr::val(GuardianshipStatus::Invited.to_value());
                let waits = guardianship::Entity::update_many().col_expr(guardianship::Column::Status, invited);
                waits.filter(own).exec(db).await.unwrap();
            }
        }
        materials(db, world, from).await;
        for teacher in self.teachers.iter().flatten() {
            study(db, world, dice, *teacher, from).await;
        }
    }
}

/// One material more, for teachers, once.
async fn materials(db: &DatabaseTransaction, world: &World, at: DateTime<Utc>) {
    let known = material::Entity::find().filter(material::Column::LessonId.eq(world.ours.published.lesson));
    let known = known.all(db).await.unwrap();
    if known.iter().any(|row| row.audience == Audience::Teacher) {
        return;
    }
    let row = material::Model {
        id: MaterialId::new(),
        key: "voor-het-team".to_owned(),
        position: 9,
        audience: Audience::Teacher,
        created_at: at,
        updated_at: at,
        ..known[0].clone()
    };
    put::<material::Entity>(db, row).await;
}

/// A teacher completes some materials some time, or begins with them.
async fn study(db: &DatabaseTransaction, world: &World, dice: &mut StdRng, teacher: Someone, from: DateTime<Utc>) {
    let all = material::Entity::find().filter(material::Column::LessonId.eq(world.ours.published.lesson));
    for material in all.all(db).await.unwrap() {
        let states = [MaterialState::Started, MaterialState::Completed, MaterialState::Completed];
        let row = material_state::Model {
            account_id: teacher.account,
            material_id: material.id,
            state: *states.choose(dice).unwrap(),
            updated_at: from + TimeDelta::hours(dice.random_range(-48..200)),
        };
        if dice.random_bool(0.9) {
            put::<material_state::Entity>(db, row).await;
        }
    }
}

/// Nobody was there for years, of those who were seeded by the clock of the machine.
pub(super) async fn come_later(db: &DatabaseTransaction, from: NaiveDate) {
    let seeded: NaiveDate = SEEDED_BEFORE.parse().unwrap();
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::StartsOn, Expr::val(from - THERE_FOR))
        .filter(enrolment::Column::StartsOn.lt(seeded))
        .exec(db)
        .await
        .unwrap();
}
