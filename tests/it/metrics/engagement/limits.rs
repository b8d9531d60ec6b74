//! How many figures a request is answered with, and in how many statements.

use std::sync::Arc;

use chrono::Days;
use glans::call::Call;
use glans::metrics::engagement::{Allowance, Ask, Breakdown, report};
use glans_entity::ids::SchoolId;
use glans_entity::metrics::{Level, Metric, Span, figure};
use glans_tests::{Who, World, on_each_database};
use sea_orm::Iterable;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ENGAGEMENT, MONDAY, SUNDAY, asked, monday, sow};
use crate::ask::{act, codes, statements};

/// The figures of several schools, each asked for twice.
const OF_SCHOOLS: &str = "query($ids: [ID!]!, $input: EngagementInput!) { nodes(ids: $ids) { ... on School {
    one: engagement(input: $input) { series { points { periodStart } } }
    other: engagement(input: $input) { series { points { periodStart } } } } } }";
const TOO_MUCH: &str =
    "A request is answered with 50,000 figures at most, over all that it asks: ask for less, or use an export.";
/// Statements of an answer at most, whatever is asked.
const STATEMENTS: u64 = 5;

/// A request of an administrator that is answered with so many figures at most.
async fn request(world: &World, most: u64) -> Call {
    let mut call = Call::new(Arc::clone(&world.app), world.standing(Who::Admin).await, "test".to_owned());
    call.figures = Allowance::of(most);
    call
}

/// With how many figures a question is answered, or why with none.
async fn count(call: &Call, place: Uuid, level: Level, breakdown: Breakdown) -> Result<usize, String> {
    let (from, to) = (monday(), SUNDAY.parse().unwrap());
    let ask = Ask { metrics: vec![Metric::Reach], from, to, span: Span::Week, breakdown };
    let series = report(call, place, level, &ask).await.map_err(|error| error.to_string())?;
    Ok(series.iter().map(|one| one.points.len()).sum())
}

async fn a_request_has_so_many_figures_for_all_its_questions(world: &World) {
    sow(world).await;
    let (board, school) = (world.ours.id.0, world.ours.schools[0].0);
    let too_much: Result<usize, String> = Err(TOO_MUCH.to_owned());
    let enough = request(world, 4).await;
    for _ in 0..2 {
        assert_eq!(count(&enough, board, Level::Board, Breakdown::School).await, Ok(2));
    }
    assert_eq!(count(&enough, school, Level::School, Breakdown::None).await, too_much);

    let call = request(world, 4).await;
    assert_eq!(count(&call, board, Level::Board, Breakdown::School).await, Ok(2));
    assert_eq!(count(&call, board, Level::Board, Breakdown::None).await, Ok(1));
    assert_eq!(count(&call, board, Level::Board, Breakdown::Cluster).await, too_much);
    assert_eq!(count(&call, school, Level::School, Breakdown::None).await, too_much, "nothing is left after that");
}

async fn places_are_refused_together_only_where_they_are_too_much_for_the_request(world: &World) {
    sow(world).await;
    let ids = [world.ours.schools[0], world.ours.schools[1]];
    // Two figures are read, and each is told twice.
    for (most, refused) in [(4, 0), (3, 1), (2, 2), (1, 4)] {
        let asked = json!({ "ids": ids, "input": asked(json!({})) });
        let body = world.execute_call(request(world, most).await, OF_SCHOOLS, asked).await.body;
        let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(errors.len(), refused, "{most}: {body}");
        assert!(errors.iter().all(|error| error["message"] == TOO_MUCH), "{most}: {body}");
        let reports = body["data"]["nodes"].as_array().unwrap().iter().flat_map(|one| [&one["one"], &one["other"]]);
        let told = reports.filter(|report| report["series"][0]["points"][0]["periodStart"] == MONDAY).count();
        assert_eq!(told, 4 - refused, "{most}: {body}");
    }
}

/// Whether it is refused to say that of the report of a board with two schools, each with a figure.
async fn is_refused(world: &World, most: u64, of_report: &str) -> bool {
    let question = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input)";
    let asked = json!({ "scope": world.ours.id, "input": asked(json!({ "breakdown": "SCHOOL" })) });
    let document = format!("{question} {{ {of_report} }} }}");
    let body = world.execute_call(request(world, most).await, &document, asked).await.body;
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(errors.iter().all(|error| error["message"] == TOO_MUCH), "{body}");
    assert_eq!(body["data"].is_null(), !errors.is_empty(), "{body}");
    !errors.is_empty()
}

