//! Whether engagement moved after teams got a lesson, as those ask who see the figures of all schools of a place.

use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::access::Standing;
use glans::call::begin;
use glans::metrics::periods;
use glans_entity::ids::{SchoolCohortId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, Suppression, figure};
use glans_entity::practice::{LessonStatus, OccasionStatus, cohort_school, lesson_progress, team_session};
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use super::client;
use crate::ask::act;

const EFFECT: &str = "query($lesson: ID!, $metric: Metric!, $scope: ID!) {
    lessonEffect(lesson: $lesson, metric: $metric, scope: $scope) {
        estimate low high insufficientData taughtCount comparisonCount weeks { week taught comparison } caveat } }";

/// The week in which the teams got the lesson.
const TAUGHT: u64 = 6;
const WEEKS: u64 = 14;

/// Eight schools of the first cluster in the first cohort. Three got the lesson and gained 10, 12 and 14 points; four
/// did not and gained 2 in the same weeks; of the last one the figures are hidden from others.
struct Stage {
    schools: Vec<SchoolId>,
    taking_part: Vec<SchoolCohortId>,
    /// The Monday of the first week.
    from: NaiveDate,
}

impl Stage {
    async fn set(world: &World) -> Self {
        let from = periods::start(Span::Week, world.app.clock.now().date_naive()) - Days::new(7 * (WEEKS + 2));
        let mut stage = Self { schools: Vec::new(), taking_part: Vec::new(), from };
        for at in 0..8 {
            let input = json!({
                "board": world.ours.id, "cluster": world.ours.clusters[0], "name": format!("School {at}"),
            });
            let made = act(world, Who::Admin, "schoolCreate", "school { id }", input).await;
            stage.schools.push(made["school"]["id"].as_str().unwrap().parse().unwrap());
            stage.taking_part.push(SchoolCohortId::new());
        }
        stage.join(world).await;
        for at in 0..3 {
            stage.teach(world, at).await;
        }
        for (at, gain) in [10, 12, 14, 2, 2, 2, 2].into_iter().enumerate() {
            stage.measure(world, at, gain, None).await;
        }
        stage.measure(world, 7, 50, Some(Suppression::SmallDenominator)).await;
        stage
    }

    fn week(&self, at: u64) -> NaiveDate {
        self.from + Days::new(7 * at)
    }

    async fn join(&self, world: &World) {
        let now = world.app.clock.now();
        let rows = self.schools.iter().zip(&self.taking_part).map(|(school, taking_part)| cohort_school::Model {
            id: *taking_part,
            board_id: world.ours.id,
            cohort_id: world.ours.cohorts[0],
            school_id: *school,
            joined_on: self.from,
            left_on: None,
            created_at: now,
            updated_at: now,
            version: 1,
        });
        let db = world.writing().await;
        let rows = rows.map(|row| row.into_active_model().reset_all());
        cohort_school::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
        world.written(db).await;
    }

    async fn teach(&self, world: &World, at: usize) {
        let row = lesson_progress::Model {
            cohort_school_id: self.taking_part[at],
            lesson_id: world.ours.published.lesson,
            board_id: world.ours.id,
            cohort_id: world.ours.cohorts[0],
            school_id: self.schools[at],
            status: LessonStatus::Taught,
            prepared_at: None,
            taught_at: Some(begin(self.week(TAUGHT)) + TimeDelta::hours(15)),
            reflected_at: None,
            discussed_at: None,
            skipped_reason: None,
            due_at: None,
        };
        let db = world.writing().await;
        let insert = lesson_progress::Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(&db).await.unwrap();
        world.written(db).await;
    }

