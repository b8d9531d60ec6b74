//! The log of what was asked of metrics.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::books;
use glans::call::Call;
use glans::metrics::engagement::{Ask, Breakdown};
use glans::metrics::queries::{self, Asked};
use glans::upkeep;
use glans_entity::metrics::{Level, Metric, Span};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::ask;

const LOG: &str = "query($board: ID!) { metricQueries(board: $board, first: 2) { nodes {
    actor scope metrics interval from to breakdown requestId
} } }";

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

async fn what_is_asked_by_the_api_is_noted(world: &World) {
    let query = "query($scope: ID!) { engagement(scope: $scope, input: {
        metrics: [REACH], from: \"2026-09-07\", to: \"2026-09-20\" }) { from } }";
    let cluster = world.ours.clusters[0].to_string();
    ask(world, Who::Director, query, json!({ "scope": cluster })).await;
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
    files_and_charts_are_noted,
    what_cannot_be_noted_is_refused,
);
