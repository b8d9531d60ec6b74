//! The limit: one statement per list, rows shaped by hand, in a bare handler. No authority, no schema, no walls.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use glans_entity::ids::format_any;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use uuid::Uuid;

const SCHOOLS: &str = "
    SELECT school.id, school.name, school.city, cluster.id, cluster.name
      FROM school LEFT JOIN cluster ON cluster.id = school.cluster_id
     WHERE school.board_id = $1 AND school.archived_at IS NULL
     ORDER BY school.name, school.id LIMIT 21";
const OWN_SCHOOLS: &str = "
    SELECT school.name FROM school JOIN membership ON membership.school_id = school.id
      JOIN person ON person.id = membership.person_id
     WHERE person.account_id = $1 AND membership.ended_at IS NULL ORDER BY school.name, school.id";
const LESSONS: &str = "
    SELECT programme.id, edition.title ->> 'nl', year.number, year.title ->> 'nl', module.id, module.title ->> 'nl',
           module.goal ->> 'nl', lesson.id, lesson.title ->> 'nl', lesson.duration_minutes, material.id,
           material.title ->> 'nl', material.kind, material.audience, material.duration_minutes, state.state
      FROM programme_version edition
      JOIN programme ON programme.id = edition.programme_id
      JOIN programme_year year ON year.programme_version_id = edition.id
      JOIN module ON module.programme_year_id = year.id
      JOIN lesson ON lesson.module_id = module.id
      JOIN material ON material.lesson_id = lesson.id
      LEFT JOIN material_state state ON state.material_id = material.id AND state.account_id = $1
     WHERE edition.published_at IS NOT NULL AND (edition.board_id IS NULL OR edition.board_id = $2)
     ORDER BY programme.id, year.number, module.position, lesson.position, material.position";

type School = (Uuid, String, Option<String>, Option<Uuid>, Option<String>);
type Line = (
    Uuid,
    String,
    i32,
    String,
    Uuid,
    String,
    String,
    Uuid,
    String,
    i32,
    Uuid,
    String,
    String,
    String,
    Option<i32>,
    Option<String>,
);

pub(crate) async fn router(database_url: &str) -> Router {
    if database_url.starts_with("sqlite") {
        let options = SqliteConnectOptions::from_str(database_url).expect("a database URL").read_only(true);
        let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await.expect("a database");
        return Router::new()
            .route("/schools/{board}", get(sqlite::schools))
            .route("/lessons/{board}/{account}", get(sqlite::lessons))
            .with_state(pool);
    }
    // Row-level security would hide everything from who names no board.
    let options = PgConnectOptions::from_str(database_url).expect("a database URL").options([("glans.system", "on")]);
    let pool = PgPoolOptions::new().max_connections(20).connect_with(options).await.expect("a database");
    Router::new()
        .route("/schools/{board}", get(postgres::schools))
        .route("/lessons/{board}/{account}", get(postgres::lessons))
        .with_state(pool)
}

/// The same handlers over each kind of pool, whose types have nothing in common.
macro_rules! handlers {
    ($engine:ident, $pool:ty) => {
        mod $engine {
            use super::*;

            pub(super) async fn schools(State(pool): State<$pool>, Path(board): Path<Uuid>) -> Json<Value> {
                let rows = sqlx::query_as::<_, School>(SCHOOLS).bind(board).fetch_all(&pool).await;
                Json(shape_schools(&rows.expect("schools")))
            }

            pub(super) async fn lessons(
                State(pool): State<$pool>,
                Path((board, account)): Path<(Uuid, Uuid)>,
            ) -> Json<Value> {
                let own = sqlx::query_as::<_, (String,)>(OWN_SCHOOLS).bind(account).fetch_all(&pool).await;
                let lines = sqlx::query_as::<_, Line>(LESSONS).bind(account).bind(board).fetch_all(&pool).await;
                Json(shape_lessons(&own.expect("own schools"), &lines.expect("lessons")))
            }
        }
    };
}

handlers!(sqlite, SqlitePool);
handlers!(postgres, PgPool);

fn shape_schools(rows: &[School]) -> Value {
    let nodes: Vec<Value> = rows
        .iter()
        .take(20)
        .map(|(id, name, city, cluster, cluster_name)| {
            let cluster = cluster.map(|id| json!({ "id": format_any("cluster", id), "name": cluster_name }));
            json!({ "id": format_any("school", *id), "name": name, "city": city, "cluster": cluster })
        })
        .collect();
    json!({ "data": { "schools": { "nodes": nodes, "pageInfo": { "hasNextPage": rows.len() > 20 } } } })
}

fn shape_lessons(own: &[(String,)], lines: &[Line]) -> Value {
    let schools: Vec<Value> = own.iter().map(|(name,)| json!({ "name": name })).collect();
    let programmes = nested(
        lines,
        |line| line.0,
        |line, lines| json!({ "id": format_any("programme", line.0), "title": line.1, "years": nested(lines, |line| line.2, year) }),
    );
    json!({ "data": { "viewer": { "schools": schools }, "programmes": { "nodes": programmes } } })
}

fn year(line: &Line, lines: &[Line]) -> Value {
    json!({ "number": line.2, "title": line.3, "modules": nested(lines, |line| line.4, module) })
}

fn module(line: &Line, lines: &[Line]) -> Value {
    json!({ "title": line.5, "goal": line.6, "lessons": nested(lines, |line| line.7, lesson) })
}

fn lesson(line: &Line, lines: &[Line]) -> Value {
    let materials: Vec<Value> = lines.iter().map(material).collect();
    json!({
        "id": format_any("lesson", line.7), "title": line.8, "durationMinutes": line.9, "materials": materials,
    })
}

fn material(line: &Line) -> Value {
    json!({
        "id": format_any("material", line.10), "title": line.11, "kind": line.12, "audience": line.13,
        "durationMinutes": line.14, "viewerState": line.15.as_deref().unwrap_or("NEW"),
    })
}

/// Neighbours with the same key make one object.
fn nested<K: PartialEq>(
    lines: &[Line],
    key: impl Fn(&Line) -> K,
    shape: impl Fn(&Line, &[Line]) -> Value,
) -> Vec<Value> {
    lines.chunk_by(|left, right| key(left) == key(right)).map(|lines| shape(&lines[0], lines)).collect()
}
