//! What figures, charts, reports and downloads cost, and who pays.

use async_graphql::futures_util::future::join_all;
use glans::books;
use glans_entity::ids::ExportId;
use glans_entity::metrics::Metric;
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::header;
use sea_orm::Iterable;
use serde_json::json;

const SVG: &str = "/charts/engagement.svg";
const PNG: &str = "/charts/engagement.png";
const PDF: &str = "/reports/engagement.pdf";
/// Points.
const REPORT: usize = 500;
const CHART_AND_DOWNLOAD: usize = 500;
/// More reports than any bucket has points for, at once.
const TOO_MANY: usize = 150;

/// Figures of a cluster, by school.
const SCREEN: &str =
    "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) { ...S } }
    fragment S on EngagementReport { series { group { name } points { value suppressed } } }";
const TWICE: &str = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) {
    one: series { points { value } } other: series { points { value } } } }";

/// The refusal that comes when there are no points left for this.
async fn refusal(actor: &Actor, path: &str) -> Reply {
    for _ in 0..TOO_MANY {
        let reply = actor.gets(path).await;
        if reply.status == 429 {
            return reply;
        }
    }
    panic!("{} asked {TOO_MANY} times for {path} and had points for all of them", actor.name)
}

fn retry_after(reply: &Reply) -> u64 {
    reply.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

async fn one_bucket_pays_for_operations_charts_and_downloads(world: &World) {
    let (leader, director) = (world.actor(Who::Leader).await, world.actor(Who::Director).await);
    let export = format!("/exports/{}", ExportId::new());
    for path in [PDF, PNG, SVG] {
        let refused = refusal(&leader, path).await;
        assert_eq!(refused.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        assert_eq!((&refused.body["status"], retry_after(&refused)), (&json!(429), 1), "{path}");
    }
    let refused = refusal(&leader, &export).await;
    assert_eq!((refused.body["message"].is_string(), retry_after(&refused)), (true, 1));
    let left = leader.with_header("x-cost-dry-run", "1").asks("{ __typename }").await;
    // Full it holds 10,000, of which 500 come back every second.
    let available = left.body["extensions"]["cost"]["available"].as_u64().unwrap();
    assert!(available < 5_000, "{available}");

    assert_eq!(director.gets(SVG).await.status, 400, "what one spends is missed by nobody else");
    assert_eq!(director.gets(&export).await.status, 404);
}

async fn what_a_client_fetches_is_counted_as_used(world: &World) {
    let client = world.actor(Who::Client).await;
    client.gets(SVG).await;
    client.gets(&format!("/exports/{}", ExportId::new())).await;
    let replies = join_all((0..TOO_MANY).map(|_| client.gets(PDF))).await;
    let refused = replies.iter().filter(|reply| reply.status == 429).count();
    assert!(refused > 0, "the bucket never ran empty");
    books::write(&world.app).await.unwrap();

    let used =
        format!("{{ apiClients(board: \"{}\") {{ nodes {{ usage {{ requests refused cost }} }} }} }}", world.ours.id);
    let used = world.actor(Who::Admin).await.asks(&used).await;
    let cost = CHART_AND_DOWNLOAD + (TOO_MANY - refused) * REPORT;
    let expected = json!([{ "requests": TOO_MANY + 2, "refused": refused, "cost": cost }]);
    assert_eq!(used.at("apiClients.nodes.0.usage"), &expected);
}

async fn a_question_costs_by_how_many_figures_it_asks_for(world: &World) {
    let estimating = world.actor(Who::Director).await.with_header("x-cost-dry-run", "1");
    let asked = |metrics: usize, to: &str| {
        let metrics: Vec<Metric> = Metric::iter().take(metrics).collect();
        let input = json!({ "metrics": metrics, "from": "2026-08-03", "to": to, "breakdown": "SCHOOL" });
        json!({ "scope": world.ours.clusters[0], "input": input })
    };
    // A usual screen of twelve weeks, and the largest question there is.
    for (metrics, to, cost) in [(6, "2026-10-25", 169), (24, "2027-09-26", 1_690)] {
        let reply = estimating.asks_with(SCREEN, asked(metrics, to)).await;
        assert_eq!(reply.body["extensions"]["cost"]["requested"], cost, "{}", reply.text);
    }
    let dear = world.actor(Who::Director).await.asks_with(TWICE, asked(24, "2027-09-26")).await;
    assert_eq!(dear.codes(), ["COST_EXCEEDED"], "{}", dear.text);
}

on_each_database!(
    a_question_costs_by_how_many_figures_it_asks_for,
    one_bucket_pays_for_operations_charts_and_downloads,
    what_a_client_fetches_is_counted_as_used,
);
