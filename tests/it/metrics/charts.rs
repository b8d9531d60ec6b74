//! Charts and the monthly report, as an app or a spreadsheet fetches them.

use chrono::{Datelike, Days, Months, NaiveDate};
use glans::call::today;
use glans_entity::metrics::{Level, Metric, Span, Suppression, figure};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode};
use serde_json::Value;

const SVG: &str = "/charts/engagement.svg";
const PNG: &str = "/charts/engagement.png";
const PDF: &str = "/reports/engagement.pdf";

/// A Monday.
fn monday() -> NaiveDate {
    "2026-08-03".parse().unwrap()
}

/// The first day of the month before this one.
fn last_month(world: &World) -> NaiveDate {
    let today = today(world.app.clock.now());
    today.with_day(1).unwrap() - Months::new(1)
}

/// Three weeks of the first school, of which the last is hidden from who is outside, and a month of it.
async fn sow(world: &World) {
    let (ours, month) = (&world.ours, last_month(world));
    world
        .sow(ours, async |sower| {
            let week = |number: u64, numerator: i64| figure::Model {
                parent_id: ours.clusters[0].0,
                numerator,
                starts_on: monday() + Days::new(7 * number),
                ..sower.figure(Metric::Reach, Level::School, ours.schools[0].0, monday())
            };
            let hidden = Some(Suppression::SmallDenominator);
            let last = figure::Model { outside: hidden, ..week(2, 20) };
            let month = |metric: Metric| figure::Model { metric, span: Span::Month, starts_on: month, ..week(0, 9) };
            let line = figure::Model { unknown: 3, ..month(Metric::FullEngagement) };
            sower.figures([week(0, 15), week(1, 16), last, month(Metric::Reach), line]).await;
        })
        .await;
}

/// The query string of a chart of the three weeks.
fn weeks(scope: impl std::fmt::Display) -> String {
    format!("scope={scope}&metrics=REACH&from=2026-08-03&to=2026-08-23")
}

fn of_month(world: &World, scope: impl std::fmt::Display) -> String {
    format!("scope={scope}&month={}", last_month(world).format("%Y-%m"))
}

async fn fetched(actor: &Actor, path: &str, query: &str) -> Reply {
    actor.gets(&format!("{path}?{query}")).await
}

async fn bytes(actor: &Actor, path: &str, query: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let response = actor.request(Method::GET, &format!("{path}?{query}")).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// The parameters that a refusal names.
fn wrong(reply: &Reply) -> Vec<&str> {
    assert_eq!((reply.status.as_u16(), text(&reply.headers, &header::CONTENT_TYPE)), (400, "application/problem+json"));
    let errors = reply.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["parameter"].as_str().unwrap()).collect()
}

