//! What a caller may ask for: size, shape, cost, rate.

use std::fmt::Write;
use std::time::{Duration, Instant};

use glans::http::guard::limits::Limits;
use glans::http::guard::{CallerKind, Document};
use proptest::prelude::*;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::http_door::{Door, code, header, read};

fn as_person(request: RequestBuilder) -> RequestBuilder {
    request.header("authorization", "Bearer person")
}

fn limit(body: &Value) -> (&str, &str, u64) {
    let extensions = &body["errors"][0]["extensions"];
    (code(body), extensions["limit"].as_str().unwrap_or("none"), extensions["maximum"].as_u64().unwrap_or(0))
}

#[tokio::test]
async fn the_bombs_are_refused_and_the_process_lives() {
    let door = Door::open().await;
    let fragments = fragment_bomb(24);
    assert!(fragments.len() < 900, "{}", fragments.len());
    let literals = format!("{{ long(bytes: {}{}) }}", "[".repeat(2_000), "]".repeat(2_000));
    let objects = format!("{{ long(bytes: {}1{}) }}", "{a:".repeat(200), "}".repeat(200));
    let types = format!("query($a: {}Int{}) {{ greeting }}", "[".repeat(400), "]".repeat(400));
    let selections = format!("{}name{}", "{ layer ".repeat(200), " }".repeat(200));
    for (bomb, expected) in [
        (&fragments, ("COST_EXCEEDED", "fields", 100)),
        (&literals, ("COST_EXCEEDED", "bracketDepth", 32)),
        (&objects, ("COST_EXCEEDED", "bracketDepth", 32)),
        (&types, ("COST_EXCEEDED", "bracketDepth", 32)),
        (&selections, ("COST_EXCEEDED", "bracketDepth", 32)),
    ] {
        let (status, body) = door.ask(bomb).await;
        assert_eq!(status, 400);
        assert_eq!(limit(&body), expected);
    }
    assert_eq!(door.ask("{ greeting }").await.0, 200);
}

fn fragment_bomb(levels: usize) -> String {
    let mut bomb = "{...F0}".to_owned();
    for level in 0..levels {
        write!(bomb, "fragment F{level} on Query{{...F{0} ...F{0}}}", level + 1).unwrap();
    }
    write!(bomb, "fragment F{levels} on Query{{greeting}}").unwrap();
    bomb
}

#[tokio::test]
async fn the_body_may_be_larger_for_who_signed_in() {
    let door = Door::open().await;
    let padded = |kib: usize| json!({ "query": "{ greeting }", "padding": "x".repeat(kib * 1024) });
    assert_eq!(read(door.post(&padded(15))).await.0, 200);
    assert_eq!(read(door.post(&padded(16))).await.0, 413);
    assert_eq!(read(as_person(door.post(&padded(63)))).await.0, 200);
    assert_eq!(read(as_person(door.post(&padded(64)))).await.0, 413);
}

#[tokio::test]
async fn a_body_without_a_length_is_capped_too() {
    let door = Door::open().await;
    let chunks = (0..17).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024]));
    let body = reqwest::Body::wrap_stream(async_graphql::futures_util::stream::iter(chunks));
    let request =
        door.client.post(format!("{}/graphql", door.url)).header("content-type", "application/json").body(body);
    assert_eq!(read(request).await.0, 413);
}

