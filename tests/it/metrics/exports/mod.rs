//! Figures as files: what stands in them, and who gets them.

mod content;
mod download;
mod limits;
mod making;
mod rights;
mod withdrawn;

use chrono::NaiveDate;
use glans::metrics::exports;
use glans_entity::ids::ExportId;
use glans_entity::metrics::{Level, Metric, Span, Suppression, export, export_chunk, figure};
use glans_tests::{Actor, Reply, World};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::metrics::day;

const FIELDS: &str = "metricExport { id status format rowCount byteLength url failure expiresAt createdAt }";
const HEADER: &str = "period_start,period_end,interval,metric,definition_version,level,place_id,place_name,language,value,\
                      numerator,denominator,unknown,suppressed\r\n";

/// A Monday.
fn monday() -> NaiveDate {
    day("2026-08-03")
}

/// The figures of a place for the two weeks from Monday, 3 August 2026.
pub(super) fn wanted(scope: impl std::fmt::Display) -> Value {
    json!({ "scope": scope.to_string(), "metrics": ["REACH"], "from": "2026-08-03", "to": "2026-08-16", "format": "CSV" })
}

fn with(mut input: Value, mut more: Value) -> Value {
    input.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    input
}

async fn start(actor: &Actor, input: Value) -> Reply {
    actor.does("exportStart", FIELDS, input).await
}

/// The id of an export that was started.
pub(super) async fn started(actor: &Actor, input: Value) -> String {
    let reply = start(actor, input).await;
    assert_eq!(reply.refusals("exportStart"), Vec::<String>::new());
    assert_eq!(reply.text_at("exportStart.metricExport.status"), "QUEUED");
    assert_eq!(reply.at("exportStart.metricExport.url"), &Value::Null);
    reply.text_at("exportStart.metricExport.id").to_owned()
}

/// As [`started`], and its file is made.
async fn made(world: &World, actor: &Actor, input: Value) -> String {
    let id = started(actor, input).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    id
}

async fn state(actor: &Actor, id: &str) -> Value {
    let document = format!("query($id: ID!) {{ {} }}", FIELDS.replacen("metricExport", "metricExport(id: $id)", 1));
    actor.asks_with(&document, json!({ "id": id })).await.at("metricExport").clone()
}

async fn fetched(actor: &Actor, id: &str) -> Reply {
    actor.gets(&format!("/exports/{id}")).await
}

/// A week of both schools, of which one is hidden from who is outside.
async fn sow(world: &World) {
    let ours = &world.ours;
    world
        .sow(ours, async |sower| {
            let figure = |at: usize| figure::Model {
                parent_id: ours.clusters[at].0,
                ..sower.figure(Metric::Reach, Level::School, ours.schools[at].0, monday())
            };
            let hidden = Some(Suppression::SmallDenominator);
            let board = sower.figure(Metric::Reach, Level::Board, ours.id.0, monday());
            let nothing = figure::Model { starts_on: day("2026-08-10"), numerator: 0, denominator: 0, ..board.clone() };
            let arabic = figure::Model { language: "ar".to_owned(), numerator: 5, ..board.clone() };
            let few = figure::Model { language: "pl".to_owned(), outside: hidden, ..board.clone() };
            let group = figure::Model {
                level: Level::ClassGroup,
                parent_id: ours.schools[0].0,
                place_id: ours.groups[0].0,
                outside: hidden,
                ..board.clone()
            };
            // In a month, and before the days that are asked for.
            let month = figure::Model { span: Span::Month, starts_on: day("2026-08-01"), ..board.clone() };
            let before = figure::Model { starts_on: day("2026-07-27"), ..board.clone() };
            let schools = [figure(0), figure::Model { outside: hidden, ..figure(1) }];
            sower.figures([board, nothing, arabic, few, group, month, before].into_iter().chain(schools)).await;
        })
        .await;
    // Other boards have figures too.
    let theirs = &world.theirs;
    world
        .sow(theirs, async |sower| {
            sower.figures([sower.figure(Metric::Reach, Level::Board, theirs.id.0, monday())]).await;
        })
        .await;
}

pub(super) async fn row(world: &World, id: &str) -> Option<export::Model> {
    let db = world.writing().await;
    export::Entity::find_by_id(id.parse::<ExportId>().unwrap()).one(&db).await.unwrap()
}

async fn blocks(world: &World, id: &str) -> u64 {
    let id: ExportId = id.parse().unwrap();
    let db = world.writing().await;
    export_chunk::Entity::find().filter(export_chunk::Column::ExportId.eq(id)).count(&db).await.unwrap()
}