async fn a_leader_gets_a_chart_of_the_own_school(world: &World) {
    sow(world).await;
    let (leader, query) = (world.actor(Who::Leader).await, weeks(world.ours.schools[0]));
    let chart = fetched(&leader, SVG, &query).await;
    assert_eq!(
        (chart.status.as_u16(), text(&chart.headers, &header::CONTENT_TYPE)),
        (200, "image/svg+xml; charset=utf-8")
    );
    assert_eq!(text(&chart.headers, &header::CACHE_CONTROL), "private, no-cache");
    assert_eq!(
        text(&chart.headers, &header::CONTENT_SECURITY_POLICY),
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    );
    assert_eq!(text(&chart.headers, &header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(chart.text.contains("De Zwaluw · 3 augustus 2026 t/m 23 augustus 2026 · per week"), "{}", chart.text);
    assert!(chart.text.contains("Gelezen: laatste cijfer 100% (week 34)."), "{}", chart.text);
    assert!(!chart.text.contains("n klein"), "the own team sees all of it");

    let tag = text(&chart.headers, &header::ETAG).to_owned();
    let again =
        leader.sends(leader.request(Method::GET, &format!("{SVG}?{query}")).header(header::IF_NONE_MATCH, tag)).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

async fn a_director_sees_a_gap_where_the_figure_is_hidden(world: &World) {
    sow(world).await;
    let director = world.actor(Who::Director).await;
    let chart = fetched(&director, SVG, &weeks(world.ours.schools[0])).await;
    assert!(chart.text.contains("Gelezen: laatste cijfer 80% (week 33)."), "{}", chart.text);
    assert!(chart.text.contains("n klein") && !chart.text.contains("100% (week 34)"));
    let broken_down = weeks(format!("{}&breakdown=SCHOOL", world.ours.clusters[0]));
    let chart = fetched(&director, SVG, &broken_down).await;
    assert!(chart.text.contains("De Zwaluw: laatste cijfer 80% (week 33)."), "{}", chart.text);
}

async fn a_chart_speaks_the_language_that_was_asked_for(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let query = weeks(world.ours.schools[0]);
    let english = leader.with_header("accept-language", "en-GB, nl;q=0.5");
    assert!(fetched(&english, SVG, &query).await.text.contains(">Read<"));
    assert!(fetched(&english, SVG, &format!("{query}&language=nl")).await.text.contains(">Gelezen<"));
    assert!(
        fetched(&leader, SVG, &format!("{query}&language=en")).await.text.contains("% of announcements per student")
    );
}

async fn a_chart_comes_as_pixels_of_the_size_that_was_asked_for(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let query = format!("{}&width=640&height=360", weeks(world.ours.schools[0]));
    let (status, headers, png) = bytes(&leader, PNG, &query).await;
    assert_eq!((status.as_u16(), text(&headers, &header::CONTENT_TYPE)), (200, "image/png"));
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    // Width and height are the first fields of the first chunk.
    assert_eq!(png[16..24], [0, 0, 2, 128, 0, 0, 1, 104]);
}

async fn a_month_of_a_school_is_a_page(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let query = of_month(world, world.ours.schools[0]);
    let (status, headers, pdf) = bytes(&leader, PDF, &query).await;
    assert_eq!((status.as_u16(), text(&headers, &header::CONTENT_TYPE)), (200, "application/pdf"));
    let name = format!("attachment; filename=\"ouderbetrokkenheid-{}.pdf\"", last_month(world).format("%Y-%m"));
    assert_eq!(text(&headers, &header::CONTENT_DISPOSITION), name);
    assert_eq!(text(&headers, &header::CACHE_CONTROL), "private, no-cache");
    assert!(pdf.starts_with(b"%PDF-1.7") && pdf.len() < 200_000, "{} bytes", pdf.len());
    let director = world.actor(Who::Director).await;
    let of_cluster = of_month(world, world.ours.clusters[0]);
    assert_eq!(bytes(&director, PDF, &of_cluster).await.0.as_u16(), 200);
}

async fn who_sees_no_figures_finds_nothing(world: &World) {
    sow(world).await;
    let (ours, theirs) = (&world.ours, &world.theirs);
    let known = weeks(ours.schools[0]);
    let unknown = weeks("school_01jd7w4xkse3p9bq0h3m5v8r2c");
    for who in [Who::Client, Who::Distant, Who::Guardian, Who::Teacher, Who::Trainer] {
        let actor = world.actor(who).await;
        let (hidden, absent) = (fetched(&actor, SVG, &known).await, fetched(&actor, SVG, &unknown).await);
        assert_eq!((hidden.status.as_u16(), absent.status.as_u16()), (404, 404), "{}", who.name());
        assert_eq!(hidden.body["detail"], absent.body["detail"], "{}", who.name());
        assert_eq!(
            fetched(&actor, PDF, &of_month(world, ours.schools[0])).await.status.as_u16(),
            404,
            "{}",
            who.name()
        );
    }
    let leader = world.actor(Who::Leader).await;
    for scope in [ours.schools[1].to_string(), ours.clusters[0].to_string(), theirs.schools[0].to_string()] {
        assert_eq!(fetched(&leader, PNG, &weeks(scope)).await.status.as_u16(), 404);
    }
}

async fn who_is_not_signed_in_is_asked_to(world: &World) {
    let anonymous = world.actor(Who::Anonymous).await;
    for path in [SVG, PNG, PDF] {
        let reply = fetched(&anonymous, path, "").await;
        assert_eq!((reply.status.as_u16(), text(&reply.headers, &header::WWW_AUTHENTICATE)), (401, "Bearer"));
        assert_eq!(text(&reply.headers, &header::CACHE_CONTROL), "no-store");
        let forged = fetched(&anonymous.with_token("a.b.c"), path, "").await;
        assert_eq!(
            (forged.status.as_u16(), text(&forged.headers, &header::WWW_AUTHENTICATE)),
            (401, "Bearer error=\"invalid_token\"")
        );
    }
}

async fn what_is_wrong_is_named(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let good = weeks(world.ours.schools[0]);
    let reply = fetched(&leader, SVG, "metrics=REACH,PRESENCE&from=today&width=9").await;
    assert_eq!(wrong(&reply), ["scope", "metrics", "from", "to", "width"]);
    assert_eq!(reply.body["status"], Value::from(400));
    for (more, parameter) in [("&interval=DAY", "interval"), ("&colour=red", "colour"), ("&to=2026-08-30", "to")] {
        assert_eq!(wrong(&fetched(&leader, PNG, &format!("{good}{more}")).await), [parameter]);
    }
    let several = good.replace("REACH", "REACH,TWO_WAY,ACTIVATION,CLOSING,INTAKE,DELIVERY,NO_SHOW,CONTENT_USE");
    let low = fetched(&leader, SVG, &format!("{several}&width=320&height=200")).await;
    assert_eq!(wrong(&low), ["height"]);
    assert!(low.text.contains("needs a height of"), "{}", low.text);
    assert_eq!(fetched(&leader, SVG, &format!("{several}&width=320")).await.status.as_u16(), 200);
    let of_board = fetched(&leader, PDF, &of_month(world, world.ours.id)).await;
    assert_eq!(wrong(&of_board), ["scope"]);
    assert_eq!(
        wrong(&fetched(&leader, PDF, &format!("scope={}&month=2099-01", world.ours.schools[0])).await),
        ["month"]
    );
}

async fn a_breakdown_that_a_place_has_not_is_refused(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let query = format!("{}&breakdown=CLUSTER", weeks(world.ours.schools[0]));
    let reply = fetched(&leader, SVG, &query).await;
    assert_eq!(reply.status.as_u16(), 400);
    assert!(reply.body["detail"].as_str().unwrap().contains("breakdown"), "{}", reply.text);
}

on_each_database!(
    a_breakdown_that_a_place_has_not_is_refused,
    a_chart_comes_as_pixels_of_the_size_that_was_asked_for,
    a_chart_speaks_the_language_that_was_asked_for,
    a_director_sees_a_gap_where_the_figure_is_hidden,
    a_leader_gets_a_chart_of_the_own_school,
    a_month_of_a_school_is_a_page,
    what_is_wrong_is_named,
    who_is_not_signed_in_is_asked_to,
    who_sees_no_figures_finds_nothing,
);
