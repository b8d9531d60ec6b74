//! Facts where the plain course of things is left: a child moves, somebody is erased, a phone was offline, an act and its
//! undoing meet.

mod calendar;
mod erasures;
mod messages;
mod moves;
mod readings;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans::call::{begin, today};
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::ids::AttendanceId;
use glans_entity::metrics::{Engaged, Metric, fact, stretch};
use glans_entity::practice::{AttendanceStatus, OccasionStatus, attendance, team_session};
use glans_tests::World;
use glans_tests::seed::{Someone, put};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::metrics::now;

/// A Monday.
const MONDAY: &str = "2035-10-15";

/// The first student was counted on these days at the school, with the cluster, of that place in the board.
async fn counted(world: &World, (starts_on, ends_on): (NaiveDate, Option<NaiveDate>), at: usize, cluster: usize) {
    let row = stretch::Model {
        student_id: world.ours.students[0],
        starts_on,
        ends_on,
        board_id: world.ours.id,
        cluster_id: world.ours.clusters[cluster],
        school_id: world.ours.schools[at],
        class_group_id: world.ours.groups[at],
        language: "nl".to_owned(),
        is_reachable: false,
        entitled: 0,
        activated: 0,
        engaged: Engaged::Unknown,
    };
    let db = world.writing().await;
    put::<stretch::Entity>(&db, row).await;
    world.written(db).await;
}

/// As [`counted`], for as long as the tests are about, at the own school.
async fn counted_all_along(world: &World) {
    counted(world, (today(now(world)) - Days::new(90), None), 0, 0).await;
}

/// The act is told to the facts, at that time.
async fn told_at(world: &World, kind: &'static str, id: impl std::fmt::Display, at: DateTime<Utc>) {
    let db = world.writing().await;
    let event = Event { kind, payload: json!({ "id": id.to_string() }) };
    facts::record(&db, world.ours.id, &event, at).await.unwrap();
    world.written(db).await;
}

async fn told(world: &World, kind: &'static str, id: impl std::fmt::Display) {
    told_at(world, kind, id, now(world)).await;
}

async fn reading(world: &World) -> DatabaseTransaction {
    world.app.db.read(&world.everywhere()).await.unwrap()
}

/// The facts of an item.
async fn facts_of(world: &World, metric: Metric, item: Uuid) -> Vec<fact::Model> {
    let own = fact::Entity::find().filter(fact::Column::Metric.eq(metric)).filter(fact::Column::ItemId.eq(item));
    own.order_by_asc(fact::Column::SubjectId).all(&reading(world).await).await.unwrap()
}

/// A session of the first school was held on the day, and these of its team were there.
async fn hold(world: &World, on: NaiveDate, team: &[Someone]) {
    use team_session::Column;
    let (id, db) = (world.ours.sessions[0], world.writing().await);
    let starts_at = begin(on) + TimeDelta::hours(15);
    team_session::Entity::update_many()
        .col_expr(Column::StartsAt, Expr::val(starts_at))
        .col_expr(Column::EndsAt, Expr::val(starts_at + TimeDelta::hours(1)))
        .col_expr(Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(Column::RecordedAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let session = team_session::Entity::find_by_id(id).one(&db).await.unwrap().unwrap();
    for someone in team {
        let row = attendance::Model {
            id: AttendanceId::new(),
            board_id: world.ours.id,
            cohort_id: session.cohort_id,
            school_id: session.school_id,
            meeting_id: None,
            team_session_id: Some(id),
            person_id: someone.person,
            status: AttendanceStatus::Present,
            expected: true,
            responded_at: None,
            recorded_at: Some(now(world)),
            created_at: now(world),
            updated_at: now(world),
            version: 1,
        };
        put::<attendance::Entity>(&db, row).await;
    }
    world.written(db).await;
    told(world, "team_session.recorded", id).await;
}
