//! Figures of a place: who sees them, what is hidden, and what is no question.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use glans::access::{ApiScope, ClientActor, Standing, Standings};
use glans::call::Call;
use glans::metrics::engagement::{Allowance, Ask, Breakdown, report};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, Suppression, figure};
use glans_tests::{Who, World, on_each_database};
use sea_orm::Iterable;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::{act, codes, statements};

const ENGAGEMENT: &str = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) {
    from to series { metric group { id name language } points {
        periodStart value numerator denominator unknown suppressed definitionVersion } } } }";
const OF_SCHOOL: &str = "query($id: ID!, $input: EngagementInput!) { node(id: $id) { ... on School {
    engagement(input: $input) { series { points { numerator denominator suppressed } } } } } }";

/// The figures of several schools, each asked for twice.
const OF_SCHOOLS: &str = "query($ids: [ID!]!, $input: EngagementInput!) { nodes(ids: $ids) { ... on School {
    one: engagement(input: $input) { series { points { periodStart } } }
    other: engagement(input: $input) { series { points { periodStart } } } } } }";
const TOO_MUCH: &str =
    "A request is answered with 50,000 figures at most, over all that it asks: ask for less, or use an export.";

/// A Monday.
const MONDAY: &str = "2026-08-03";
const SUNDAY: &str = "2026-08-09";
/// Statements of an answer at most, whatever is asked.
const STATEMENTS: u64 = 5;

fn monday() -> NaiveDate {
    MONDAY.parse().unwrap()
}

/// REACH of one week.
fn asked(more: Value) -> Value {
    let mut input = json!({ "metrics": ["REACH"], "from": MONDAY, "to": SUNDAY });
    if let Value::Object(more) = more {
        input.as_object_mut().unwrap().extend(more);
    }
    input
}

/// A week of both clusters, schools and groups. Of the first school the figure is for its team alone.
async fn sow(world: &World) {
    let (ours, hidden) = (&world.ours, Some(Suppression::Complementary));
    world
        .sow(ours, async |sower| {
            let of = |level, place: Uuid, parent: Uuid| figure::Model {
                parent_id: parent,
                ..sower.figure(Metric::Reach, level, place, monday())
            };
            let board = figure::Model { numerator: 30, denominator: 40, ..of(Level::Board, ours.id.0, Uuid::nil()) };
            let arabic = figure::Model { language: "ar".to_owned(), numerator: 10, denominator: 16, ..board.clone() };
            let mut rows = vec![board, arabic];
            for at in 0..2 {
                let school = of(Level::School, ours.schools[at].0, ours.clusters[at].0);
                let group = of(Level::ClassGroup, ours.groups[at].0, ours.schools[at].0);
                rows.push(of(Level::Cluster, ours.clusters[at].0, ours.id.0));
                rows.push(figure::Model { outside: hidden.filter(|_| at == 0), ..school });
                rows.push(figure::Model { outside: hidden, ..group });
            }
            sower.figures(rows).await;
        })
        .await;
    world
        .sow(&world.theirs, async |sower| {
            let theirs = &world.theirs;
            sower.figures([sower.figure(Metric::Reach, Level::Board, theirs.id.0, monday())]).await;
        })
        .await;
}

async fn answer(world: &World, standing: &Arc<Standing>, scope: &str, input: Value) -> Value {
    world.execute(standing, ENGAGEMENT, json!({ "scope": scope, "input": input })).await.body
}

