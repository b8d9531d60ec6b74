//! Whether those who read notice that a whole school signs in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::load;
use crate::report;
use crate::screens::Screen;
use crate::server::Server;

/// Who signs in at once, again as soon as all have their answer.
const SIGNING_IN: usize = 200;
/// Who reads meanwhile.
const READERS: usize = 4;
/// Nobody has this account: it takes as long as one that is there, and no account is throttled.
const DOCUMENT: &str = "mutation($input: SessionCreateInput!) {
    sessionCreate(input: $input) { userErrors { code } } }";

/// The waits of readers alone, and beside bursts of sign-ins.
pub(crate) async fn compare(url: &str, screen: &Screen, time: Duration) {
    let glans = Server::start("glans", url);
    let reading = Arc::new(screen.of_api(&glans.address));
    crate::warm(&reading).await;
    let alone = load::measure(&reading, READERS, time, &[glans.process()]).await;
    let bursts = tokio::spawn(bursts(reading.url.clone(), Instant::now() + time));
    let beside = load::measure(&reading, READERS, time, &[glans.process()]).await;
    report::signing_in(&alone, &beside, bursts.await.expect("bursts that do not fail"));
}

/// How many were answered, and how many of them were told to come back.
async fn bursts(url: String, until: Instant) -> (usize, usize) {
    let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let (mut answered, mut told_to_wait) = (0, 0);
    while Instant::now() < until {
        let burst: Vec<_> =
            (0..SIGNING_IN).map(|at| tokio::spawn(sign_in(client.clone(), url.clone(), answered + at))).collect();
        for sign_in in burst {
            told_to_wait += usize::from(sign_in.await.expect("a sign-in that is answered"));
            answered += 1;
        }
    }
    (answered, told_to_wait)
}

/// Whether the server had no room for it.
async fn sign_in(client: reqwest::Client, url: String, at: usize) -> bool {
    let input = json!({ "email": format!("ouder{at}@nergens.example"), "password": "niet-het-goede-wachtwoord" });
    let body = json!({ "query": DOCUMENT, "variables": { "input": input } }).to_string();
    let request = client.post(url).header("content-type", "application/json").body(body);
    let text = request.send().await.expect("an answer").text().await.expect("a body");
    let refused = text.contains("RATE_LIMITED");
    assert!(refused || text.contains("INVALID") || text.contains("NOT_FOUND"), "{text:.400}");
    refused
}