async fn a_figure_counts_as_often_as_it_is_asked_for(world: &World) {
    sow(world).await;
    let points = "a: points { value } b: points { value }";
    let twice_twice = format!("one: series {{ {points} }} other: series {{ {points} }}");
    let series = "one: series { metric } other: series { metric }";
    for (of_report, told) in [(twice_twice.as_str(), 8), (series, 4)] {
        assert!(!is_refused(world, told, of_report).await, "{of_report}");
        assert!(is_refused(world, told - 1, of_report).await, "{of_report}");
    }
}

async fn many_places_take_as_many_statements_whatever_is_asked(world: &World) {
    let schools = schools(world).await;
    let ids: Vec<String> = schools.into_iter().map(|school| SchoolId(school).to_string()).collect();
    let all = json!({
        "metrics": Metric::iter().collect::<Vec<_>>(), "breakdown": "LANGUAGE",
        "to": (monday() + Days::new(7 * 60 - 1)).to_string(),
    });
    let asked = |more: Value| json!({ "ids": ids, "input": asked(more) });
    let little = statements(world, Who::Admin, OF_SCHOOLS, asked(json!({}))).await;
    assert_eq!(statements(world, Who::Admin, OF_SCHOOLS, asked(all)).await, little);
}

/// More schools in the first cluster.
async fn schools(world: &World) -> Vec<Uuid> {
    let mut schools = vec![world.ours.schools[0].0];
    for at in 0..9 {
        let input =
            json!({ "board": world.ours.id, "cluster": world.ours.clusters[0], "name": format!("School {at}") });
        let made = act(world, Who::Admin, "schoolCreate", "school { id }", input).await;
        assert_eq!(codes(&made), Vec::<&str>::new());
        let id: SchoolId = made["school"]["id"].as_str().unwrap().parse().unwrap();
        schools.push(id.0);
    }
    schools
}

async fn all_schools_of_a_cluster_take_as_many_statements_as_one(world: &World) {
    let metrics = [
        Metric::Reach,
        Metric::Confirmation,
        Metric::TwoWay,
        Metric::StaffReply,
        Metric::ConversationCoverage,
        Metric::FullEngagement,
    ];
    let (schools, cluster) = (schools(world).await, world.ours.clusters[0]);
    world
        .sow(&world.ours, async |sower| {
            let mut rows = Vec::new();
            for (metric, week) in metrics.into_iter().flat_map(|metric| (0..12).map(move |week| (metric, week))) {
                let starts_on = monday() + Days::new(7 * week);
                let of = |school: &Uuid| figure::Model {
                    parent_id: cluster.0,
                    ..sower.figure(metric, Level::School, *school, starts_on)
                };
                rows.extend(schools.iter().map(of));
            }
            sower.figures(rows).await;
        })
        .await;
    let all = json!({
        "metrics": ["REACH", "CONFIRMATION", "TWO_WAY", "STAFF_REPLY", "CONVERSATION_COVERAGE", "FULL_ENGAGEMENT"],
        "to": (monday() + Days::new(7 * 12 - 1)).to_string(), "breakdown": "SCHOOL",
    });
    let asked = |more: Value| json!({ "scope": cluster.to_string(), "input": asked(more) });
    let director = world.standing(Who::Director).await;
    let body = world.execute(&director, ENGAGEMENT, asked(all.clone())).await.body;
    let series = body["data"]["engagement"]["series"].as_array().unwrap_or_else(|| panic!("{body}"));
    assert_eq!(series.len(), 6 * schools.len());
    assert!(series.iter().all(|one| one["points"].as_array().unwrap().len() == 12), "{body}");

    let many = statements(world, Who::Director, ENGAGEMENT, asked(all)).await;
    let one = statements(world, Who::Director, ENGAGEMENT, asked(json!({ "breakdown": "SCHOOL" }))).await;
    assert_eq!(many, one);
    assert!(many <= STATEMENTS, "{many} statements");
}

on_each_database!(
    all_schools_of_a_cluster_take_as_many_statements_as_one,
    a_request_has_so_many_figures_for_all_its_questions,
    places_are_refused_together_only_where_they_are_too_much_for_the_request,
    a_figure_counts_as_often_as_it_is_asked_for,
    many_places_take_as_many_statements_whatever_is_asked,
);
