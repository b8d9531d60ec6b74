//! A phone that keeps a copy, and the truth to compare it with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use glans::engagement::conversations::{rules, store};
use glans_entity::engagement::{
    absence_notice, announcement, booking_round, concern, consent, consent_purpose, contact_moment, conversation,
    event, goal, message, partnership, slot, survey, thread,
};
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{guardianship, person, student};
use glans_entity::practice::{cohort, cohort_school, comment, experience, meeting, team_session};
use glans_entity::scope::{Scope, Scoped, threads};
use glans_tests::{Engine, Who, World};
use sea_orm::{ConnectionTrait, DbBackend, QueryFilter, Statement};
use serde_json::{Value, json};

use crate::ask::ask;

pub(super) const CHANGES: &str = "query($since: String, $first: Int, $types: [ChangeType!]) {
    changes(since: $since, first: $first, types: $types) {
        cursor hasMore resetRequired
        changes { id operation reason node { id
            ... on Board { version } ... on Cluster { version } ... on School { version } ... on SchoolYear { version }
            ... on ClassGroup { version } ... on Person { version } ... on Membership { version }
            ... on Student { version } ... on Guardianship { version } ... on Cohort { version }
            ... on SchoolCohort { version } ... on Meeting { version } ... on TeamSession { version }
            ... on Experience { version } ... on Comment { version } ... on Programme { version }
            ... on ProgrammeEdition { version } ... on ProgrammeYear { version } ... on Module { version }
            ... on Lesson { version } ... on Material { version } ... on Partnership { version }
            ... on Conversation { version } ... on Agreement { version } ... on Goal { version }
            ... on Announcement { version } ... on Survey { version } ... on Thread { version }
            ... on Message { version } ... on Event { version } ... on BookingRound { version }
            ... on ContactMoment { version } ... on Concern { version } ... on AbsenceNotice { version }
            ... on ConsentPurpose { version } } } } }";

/// A phone of somebody.
pub struct Phone {
    pub who: Who,
    pub size: i64,
    pub types: Value,
    pub cursor: Value,
    /// What it holds: the version by id.
    pub holds: BTreeMap<String, i64>,
    /// All that it was told to wipe, as `id REASON`.
    pub wiped: BTreeSet<String>,
    /// Whatever it held at any time. To be told that something else is gone would tell that it was there.
    pub held: BTreeSet<String>,
    /// Whether it had all that was in sight whenever something was lost: then it is told of nothing else.
    pub strict: bool,
}

impl Phone {
    pub fn of(who: Who, size: i64) -> Self {
        let (types, cursor) = (Value::Null, Value::Null);
        let (wiped, held) = (BTreeSet::new(), BTreeSet::new());
        Self { who, size, types, cursor, holds: BTreeMap::new(), wiped, held, strict: false }
    }

    /// One page, applied.
    pub(super) async fn page(&mut self, world: &World) -> Value {
        let asked = json!({ "since": self.cursor, "first": self.size, "types": self.types });
        let seen = ask(world, self.who, CHANGES, asked).await["changes"].take();
        if seen["resetRequired"] == true {
            self.holds.clear();
        }
        self.apply(&seen);
        self.cursor = seen["cursor"].clone();
        seen
    }

    pub(super) fn apply(&mut self, seen: &Value) {
        let changes = seen["changes"].as_array().unwrap();
        assert!(changes.len() <= usize::try_from(self.size).unwrap());
        for change in changes {
            let id = change["id"].as_str().unwrap().to_owned();
            if change["operation"] == "UPSERT" {
                assert_eq!(change["node"]["id"], change["id"]);
                assert_eq!(change["reason"], Value::Null);
                let version = change["node"]["version"].as_i64().unwrap_or_default();
                self.held.insert(id.clone());
                let before = self.holds.insert(id.clone(), version).unwrap_or_default();
                assert!(before <= version, "{id} goes from {before} back to {version}");
            } else {
                assert_eq!(change["node"], Value::Null);
                assert!(!self.strict || self.held.contains(&id), "{} never held {id}", self.who.name());
                self.holds.remove(&id);
                self.wiped.insert(format!("{id} {}", change["reason"].as_str().unwrap()));
            }
        }
    }

    /// All pages, as often as there are more; how many.
    pub(super) async fn pull(&mut self, world: &World) -> usize {
        settled(world).await;
        for pages in 1..10_000 {
            if self.page(world).await["hasMore"] == false {
                return pages;
            }
        }
        panic!("the pages of {} have no end", self.who.name());
    }

