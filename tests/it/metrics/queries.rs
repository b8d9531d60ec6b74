//! The log of what was asked of metrics.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use glans::books;
use glans::call::{Call, today};
use glans::metrics::engagement::{Ask, Breakdown};
use glans::metrics::queries::{self, Asked};
use glans::upkeep;
use glans_entity::metrics::{Level, Metric, Span, query};
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::ask::ask;

const LOG: &str = "query($board: ID!) { metricQueries(board: $board, first: 2) { nodes {
    actor scope metrics interval from to breakdown requestId
} } }";
const REACH: &str = "query($scope: ID!) { engagement(scope: $scope, input: {
    metrics: [REACH], from: \"2026-09-07\", to: \"2026-09-20\" }) { from } }";

fn ask_of_autumn() -> Ask {
    Ask {
        metrics: vec![Metric::Reach, Metric::TwoWay],
        from: "2026-09-01".parse().unwrap(),
        to: "2026-11-30".parse().unwrap(),
        span: Span::Month,
        breakdown: Breakdown::School,
    }
}

fn of_cluster<'a>(world: &World, ask: &'a Ask) -> Asked<'a> {
    Asked { board: world.ours.id, scope_id: world.ours.clusters[0].0, scope_kind: Level::Cluster, ask }
}

async fn note(world: &World, who: Who) -> Call {
    let call = Call::new(Arc::clone(&world.app), world.standing(who).await, "a-request".to_owned());
    queries::note(&call, &of_cluster(world, &ask_of_autumn())).unwrap();
    call
}

async fn log(world: &World, who: Who, board: &str) -> Value {
    let mut data = ask(world, who, LOG, json!({ "board": board })).await;
    data["metricQueries"]["nodes"].take()
}

async fn administrators_see_who_asked_for_what(world: &World) {
    let (ours, theirs) = (world.ours.id.to_string(), world.theirs.id.to_string());
    note(world, Who::Director).await;
    let before = log(world, Who::Admin, &ours).await;
    assert_eq!(before.as_array().unwrap().len(), 1, "nothing is written yet but what was there");
    books::write(&world.app).await.unwrap();
    books::write(&world.app).await.unwrap();
    let line = json!({
        "actor": world.ours.director.account.to_string(), "scope": world.ours.clusters[0].to_string(),
        "metrics": ["REACH", "TWO_WAY"], "interval": "MONTH", "from": "2026-09-01", "to": "2026-11-30",
        "breakdown": "SCHOOL", "requestId": "a-request",
    });
    let lines = log(world, Who::Admin, &ours).await;
    assert_eq!((lines.as_array().unwrap().len(), &lines[0]), (2, &line));
    for who in [Who::Director, Who::Leader, Who::Client] {
        assert_eq!(log(world, who, &ours).await, json!([]), "{}", who.name());
    }
    assert_eq!(log(world, Who::Admin, &theirs).await, json!([]));
    assert_eq!(log(world, Who::Admin, "nothing").await, json!([]));
}

async fn a_line_is_kept_for_a_year(world: &World) {
    note(world, Who::Director).await;
    books::write(&world.app).await.unwrap();
    world.app.clock.turn(TimeDelta::days(364));
    assert_eq!(upkeep::round(&world.app).await.unwrap().metric_queries, 0);
    world.app.clock.turn(TimeDelta::days(2));
    // One of each board was there before.
    assert_eq!(upkeep::round(&world.app).await.unwrap().metric_queries, 3);
}

async fn what_cannot_be_noted_is_refused(world: &World) {
    let call = note(world, Who::Director).await;
    let ask = ask_of_autumn();
    let asked = of_cluster(world, &ask);
    while queries::note(&call, &asked).is_ok() {}
    books::write(&world.app).await.unwrap();
    queries::note(&call, &asked).unwrap();
}

/// Lines of our board in the log.
async fn written(world: &World) -> u64 {
    let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
    query::Entity::find().filter(query::Column::BoardId.eq(world.ours.id)).count(&db).await.unwrap()
}

/// Notes as many lines of our board as there is room for.
async fn fill(world: &World) -> (Call, u64) {
    let (call, ask) = (note(world, Who::Director).await, ask_of_autumn());
    let mut lines = 1;
    while queries::note(&call, &of_cluster(world, &ask)).is_ok() {
        lines += 1;
    }
    (call, lines)
}

async fn who_asks_much_keeps_no_other_board_from_asking(world: &World) {
    let (call, _) = fill(world).await;
    let (board, ask) = (world.theirs.id, ask_of_autumn());
    queries::note(&call, &Asked { board, scope_id: board.0, scope_kind: Level::Board, ask: &ask }).unwrap();
}

async fn who_asks_where_the_log_is_full_writes_it_down(world: &World) {
    let before = written(world).await;
    let (_, lines) = fill(world).await;
    ask(world, Who::Director, REACH, json!({ "scope": world.ours.clusters[0] })).await;
    assert_eq!(written(world).await, before + lines, "what was there is written, and the own line waits");
    books::write(&world.app).await.unwrap();
    assert_eq!(written(world).await, before + lines + 1);
}

