//! Figures as files: what stands in them, and who gets them.

use chrono::{Days, NaiveDate, TimeDelta};
use glans::identity::tokens::issue::{Subject, access_token};
use glans::metrics::exports::{self, Making};
use glans::metrics::rollups;
use glans::upkeep;
use glans_entity::identity::api_client;
use glans_entity::ids::{ExportId, SchoolId, format_any};
use glans_entity::localized::Strings;
use glans_entity::metrics::{
    ExportState, Level, Metric, Span, Suppression, cell, export, export_chunk, figure, milestone, unpublished,
};
use glans_entity::organisation::school;
use glans_entity::people::membership;
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::{Method, header};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait, QueryFilter,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::{act, refusals};

const FIELDS: &str = "metricExport { id status format rowCount byteLength url failure expiresAt createdAt }";
const HEADER: &str = "period_start,period_end,interval,metric,definition_version,level,place_id,place_name,language,value,\
                      numerator,denominator,unknown,suppressed\r\n";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

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

async fn part(actor: &Actor, id: &str, headers: &[(header::HeaderName, &str)]) -> Reply {
    let request = actor.request(Method::GET, &format!("/exports/{id}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
    actor.sends(request).await
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

/// A file of several blocks.
async fn large(world: &World, actor: &Actor) -> String {
    let ours = &world.ours;
    let metrics: Vec<Metric> = Metric::iter().take(8).collect();
    world
        .sow(ours, async |sower| {
            let weeks = (0..52).map(|week| monday() + Days::new(7 * week));
            let figures = weeks.flat_map(|week| {
                metrics.iter().flat_map(move |metric| {
                    ours.schools.map(|school| sower.figure(*metric, Level::School, school.0, week))
                })
            });
            sower.figures(figures).await;
        })
        .await;
    let names: Vec<String> = metrics.iter().map(ActiveEnum::to_value).collect();
    let more = json!({ "metrics": names, "to": "2027-08-01", "breakdown": "SCHOOL" });
    made(world, actor, with(wanted(ours.id), more)).await
}

async fn a_download_goes_on_where_it_broke_off(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let id = large(world, &admin).await;
    let whole = fetched(&admin, &id).await;
    let length = whole.text.len();
    assert!(length > 64 * 1024, "{length} bytes are several blocks");
    assert_eq!(whole.text.matches("\r\n").count(), 1 + 52 * 8 * 2);
    let tag = format!("\"{id}\"");

    let mut pieces = String::new();
    while pieces.len() < length {
        let last = pieces.len() + 9_999;
        let range = format!("bytes={}-{last}", pieces.len());
        let piece = part(&admin, &id, &[(header::RANGE, range.as_str()), (header::IF_RANGE, tag.as_str())]).await;
        assert_eq!(piece.status.as_u16(), 206);
        let told = format!("bytes {}-{}/{length}", pieces.len(), last.min(length - 1));
        assert_eq!(piece.headers[header::CONTENT_RANGE], told.as_str());
        assert_eq!(piece.headers[header::CONTENT_LENGTH], piece.text.len().to_string().as_str());
        pieces.push_str(&piece.text);
    }
    assert_eq!(pieces, whole.text);

    let first = (header::RANGE, "bytes=0-1");
    let known = part(&admin, &id, &[(header::IF_NONE_MATCH, tag.as_str()), first.clone()]).await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    assert_eq!(known.headers[header::ETAG], tag.as_str());
    let another = part(&admin, &id, &[(header::IF_MATCH, "\"another\""), first.clone()]).await;
    assert_eq!(another.status.as_u16(), 412);
    let both = [(header::IF_MATCH, tag.as_str()), (header::IF_NONE_MATCH, "\"another\""), first];
    let same = part(&admin, &id, &both).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (206, &whole.text[..2]));

    let end = part(&admin, &id, &[(header::RANGE, "bytes=-7")]).await;
    assert_eq!((end.status.as_u16(), end.text.as_str()), (206, &whole.text[length - 7..]));
    let after = format!("bytes={length}-");
    let nothing = part(&admin, &id, &[(header::RANGE, after.as_str())]).await;
    assert_eq!(nothing.status.as_u16(), 416);
    assert_eq!(nothing.headers[header::CONTENT_RANGE], format!("bytes */{length}").as_str());
    for headers in [
        &[(header::RANGE, "bytes=0-1,4-5")][..],
        &[(header::RANGE, "lines=0-1")],
        &[(header::RANGE, "bytes=0-1"), (header::IF_RANGE, "\"another\"")],
        // Parts are of the bytes as they are stored.
        &[(header::ACCEPT_ENCODING, "gzip")],
    ] {
        let reply = part(&admin, &id, headers).await;
        assert_eq!((reply.status.as_u16(), reply.text.len()), (200, length), "{headers:?}");
        assert!(!reply.headers.contains_key(header::CONTENT_ENCODING), "{headers:?}");
    }
    let head = admin.request(Method::HEAD, &format!("/exports/{id}")).header(header::RANGE, "bytes=0-1");
    let head = admin.sends(head).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.headers[header::CONTENT_LENGTH], length.to_string().as_str());
}

async fn who_did_not_start_it_finds_nothing(world: &World) {
    sow(world).await;
    let director = world.actor(Who::Director).await;
    let id = made(world, &director, wanted(world.ours.clusters[0])).await;
    assert_eq!(fetched(&director, &id).await.status.as_u16(), 200);
    let unknown = ExportId::new().to_string();
    let nothing = fetched(&director, &unknown).await;
    assert_eq!(nothing.status.as_u16(), 404);
    let others = [
        world.actor(Who::Admin).await,
        world.actor(Who::Leader).await,
        world.actor(Who::Guardian).await,
        world.actor(Who::Client).await,
        world.actor_in(&world.theirs, Who::Director).await,
    ];
    for other in &others {
        for asked in [id.as_str(), unknown.as_str(), "nonsense", "export_0"] {
            let reply = fetched(other, asked).await;
            assert_eq!((reply.status, &reply.text), (nothing.status, &nothing.text), "{} {asked}", other.name);
        }
        assert_eq!(state(other, &id).await, Value::Null, "{}", other.name);
    }
    let stranger = fetched(&Actor::anonymous("stranger", director.address()), &id).await;
    assert_eq!(
        (stranger.status.as_u16(), &stranger.headers[header::WWW_AUTHENTICATE]),
        (401, &"Bearer".parse().unwrap())
    );
    let forged = fetched(&director.with_token("forged"), &id).await;
    assert_eq!(forged.status.as_u16(), 401);
    let elsewhere = director.with_header("glans-board", &world.theirs.id.to_string());
    assert_eq!(fetched(&elsewhere, &id).await.status.as_u16(), 404);

    let theirs = start(&director, wanted(world.theirs.clusters[0])).await;
    let nobodys = start(&director, wanted(format_any("cluster", Uuid::now_v7()))).await;
    assert_eq!(theirs.refusals("exportStart"), ["NOT_FOUND scope"]);
    assert_eq!(theirs.text, nobodys.text);
    for who in [Who::Teacher, Who::Guardian, Who::Trainer, Who::Client] {
        let refused = start(&world.actor(who).await, wanted(world.ours.schools[0])).await;
        assert_eq!(refused.refusals("exportStart"), ["NOT_FOUND scope"], "{}", who.name());
    }
}

async fn who_may_not_see_it_any_more_finds_nothing(world: &World) {
    sow(world).await;
    let director = world.actor(Who::Director).await;
    let id = made(world, &director, wanted(world.ours.clusters[0])).await;
    let waiting = started(&director, wanted(world.ours.clusters[0])).await;
    let db = world.writing().await;
    membership::Entity::update_many()
        .col_expr(membership::Column::EndedAt, Expr::value(world.app.clock.now()))
        .filter(membership::Column::PersonId.eq(world.ours.director.person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(fetched(&director, &id).await.status.as_u16(), 404);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let left = row(world, &waiting).await.unwrap();
    assert_eq!((left.state, left.row_count), (ExportState::Failed, None));
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

async fn after_a_week_it_goes(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = made(world, &leader, wanted(world.ours.schools[0])).await;
    assert_eq!(upkeep::round(&world.app).await.unwrap().exports, 0);
    assert_eq!(blocks(world, &id).await, 1);
    world.app.clock.turn(TimeDelta::days(7));
    let leader = world.actor(Who::Leader).await;
    assert_eq!(fetched(&leader, &id).await.status.as_u16(), 404);
    assert_eq!(state(&leader, &id).await, Value::Null);
    assert_eq!(upkeep::round(&world.app).await.unwrap().exports, 1);
    assert_eq!((row(world, &id).await, blocks(world, &id).await), (None, 0));
}

async fn sent_twice_it_is_made_once(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let input = with(wanted(world.ours.schools[0]), json!({ "clientMutationId": "once" }));
    let first = started(&leader, input.clone()).await;
    assert_eq!(started(&leader, input).await, first);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let own = leader.asks("{ metricExports(first: 5) { nodes { id status } totalCount } }").await;
    assert_eq!(own.at("metricExports"), &json!({ "nodes": [{ "id": first, "status": "READY" }], "totalCount": 1 }));
}

/// Leaves an export as a process does that ends in the middle of it.
async fn abandon(world: &World, id: &str, since: TimeDelta) {
    let db = world.writing().await;
    let id: ExportId = id.parse().unwrap();
    export::Entity::update_many()
        .col_expr(export::Column::State, Expr::value(ExportState::Running.to_value()))
        .col_expr(export::Column::Attempts, Expr::value(1))
        .col_expr(export::Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(export::Column::LeasedUntil, Expr::value(world.app.clock.now() - since))
        .filter(export::Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    let half = export_chunk::Model { export_id: id, position: 0, board_id: world.ours.id, bytes: b"half".to_vec() };
    export_chunk::Entity::insert(half.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

async fn what_was_left_is_begun_anew(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = started(&leader, wanted(world.ours.schools[0])).await;
    abandon(world, &id, TimeDelta::seconds(-30)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 0, "somebody has it under their hands");
    assert_eq!(fetched(&leader, &id).await.status.as_u16(), 404, "half a file is none");
    assert_eq!(state(&leader, &id).await["status"], "RUNNING");
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let text = fetched(&leader, &id).await.text;
    assert!(text.starts_with(HEADER) && text.ends_with(",0.75,15,20,0,\r\n"), "{text}");
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
}

async fn who_comes_back_too_late_keeps_nothing(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let id = started(&leader, wanted(world.ours.schools[0])).await;
    let late = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    world.app.clock.turn(TimeDelta::seconds(61));
    let next = Making::claim(&world.app, &[]).await.unwrap().expect("the lease ran out");
    late.run().await.unwrap();
    let taken = row(world, &id).await.unwrap();
    assert_eq!((taken.state, taken.attempts, blocks(world, &id).await), (ExportState::Running, 2, 0));
    next.run().await.unwrap();
    let text = fetched(&leader, &id).await.text;
    assert!(text.starts_with(HEADER) && text.ends_with(",0.75,15,20,0,\r\n"), "{text}");
    let ready = row(world, &id).await;
    late.run().await.unwrap();
    assert_eq!((row(world, &id).await, fetched(&leader, &id).await.text), (ready, text));
}

async fn one_that_breaks_off_is_tried_again_later_and_keeps_no_other_waiting(world: &World) {
    sow(world).await;
    let leader = world.actor(Who::Leader).await;
    let broken = started(&leader, wanted(world.ours.schools[0])).await;
    let sound = started(&leader, wanted(world.ours.schools[0])).await;
    let db = world.writing().await;
    export::Entity::update_many()
        .col_expr(export::Column::Metrics, Expr::value(json!(["NONSENSE"])))
        .filter(export::Column::Id.eq(broken.parse::<ExportId>().unwrap()))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 2);
    assert_eq!(state(&leader, &sound).await["status"], "READY");
    for tries in 1..=3 {
        assert_eq!(exports::round(&world.app).await.unwrap(), 0, "not at once");
        let left = row(world, &broken).await.unwrap();
        assert_eq!((left.state, left.attempts), (ExportState::Running, tries));
        world.app.clock.turn(TimeDelta::seconds(61));
        assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    }
    let given_up = state(&leader, &broken).await;
    assert_eq!(given_up["status"], "FAILED");
    assert_eq!(given_up["failure"], "This broke off several times. Start another export.");
}

async fn the_oldest_files_go_for_a_new_one(world: &World) {
    sow(world).await;
    let (leader, school) = (world.actor(Who::Leader).await, world.ours.schools[0]);
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(made(world, &leader, wanted(school)).await);
    }
    assert_eq!(blocks(world, &ids[0]).await, 1, "ten are kept");
    started(&leader, wanted(school)).await;
    assert_eq!(fetched(&leader, &ids[0]).await.status.as_u16(), 404);
    assert_eq!(state(&leader, &ids[0]).await, Value::Null);
    assert_eq!(blocks(world, &ids[0]).await, 1, "whoever asks for a file does not wait until another is removed");
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!((row(world, &ids[0]).await, blocks(world, &ids[0]).await), (None, 0), "gone once the next one is made");
    assert_eq!(fetched(&leader, &ids[1]).await.status.as_u16(), 200);

    // Files of somebody else that are as large as a board may have.
    let admin = world.actor(Who::Admin).await;
    for _ in 0..5 {
        made(world, &admin, wanted(world.ours.id)).await;
    }
    let db = world.writing().await;
    export::Entity::update_many()
        .col_expr(export::Column::ByteLength, Expr::value(i32::MAX))
        .filter(export::Column::AccountId.eq(world.ours.admin.account))
        .filter(export::Column::State.eq(ExportState::Ready))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(start(&leader, wanted(school)).await.refusals("exportStart"), ["LIMIT_REACHED"]);
    assert_eq!(fetched(&leader, &ids[1]).await.status.as_u16(), 200, "what was refused took nothing away");
    let other = world.actor_in(&world.theirs, Who::Admin).await;
    started(&other, wanted(world.theirs.id)).await;
    started(&admin, wanted(world.ours.id)).await;
    started(&leader, wanted(school)).await;
}

async fn five_are_made_at_a_time(world: &World) {
    let admin = world.actor(Who::Admin).await;
    for _ in 0..5 {
        started(&admin, wanted(world.ours.id)).await;
    }
    let leader = world.actor(Who::Leader).await;
    let refused = start(&leader, wanted(world.ours.schools[0])).await;
    assert_eq!(refused.refusals("exportStart"), ["LIMIT_REACHED"]);
    let other = world.actor_in(&world.theirs, Who::Admin).await;
    started(&other, wanted(world.theirs.id)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 6);
    started(&leader, wanted(world.ours.schools[0])).await;
}

/// Fifty students are counted in a week of the past, of which there is nothing else.
async fn counted(world: &World) {
    let ours = &world.ours;
    let week = cell::Model {
        school_id: ours.schools[0],
        span: Span::Week,
        starts_on: day("2025-10-06"),
        metric: Metric::Reach,
        cluster_id: ours.clusters[0],
        class_group_id: ours.groups[0],
        language: String::new(),
        board_id: ours.id,
        version: 1,
        numerator: 25,
        denominator: 50,
        unknown: 0,
    };
    let year = cell::Model { span: Span::SchoolYear, starts_on: day("2025-08-01"), ..week.clone() };
    let db = world.writing().await;
    let rows = [week, year].map(|row| row.into_active_model().reset_all());
    cell::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
}

/// The figures of that week.
fn of_then(world: &World) -> Value {
    with(wanted(world.ours.id), json!({ "from": "2025-10-06", "to": "2025-10-12" }))
}

/// The board wishes to hide more: all its figures are withdrawn.
async fn hide_more(world: &World) {
    let input = json!({ "id": world.ours.id, "leastShown": 6 });
    assert_eq!(refusals(&act(world, Who::Admin, "boardUpdate", "", input).await), [""; 0]);
}

async fn what_is_published_anew_is_waited_for(world: &World) {
    rollups::round(&world.app).await.unwrap();
    counted(world).await;
    let admin = world.actor(Who::Admin).await;
    let id = started(&admin, of_then(world)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    hide_more(world).await;
    making.run().await.unwrap();
    let left = row(world, &id).await.unwrap();
    assert_eq!((left.state, left.attempts), (ExportState::Queued, 0), "withdrawn in the middle");
    let another = started(&admin, of_then(world)).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
    for waits in [&id, &another] {
        assert_eq!(state(&admin, waits).await["status"], "QUEUED");
    }
    made(world, &world.actor_in(&world.theirs, Who::Admin).await, wanted(world.theirs.id)).await;

    rollups::round(&world.app).await.unwrap();
    assert_eq!(exports::round(&world.app).await.unwrap(), 2);
    for ready in [&id, &another] {
        let ready = state(&admin, ready).await;
        assert_eq!((&ready["status"], &ready["rowCount"]), (&json!("READY"), &json!(1)));
    }
    // What comes in after that is published tomorrow, and what is there until then is whole.
    let late = unpublished::Model {
        board_id: world.ours.id,
        school_year: day("2025-08-01"),
        token: Uuid::now_v7(),
        lease: None,
        leased_until: None,
    };
    let db = world.writing().await;
    unpublished::Entity::insert(late.into_active_model().reset_all()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    let id = made(world, &admin, of_then(world)).await;
    assert_eq!(state(&admin, &id).await["rowCount"], 1);
}

/// That not all figures of the board are there, or that they are.
async fn is_partial(world: &World, is_partial: bool) {
    let (kind, reached) = (milestone::PARTIAL.to_owned(), "2026-08-01".to_owned());
    let row = milestone::Model { board_id: world.ours.id, kind, reached, at: world.app.clock.now() };
    let db = world.writing().await;
    if is_partial {
        let row = row.into_active_model().reset_all();
        milestone::Entity::insert(row).exec_without_returning(&db).await.unwrap();
    } else {
        let own = milestone::Column::Kind.eq(milestone::PARTIAL);
        milestone::Entity::delete_many().filter(own).exec(&db).await.unwrap();
    }
    world.written(db).await;
}

async fn what_is_put_back_keeps_no_other_waiting(world: &World) {
    let (admin, other) = (world.actor(Who::Admin).await, world.actor_in(&world.theirs, Who::Admin).await);
    let first = started(&admin, wanted(world.ours.id)).await;
    world.app.clock.turn(TimeDelta::seconds(1));
    let younger = started(&other, wanted(world.theirs.id)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    is_partial(world, true).await;
    assert!(!making.run().await.unwrap(), "it is put back");
    is_partial(world, false).await;
    let put_back: [ExportId; 1] = [first.parse().unwrap()];
    let next = Making::claim(&world.app, &put_back).await.unwrap().expect("the other one waits");
    let states = [row(world, &first).await.unwrap().state, row(world, &younger).await.unwrap().state];
    assert_eq!(states, [ExportState::Queued, ExportState::Running]);
    assert!(Making::claim(&world.app, &put_back).await.unwrap().is_none(), "once a round");
    assert!(next.run().await.unwrap());
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!(row(world, &first).await.unwrap().state, ExportState::Ready);
}

async fn files_of_figures_that_are_withdrawn_go_with_them(world: &World) {
    rollups::round(&world.app).await.unwrap();
    counted(world).await;
    let (admin, other) = (world.actor(Who::Admin).await, world.actor_in(&world.theirs, Who::Admin).await);
    let file = made(world, &admin, of_then(world)).await;
    let theirs = made(world, &other, wanted(world.theirs.id)).await;
    let id = started(&admin, of_then(world)).await;
    let making = Making::claim(&world.app, &[]).await.unwrap().expect("it waits");
    hide_more(world).await;
    assert_eq!((fetched(&admin, &file).await.status.as_u16(), state(&admin, &file).await), (404, Value::Null));
    assert_eq!(fetched(&other, &theirs).await.status.as_u16(), 200);

    // Who was writing is too late, also where all is published anew by then.
    rollups::round(&world.app).await.unwrap();
    making.run().await.unwrap();
    let left = row(world, &id).await.unwrap();
    assert_eq!((left.state, left.attempts, left.lease), (ExportState::Queued, 0, None));
    assert_eq!(blocks(world, &id).await, 0);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    assert_eq!(state(&admin, &id).await["status"], "READY");
}

async fn what_is_not_published_is_not_waited_for_for_ever(world: &World) {
    counted(world).await;
    hide_more(world).await;
    let admin = world.actor(Who::Admin).await;
    let id = started(&admin, of_then(world)).await;
    world.app.clock.turn(TimeDelta::minutes(59));
    assert_eq!(exports::round(&world.app).await.unwrap(), 0);
    world.app.clock.turn(TimeDelta::minutes(1));
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let failed = row(world, &id).await.unwrap();
    let why = "The figures of this board are being published anew, which takes too long. Start another export later.";
    assert_eq!((failed.state, failed.failure.as_deref()), (ExportState::Failed, Some(why)));
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

/// The API client of the first board, which may read figures and lessons, with a token for `scope`; narrowed to
/// `schools` where some are named.
async fn integrator(world: &World, scope: &str, schools: Option<&[SchoolId]>) -> Actor {
    let db = world.writing().await;
    let scopes = Strings(vec!["metrics:read".to_owned(), "lessons:read".to_owned()]);
    let school_ids = schools.map(|ids| Strings(ids.iter().map(ToString::to_string).collect()));
    let client = api_client::Entity::find_by_id(world.ours.client).one(&db).await.unwrap().unwrap();
    let client = api_client::Model { scopes, school_ids, ..client }.into_active_model().reset_all();
    api_client::Entity::update(client).exec(&db).await.unwrap();
    world.written(db).await;
    let subject = Subject::Client { id: world.ours.client, scope: scope.to_owned() };
    let token = access_token(&world.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
    world.actor(Who::Anonymous).await.with_token(&token.text)
}

async fn an_integrator_fetches_what_it_started(world: &World) {
    sow(world).await;
    let admin = world.actor(Who::Admin).await;
    let client = integrator(world, "metrics:read", None).await;
    let id = made(world, &client, with(wanted(world.ours.id), json!({ "breakdown": "SCHOOL" }))).await;
    let text = fetched(&client, &id).await.text;
    assert!(text.contains(",De Zwaluw,,0.75,15,20,0,") && text.contains(",De Meent,,,,,,SMALL_DENOMINATOR"), "{text}");
    assert_eq!(fetched(&admin, &id).await.status.as_u16(), 404);
    let narrower = integrator(world, "lessons:read", None).await;
    assert_eq!(fetched(&narrower, &id).await.status.as_u16(), 404);
    let groups = start(&client, with(wanted(world.ours.schools[0]), json!({ "breakdown": "CLASS_GROUP" }))).await;
    assert_eq!(groups.refusals("exportStart"), ["FORBIDDEN breakdown"]);
}

async fn a_client_that_was_revoked_gets_nothing_more(world: &World) {
    sow(world).await;
    let client = integrator(world, "metrics:read", None).await;
    let id = made(world, &client, wanted(world.ours.id)).await;
    assert_eq!(fetched(&client, &id).await.status.as_u16(), 200);
    let waiting = started(&client, wanted(world.ours.id)).await;
    let revoked = act(world, Who::Admin, "apiClientRevoke", "", json!({ "id": world.ours.client })).await;
    assert_eq!(refusals(&revoked), [""; 0]);
    assert_eq!(fetched(&client, &id).await.status.as_u16(), 401);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let left = row(world, &waiting).await.unwrap();
    assert_eq!((left.state, left.row_count), (ExportState::Failed, None));
}

async fn a_client_that_is_narrowed_to_schools_gets_those_and_nothing_above(world: &World) {
    sow(world).await;
    let ours = &world.ours;
    let client = integrator(world, "metrics:read", Some(&ours.schools[..1])).await;
    for place in [ours.id.to_string(), ours.clusters[0].to_string(), ours.schools[1].to_string()] {
        assert_eq!(start(&client, wanted(&place)).await.refusals("exportStart"), ["NOT_FOUND scope"], "{place}");
    }
    let id = made(world, &client, wanted(ours.schools[0])).await;
    assert!(fetched(&client, &id).await.text.ends_with(",De Zwaluw,,0.75,15,20,0,\r\n"));
}

on_each_database!(
    a_client_that_is_narrowed_to_schools_gets_those_and_nothing_above,
    a_client_that_was_revoked_gets_nothing_more,
    a_download_goes_on_where_it_broke_off,
    a_name_is_no_formula,
    after_a_week_it_goes,
    an_administrator_gets_schools_as_csv,
    an_integrator_fetches_what_it_started,
    files_of_figures_that_are_withdrawn_go_with_them,
    five_are_made_at_a_time,
    languages_are_written_as_json,
    one_that_breaks_off_is_tried_again_later_and_keeps_no_other_waiting,
    sent_twice_it_is_made_once,
    the_oldest_files_go_for_a_new_one,
    the_parts_of_a_school_that_moved_are_one,
    the_team_of_a_school_sees_its_groups,
    what_cannot_be_answered_is_refused_at_once,
    what_is_not_published_is_not_waited_for_for_ever,
    what_is_put_back_keeps_no_other_waiting,
    what_is_published_anew_is_waited_for,
    what_was_left_is_begun_anew,
    who_comes_back_too_late_keeps_nothing,
    who_did_not_start_it_finds_nothing,
    who_may_not_see_it_any_more_finds_nothing,
);