    /// Pulls, and holds what the viewer may see and nothing else.
    pub async fn agrees(&mut self, world: &World) {
        self.pull(world).await;
        let lines = |held: &BTreeMap<String, i64>| -> BTreeSet<String> {
            held.iter().map(|(id, version)| format!("{id} {version}")).collect()
        };
        let (holds, truth) = (lines(&self.holds), lines(&truth(world, self.who).await));
        let missing: Vec<_> = truth.difference(&holds).collect();
        let too_much: Vec<_> = holds.difference(&truth).collect();
        assert!(missing.is_empty() && too_much.is_empty(), "{}: - {missing:?} + {too_much:?}", self.who.name());
    }

    /// What it was told to wipe since it was last asked.
    pub(super) fn wipes(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.wiped)
    }
}

/// A phone that has all that is in sight, and is told of nothing from then on but what it had.
pub(super) async fn synced(world: &World, who: Who) -> Phone {
    let mut phone = Phone::of(who, 500);
    phone.agrees(world).await;
    phone.strict = true;
    phone
}

/// The ids that a page tells of, upserts and others.
pub(super) fn told(page: &Value) -> Vec<&str> {
    page["changes"].as_array().unwrap().iter().map(|change| change["id"].as_str().unwrap()).collect()
}

/// Waits until every transaction that began is over: other databases of the server count as well.
pub(super) async fn settled(world: &World) {
    if world.engine() != Engine::Postgres {
        return;
    }
    let number = async |sql: &str| -> i64 {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = world.app.db.connection().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "number").unwrap()
    };
    let begun = number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS number").await;
    while number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS number").await < begun {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// All that `who` may see, by the other queries: the version by id.
pub(super) async fn truth(world: &World, who: Who) -> BTreeMap<String, i64> {
    let scope = world.standing(who).await.scope.clone();
    let db = world.app.db.read(&scope).await.unwrap();
    let mut held = BTreeMap::new();
    macro_rules! rows {
        ($($entity:ident),+) => {$(
            let rows = $entity::Entity::within(&scope).all(&db).await.unwrap();
            held.extend(rows.iter().map(|row| (row.id.to_string(), i64::from(row.version))));
        )+};
    }
    rows!(board, cluster, school, school_year, class_group, person, student, guardianship);
    rows!(cohort, cohort_school, meeting, team_session, experience, comment);
    rows!(partnership, conversation, goal);
    rows!(announcement, survey, event, booking_round, contact_moment, concern, absence_notice, consent_purpose);
    let now = world.app.clock.now();
    let open = thread::Entity::within(&scope).filter(threads::open(&scope, now)).all(&db).await.unwrap();
    held.extend(open.iter().map(|row| (row.id.to_string(), i64::from(row.version))));
    let arrived = message::Entity::within(&scope).filter(threads::arrived(&scope, now)).all(&db).await.unwrap();
    held.extend(arrived.iter().map(|row| (row.id.to_string(), i64::from(row.version))));
    // These have no version.
    held.extend(slot::Entity::within(&scope).all(&db).await.unwrap().iter().map(|row| (row.id.to_string(), 0)));
    held.extend(consent::Entity::within(&scope).all(&db).await.unwrap().iter().map(|row| (row.id.to_string(), 0)));
    held.extend(agreements(&db, world, &scope).await);
    let roles = glans::people::memberships::store::live(&scope).all(&db).await.unwrap();
    held.extend(roles.iter().map(|row| (row.id.to_string(), i64::from(row.version))));
    db.commit().await.unwrap();
    let document = "{ materials(first: 100) { nodes { id version } } programmes(first: 10) { nodes { id version
        edition { id version years { id version modules { id version lessons { id version
        materials { id version } } } } } } } }";
    collect(&ask(world, who, document, json!({})).await, &mut held);
    held
}

/// Agreements show to guardians from their release on.
async fn agreements(db: &impl ConnectionTrait, world: &World, scope: &Scope) -> Vec<(String, i64)> {
    let held = conversation::Entity::within(scope).all(db).await.unwrap();
    let open = held.iter().filter(|row| rules::is_open(row, scope, world.app.clock.now()));
    let open: Vec<_> = open.map(|row| row.id).collect();
    let rows = store::agreements(db, scope, &open).await.unwrap();
    rows.iter().map(|row| (row.id.to_string(), i64::from(row.version))).collect()
}

fn collect(value: &Value, held: &mut BTreeMap<String, i64>) {
    match value {
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_str);
            held.extend(id.map(|id| (id.to_owned(), fields["version"].as_i64().unwrap())));
            fields.values().for_each(|value| collect(value, held));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, held)),
        _ => {}
    }
}

/// Writes past the API, as the program itself.
pub(super) async fn writes(world: &World, act: impl AsyncFnOnce(&sea_orm::DatabaseTransaction)) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.write(&scope).await.unwrap();
    act(&db).await;
    db.commit().await.unwrap();
    world.app.standings.forget_all();
}