const REACH_AND_NONE: &str = "query($scope: ID!) {
    one: engagement(scope: $scope, input: { metrics: [REACH], from: \"2026-09-07\", to: \"2026-09-20\" }) { from }
    other: engagement(scope: $scope, input: { metrics: [], from: \"2026-09-07\", to: \"2026-09-20\" }) { from } }";

async fn a_request_that_is_run_again_is_noted_once(world: &World) {
    let before = written(world).await;
    let asks = world.actor(Who::Director).await;
    let reply = asks.asks_with(REACH_AND_NONE, json!({ "scope": world.ours.clusters[0] })).await;
    assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{}", reply.text);
    books::write(&world.app).await.unwrap();
    assert_eq!(written(world).await, before + 1);

    let (call, ask) = (note(world, Who::Director).await, ask_of_autumn());
    let (again, other) = (call.afresh(), Ask { span: Span::Week, ..ask.clone() });
    for ask in [&ask, &ask, &other] {
        queries::note(&again, &of_cluster(world, ask)).unwrap();
    }
    books::write(&world.app).await.unwrap();
    assert_eq!(written(world).await, before + 3, "and what was not asked before");
}

async fn a_write_that_is_stopped_loses_no_line(world: &World) {
    const TIMES: u64 = 5;
    let before = written(world).await;
    for milliseconds in 0..TIMES {
        note(world, Who::Director).await;
        // Wherever it is by then, at the latest at its end.
        let _ = timeout(Duration::from_millis(milliseconds), queries::write(&world.app)).await;
    }
    books::write(&world.app).await.unwrap();
    assert_eq!(written(world).await, before + TIMES, "each line once");
}

async fn what_is_asked_by_the_api_is_noted(world: &World) {
    let cluster = world.ours.clusters[0].to_string();
    ask(world, Who::Director, REACH, json!({ "scope": cluster })).await;
    books::write(&world.app).await.unwrap();
    let lines = log(world, Who::Admin, &world.ours.id.to_string()).await;
    let line = json!({
        "actor": world.ours.director.account.to_string(), "scope": cluster, "metrics": ["REACH"], "interval": "WEEK",
        "from": "2026-09-07", "to": "2026-09-20", "breakdown": "NONE", "requestId": "test",
    });
    assert_eq!(lines[0], line);
}

async fn the_effect_of_a_lesson_is_a_question_too(world: &World) {
    const EFFECT: &str = "query($lesson: ID!, $scope: ID!) {
        lessonEffect(lesson: $lesson, metric: TWO_WAY, scope: $scope) { insufficientData } }";
    let cluster = world.ours.clusters[0].to_string();
    let asked = json!({ "lesson": world.ours.published.lesson.to_string(), "scope": cluster });
    ask(world, Who::Director, EFFECT, asked).await;
    books::write(&world.app).await.unwrap();
    let lines = log(world, Who::Admin, &world.ours.id.to_string()).await;
    let line = &lines[0];
    assert_eq!(
        [&line["scope"], &line["metrics"][0], &line["interval"], &line["breakdown"]],
        [cluster.as_str(), "TWO_WAY", "WEEK", "SCHOOL"]
    );
}

async fn files_and_charts_are_noted(world: &World) {
    let director = world.actor(Who::Director).await;
    let (cluster, account) = (world.ours.clusters[0].to_string(), world.ours.director.account.to_string());
    let input = json!({ "scope": cluster, "metrics": ["TWO_WAY", "REACH"], "from": "2026-08-03", "to": "2026-08-18",
        "breakdown": "SCHOOL", "format": "CSV", "clientMutationId": "once" });
    let starts = director.with_header("x-request-id", "a-file");
    for _ in 0..2 {
        let started = starts.does("exportStart", "metricExport { id }", input.clone()).await;
        assert_eq!(started.refusals("exportStart"), Vec::<String>::new());
    }
    let query = format!("scope={cluster}&metrics=REACH&from=2026-08-01&to=2026-08-31&interval=MONTH");
    let draws = director.with_header("x-request-id", "a-chart");
    assert_eq!(draws.gets(&format!("/charts/engagement.svg?{query}")).await.status, 200);
    books::write(&world.app).await.unwrap();

    let file = json!({
        "actor": account, "scope": cluster, "metrics": ["REACH", "TWO_WAY"], "interval": "WEEK",
        "from": "2026-08-03", "to": "2026-08-18", "breakdown": "SCHOOL", "requestId": "a-file",
    });
    let chart = json!({
        "actor": account, "scope": cluster, "metrics": ["REACH"], "interval": "MONTH",
        "from": "2026-08-01", "to": "2026-08-31", "breakdown": "NONE", "requestId": "a-chart",
    });
    assert_eq!(log(world, Who::Admin, &world.ours.id.to_string()).await, json!([chart, file]));
}

on_each_database!(
    the_effect_of_a_lesson_is_a_question_too,
    administrators_see_who_asked_for_what,
    what_is_asked_by_the_api_is_noted,
    a_line_is_kept_for_a_year,
    a_request_that_is_run_again_is_noted_once,
    files_and_charts_are_noted,
    what_cannot_be_noted_is_refused,
    who_asks_much_keeps_no_other_board_from_asking,
    who_asks_where_the_log_is_full_writes_it_down,
    a_write_that_is_stopped_loses_no_line,
);
