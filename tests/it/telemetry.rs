//! `/metrics`, as Prometheus reads it from a server.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use glans_tests::{EmptyDatabase, on_each_database};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::cli;

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

async fn figures_are_shown_on_a_listener_of_their_own(database: &EmptyDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = cli::glans(folder.path(), &["serve", "--listen", "127.0.0.1:0"])
        .env("GLANS_DATABASE_URL", database.url())
        .env("GLANS_SECRET_KEY", KEY)
        .env("GLANS_METRICS_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = |before: &str| lines.find_map(|line| Some(line.split_once(before)?.1.to_owned())).unwrap();
    let (figures, address) = (said("metrics at "), said("listening on "));
    let connected = Instant::now();
    let place = figures.trim_start_matches("http://").trim_end_matches("/metrics");
    let mut silent = TcpStream::connect(place).await.unwrap();

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = |document: &str| {
        client.post(format!("{address}/graphql")).json(&serde_json::json!({ "query": document })).send()
    };
    asked("{ __typename }").await.unwrap();
    asked("{ schools { nodes { id } } }").await.unwrap();
    asked("{ nonsense").await.unwrap();
    let wrong =
        "mutation { sessionCreate(input: { email: \"a@example.org\", password: \"x\" }) { userErrors { code } } }";
    asked(wrong).await.unwrap();

    let shown = client.get(&figures).send().await.unwrap();
    assert!(shown.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = shown.text().await.unwrap();
    for line in [
        "glans_graphql_requests_total{kind=\"query\",outcome=\"ok\"} 1",
        "glans_graphql_requests_total{kind=\"query\",outcome=\"errors\"} 1",
        "glans_graphql_requests_total{kind=\"unknown\",outcome=\"refused\"} 1",
        "glans_graphql_requests_total{kind=\"mutation\",outcome=\"ok\"} 1",
        "glans_sign_ins_total{outcome=\"refused\"} 1",
        "glans_streams_open 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
    let beside = client.get(format!("{address}/metrics")).send().await.unwrap();
    assert_eq!(beside.status(), 404, "what clients reach shows no figures");

    let told = timeout(Duration::from_mins(1), silent.read_u8()).await.expect("an end in time, as where clients ask");
    assert!(told.is_err(), "nobody is told anything who asked for nothing");
    assert!(connected.elapsed() >= Duration::from_secs(10));
    assert_eq!(cli::stop(server), Some(0));
}

on_each_database!(figures_are_shown_on_a_listener_of_their_own);