    /// A session with the lesson that was held at a school in a week, while others are still to come.
    async fn begin(&self, world: &World, at: usize, week: u64) {
        let (now, starts_at) = (world.app.clock.now(), begin(self.week(week)) + TimeDelta::hours(13));
        let row = team_session::Model {
            id: glans_entity::ids::TeamSessionId::new(),
            board_id: world.ours.id,
            cohort_id: world.ours.cohorts[0],
            cohort_school_id: self.taking_part[at],
            school_id: self.schools[at],
            lesson_id: world.ours.published.lesson,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(2),
            location: None,
            status: OccasionStatus::Held,
            notes: None,
            recorded_at: Some(now),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let db = world.writing().await;
        let insert = team_session::Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(&db).await.unwrap();
        world.written(db).await;
    }

    /// 50 of 100 until the lesson, and `gain` more from then on.
    async fn measure(&self, world: &World, at: usize, gain: i64, outside: Option<Suppression>) {
        let row = |week: u64| figure::Model {
            board_id: world.ours.id,
            span: Span::Week,
            metric: Metric::Reach,
            level: Level::School,
            language: String::new(),
            starts_on: self.week(week),
            parent_id: world.ours.clusters[0].0,
            place_id: self.schools[at].0,
            version: 1,
            numerator: if week < TAUGHT { 50 } else { 50 + gain },
            denominator: 100,
            unknown: 0,
            inside: None,
            outside,
        };
        let db = world.writing().await;
        let rows = (0..WEEKS).map(|week| row(week).into_active_model().reset_all());
        figure::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
        world.written(db).await;
    }
}

fn question(lesson: &impl ToString, metric: &str, scope: &impl ToString) -> Value {
    json!({ "lesson": lesson.to_string(), "metric": metric, "scope": scope.to_string() })
}

/// The effect of the lesson of the course on REACH, in the first cluster.
fn in_the_cluster(world: &World) -> Value {
    question(&world.ours.published.lesson, "REACH", &world.ours.clusters[0])
}

async fn told(world: &World, standing: &Arc<Standing>, asked: Value) -> Value {
    let mut answer = world.execute(standing, EFFECT, asked).await.body;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"]["lessonEffect"].take()
}

async fn refused(world: &World, standing: &Arc<Standing>, asked: Value) -> Value {
    let mut answer = world.execute(standing, EFFECT, asked).await.body;
    answer["errors"][0]["extensions"]["code"].take()
}

fn is_near(value: &Value, expected: f64, by: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - expected).abs() < by)
}

async fn who_sees_all_figures_of_a_place_is_told_the_effect(world: &World) {
    Stage::set(world).await;
    let director = told(world, &world.standing(Who::Director).await, in_the_cluster(world)).await;
    assert_eq!(director["insufficientData"], false, "{director}");
    assert_eq!((&director["taughtCount"], &director["comparisonCount"]), (&json!(3), &json!(4)));
    assert!(is_near(&director["estimate"], 0.1, 1e-9), "{director}");
    // Student's t with two degrees of freedom, times 0.02 / √3, with what chance the draws leave.
    assert!(is_near(&director["low"], 0.05, 0.006) && is_near(&director["high"], 0.15, 0.006), "{director}");
    let weeks = director["weeks"].as_array().unwrap();
    assert_eq!(weeks.len(), 9);
    assert_eq!((&weeks[0]["week"], &weeks[8]["week"]), (&json!(-4), &json!(4)));
    assert!(is_near(&weeks[3]["taught"], 0.5, 1e-9) && is_near(&weeks[3]["comparison"], 0.5, 1e-9), "{director}");
    assert!(is_near(&weeks[8]["taught"], 0.62, 1e-9) && is_near(&weeks[8]["comparison"], 0.52, 1e-9), "{director}");
    assert!(director["caveat"].as_str().unwrap().contains("bewijst geen oorzaak"), "{director}");

    // The same question has the same answer.
    for standing in [world.standing(Who::Director).await, world.standing(Who::Admin).await, client(world, None)] {
        assert_eq!(told(world, &standing, in_the_cluster(world)).await, director);
    }
    for standing in [world.standing(Who::Admin).await, client(world, None)] {
        let asked = question(&world.ours.published.lesson, "REACH", &world.ours.id);
        let whole = told(world, &standing, asked).await;
        assert_eq!(whole["weeks"], director["weeks"]);
        assert_eq!(whole["estimate"], director["estimate"]);
    }
}