#[tokio::test]
async fn one_password_per_request() {
    let door = Door::open().await;
    let (_, body) = door.ask(r#"mutation { a: sessionCreate(password: "x") b: sessionCreate(password: "y") }"#).await;
    assert_eq!(limit(&body), ("COST_EXCEEDED", "credentialFields", 1));
    assert_eq!(door.runs.count(), 0);
}

#[tokio::test]
async fn variables_are_bounded() {
    let door = Door::open().await;
    let deep = (0..20).fold(json!(1), |inner, _| json!([inner]));
    let (status, body) = read(door.post(&json!({ "query": "{ greeting }", "variables": { "x": deep } }))).await;
    assert_eq!((status, limit(&body)), (400, ("COST_EXCEEDED", "inputDepth", 16)));
    let nested =
        format!(r#"{{"query":"{{ greeting }}","variables":{{"x":{}1{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let request =
        door.client.post(format!("{}/graphql", door.url)).header("content-type", "application/json").body(nested);
    assert_eq!(read(request).await.0, 400);
}

#[tokio::test]
async fn the_standard_introspection_query_passes_for_everybody() {
    let door = Door::open().await;
    let query = include_str!("../../api/src/http/guard/introspection.graphql");
    let (status, body) = door.ask(query).await;
    assert_eq!((status, body.get("errors")), (200, None));
    assert!(body["data"]["__schema"]["types"].as_array().unwrap().len() > 5);
}

#[tokio::test]
async fn cost_is_answered_on_request_and_capped() {
    let door = Door::open().await;
    let schools = |first: u32| json!({ "query": format!("{{ schools(first: {first}) {{ nodes {{ name }} }} }}") });
    assert_eq!(read(door.post(&schools(2))).await.1.get("extensions"), None);
    let (_, body) = read(as_person(door.post(&schools(100))).header("x-cost", "1")).await;
    assert_eq!(
        body["extensions"]["cost"],
        json!({ "requested": 100, "maximum": 10_000, "available": 9_900, "restoreRate": 500 })
    );
    let pages: String =
        ["a", "b", "c", "d", "e"].map(|page| format!("{page}: schools(first: 100) {{ nodes {{ name }} }} ")).concat();
    let six = json!({ "query": format!("{{ {pages} }}") });
    assert_eq!(read(door.post(&six)).await.0, 200);
    let mixed = json!({ "query": format!("{{ {pages} layer {{ name }} }}") });
    let (status, body) = read(door.post(&mixed)).await;
    assert_eq!((status, limit(&body)), (400, ("COST_EXCEEDED", "rootFields", 5)));
}

#[tokio::test]
async fn a_dry_run_runs_nothing() {
    let door = Door::open().await;
    let request = as_person(door.post(&json!({ "query": "mutation { schoolClose }" }))).header("x-cost-dry-run", "1");
    let (status, body) = read(request).await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({ "extensions": { "cost": { "requested": 0, "maximum": 10_000, "available": 10_000, "restoreRate": 500 } } })
    );
    for (invalid, expected) in [("{ greting }", "GRAPHQL_VALIDATION_FAILED"), ("{ greeting", "GRAPHQL_PARSE_FAILED")] {
        let request = as_person(door.post(&json!({ "query": invalid }))).header("x-cost-dry-run", "1");
        let (status, body) = read(request).await;
        assert_eq!((status, code(&body), body.get("extensions")), (400, expected, None), "{invalid}");
    }
    let subscription = json!({ "query": "subscription { counted(to: 2) }" });
    let (status, body) = read(as_person(door.post(&subscription)).header("x-cost-dry-run", "1")).await;
    assert_eq!((status, body.get("data")), (200, None), "{body}");
    assert!(body["extensions"]["cost"]["requested"].is_number(), "{body}");
    for (stream, status) in [
        ("text/event-stream", 406),
        ("multipart/mixed;subscriptionSpec=1.0", 406),
        ("multipart/mixed;subscriptionSpec=1.0,application/json;q=0.9", 200),
    ] {
        let request = door.client.post(format!("{}/graphql", door.url)).header("accept", stream);
        let request = as_person(request.json(&json!({ "query": "mutation { schoolClose }" })));
        let (told, body) = read(request.header("x-cost-dry-run", "1")).await;
        assert_eq!((told, body.get("data")), (status, None), "{stream}: {body}");
    }
    assert_eq!(door.runs.count(), 0);
}

#[tokio::test]
async fn an_empty_bucket_says_when_to_come_back() {
    let door = Door::open().await;
    let pages: String =
        ["a", "b", "c", "d", "e"].map(|page| format!("{page}: schools(first: 100) {{ nodes {{ name }} }} ")).concat();
    let query = json!({ "query": format!("{{ {pages} }}") });
    let mut answers = 0;
    let refused = loop {
        let response = door.post(&query).send().await.unwrap();
        if response.status() != 200 {
            break response;
        }
        answers += 1;
        assert!(answers < 50, "the bucket never ran empty");
    };
    assert!(answers >= 6, "{answers}");
    assert_eq!(refused.status(), 429);
    assert!((1..=3).contains(&header(&refused, "retry-after").parse::<u64>().unwrap()));
    let body: Value = refused.json().await.unwrap();
    assert_eq!((code(&body), &body["errors"][0]["extensions"]["retryable"]), ("RATE_LIMITED", &json!(true)));
    assert_eq!(read(as_person(door.post(&query))).await.0, 200, "another payer has a bucket of its own");
}

/// Pieces from which documents are drawn: brackets, half strings, spreads, numbers, what is no GraphQL at all.
const PIECES: [&str; 44] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "\\",
    "\\\"",
    "\\u00",
    "#",
    "\n",
    "\r",
    " ",
    ",",
    "...",
    "..",
    ":",
    "$",
    "@",
    "!",
    "=",
    "|",
    "&",
    "query ",
    "mutation ",
    "subscription ",
    "fragment F on Q ",
    "fragment G on Q ",
    "...F ",
    "...G ",
    "on ",
    "{ a }",
    "a ",
    "a: b ",
    "(x: 1) ",
    "(x: [",
    "{x: ",
    "-1.5e3 ",
    "true ",
    "null ",
    "\u{feff}",
    "é",
];

