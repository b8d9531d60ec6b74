//! What every request passes: ids, headers, compression, CORS, health, the page, and a stop without losses.

use std::sync::atomic::Ordering;
use std::time::Duration;

use glans::http::Settings;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::http_door::{Door, header, read};

#[tokio::test]
async fn a_request_has_an_id_in_its_header_and_errors() {
    let door = Door::open().await;
    let sane = door.post(&json!({ "query": "{ nothing }" })).header("x-request-id", "app-7.1_a").send().await.unwrap();
    assert_eq!(header(&sane, "x-request-id"), "app-7.1_a");
    let body: serde_json::Value = sane.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["requestId"], "app-7.1_a");
    let odd = door.get("/health/live").header("x-request-id", "a b\"c").send().await.unwrap();
    assert_eq!(header(&odd, "x-request-id").len(), 36);
}

#[tokio::test]
async fn answers_carry_their_security_headers() {
    let door = Door::open().await;
    for path in ["/graphql?query=%7Bgreeting%7D", "/health/live", "/nowhere"] {
        let response = door.get(path).send().await.unwrap();
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header(&response, "content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}

#[tokio::test]
async fn long_answers_are_compressed_and_short_ones_are_not() {
    let door = Door::open().await;
    let long = json!({ "query": "{ long(bytes: 5000) }" });
    for encoding in ["gzip", "br", "zstd"] {
        let response = door.post(&long).header("accept-encoding", encoding).send().await.unwrap();
        assert_eq!(header(&response, "content-encoding"), encoding);
        assert!(response.bytes().await.unwrap().len() < 500);
    }
    let short = door.post(&json!({ "query": "{ greeting }" })).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(header(&short, "content-encoding"), "");
}

#[tokio::test]
async fn only_listed_origins_may_call_from_a_browser() {
    let settings = Settings { cors_origins: vec!["https://app.example".parse().unwrap()], ..Settings::default() };
    let door = Door::with(settings).await;
    let preflight = |origin: &'static str| {
        door.client
            .request(reqwest::Method::OPTIONS, format!("{}/graphql", door.url))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,authorization,glans-board")
            .send()
    };
    let ours = preflight("https://app.example").await.unwrap();
    assert_eq!(header(&ours, "access-control-allow-origin"), "https://app.example");
    assert!(header(&ours, "access-control-allow-headers").contains("glans-board"));
    let theirs = preflight("https://evil.example").await.unwrap();
    assert_eq!(header(&theirs, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    let door = Door::open().await;
    let status = async |path: &str| door.get(path).send().await.unwrap().status().as_u16();
    assert_eq!((status("/health/live").await, status("/health/ready").await), (200, 200));
    door.house.down.store(true, Ordering::SeqCst);
    assert_eq!((status("/health/live").await, status("/health/ready").await), (200, 503));
    door.house.down.store(false, Ordering::SeqCst);
    door.stopping.begin();
    assert_eq!((status("/health/live").await, status("/health/ready").await), (200, 503));
    assert_eq!(door.ask("{ greeting }").await.0, 200, "a stopping server still answers");
}

#[tokio::test]
async fn a_browser_gets_graphiql_from_this_binary_alone() {
    let door = Door::open().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = door.get("/graphql").header("accept", browser).send().await.unwrap();
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    let policy = header(&page, "content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains("://"), "the page names another host");
    let files: Vec<&str> = html.split('"').filter(|part| part.starts_with("/graphiql/")).collect();
    assert_eq!(files.len(), 5);
    for file in files {
        let response = door.get(file).header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(response.status(), 200, "{file}");
    }
    assert_eq!(read(door.get("/graphql?query=%7Bgreeting%7D").header("accept", "*/*")).await.0, 200);
}

#[tokio::test]
async fn without_graphiql_a_browser_gets_no_page() {
    let door = Door::with(Settings { graphiql: false, ..Settings::default() }).await;
    let page = door.get("/graphql?query=%7Bgreeting%7D").header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 406);
    assert_eq!(door.get("/graphiql/graphiql.js").send().await.unwrap().status(), 404);
}

/// Which also shows that the tests are served as everybody is.
#[tokio::test]
async fn a_connection_on_which_nothing_is_asked_is_closed_after_ten_seconds() {
    let door = Door::open().await;
    let start = Instant::now();
    let mut silent = TcpStream::connect(door.url.trim_start_matches("http://")).await.unwrap();
    let read = timeout(Duration::from_mins(1), silent.read_u8()).await.expect("an end in time");
    assert!(read.is_err(), "nobody is told anything who asked for nothing");
    assert!(start.elapsed() >= Duration::from_secs(10));
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let door = Door::with(Settings { body_timeout: Duration::from_millis(50), ..Settings::default() }).await;
    let never = async_graphql::futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = door
        .client
        .post(format!("{}/graphql", door.url))
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(never));
    assert_eq!(read(request).await.0, 408);
}
