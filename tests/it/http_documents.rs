//! Persisted queries and trusted documents.

use std::sync::atomic::Ordering;

use glans::http::documents::sha256;
use glans::http::{ClientPolicies, Policy, Settings};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::http_door::{COME_AGAIN, Door, code, header, read};

const QUERY: &str = "query Greeting { greeting }";

fn persisted(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256(text) } })
}

fn by_get(door: &Door, parameters: &[(&str, &str)]) -> RequestBuilder {
    door.client.get(reqwest::Url::parse_with_params(&format!("{}/graphql", door.url), parameters).unwrap())
}

#[tokio::test]
async fn a_client_of_apollo_registers_a_query_once() {
    let door = Door::open().await;
    let hash_only = json!({ "extensions": persisted(QUERY) });
    let (status, body) = read(door.post(&hash_only)).await;
    assert_eq!((status, code(&body)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(body.get("data"), None);

    let with_text = json!({ "query": QUERY, "extensions": persisted(QUERY) });
    let answer = (200, json!({ "data": { "greeting": "hello" } }));
    assert_eq!(read(door.post(&with_text)).await, answer);
    assert_eq!(read(door.post(&hash_only)).await, answer);
    let extensions = persisted(QUERY).to_string();
    assert_eq!(read(by_get(&door, &[("extensions", &extensions)])).await, answer);

    let other = json!({ "query": "{ viewer }", "extensions": persisted(QUERY) });
    assert_eq!(read(door.post(&other)).await.0, 400);
}

#[tokio::test]
async fn what_was_read_for_one_caller_is_held_against_the_limits_of_the_next() {
    let door = Door::open().await;
    let wide = format!("{{ {} }}", "greeting ".repeat(8));
    let register = json!({ "query": wide, "extensions": persisted(&wide) });
    assert_eq!(read(door.post(&register).header("authorization", "Bearer person")).await.0, 200);
    let (_, body) = read(door.post(&json!({ "extensions": persisted(&wide) }))).await;
    assert_eq!((code(&body), &body["errors"][0]["extensions"]["limit"]), ("COST_EXCEEDED", &json!("rootFields")));
}

#[tokio::test]
async fn a_get_of_a_persisted_query_is_not_sent_twice() {
    let door = Door::open().await;
    door.trust(&format!("sha256:{}", sha256(QUERY)), QUERY);
    let id = format!("sha256:{}", sha256(QUERY));
    let first = by_get(&door, &[("documentId", &id)]).send().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(header(&first, "cache-control"), "private, no-cache");
    assert_eq!(
        header(&first, "vary").to_ascii_lowercase().matches("authorization, accept, accept-language").count(),
        1
    );
    let tag = header(&first, "etag");
    let again = by_get(&door, &[("documentId", &id)]).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag));
    assert_eq!(again.bytes().await.unwrap().len(), 0);

    let written = by_get(&door, &[("query", QUERY)]).send().await.unwrap();
    assert_eq!((header(&written, "etag"), header(&written, "cache-control")), (String::new(), "no-store".to_owned()));
}

#[tokio::test]
async fn a_document_is_found_by_the_id_of_its_app() {
    let door = Door::open().await;
    door.trust("5f4dcc3b5aa765d61d8327deb882cf99", QUERY);
    let (_, body) = read(door.post(&json!({ "documentId": "5f4dcc3b5aa765d61d8327deb882cf99" }))).await;
    assert_eq!(body["data"]["greeting"], "hello");
    let (status, body) = read(door.post(&json!({ "documentId": "unheard-of" }))).await;
    assert_eq!((status, code(&body)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(read(door.post(&json!({ "documentId": "x", "query": QUERY }))).await.0, 400);
}

#[tokio::test]
async fn a_document_that_others_keep_from_being_looked_up_is_asked_for_again() {
    for (documents, body) in [
        (Policy::Off, json!({ "documentId": "5f4dcc3b5aa765d61d8327deb882cf99" })),
        (Policy::Off, json!({ "extensions": persisted(QUERY) })),
        (Policy::Enforce, json!({ "query": QUERY })),
    ] {
        let door = Door::with(Settings { documents, ..Settings::default() }).await;
        door.trust("5f4dcc3b5aa765d61d8327deb882cf99", QUERY);
        door.trust(&format!("sha256:{}", sha256(QUERY)), QUERY);
        door.house.held.store(true, Ordering::SeqCst);
        let response = door.post(&body).send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (429, "5".to_owned()), "{body}");
        let told: Value = response.json().await.unwrap();
        assert_eq!((code(&told), &told["errors"][0]["message"]), ("RATE_LIMITED", &json!(COME_AGAIN)), "{body}");
        door.house.held.store(false, Ordering::SeqCst);
        assert_eq!(
            read(door.post(&body)).await.1["data"]["greeting"],
            "hello",
            "{body}: that it is unknown is not kept"
        );
    }
}

#[tokio::test]
async fn where_documents_are_enforced_others_are_not_even_parsed() {
    let door = Door::with(Settings { documents: Policy::Enforce, ..Settings::default() }).await;
    door.trust(&format!("sha256:{}", sha256(QUERY)), QUERY);
    assert_eq!(door.ask(QUERY).await.1, json!({ "data": { "greeting": "hello" } }));
    assert_eq!(read(door.post(&json!({ "documentId": format!("sha256:{}", sha256(QUERY)) }))).await.0, 200);
    for other in ["{ greeting }", "no GraphQL at all [[[["] {
        let (status, body) = door.ask(other).await;
        assert_eq!((status, code(&body)), (400, "PERSISTED_QUERY_REQUIRED"), "{other}");
    }
    let register = json!({ "query": "{ viewer }", "extensions": persisted("{ viewer }") });
    assert_eq!(code(&read(door.post(&register)).await.1), "PERSISTED_QUERY_REQUIRED");
    for unknown in [json!({ "extensions": persisted("{ viewer }") }), json!({ "documentId": "unheard-of" })] {
        let (status, body) = read(door.post(&unknown)).await;
        assert_eq!((status, code(&body)), (400, "PERSISTED_QUERY_REQUIRED"), "the text would be sent in vain");
    }
}

#[tokio::test]
async fn an_api_client_may_write_its_own_where_apps_may_not() {
    let policies = |of: &[(&str, Policy)], others| ClientPolicies {
        of: of.iter().map(|(client, policy)| ((*client).to_owned(), *policy)).collect(),
        others,
    };
    for (client_documents, client, person) in [
        (policies(&[("Rooster B.V.", Policy::Log)], None), 200, 400),
        (policies(&[], Some(Policy::Off)), 200, 400),
        (policies(&[("Rooster B.V.", Policy::Enforce)], Some(Policy::Off)), 400, 400),
        (policies(&[("Fenna", Policy::Off)], None), 400, 400),
    ] {
        let settings = Settings { documents: Policy::Enforce, client_documents, ..Settings::default() };
        let door = Door::with(settings).await;
        for (token, expected) in [("client", client), ("person", person)] {
            let asked = door.post(&json!({ "query": QUERY })).header("authorization", format!("Bearer {token}"));
            assert_eq!(read(asked).await.0, expected, "{token}");
        }
        assert_eq!(door.ask(QUERY).await.0, 400);
    }
}

#[tokio::test]
async fn where_documents_are_logged_others_run() {
    let door = Door::with(Settings { documents: Policy::Log, ..Settings::default() }).await;
    assert_eq!(door.ask("{ greeting }").await.0, 200);
}
