//! What is counted of which month and school year.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use glans::call::begin;
use glans::metrics::rollups;
use glans_entity::metrics::{Level, Metric, Span, fact, figure};
use glans_tests::{World, on_each_database};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter};
use uuid::Uuid;

use crate::metrics::oracle::key;

/// A fact of the first school on each day.
async fn sow_days(world: &World, days: &[NaiveDate]) {
    let row = |day: &NaiveDate| fact::Model {
        metric: Metric::Reach,
        item_id: Uuid::now_v7(),
        subject_id: Uuid::now_v7(),
        board_id: world.ours.id,
        cluster_id: world.ours.clusters[0],
        school_id: world.ours.schools[0],
        class_group_id: world.ours.groups[0],
        language: "nl".to_owned(),
        day: *day,
        counts_at: begin(*day),
        numerator: 1,
        denominator: 1,
        unknown: 0,
    };
    let rows = days.iter().map(|day| row(day).into_active_model().reset_all());
    let db = world.writing().await;
    fact::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// Round a school year that begins in July and ends in August.
async fn months_and_school_years_are_made_of_whole_weeks(world: &World) {
    let from: NaiveDate = "2019-06-24".parse().unwrap();
    let days: Vec<NaiveDate> = from.iter_days().take(63 * 7).collect();
    sow_days(world, &days).await;
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    let mut expected: BTreeMap<(Span, NaiveDate), i64> = BTreeMap::new();
    for (day, span) in days.iter().flat_map(|day| Span::iter().map(move |span| (day, span))) {
        *expected.entry((span, key(span, *day))).or_default() += 1;
    }
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let own = figure::Entity::find()
        .filter(figure::Column::BoardId.eq(world.ours.id))
        .filter(figure::Column::Metric.eq(Metric::Reach))
        .filter(figure::Column::Level.eq(Level::School))
        .filter(figure::Column::Language.eq(""))
        .filter(figure::Column::StartsOn.lt(*days.last().unwrap()));
    let rows = own.all(&db).await.unwrap();
    let made: BTreeMap<_, _> = rows.iter().map(|row| ((row.span, row.starts_on), row.denominator)).collect();
    assert_eq!(made, expected);
    let of = |span: Span, key: &str| made[&(span, key.parse::<NaiveDate>().unwrap())];
    assert_eq!((of(Span::Month, "2019-07-01"), of(Span::Month, "2019-08-01")), (28, 35));
    assert_eq!(of(Span::SchoolYear, "2019-08-01"), 371, "53 weeks, from 29 July 2019 to 2 August 2020");
}

on_each_database!(months_and_school_years_are_made_of_whole_weeks);
