//! Server-sent events and multipart subscriptions, event by event and part by part.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http_door::{Door, PATIENCE, header, read};

#[tokio::test]
async fn who_takes_no_events_keeps_nothing_from_others_and_is_looked_at_all_the_same() {
    let door = Door::open().await;
    let events = sse(&door, "subscription { flood }").send().await.unwrap();
    let made = door.comes_to_rest().await;
    // Nothing is taken any more, and the credential goes.
    door.house.revoked.store(true, Ordering::SeqCst);
    door.is_looked_at_again().await;
    door.house.revoked.store(false, Ordering::SeqCst);
    let text = tokio::time::timeout(PATIENCE, events.text()).await.expect("an end in time").unwrap();
    assert!(text.matches("event: next").count() <= made && !text.contains("complete"), "{made} answers");
}

pub(crate) fn sse(door: &Door, query: &str) -> reqwest::RequestBuilder {
    let request = door.client.post(format!("{}/graphql", door.url)).header("accept", "text/event-stream");
    request.header("authorization", "Bearer person").json(&json!({ "query": query }))
}

#[tokio::test]
async fn events_are_sent_one_by_one() {
    let door = Door::open().await;
    let answer = sse(&door, "subscription { counted(to: 2) }").header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert!(!answer.headers().contains_key("content-encoding"));
    let text = answer.text().await.unwrap();
    let events: Vec<_> = text.split("\n\n").filter(|event| !event.is_empty()).collect();
    let expected = [
        "event: next\ndata: {\"data\":{\"counted\":1}}",
        "event: next\ndata: {\"data\":{\"counted\":2}}",
        "event: complete\ndata:",
    ];
    assert_eq!(events, expected);

    let refused = sse(&door, "subscription { nothing }").send().await.unwrap().text().await.unwrap();
    assert!(refused.contains("GRAPHQL_VALIDATION_FAILED") && refused.contains("event: complete"), "{refused}");

    let by_get = door.get("/graphql?query=mutation{schoolClose}").header("accept", "text/event-stream");
    assert_eq!(read(by_get).await.0, 405);
    assert_eq!(door.runs.count(), 0);
    assert_eq!(read(sse(&door, "{ a }").header("authorization", "Bearer forged")).await.0, 401);
}

#[tokio::test]
async fn what_cannot_be_looked_up_by_get_is_looked_up_once() {
    let door = Door::open().await;
    door.trust("close", "mutation { schoolClose }");
    let by_get = || door.get("/graphql?documentId=close").header("accept", "text/event-stream");
    door.house.held_once.store(true, Ordering::SeqCst);
    let told = by_get().send().await.unwrap();
    assert_eq!((told.status().as_u16(), header(&told, "retry-after")), (429, "5".to_owned()));
    let (status, told) = read(by_get()).await;
    assert_eq!((status, &told["errors"][0]["message"]), (405, &json!("A mutation is sent by POST.")));
    assert_eq!(door.runs.count(), 0);
}

/// As Apollo Client asks.
fn multipart(door: &Door, query: &str) -> reqwest::RequestBuilder {
    let accept = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,\
                  application/json;q=0.9";
    let request = door.client.post(format!("{}/graphql", door.url)).header("accept", accept);
    request.header("authorization", "Bearer person").json(&json!({ "query": query }))
}

/// What stands in the parts, after the end of the last.
fn parts(text: &str) -> Vec<Value> {
    let whole = text.strip_prefix("\r\n--graphql\r\n").and_then(|text| text.strip_suffix("\r\n--graphql--\r\n"));
    let parts = whole.unwrap_or_else(|| panic!("{text:?} does not begin and end as it should"));
    let json = |part: &str| {
        let json = part.strip_prefix("content-type: application/json\r\n\r\n");
        serde_json::from_str(json.unwrap_or_else(|| panic!("{part:?} has other headers"))).unwrap()
    };
    parts.split("\r\n--graphql\r\n").map(json).collect()
}

#[tokio::test]
async fn parts_are_sent_one_by_one() {
    let door = Door::open().await;
    let counted = multipart(&door, "subscription { counted(to: 2) }").header("accept-encoding", "gzip");
    let answer = counted.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0");
    assert!(!answer.headers().contains_key("content-encoding"));
    let payload = |number: i32| json!({ "payload": { "data": { "counted": number } } });
    assert_eq!(parts(&answer.text().await.unwrap()), [payload(1), payload(2)]);

    let refused = parts(&multipart(&door, "subscription { nothing }").send().await.unwrap().text().await.unwrap());
    assert_eq!(refused[0]["payload"]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{refused:?}");
    assert_eq!(refused.len(), 1);

    // What ends a subscription is told beside its answers.
    let broken = parts(&multipart(&door, "subscription { breaking }").send().await.unwrap().text().await.unwrap());
    assert_eq!(broken[0], json!({ "payload": { "data": { "breaking": 1 } } }));
    let (payload, code) = (&broken[1]["payload"], &broken[1]["errors"][0]["extensions"]["code"]);
    assert_eq!((payload, code, broken.len()), (&Value::Null, &json!("NOT_FOUND"), 2), "{broken:?}");

    let forged = multipart(&door, "{ greeting }").header("authorization", "Bearer forged");
    assert_eq!(read(forged).await.0, 401);
    let deferring = door.client.post(format!("{}/graphql", door.url)).json(&json!({ "query": "{ greeting }" }));
    let deferring = deferring.header("accept", "multipart/mixed;deferSpec=20220824,application/json");
    assert_eq!(read(deferring).await, (200, json!({ "data": { "greeting": "hello" } })));
}

#[tokio::test]
async fn a_silent_stream_of_parts_has_a_heartbeat_and_says_why_it_breaks() {
    let door = Door::open().await;
    let begun = std::time::Instant::now();
    let mut silent = multipart(&door, "subscription { endless }").send().await.unwrap();
    let mut heard = String::new();
    while !heard.contains("\r\n\r\n{}\r\n") {
        let chunk = tokio::time::timeout(PATIENCE, silent.chunk()).await.expect("a heartbeat in time").unwrap();
        heard.push_str(std::str::from_utf8(&chunk.expect("a stream that goes on")).unwrap());
    }
    assert!(begun.elapsed() >= Duration::from_secs(5), "{:?}", begun.elapsed());
    door.house.revoked.store(true, Ordering::SeqCst);
    let rest = async |answer: reqwest::Response| {
        tokio::time::timeout(PATIENCE, answer.text()).await.expect("an end in time").unwrap()
    };
    heard.push_str(&rest(silent).await);
    let revoked = parts(&heard);
    let first = json!({ "payload": { "data": { "endless": 1 } } });
    assert_eq!(revoked[..2], [first, json!({})]);
    let last = revoked.last().unwrap();
    assert_eq!((&last["payload"], &last["errors"][0]["extensions"]["code"]), (&Value::Null, &json!("UNAUTHENTICATED")));
    door.house.revoked.store(false, Ordering::SeqCst);
    let stopped = multipart(&door, "subscription { endless }").send().await.unwrap();
    door.stopping.begin();
    let stopped = parts(&rest(stopped).await);
    assert_eq!(stopped.last().unwrap()["errors"][0]["extensions"]["retryable"], true, "{stopped:?}");
}
