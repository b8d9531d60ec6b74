//! Who is reminded of what is to come and of what is missing, and who is not.

mod again;
mod families;
mod lessons;
mod week;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use glans::engagement::contact_rules::rules::zone;
use glans::notifications::reminders;
use glans_entity::practice::{LessonStatus, lesson_progress};
use glans_tests::World;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::notifications::occasions::{done, standing};

const NOBODY: [&str; 0] = [];

/// The day of a moment.
fn day(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&zone("Europe/Amsterdam")).date_naive()
}

fn today(world: &World) -> NaiveDate {
    day(world.app.clock.now())
}

/// Half past nine in the morning of a day.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::from_hms_opt(9, 30, 0).unwrap());
    zone("Europe/Amsterdam").from_local_datetime(&local).unwrap().with_timezone(&Utc)
}

fn turn_to(world: &World, moment: DateTime<Utc>) {
    world.app.clock.turn(moment - world.app.clock.now());
}

/// Whom the round reminds with this text. Going round again reminds nobody anew.
async fn reminded(world: &World, text: &str) -> Vec<String> {
    reminders::round(&world.app).await.unwrap();
    assert_eq!(reminders::round(&world.app).await.unwrap(), 0, "once is enough");
    standing(world, text).await
}

/// The lesson of the first school was prepared so long ago.
async fn prepared(world: &World, ago: TimeDelta) {
    use lesson_progress::Column;
    let db = world.writing().await;
    let rows = lesson_progress::Entity::update_many()
        .col_expr(Column::Status, Expr::val(LessonStatus::Prepared.to_value()))
        .col_expr(Column::PreparedAt, Expr::val(world.app.clock.now() - ago))
        .filter(Column::CohortSchoolId.eq(world.ours.school_cohorts[0]));
    assert_eq!(rows.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

/// The leader of the first school asks something from tomorrow on. Which day that is.
async fn asks_tomorrow(world: &World) -> NaiveDate {
    let tomorrow = today(world) + Days::new(1);
    let input = json!({ "school": world.ours.schools[0], "text": "Mag uw kind op de foto?", "askedFrom": tomorrow });
    done(world, world.ours.leader, "consentPurposeCreate", "", input).await;
    tomorrow
}
