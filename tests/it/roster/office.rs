//! One board without people, at noon of a day in its school year.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans::app::App;
use glans::call::Call;
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans::platform::error::Error;
use glans::roster::outcome::{Options, Outcome};
use glans::roster::problem::Severity;
use glans::roster::{self, Source};
use glans_entity::ids::BoardId;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::empty_board;
use glans_tests::{Engine, Ground, Left, Setting, TestDatabase};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryOrder};
use serde::Serialize;

use super::bundle::Bundle;

/// The day of every test here.
const NOON: &str = "2026-11-24T12:00:00Z";

pub struct Office {
    pub app: Arc<App>,
    pub board: BoardId,
    database: TestDatabase,
}

/// All rows that a roster can touch, to the last column.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    pub clusters: Vec<cluster::Model>,
    pub schools: Vec<school::Model>,
    pub years: Vec<school_year::Model>,
    pub groups: Vec<class_group::Model>,
    pub people: Vec<person::Model>,
    pub students: Vec<student::Model>,
    pub enrolments: Vec<enrolment::Model>,
    pub memberships: Vec<membership::Model>,
    pub guardianships: Vec<guardianship::Model>,
}

impl Tables {
    pub fn student(&self, source_id: &str) -> &student::Model {
        self.students.iter().find(|row| row.source_id.as_deref() == Some(source_id)).expect("the student")
    }

    pub fn person(&self, source_id: &str) -> &person::Model {
        self.people.iter().find(|row| row.source_id.as_deref() == Some(source_id)).expect("the person")
    }

    pub fn guardianship(&self, student: &str, guardian: &str) -> &guardianship::Model {
        let pair = (self.student(student).id, self.person(guardian).id);
        let found = self.guardianships.iter().find(|row| (row.student_id, row.guardian_id) == pair);
        found.expect("the guardianship")
    }

    /// Live memberships as `ROLE SCOPE`, sorted.
    pub fn roles_of(&self, source_id: &str) -> Vec<String> {
        let person = self.person(source_id).id;
        let live = self.memberships.iter().filter(|row| row.person_id == person && row.ended_at.is_none());
        let mut roles: Vec<_> = live.map(|row| format!("{} {}", text(&row.role), text(&row.scope_kind))).collect();
        roles.sort();
        roles
    }
}

/// An enumeration as it is stored.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_value(value).map(|value| value.as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

impl Office {
    pub fn call(&self) -> Call {
        Call::system(&self.app, "test")
    }

    pub async fn import(&self, bundle: &Bundle) -> Outcome {
        self.import_as(bundle.source(), Options::default()).await
    }

    pub async fn import_as(&self, source: Source, options: Options) -> Outcome {
        roster::import(&self.call(), self.board, source, options).await.expect("an outcome")
    }

    /// Imports guardianships alone.
    pub async fn import_guardianships(&self, text: &str) -> Outcome {
        self.import_as(Source::Guardianships(text.as_bytes().to_vec()), Options::default()).await
    }

    pub async fn roll_back(&self, outcome: &Outcome) -> Result<(), Error> {
        roster::rollback(&self.call(), outcome.import.id).await.map(drop)
    }

    /// Changes a row as somebody does by hand.
    pub async fn change<M>(&self, row: M)
    where
        M: ModelTrait<Entity: EntityTrait<Model = M>> + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        <M::Entity as EntityTrait>::ActiveModel: Send + sea_orm::ActiveModelBehavior,
    {
        let db = self.app.db.write(&self.call().scope()).await.unwrap();
        row.into_active_model().reset_all().update(&db).await.unwrap();
        db.commit().await.unwrap();
    }

    pub async fn tables(&self) -> Tables {
        let (scope, call) = (self.call().scope(), self.call());
        let db = call.read().await.unwrap();
        let db = &*db;
        Tables {
            clusters: cluster::Entity::within(&scope).order_by_asc(cluster::Column::Id).all(db).await.unwrap(),
            schools: school::Entity::within(&scope).order_by_asc(school::Column::Id).all(db).await.unwrap(),
            years: school_year::Entity::within(&scope).order_by_asc(school_year::Column::Id).all(db).await.unwrap(),
            groups: class_group::Entity::within(&scope).order_by_asc(class_group::Column::Id).all(db).await.unwrap(),
            people: person::Entity::within(&scope).order_by_asc(person::Column::Id).all(db).await.unwrap(),
            students: student::Entity::within(&scope).order_by_asc(student::Column::Id).all(db).await.unwrap(),
            enrolments: enrolment::Entity::within(&scope).order_by_asc(enrolment::Column::Id).all(db).await.unwrap(),
            memberships: membership::Entity::within(&scope).order_by_asc(membership::Column::Id).all(db).await.unwrap(),
            guardianships: guardianship::Entity::within(&scope)
                .order_by_asc(guardianship::Column::Id)
                .all(db)
                .await
                .unwrap(),
        }
    }
}

/// What has to be mended, as `file:line column: message`.
pub fn errors(outcome: &Outcome) -> Vec<String> {
    texts(outcome.problems.iter().filter(|problem| problem.severity == Severity::Error))
}

/// All findings, as `file:line column: message`.
pub fn found(outcome: &Outcome) -> Vec<String> {
    texts(outcome.problems.iter())
}

fn texts<'a>(problems: impl Iterator<Item = &'a roster::problem::Problem>) -> Vec<String> {
    let place = |problem: &roster::problem::Problem| {
        let place = &problem.place;
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = place.column.as_deref().map(|column| format!(" {column}")).unwrap_or_default();
        format!("{}{line}{column}: {}", place.file, problem.message)
    };
    problems.map(place).collect()
}

impl Setting for Office {
    async fn prepare(engine: Engine) -> Option<Self> {
        let Ground { database, db } = Ground::migrated(engine).await?;
        let clock = Clock::default();
        clock.turn(NOON.parse::<DateTime<Utc>>().unwrap() - clock.now());
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned();
        let config = Config { database_url: database.url().to_owned(), secret_key: Some(key), ..Config::default() };
        let app = App::new(config, db, clock).unwrap();
        let now = app.clock.now();
        let board = board::Model { number: Some("41613".to_owned()), ..empty_board(now) };
        let transaction = app.db.write(&Scope::system(glans::call::today(now))).await.unwrap();
        let board = board.into_active_model().reset_all().insert(&transaction).await.unwrap().id;
        transaction.commit().await.unwrap();
        Some(Self { app, board, database })
    }

    async fn remove(self) -> Left {
        Left::of(self.database, self.app).await
    }
}
