//! The week of the course, for who directs a cluster.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use glans::notifications::reminders;
use glans::notifications::texts::Figures;
use glans_entity::notifications::Channel;
use glans_entity::organisation::school;
use glans_entity::people::membership;
use glans_entity::practice::{LessonStatus, OccasionStatus, experience, lesson_progress, team_session};
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{NOBODY, reminded};
use crate::ask::ask_as;
use crate::notifications::occasions::notifications;
use crate::notifications::stage::{Stage, read, turn_to_weekday};

/// What schools did a day before that moment: the first recorded a lesson that it taught more than a week before, the second of
/// the same cluster did not, and both shared an experience.
async fn a_week_of(world: &World, monday: DateTime<Utc>) {
    use lesson_progress::Column;
    let db = world.writing().await;
    let before = Expr::val(monday - TimeDelta::days(1));
    let lesson = |at: usize| {
        let school = world.ours.school_cohorts[at];
        lesson_progress::Entity::update_many().filter(Column::CohortSchoolId.eq(school))
    };
    let taught = lesson(0)
        .col_expr(Column::Status, Expr::val(LessonStatus::Taught.to_value()))
        .col_expr(Column::TaughtAt, Expr::val(monday - TimeDelta::days(10)));
    assert_eq!(taught.exec(&db).await.unwrap().rows_affected, 1);
    let recorded = team_session::Entity::update_many()
        .col_expr(team_session::Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(team_session::Column::RecordedAt, before.clone())
        .filter(team_session::Column::Id.eq(world.ours.sessions[0]));
    assert_eq!(recorded.exec(&db).await.unwrap().rows_affected, 1);
    let overdue = lesson(1).col_expr(Column::DueAt, before.clone());
    assert_eq!(overdue.exec(&db).await.unwrap().rows_affected, 1);
    let shared = experience::Entity::update_many().filter(experience::Column::BoardId.eq(world.ours.id));
    shared.col_expr(experience::Column::SharedAt, before).exec(&db).await.unwrap();
    let same = school::Entity::update_many().filter(school::Column::Id.eq(world.ours.schools[1]));
    same.col_expr(school::Column::ClusterId, Expr::val(world.ours.clusters[0])).exec(&db).await.unwrap();
    world.written(db).await;
}

/// How many weeks of clusters of the first board are to be told now.
async fn weeks_due(world: &World) -> usize {
    let due = reminders::due(&world.app, world.app.clock.now(), &mut reminders::Done::default()).await.unwrap();
    let ours = due.iter().filter(|reminder| reminder.board == world.ours.id);
    ours.filter(|reminder| reminder.source.starts_with("reminder.programme-week")).count()
}

async fn the_week_of_the_course_is_told_to_the_director(world: &World) {
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    assert_eq!(weeks_due(world).await, 0, "once it is told, nobody counts again");
    let rows = notifications(world, "programme-week").await;
    assert_eq!(rows.iter().map(|row| row.bundled).collect::<Vec<_>>(), [false], "it is a digest already");
    let inbox = "{ notifications(first: 1) { nodes { category body about { id } } } }";
    let inbox = ask_as(world, world.ours.director, inbox, Value::Null).await;
    let told = json!({
        "category": "PROGRAMME", "about": { "id": world.ours.clusters[0] },
        "body": "De afgelopen week is er 1 les gegeven en zijn er 2 ervaringen gedeeld in Noord. 1 les is te laat.",
    });
    assert_eq!(inbox["notifications"]["nodes"], json!([told]));
    turn_to_weekday(world, Weekday::Wed, 9, 30);
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    reminders::round(&world.app).await.unwrap();
    assert_eq!(notifications(world, "programme-week").await.len(), 2, "one a week, as long as a lesson is overdue");
}

async fn a_school_that_closed_does_not_count_in_the_week(world: &World) {
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    let db = world.writing().await;
    let closed = school::Entity::update_many().filter(school::Column::Id.eq(world.ours.schools[1]));
    closed.col_expr(school::Column::ArchivedAt, Expr::val(monday)).exec(&db).await.unwrap();
    world.written(db).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    let rows = notifications(world, "programme-week").await;
    let figures: Vec<_> = rows.iter().map(|row| Figures::kept(row.figures.as_deref()).unwrap()).collect();
    assert_eq!(figures, [Figures { taught: 1, shared: 1, overdue: 0 }]);
}

async fn the_week_is_mailed_under_the_name_of_the_cluster(world: &World) {
    let stage = Stage::set(world).await;
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    stage.sends().await;
    let subjects: Vec<String> = stage.office.posted().iter().map(|posted| read(posted).0).collect();
    assert!(subjects.contains(&"Noord: De week in de cursus".to_owned()), "{subjects:?}");
}

async fn the_week_is_gone_for_who_directs_another_cluster_by_now(world: &World) {
    let (stage, dirk) = (Stage::set(world).await, world.ours.director);
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(reminded(world, "programme-week").await, ["Dirk*"]);
    let inbox = "{ notifications { totalCount } }";
    let before = ask_as(world, dirk, inbox, Value::Null).await;
    assert_eq!(before["notifications"]["totalCount"], 1);
    let db = world.writing().await;
    let other = membership::Entity::update_many().filter(membership::Column::PersonId.eq(dirk.person));
    let other = other.col_expr(membership::Column::ScopeId, Expr::val(world.ours.clusters[1].0));
    assert_eq!(other.exec(&db).await.unwrap().rows_affected, 1, "he directs another cluster of the board");
    world.written(db).await;
    stage.sends().await;
    assert_eq!(stage.fates(dirk, Channel::Email).await, ["SUPPRESSED NO_RIGHT"]);
    let after = ask_as(world, dirk, inbox, Value::Null).await;
    assert_eq!(after["notifications"]["totalCount"], 0);
}

async fn a_week_in_which_nothing_happened_is_not_told(world: &World) {
    world.app.clock.turn(TimeDelta::days(14));
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    assert_eq!(reminded(world, "programme-week").await, NOBODY);
}

async fn a_week_without_figures_is_not_counted_in_each_round(world: &World) {
    world.app.clock.turn(TimeDelta::days(14));
    turn_to_weekday(world, Weekday::Mon, 9, 30);
    // Whatever else there is to tell.
    reminders::round(&world.app).await.unwrap();
    let mut before = reminders::Done::default();
    let mut round = async || {
        let statements = world.app.db.statement_count();
        reminders::round_after(&world.app, &mut before).await.unwrap();
        world.app.db.statement_count() - statements
    };
    let (first, second) = (round().await, round().await);
    world.app.clock.turn(TimeDelta::minutes(6));
    let third = round().await;
    assert!(second < first, "it was counted a moment ago: {second} and {first} statements");
    assert!(second < third, "now and then it is: {second} and {third} statements");
}

async fn the_week_of_a_cluster_without_a_director_is_not_counted(world: &World) {
    use membership::Column;
    let monday = turn_to_weekday(world, Weekday::Mon, 9, 30);
    a_week_of(world, monday).await;
    assert_eq!(weeks_due(world).await, 1);
    let db = world.writing().await;
    let ended = membership::Entity::update_many().filter(Column::PersonId.eq(world.ours.director.person));
    let ended = ended.col_expr(Column::EndedAt, Expr::val(monday));
    assert_eq!(ended.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    assert_eq!(weeks_due(world).await, 0);
}

on_each_database!(
    the_week_of_the_course_is_told_to_the_director,
    a_school_that_closed_does_not_count_in_the_week,
    the_week_is_mailed_under_the_name_of_the_cluster,
    the_week_is_gone_for_who_directs_another_cluster_by_now,
    a_week_in_which_nothing_happened_is_not_told,
    a_week_without_figures_is_not_counted_in_each_round,
    the_week_of_a_cluster_without_a_director_is_not_counted,
);
