//! Cells and figures that are made while facts come in are those of everything made anew, and say what the raw tables
//! say.

mod hiding;
mod histories;
mod periods;
mod together;

use std::fmt::Debug;

use chrono::{Days, NaiveDate};
use glans::metrics::rollups;
use glans_entity::metrics::{Metric, Span, cell, figure};
use glans_entity::scope::Scoped;
use glans_tests::{Who, World};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::census::on;
use super::oracle::key;
use crate::ask::act;

/// All cells and figures of the first board, each as a line.
#[derive(PartialEq)]
struct Made {
    cells: Vec<String>,
    figures: Vec<String>,
}

impl Made {
    async fn of(world: &World) -> Self {
        let db = world.app.db.read(&world.everywhere()).await.unwrap();
        let figures = figure::Entity::find().filter(figure::Column::BoardId.eq(world.ours.id));
        Self { cells: lines(&cells(world).await), figures: lines(&figures.all(&db).await.unwrap()) }
    }

    /// Row by row, and no more than what differs is told.
    fn must_be(&self, other: &Self, what: &str) {
        for (own, others) in [(&self.cells, &other.cells), (&self.figures, &other.figures)] {
            let only = |these: &[String], those: &[String]| -> Vec<String> {
                these.iter().filter(|line| those.binary_search(line).is_err()).take(5).cloned().collect()
            };
            let differ = (only(own, others), only(others, own));
            assert_eq!(differ, (Vec::new(), Vec::new()), "{what}");
        }
        assert!(self == other, "{what}: the same rows, and not as often");
    }
}

/// Each as a line, in an order of their own.
pub(super) fn lines<M: Debug>(rows: &[M]) -> Vec<String> {
    let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    lines.sort_unstable();
    lines
}

/// All cells of the first board.
pub(super) async fn cells(world: &World) -> Vec<cell::Model> {
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    cell::Entity::find().filter(cell::Column::BoardId.eq(world.ours.id)).all(&db).await.unwrap()
}

async fn rebuilt(world: &World) -> Made {
    rollups::rebuild(&world.app, world.ours.id).await.unwrap();
    Made::of(world).await
}

pub(super) async fn wish(world: &World, least: Option<i32>) -> Value {
    let input = json!({ "id": world.ours.id, "leastShown": least });
    act(world, Who::Admin, "boardUpdate", "board { leastShown }", input).await
}

/// How many figures the administrator sees.
pub(super) async fn seen(world: &World) -> u64 {
    let standing = world.standing(Who::Admin).await;
    let db = world.app.db.read(&standing.scope).await.unwrap();
    figure::Entity::within(&standing.scope).count(&db).await.unwrap()
}

/// Two schools of fifty in a week of last year, of which there is nothing else. Its Monday.
pub(super) async fn fifty(world: &World) -> NaiveDate {
    let week = on(world) - Days::new(7 * 60);
    let monday = key(Span::Week, week);
    let db = world.writing().await;
    for school in &world.ours.schools[..2] {
        let cell = cell::Model {
            school_id: *school,
            span: Span::Week,
            starts_on: monday,
            metric: Metric::Reach,
            cluster_id: world.ours.clusters[0],
            class_group_id: world.ours.groups[0],
            language: String::new(),
            board_id: world.ours.id,
            version: 1,
            numerator: 25,
            denominator: 50,
            unknown: 0,
        };
        let year = cell::Model { span: Span::SchoolYear, starts_on: key(Span::SchoolYear, week), ..cell.clone() };
        for row in [cell, year] {
            row.into_active_model().reset_all().insert(&db).await.unwrap();
        }
    }
    world.written(db).await;
    monday
}
