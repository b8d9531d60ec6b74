//! What idle followers cost: the memory of a server process for each, over sockets, ten to a person.

use std::time::Duration;

use async_graphql::futures_util::{SinkExt, StreamExt};
use glans_entity::people::Role;
use glans_tests::Engine;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::screens;
use crate::server::Server;

const FOLLOWERS: usize = 2_000;
/// Sockets that one person may have open.
const EACH: usize = 10;
/// Long enough for rights to be looked at again several times.
const REST: Duration = Duration::from_secs(10);
/// Bytes that are promised, for each.
const PROMISED: u64 = 40 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens them all, and prints what they cost.
pub(crate) async fn measure(engine: Engine, url: &str) {
    let people = screens::tokens(url, Role::SchoolLeader, FOLLOWERS / EACH).await;
    assert_eq!(people.len(), FOLLOWERS / EACH, "each follower needs a school leader: give `--schools 250`");
    let server = Server::start("glans", url);
    let cohorts = cohorts(&server.address, &people).await;
    // What grows once is not for the followers to pay.
    drop(follow(&server.address, &cohorts, 1).await);
    tokio::time::sleep(REST).await;
    let before = resident_kib(server.process());
    let followers = follow(&server.address, &cohorts, EACH).await;
    tokio::time::sleep(REST).await;
    let after = resident_kib(server.process());
    println!(
        "{engine}: {} idle followers, {} bytes each (promised: {PROMISED}); the process grew from {} to {} MiB",
        followers.len(),
        after.saturating_sub(before) * 1024 / followers.len() as u64,
        before / 1024,
        after / 1024,
    );
}

/// The token and the first cohort of each.
async fn cohorts(address: &str, tokens: &[String]) -> Vec<(String, String)> {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let mut cohorts = Vec::new();
    for token in tokens {
        let asked = json!({ "query": "{ cohorts(first: 1) { nodes { id } } }" });
        let answer = client.post(format!("{address}/graphql")).bearer_auth(token).json(&asked).send().await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        let cohort = answer["data"]["cohorts"]["nodes"][0]["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
        cohorts.push((token.clone(), cohort.to_owned()));
    }
    cohorts
}

async fn follow(address: &str, cohorts: &[(String, String)], each: usize) -> Vec<Socket> {
    let mut opening = JoinSet::new();
    let mut open = Vec::new();
    for (token, cohort) in cohorts.iter().flat_map(|one| std::iter::repeat_n(one, each)) {
        if opening.len() == 32 {
            open.extend(opening.join_next().await.transpose().expect("a socket that opens"));
        }
        opening.spawn(follower(address.to_owned(), token.clone(), cohort.clone()));
    }
    open.extend(opening.join_all().await);
    open
}

/// A socket whose subscription has begun.
async fn follower(address: String, token: String, cohort: String) -> Socket {
    let url = format!("{}/graphql/ws", address.replacen("http", "ws", 1));
    let mut request = url.into_client_request().expect("an address");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.expect("a socket");
    let query = "subscription($cohort: ID!) { lessonProgressChanged(cohort: $cohort) { cursor progress { status } } }";
    let payload = json!({ "query": query, "variables": { "cohort": cohort } });
    for (said, answered) in [
        (
            json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } }),
            "connection_ack",
        ),
        (json!({ "id": "1", "type": "subscribe", "payload": payload }), "next"),
    ] {
        socket.send(Message::text(said.to_string())).await.expect("a socket that takes messages");
        let heard = socket.next().await.expect("an answer").expect("an answer");
        let heard: Value = serde_json::from_str(heard.to_text().expect("text")).expect("JSON");
        assert_eq!(heard["type"], answered, "{heard}");
    }
    socket
}

/// The memory of a process that is its own: pages of the database file that it maps are the system's to take back.
fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process that lives");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("Linux tells");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