async fn who_sees_less_is_told_nothing(world: &World) {
    let stage = Stage::set(world).await;
    let cluster = in_the_cluster(world);
    let board = question(&world.ours.published.lesson, "REACH", &world.ours.id);
    for who in [Who::Leader, Who::Teacher, Who::Trainer, Who::Guardian, Who::Distant, Who::Client] {
        let standing = world.standing(who).await;
        for asked in [&cluster, &board] {
            assert_eq!(refused(world, &standing, asked.clone()).await, "NOT_FOUND", "{}", who.name());
        }
    }
    let director = world.standing(Who::Director).await;
    assert_eq!(refused(world, &director, board.clone()).await, "NOT_FOUND");
    let other_cluster = question(&world.ours.published.lesson, "REACH", &world.ours.clusters[1]);
    assert_eq!(refused(world, &director, other_cluster).await, "NOT_FOUND");
    let narrow = client(world, Some(stage.schools.clone()));
    assert_eq!(refused(world, &narrow, board.clone()).await, "NOT_FOUND");
    assert_eq!(refused(world, &world.standing(Who::Anonymous).await, board.clone()).await, "UNAUTHENTICATED");
    for who in [Who::Admin, Who::Director] {
        let stranger = world.standing_in(&world.theirs, who).await;
        for asked in [&cluster, &board] {
            assert_eq!(refused(world, &stranger, asked.clone()).await, "NOT_FOUND");
        }
    }
    // A school is no place to compare schools in.
    let school = question(&world.ours.published.lesson, "REACH", &stage.schools[0]);
    assert_eq!(refused(world, &world.standing(Who::Admin).await, school).await, "NOT_FOUND");
}

async fn a_lesson_out_of_sight_is_one_that_does_not_exist(world: &World) {
    let admin = world.standing(Who::Admin).await;
    let (draft, theirs) = (world.ours.draft.lesson, world.theirs.published.lesson);
    for lesson in [draft.to_string(), theirs.to_string(), "lesson".to_owned()] {
        assert_eq!(refused(world, &admin, question(&lesson, "REACH", &world.ours.id)).await, "NOT_FOUND", "{lesson}");
    }
}

async fn with_too_few_schools_nothing_is_said(world: &World) {
    let stage = Stage::set(world).await;
    let director = world.standing(Who::Director).await;
    let asked = question(&world.ours.published.lesson, "CONFIRMATION", &world.ours.clusters[0]);
    let seen = told(world, &director, asked).await;
    assert_eq!(seen["insufficientData"], true);
    for field in ["estimate", "low", "high"] {
        assert_eq!(seen[field], Value::Null, "{field}");
    }
    assert_eq!(seen["weeks"], json!([]));

    // A school that has begun is no comparison, and one of which no more than two are left says nothing.
    stage.begin(world, 3, TAUGHT + 4).await;
    let seen = told(world, &director, in_the_cluster(world)).await;
    assert_eq!((&seen["insufficientData"], &seen["comparisonCount"]), (&json!(false), &json!(3)));
    stage.begin(world, 4, TAUGHT + 2).await;
    let seen = told(world, &director, in_the_cluster(world)).await;
    assert_eq!((&seen["insufficientData"], &seen["taughtCount"]), (&json!(true), &json!(0)));
}

async fn a_school_that_moved_is_compared_where_it_was(world: &World) {
    let stage = Stage::set(world).await;
    let db = world.writing().await;
    let moved = figure::Entity::delete_many()
        .filter(figure::Column::PlaceId.eq(stage.schools[0].0))
        .filter(figure::Column::StartsOn.lt(stage.week(TAUGHT - 1)));
    moved.exec(&db).await.unwrap();
    world.written(db).await;
    // One week before the lesson is left in this cluster, which is too little.
    let seen = told(world, &world.standing(Who::Director).await, in_the_cluster(world)).await;
    assert_eq!((&seen["insufficientData"], &seen["taughtCount"]), (&json!(true), &json!(2)));
}

on_each_database!(
    who_sees_all_figures_of_a_place_is_told_the_effect,
    who_sees_less_is_told_nothing,
    a_lesson_out_of_sight_is_one_that_does_not_exist,
    with_too_few_schools_nothing_is_said,
    a_school_that_moved_is_compared_where_it_was,
);
