//! What stands in a file, by place, language and format, and what is no question.

use glans_entity::ids::SchoolId;
use glans_entity::metrics::{Level, Metric, figure};
use glans_entity::organisation::school;
use glans_tests::{Who, World, on_each_database};
use reqwest::header;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{HEADER, fetched, made, monday, sow, start, state, wanted, with};

async fn an_administrator_gets_schools_as_csv(world: &World) {
    sow(world).await;
    let (admin, ours) = (world.actor(Who::Admin).await, &world.ours);
    let id = made(world, &admin, with(wanted(ours.id), json!({ "breakdown": "SCHOOL" }))).await;
    let expected = format!(
        "{HEADER}2026-08-03,2026-08-09,WEEK,REACH,1,SCHOOL,{},De Zwaluw,,0.75,15,20,0,\r\n\
         2026-08-03,2026-08-09,WEEK,REACH,1,SCHOOL,{},De Meent,,,,,,SMALL_DENOMINATOR\r\n",
        ours.schools[0], ours.schools[1]
    );
    let reply = fetched(&admin, &id).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, expected.as_str()));
    let header = |name: header::HeaderName| reply.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header(header::CONTENT_TYPE), "text/csv; charset=utf-8; header=present");
    assert_eq!(header(header::CONTENT_LENGTH), expected.len().to_string());
    assert_eq!(header(header::CONTENT_DISPOSITION), "attachment; filename=\"engagement-2026-08-03-2026-08-16.csv\"");
    assert_eq!(header(header::ACCEPT_RANGES), "bytes");
    assert_eq!(header(header::CACHE_CONTROL), "private, no-store");
    assert_eq!(header(header::ETAG), format!("\"{id}\""));
    let ready = state(&admin, &id).await;
    assert_eq!((&ready["status"], &ready["rowCount"]), (&json!("READY"), &json!(2)));
    assert_eq!(ready["byteLength"], expected.len());
    assert!(ready["url"].as_str().unwrap().ends_with(&format!("/exports/{id}")), "{ready}");
}

async fn languages_are_written_as_json(world: &World) {
    sow(world).await;
    let (admin, ours) = (world.actor(Who::Admin).await, &world.ours);
    let id = made(world, &admin, with(wanted(ours.id), json!({ "breakdown": "LANGUAGE", "format": "NDJSON" }))).await;
    let line = |language: &str, rest: &str| {
        format!(
            "{{\"period_start\":\"2026-08-03\",\"period_end\":\"2026-08-09\",\"interval\":\"WEEK\",\"metric\":\"REACH\",\
             \"definition_version\":1,\"level\":\"BOARD\",\"place_id\":\"{}\",\"place_name\":\"De Sterrenwacht\",\
             \"language\":\"{language}\",{rest}}}\n",
            ours.id
        )
    };
    let expected = line("ar", "\"value\":0.25,\"numerator\":5,\"denominator\":20,\"unknown\":0,\"suppressed\":null")
        + &line(
            "pl",
            "\"value\":null,\"numerator\":null,\"denominator\":null,\"unknown\":null,\"suppressed\":\"SMALL_DENOMINATOR\"",
        );
    let reply = fetched(&admin, &id).await;
    assert_eq!(reply.text, expected);
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/x-ndjson");

    let id = made(world, &admin, wanted(ours.id)).await;
    let rows = fetched(&admin, &id).await.text;
    let expected = format!(
        "{HEADER}2026-08-03,2026-08-09,WEEK,REACH,1,BOARD,{0},De Sterrenwacht,,0.75,15,20,0,\r\n\
         2026-08-10,2026-08-16,WEEK,REACH,1,BOARD,{0},De Sterrenwacht,,,0,0,0,\r\n",
        ours.id
    );
    assert_eq!(rows, expected);
}

async fn a_name_is_no_formula(world: &World) {
    sow(world).await;
    let db = world.writing().await;
    for (id, name) in world.ours.schools.into_iter().zip(["=HYPERLINK(\"http://x.example\";\"klik\")", "＝1+1"]) {
        let named = school::Entity::update_many().col_expr(school::Column::Name, Expr::value(name));
        named.filter(school::Column::Id.eq(id)).exec(&db).await.unwrap();
    }
    world.written(db).await;
    let admin = world.actor(Who::Admin).await;
    let id = made(world, &admin, with(wanted(world.ours.id), json!({ "breakdown": "SCHOOL" }))).await;
    let text = fetched(&admin, &id).await.text;
    assert!(text.contains(",\"'=HYPERLINK(\"\"http://x.example\"\";\"\"klik\"\")\",,0.75,"), "{text}");
    assert!(text.contains(",'＝1+1,,"), "{text}");
}

async fn the_team_of_a_school_sees_its_groups(world: &World) {
    sow(world).await;
    let (leader, school) = (world.actor(Who::Leader).await, world.ours.schools[0]);
    let groups = with(wanted(school), json!({ "breakdown": "CLASS_GROUP" }));
    let id = made(world, &leader, groups.clone()).await;
    let text = fetched(&leader, &id).await.text;
    let expected = format!(
        "{HEADER}2026-08-03,2026-08-09,WEEK,REACH,1,CLASS_GROUP,{},3a,,0.75,15,20,0,\r\n",
        world.ours.groups[0]
    );
    assert_eq!(text, expected, "what is hidden from others is not from them");
    for who in [Who::Admin, Who::Director] {
        let refused = start(&world.actor(who).await, groups.clone()).await;
        assert_eq!(refused.refusals("exportStart"), ["FORBIDDEN breakdown"], "{}", who.name());
    }
    let of_group = start(&world.actor(Who::Admin).await, wanted(world.ours.groups[0])).await;
    assert_eq!(of_group.refusals("exportStart"), ["NOT_FOUND scope"]);
}

async fn the_parts_of_a_school_that_moved_are_one(world: &World) {
    let ours = &world.ours;
    world
        .sow(ours, async |sower| {
            let parts = ours.clusters.map(|cluster| figure::Model {
                parent_id: cluster.0,
                ..sower.figure(Metric::Reach, Level::School, ours.schools[0].0, monday())
            });
            sower.figures(parts).await;
        })
        .await;
    let admin = world.actor(Who::Admin).await;
    let id = made(world, &admin, wanted(ours.schools[0])).await;
    let text = fetched(&admin, &id).await.text;
    assert!(text.ends_with(",De Zwaluw,,0.75,30,40,0,\r\n"), "{text}");
    assert_eq!(state(&admin, &id).await["rowCount"], 1);
}

async fn what_cannot_be_answered_is_refused_at_once(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let wrong = json!({ "metrics": [], "to": "2026-08-01", "breakdown": "CLASS_GROUP" });
    let refused = start(&admin, with(wanted(world.ours.id), wrong)).await;
    assert_eq!(refused.refusals("exportStart"), ["REQUIRED metrics", "INVALID to", "INVALID breakdown"]);
    let none = with(wanted(world.ours.id), json!({ "from": "2026-08-04", "to": "2026-08-14" }));
    assert_eq!(start(&admin, none).await.refusals("exportStart"), ["INVALID to"]);
    for id in ["nonsense".to_owned(), world.ours.admin.person.to_string(), SchoolId::new().to_string()] {
        assert_eq!(start(&admin, wanted(id)).await.refusals("exportStart"), ["NOT_FOUND scope"]);
    }
}

on_each_database!(
    a_name_is_no_formula,
    an_administrator_gets_schools_as_csv,
    languages_are_written_as_json,
    the_parts_of_a_school_that_moved_are_one,
    the_team_of_a_school_sees_its_groups,
    what_cannot_be_answered_is_refused_at_once,
);