fn documents() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..120).prop_map(|pieces| pieces.concat());
    let nested =
        (prop::sample::select(&["[", "{", "{a", "(", "{a(x:", "{x:", "[[{y:", "\"", "...on Q{"][..]), 1_usize..3_000)
            .prop_map(|(piece, times)| format!("{{ a(x: {}", piece.repeat(times)));
    let framed = (pieces.clone(), pieces.clone()).prop_map(|(inside, after)| format!("{{ a {{ {inside} }} }} {after}"));
    prop_oneof![4 => pieces, 2 => framed, 1 => nested, 1 => (1_usize..60).prop_map(fragment_bomb), 1 => any::<String>()]
}

/// As many as `DOCUMENTS` says.
fn tried() -> u32 {
    std::env::var("DOCUMENTS").map_or(10_000, |count| count.parse().expect("DOCUMENTS is a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: tried(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing aborts, and what is accepted is as small as the limits say.
    #[test]
    fn any_document_is_accepted_or_refused(source in documents()) {
        let limits = Limits::WIDEST;
        if let Ok(document) = Document::read(&source, &limits, &[]) {
            prop_assert!(document.tally.tokens <= limits.tokens);
            prop_assert!(document.tally.bracket_depth <= limits.bracket_depth);
            prop_assert!(document.shape.fields <= limits.fields);
            prop_assert_eq!(document.within(&limits), Ok(()));
        }
    }
}

/// The dearest documents of 64 KiB that we know. A release build reads each within 5 ms; the bound is wide, since
/// this is a debug build on a machine with other work. It fails when the work is not linear.
#[test]
fn the_largest_documents_are_read_in_no_time() {
    let limits = CallerKind::ApiClient.limits();
    let full = |piece: &str| piece.repeat(limits.body_bytes / piece.len());
    let fields = |piece: &str, times: usize| format!("{{ q {{ {} }} }}", piece.repeat(times));
    for source in [
        full(" "),
        full("#\n"),
        format!("{}{{ a }}", "#\n".repeat(32_000)),
        format!("{{ q {{ {} }} }}", format!("a {}\n", "#".repeat(40)).repeat(900)),
        format!("{{ q {{ a{} }} }}", " ".repeat(65_000)),
        full("a "),
        full("{"),
        full("\""),
        full("\"\"\" "),
        format!("{{ a(x: \"{}\") }}", "é".repeat(32_000)),
        format!("{{ a(x: \"\"\"{}\"\"\") }}", "\\\"\"\"".repeat(16_000)),
        fields("a ", 900),
        fields("a(x: [1, 2, 3]) ", 300),
        fields("a(x: {b: 1, c: {b: 1}}) ", 160),
        format!(
            "{{ a(x: {{{}}}) }}",
            (0..980).map(|at| format!("b{at}{}: 1 ", "c".repeat(50))).collect::<Vec<_>>().concat()
        ),
        format!("{{ a(x: {{{0}: 1, {0}: 2}}) }}", "b".repeat(32_000)),
        format!("{{ a(x: {}1{}) }}", "{b: ".repeat(28), "}".repeat(28)),
        fields("... on Q { a } ", 500),
        fragment_bomb(45),
    ] {
        // Whoever has the processor to themselves once has read it by then.
        let is_quick = (0..10).any(|_| time_to_read(&source, &limits) < Duration::from_millis(500));
        let shown: String = source.chars().take(20).collect();
        assert!(is_quick, "{shown:?}");
    }
}

/// However it ends.
fn time_to_read(source: &str, limits: &Limits) -> Duration {
    let start = Instant::now();
    drop(Document::read(source, limits, &[]));
    start.elapsed()
}
