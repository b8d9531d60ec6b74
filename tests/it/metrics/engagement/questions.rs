//! What is asked for, and what is no question.

use chrono::Days;
use glans_entity::metrics::{Level, Metric, Span, figure};
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use super::{ENGAGEMENT, MONDAY, SUNDAY, answer, asked, monday, sow};

async fn figures_are_told_apart(world: &World) {
    sow(world).await;
    let (admin, leader) = (world.standing(Who::Admin).await, world.standing(Who::Leader).await);
    let (board, school) = (world.ours.id.to_string(), world.ours.schools[0].to_string());
    let ours = &world.ours;
    for (standing, scope, breakdown, expected) in [
        (
            &admin,
            &board,
            "CLUSTER",
            json!([
                { "id": ours.clusters[0], "name": "Noord", "language": null },
                { "id": ours.clusters[1], "name": "Zuid", "language": null },
            ]),
        ),
        (
            &admin,
            &board,
            "SCHOOL",
            json!([
                { "id": ours.schools[1], "name": "De Meent", "language": null },
                { "id": ours.schools[0], "name": "De Zwaluw", "language": null },
            ]),
        ),
        (&admin, &board, "LANGUAGE", json!([{ "id": null, "name": "ar", "language": "ar" }])),
        (&leader, &school, "CLASS_GROUP", json!([{ "id": ours.groups[0], "name": "3a", "language": null }])),
    ] {
        let body = answer(world, standing, scope, asked(json!({ "breakdown": breakdown }))).await;
        let series = body["data"]["engagement"]["series"].as_array().unwrap_or_else(|| panic!("{body}"));
        let groups: Vec<_> = series.iter().map(|one| one["group"].clone()).collect();
        assert_eq!(json!(groups), expected, "{breakdown}");
    }
}

async fn months_and_school_years_are_asked_for_by_their_dates(world: &World) {
    let board = world.ours.id;
    world
        .sow(&world.ours, async |sower| {
            let of = |span, starts_on: &str| figure::Model {
                span,
                ..sower.figure(Metric::Reach, Level::Board, board.0, starts_on.parse().unwrap())
            };
            let months = ["2026-09-01", "2026-10-01", "2026-11-01"].map(|month| of(Span::Month, month));
            sower.figures(months.into_iter().chain([of(Span::SchoolYear, "2025-08-01")])).await;
        })
        .await;
    let admin = world.standing(Who::Admin).await;
    for (interval, from, to, expected) in [
        ("MONTH", "2026-10-01", "2026-10-31", json!(["2026-10-01"])),
        ("MONTH", "2026-10-02", "2026-11-29", json!([])),
        ("MONTH", "2026-09-28", "2026-11-30", json!(["2026-10-01", "2026-11-01"])),
        ("SCHOOL_YEAR", "2025-08-01", "2026-07-31", json!(["2025-08-01"])),
        ("SCHOOL_YEAR", "2025-08-02", "2026-08-02", json!([])),
    ] {
        let input = asked(json!({ "interval": interval, "from": from, "to": to }));
        let body = answer(world, &admin, &board.to_string(), input).await;
        let series = body["data"]["engagement"]["series"].as_array().unwrap_or_else(|| panic!("{body}"));
        let points = series.iter().flat_map(|one| one["points"].as_array().unwrap());
        let keys: Vec<_> = points.map(|point| point["periodStart"].clone()).collect();
        assert_eq!(json!(keys), expected, "{interval} {from} {to}");
    }
}

async fn what_is_no_question_is_answered_with_what_to_do(world: &World) {
    sow(world).await;
    let ours = &world.ours;
    let (board, cluster, school) = (ours.id.to_string(), ours.clusters[0].to_string(), ours.schools[0].to_string());
    let group = ours.groups[0].to_string();
    let named = "Name at least one metric, and each once.";
    let unfit = "This breakdown is not of this scope: a board has clusters, a board or cluster has schools, \
                 the own school has class groups.";
    let weeks = |count: u64| json!({ "to": (monday() + Days::new(7 * count - 1)).to_string() });
    for (who, scope, more, message) in [
        (Who::Admin, &board, json!({ "metrics": [] }), named),
        (Who::Admin, &board, json!({ "metrics": ["REACH", "TWO_WAY", "REACH"] }), named),
        (Who::Admin, &board, json!({ "to": "2026-08-02" }), "Let `to` be `from` or a later day."),
        (Who::Admin, &board, json!({ "breakdown": "CLASS_GROUP" }), unfit),
        (Who::Admin, &school, json!({ "breakdown": "CLASS_GROUP" }), unfit),
        (Who::Director, &cluster, json!({ "breakdown": "CLUSTER" }), unfit),
        (Who::Leader, &school, json!({ "breakdown": "SCHOOL" }), unfit),
        (Who::Teacher, &group, json!({ "breakdown": "LANGUAGE" }), unfit),
        (Who::Admin, &board, weeks(61), "Ask for 60 periods at most."),
    ] {
        let body = answer(world, &world.standing(who).await, scope, asked(more.clone())).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{more}: {body}");
        assert_eq!(body["errors"][0]["message"], message, "{more}");
    }
    let admin = world.standing(Who::Admin).await;
    for more in [weeks(60), json!({ "to": MONDAY })] {
        let body = answer(world, &admin, &board, asked(more.clone())).await;
        assert!(body.get("errors").is_none(), "{more}: {body}");
    }
    // Who may not ask is not told that it is no question.
    let body = answer(world, &world.standing(Who::Guardian).await, &board, asked(json!({ "metrics": [] }))).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

async fn a_day_is_of_the_years_1_to_9999(world: &World) {
    let (admin, board) = (world.actor(Who::Admin).await, world.ours.id);
    let outside = "Give a day that exists, of the years 1 to 9999: 2026-09-01.";
    for (from, to, message) in [
        ("-99999-1-1", "+99999-1-1", outside),
        (MONDAY, "+99999-1-1", outside),
        ("0000-12-31", SUNDAY, outside),
        ("0001-01-01", "9999-12-31", "Ask for 60 periods at most."),
    ] {
        let input = asked(json!({ "from": from, "to": to }));
        let reply = admin.asks_with(ENGAGEMENT, json!({ "scope": board, "input": input })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{from} {to}: {}", reply.text);
        assert!(reply.errors()[0]["message"].as_str().unwrap().contains(message), "{from} {to}: {}", reply.text);
    }
}

on_each_database!(
    figures_are_told_apart,
    months_and_school_years_are_asked_for_by_their_dates,
    what_is_no_question_is_answered_with_what_to_do,
    a_day_is_of_the_years_1_to_9999,
);