/// A figure in a word: `15/20`, why it is hidden, or the code of the error.
async fn seen(world: &World, standing: &Arc<Standing>, scope: &str) -> String {
    let body = answer(world, standing, scope, asked(json!({}))).await;
    if let Some(code) = body["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    shown(&body["data"]["engagement"])
}

fn shown(report: &Value) -> String {
    let Some(point) = report["series"][0]["points"].get(0) else { return "nothing".to_owned() };
    match point["suppressed"].as_str() {
        Some(why) => why.to_owned(),
        None => format!("{}/{}", point["numerator"], point["denominator"]),
    }
}

/// Board, both clusters, both schools, both groups.
fn places(world: &World) -> [String; 7] {
    let ours = &world.ours;
    [
        ours.id.to_string(),
        ours.clusters[0].to_string(),
        ours.clusters[1].to_string(),
        ours.schools[0].to_string(),
        ours.schools[1].to_string(),
        ours.groups[0].to_string(),
        ours.groups[1].to_string(),
    ]
}

async fn seen_of_all(world: &World, standing: &Arc<Standing>) -> Vec<String> {
    let mut all = Vec::new();
    for place in places(world) {
        all.push(seen(world, standing, &place).await);
    }
    all
}

/// An integrator who may read metrics, of all schools or of some.
fn client(world: &World, schools: Option<Vec<SchoolId>>) -> Arc<Standing> {
    let (id, board) = (world.ours.client, world.ours.id);
    Standings::of_client(&world.app, ClientActor { id, board, scopes: vec![ApiScope::MetricsRead], schools })
}

async fn everybody_sees_figures_of_what_is_theirs(world: &World) {
    sow(world).await;
    let none = "NOT_FOUND";
    let (own, hidden) = ("15/20", "COMPLEMENTARY");
    for (who, expected) in [
        (Who::Admin, ["30/40", own, own, hidden, own, none, none]),
        (Who::Director, [none, own, none, hidden, none, none, none]),
        (Who::Leader, [none, none, none, own, none, own, none]),
        (Who::Teacher, [none, none, none, none, none, own, none]),
        (Who::Trainer, [none; 7]),
        (Who::Guardian, [none; 7]),
        (Who::Distant, [none; 7]),
        (Who::Client, [none; 7]),
        (Who::Anonymous, ["UNAUTHENTICATED"; 7]),
    ] {
        let standing = world.standing(who).await;
        assert_eq!(seen_of_all(world, &standing).await, expected, "{}", who.name());
    }
    let whole = seen_of_all(world, &client(world, None)).await;
    assert_eq!(whole, ["30/40", own, own, hidden, own, none, none]);
    let narrow = seen_of_all(world, &client(world, Some(vec![world.ours.schools[0]]))).await;
    assert_eq!(narrow, [none, none, none, hidden, none, none, none]);
    for who in [Who::Admin, Who::Director, Who::Leader, Who::Teacher] {
        let stranger = world.standing_in(&world.theirs, who).await;
        assert_eq!(seen_of_all(world, &stranger).await, [none; 7], "{} of the other board", who.name());
    }
}

async fn another_board_looks_like_none(world: &World) {
    sow(world).await;
    let theirs = &world.theirs;
    let ids = [
        theirs.id.to_string(),
        theirs.clusters[0].to_string(),
        theirs.schools[0].to_string(),
        theirs.groups[0].to_string(),
        BoardId::new().to_string(),
        ClusterId::new().to_string(),
        SchoolId::new().to_string(),
        ClassGroupId::new().to_string(),
        world.ours.students[0].to_string(),
        "nothing".to_owned(),
    ];
    for who in [Who::Admin, Who::Director, Who::Leader, Who::Guardian] {
        let standing = world.standing(who).await;
        let unknown = answer(world, &standing, "nothing", asked(json!({}))).await;
        for id in &ids {
            let refused = answer(world, &standing, id, asked(json!({}))).await;
            assert_eq!(refused, unknown, "{} asks for {id}", who.name());
        }
        assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(unknown["errors"][0]["message"], "There is no such place, or you see no figures of it.");
    }
}

async fn a_school_tells_its_figures_to_who_sees_them(world: &World) {
    sow(world).await;
    let school = world.ours.schools[0].to_string();
    for (who, expected) in [
        (Who::Leader, Some("15/20")),
        (Who::Director, Some("COMPLEMENTARY")),
        (Who::Admin, Some("COMPLEMENTARY")),
        (Who::Teacher, None),
        (Who::Trainer, None),
        (Who::Guardian, None),
        (Who::Client, None),
    ] {
        let asked = json!({ "id": school, "input": asked(json!({})) });
        let body = world.execute(&world.standing(who).await, OF_SCHOOL, asked).await.body;
        assert!(body.get("errors").is_none(), "{}: {body}", who.name());
        let school = &body["data"]["node"];
        assert!(school.is_object(), "the {} sees the school", who.name());
        let report = &school["engagement"];
        let told = (!report.is_null()).then(|| shown(report));
        assert_eq!(told.as_deref(), expected, "{}", who.name());
    }
}

async fn what_is_hidden_says_why_and_no_more(world: &World) {
    sow(world).await;
    let school = world.ours.schools[0].to_string();
    let hidden = json!({
        "periodStart": MONDAY, "value": null, "numerator": null, "denominator": null, "unknown": null,
        "suppressed": "COMPLEMENTARY", "definitionVersion": 1,
    });
    let open = json!({
        "periodStart": MONDAY, "value": 0.75, "numerator": 15, "denominator": 20, "unknown": 0,
        "suppressed": null, "definitionVersion": 1,
    });
    for (who, point) in [(Who::Director, hidden), (Who::Leader, open)] {
        let body = answer(world, &world.standing(who).await, &school, asked(json!({}))).await;
        let report = json!({
            "from": MONDAY, "to": SUNDAY, "series": [{ "metric": "REACH", "group": null, "points": [point] }],
        });
        assert_eq!(body["data"]["engagement"], report, "{}", who.name());
    }
}

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
    everybody_sees_figures_of_what_is_theirs,
    another_board_looks_like_none,
    a_school_tells_its_figures_to_who_sees_them,
    what_is_hidden_says_why_and_no_more,
    figures_are_told_apart,
    months_and_school_years_are_asked_for_by_their_dates,
    what_is_no_question_is_answered_with_what_to_do,
    all_schools_of_a_cluster_take_as_many_statements_as_one,
    a_day_is_of_the_years_1_to_9999,
    a_request_has_so_many_figures_for_all_its_questions,
    places_are_refused_together_only_where_they_are_too_much_for_the_request,
    a_figure_counts_as_often_as_it_is_asked_for,
    many_places_take_as_many_statements_whatever_is_asked,
);
