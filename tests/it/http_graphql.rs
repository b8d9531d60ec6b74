//! GraphQL over HTTP: methods, media types, statuses, errors.

use glans::http::Settings;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::http_door::{COME_AGAIN, Door, code, header, read};

const BOTH: [&str; 2] = ["application/graphql-response+json", "application/json"];

#[tokio::test]
async fn a_query_is_answered_in_the_form_that_was_asked_for() {
    let door = Door::open().await;
    for accept in BOTH {
        let response = door.post(&json!({ "query": "{ greeting }" })).header("accept", accept);
        let response = door.client.execute({
            let mut request = response.build().unwrap();
            request.headers_mut().insert("accept", accept.parse().unwrap());
            request
        });
        let response = response.await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), format!("{accept}; charset=utf-8"));
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(response.text().await.unwrap(), r#"{"data":{"greeting":"hello"}}"#);
    }
}

#[tokio::test]
async fn a_document_that_does_not_run_is_400_or_200_and_has_no_data() {
    let door = Door::open().await;
    for (query, expected) in [
        ("{ greeting", "GRAPHQL_PARSE_FAILED"),
        ("{ greting }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: Int!) { schools(first: $n) { nodes { name } } }", "BAD_USER_INPUT"),
        ("query A { greeting } query B { greeting }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { greeting }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let (status, body) = door.ask(query).await;
        assert_eq!((status, code(&body), body.get("data")), (400, expected, None), "{query}");
        assert_eq!(body["errors"][0]["extensions"]["retryable"], false);
        let json = door.client.post(format!("{}/graphql", door.url)).json(&json!({ "query": query }));
        let (status, body) = read(json).await;
        assert_eq!((status, code(&body), body.get("data")), (200, expected, None), "{query}");
    }
}

#[tokio::test]
async fn a_variable_that_does_not_fit_is_400_and_nothing_runs() {
    let door = Door::open().await;
    let schools = |of: &str| format!("query($n: {of}) {{ schools(first: $n) {{ nodes {{ name }} }} }}");
    for (query, value, expected) in [
        (schools("String"), Value::Null, "GRAPHQL_VALIDATION_FAILED"),
        (schools("Int"), json!(3_000_000_000_u64), "BAD_USER_INPUT"),
        (schools("Int!"), json!("x"), "BAD_USER_INPUT"),
        ("query($n: Int) { long(bytes: $n) }".to_owned(), json!(1), "GRAPHQL_VALIDATION_FAILED"),
        (
            "mutation($n: LocalDate!) { schoolClose schoolCloseOn(day: $n) }".to_owned(),
            json!("2026-02-30"),
            "BAD_USER_INPUT",
        ),
        (
            "mutation($n: DateTime!) { schoolClose schoolCloseAt(at: $n) }".to_owned(),
            json!("-262143-01-01T00:00:00Z"),
            "BAD_USER_INPUT",
        ),
    ] {
        let (status, body) = read(door.post(&json!({ "query": query, "variables": { "n": value } }))).await;
        assert_eq!((status, code(&body), body.get("data")), (400, expected, None), "{query}");
    }
    assert_eq!(door.runs.count(), 0);
    let right = json!({ "query": schools("Int!"), "variables": { "n": 1 } });
    assert_eq!(read(door.post(&right)).await.0, 200);
}

#[tokio::test]
async fn a_literal_that_does_not_fit_is_400_and_nothing_runs() {
    let door = Door::open().await;
    for query in [
        "{ schools(first: 3000000000) { nodes { name } } }",
        "{ schools(first: 1.5) { nodes { name } } }",
        "query($n: Int = 3000000000) { schools(first: $n) { nodes { name } } }",
        "{ ...F } fragment F on Query { long(bytes: -3000000000) }",
        "mutation { schoolClose sessionCreate(password: right) }",
        "mutation { schoolClose schoolCloseOn(day: \"2026-02-30\") }",
        "mutation { schoolClose schoolCloseAt(at: \"2027-1-1T1:0:0Z\") }",
        "mutation($at: DateTime! = \"2027-01-01 10:00:00 +0200\") { schoolClose schoolCloseAt(at: $at) }",
        // The engine would look for this type, and break down.
        "query($n: [Nonsense] = [1]) { greeting }",
    ] {
        let (status, body) = door.ask(query).await;
        assert_eq!((status, code(&body), body.get("data")), (400, "GRAPHQL_VALIDATION_FAILED", None), "{query}");
    }
    assert_eq!(door.runs.count(), 0);
    assert_eq!(door.ask("{ schools(first: 1) { nodes { name } } }").await.0, 200);
}

#[tokio::test]
async fn an_instant_is_taken_in_utc_to_the_microsecond() {
    let door = Door::open().await;
    let at = json!({ "at": "2027-01-01T10:00:00.123456789+02:00" });
    let close = json!({ "query": "mutation($at: DateTime!) { schoolCloseAt(at: $at) }", "variables": at });
    let (status, body) = read(door.post(&close)).await;
    assert_eq!((status, &body["data"]["schoolCloseAt"]), (200, &json!("2027-01-01T08:00:00.123456+00:00")), "{body}");
}

#[tokio::test]
async fn what_is_given_twice_is_400_and_nothing_runs() {
    let door = Door::open().await;
    for (query, told) in [
        ("{ schools(first: {a: 1, a: 2}) { nodes { name } } }", "The field `a` is given twice in one object."),
        ("mutation($by: Int = {a: {b: 1, b: 1}}) { schoolClose }", "The field `b` is given twice in one object."),
        (
            "mutation { schoolClose sessionCreate(password: \"wrong\", password: \"right\") }",
            "There can only be one argument named \"password\"",
        ),
        ("mutation { schoolClose @skip(if: true, if: false) }", "There can only be one argument named \"if\""),
    ] {
        let (status, body) = door.ask(query).await;
        assert_eq!((status, code(&body), body.get("data")), (400, "GRAPHQL_VALIDATION_FAILED", None), "{query}");
        assert_eq!(body["errors"][0]["message"], told, "{query}");
    }
    assert_eq!(door.runs.count(), 0);
}

#[tokio::test]
async fn who_is_not_known_for_what_others_hold_comes_again() {
    let door = Door::open().await;
    door.house.held.store(true, Ordering::SeqCst);
    let response = door.post(&json!({ "query": "{ viewer }" })).bearer_auth("person").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (429, "5".to_owned()));
    let body: Value = response.json().await.unwrap();
    assert_eq!((code(&body), &body["errors"][0]["message"]), ("RATE_LIMITED", &json!(COME_AGAIN)));
    assert_eq!(door.ask("{ greeting }").await.0, 200, "nobody has to be known for this");
}

#[tokio::test]
async fn who_asks_and_what_is_meant_are_waited_for_together() {
    let door = Door::with(Settings { lookup_timeout: Duration::from_secs(3), ..Settings::default() }).await;
    door.trust("greet", "{ greeting }");
    door.house.slow.store(2_100, Ordering::SeqCst);
    let greet = || door.post(&json!({ "documentId": "greet" }));
    let response = greet().send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (429, "5".to_owned()));
    let body: Value = response.json().await.unwrap();
    assert_eq!((code(&body), &body["errors"][0]["message"]), ("RATE_LIMITED", &json!(COME_AGAIN)));
    door.house.slow.store(0, Ordering::SeqCst);
    assert_eq!(read(greet()).await.0, 200);
}

#[tokio::test]
async fn directives_on_typename_are_those_of_any_field() {
    let door = Door::open().await;
    let typename = json!({ "__typename": "Query" });
    for (query, skips, data) in [
        ("query($skips: Boolean!) { __typename @skip(if: $skips) }", false, &typename),
        ("query($skips: Boolean!) { __typename @skip(if: $skips) }", true, &json!({})),
        ("query($skips: Boolean!) { ...F } fragment F on Query { __typename @skip(if: $skips) }", false, &typename),
    ] {
        let (status, body) = read(door.post(&json!({ "query": query, "variables": { "skips": skips } }))).await;
        assert_eq!((status, &body["data"]), (200, data), "{query}: {body}");
    }
    for query in [
        "{ __typename @nope }",
        "{ ... { a: __typename @include(if: \"x\") } }",
        "{ __typename @include(if: $unknown) }",
        "query($a: Boolean) { __typename @include(if: $a) }",
    ] {
        let (status, body) = door.ask(query).await;
        assert_eq!((status, body.get("data")), (400, None), "{query}");
    }
}

#[tokio::test]
async fn nothing_of_the_document_or_the_schema_is_given_away() {
    let door = Door::open().await;
    let (_, parse) = door.ask("mutation { sessionCreate(password: hunter2 hunter3 ? }").await;
    assert_eq!(parse["errors"][0]["message"], "Syntax error: this character is not part of GraphQL.");
    assert_eq!(parse["errors"][0]["locations"], json!([{ "line": 1, "column": 52 }]));
    let (_, near) = door.ask("{ greetin }").await;
    assert_eq!(near["errors"][0]["message"], r#"Unknown field "greetin" on type "Query"."#);
}

#[tokio::test]
async fn null_lands_where_the_specification_puts_it() {
    let door = Door::open().await;
    let (status, body) = door.ask("{ greeting nothingFound { name } broken }").await;
    assert_eq!(status, 200);
    assert_eq!(body["data"], json!({ "greeting": "hello", "nothingFound": null, "broken": null }));
    let seen: Vec<Value> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| json!([error["path"], error["message"], error["extensions"]["code"]]))
        .collect();
    assert_eq!(
        seen,
        [
            json!([["nothingFound"], "No such school.", "NOT_FOUND"]),
            json!([["broken"], "Something went wrong on our side. Try again later.", "INTERNAL"]),
        ]
    );
}

#[tokio::test]
async fn methods_and_media_types_have_their_status() {
    let door = Door::open().await;
    let url = format!("{}/graphql", door.url);
    let query = json!({ "query": "{ greeting }" }).to_string();

    let put = door.client.put(&url).body(query.clone()).send().await.unwrap();
    assert_eq!((put.status().as_u16(), header(&put, "allow")), (405, "GET, POST".to_owned()));

    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"] {
        let request = door.client.post(&url).header("content-type", content_type).body(query.clone());
        assert_eq!(read(request).await.0, 415, "{content_type}");
    }
    let zipped = door.post(&json!({ "query": "{ greeting }" })).header("content-encoding", "gzip");
    let zipped = zipped.send().await.unwrap();
    assert_eq!((zipped.status().as_u16(), header(&zipped, "accept-encoding")), (415, "identity".to_owned()));
    let neither = door.client.post(&url).header("accept", "image/png").json(&json!({ "query": "{ greeting }" }));
    let (status, body) = read(neither).await;
    assert_eq!((status, code(&body)), (406, "BAD_USER_INPUT"));
    let batch = door.post(&json!([{ "query": "{ greeting }" }]));
    assert_eq!(read(batch).await.0, 400);
}

#[tokio::test]
async fn a_mutation_does_not_run_over_get() {
    let door = Door::open().await;
    let response = door.get("/graphql?query=mutation%7BschoolClose%7D").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "POST".to_owned()));
    let named = "/graphql?query=query%20A%7Bgreeting%7D%20mutation%20B%7BschoolClose%7D&operationName=";
    assert_eq!(door.get(&format!("{named}B")).send().await.unwrap().status(), 405);
    assert_eq!(door.get(&format!("{named}A")).send().await.unwrap().status(), 200);
    assert_eq!(door.runs.count(), 0);
    assert_eq!(door.ask("mutation { schoolClose }").await.1["data"]["schoolClose"], true);
    assert_eq!(door.runs.count(), 1);
}

#[tokio::test]
async fn who_asks_learns_what_is_to_go() {
    let door = Door::open().await;
    let (old, new) = (json!({ "query": "{ salutation }" }), json!({ "query": "{ greeting }" }));
    assert_eq!(read(door.post(&old)).await.0, 200);
    let ahead_as = |accept: &str, body: &Value| {
        let url = format!("{}/graphql?removeDeprecated=true", door.url);
        door.client.post(url).header("accept", accept).json(body)
    };
    let ahead = |body: &Value| ahead_as("application/graphql-response+json", body);
    let (status, body) = read(ahead(&old)).await;
    assert_eq!((status, code(&body)), (400, "GRAPHQL_VALIDATION_FAILED"));
    let told = "`Query.salutation` is to go: Use `greeting`. Removal on 2031-01-01.";
    assert_eq!(body["errors"][0]["message"], told);
    assert_eq!(read(ahead(&new)).await.0, 200);
    let by_get = door.get("/graphql?query=%7Bsalutation%7D&removeDeprecated=true");
    let by_get = by_get.header("accept", "application/graphql-response+json").send().await.unwrap();
    assert_eq!(by_get.status(), 400);
    let streamed = ahead_as("text/event-stream", &old).send().await.unwrap().text().await.unwrap();
    assert!(streamed.contains("is to go") && !streamed.contains("\"data\""), "{streamed}");
}

#[tokio::test]
async fn an_empty_operation_name_is_absent() {
    let door = Door::open().await;
    let body = json!({ "query": "query A { greeting }", "operationName": "" });
    assert_eq!(read(door.post(&body)).await, (200, json!({ "data": { "greeting": "hello" } })));
}

#[tokio::test]
async fn who_asks_is_told_from_the_token() {
    let door = Door::open().await;
    let as_bearer = |value: &str| door.post(&json!({ "query": "{ viewer }" })).header("authorization", value);
    assert_eq!(door.ask("{ viewer }").await.1, json!({ "data": { "viewer": null } }));
    assert_eq!(read(as_bearer("Bearer person")).await.1, json!({ "data": { "viewer": "Fenna" } }));
    for (value, expected) in [
        ("Basic dTpw", "UNAUTHENTICATED"),
        ("Bearer", "UNAUTHENTICATED"),
        ("Bearer forged", "UNAUTHENTICATED"),
        ("Bearer expired", "TOKEN_EXPIRED"),
    ] {
        let response = as_bearer(value).send().await.unwrap();
        assert_eq!(response.status(), 401, "{value}");
        assert!(header(&response, "www-authenticate").starts_with("Bearer error="), "{value}");
        let body: Value = response.json().await.unwrap();
        assert_eq!((code(&body), body.get("data")), (expected, None), "{value}");
    }
}

#[tokio::test]
async fn our_own_faults_show_nothing() {
    let door = Door::open().await;
    let unlucky = door.post(&json!({ "query": "{ viewer }" })).header("authorization", "Bearer unlucky");
    let panicking = door.post(&json!({ "query": "{ panicking }" }));
    for request in [unlucky, panicking, door.get("/panicking")] {
        let (status, body) = read(request).await;
        assert_eq!((status, code(&body)), (500, "INTERNAL"));
        assert_eq!(body["errors"][0]["message"], "Something went wrong on our side. Try again later.");
    }
    assert_eq!(door.ask("{ greeting }").await.0, 200);
}

#[tokio::test]
async fn an_operation_that_takes_too_long_or_says_too_much_is_stopped() {
    let door = Door::with(Settings { execution_timeout: Duration::from_millis(50), ..Settings::default() }).await;
    let (status, body) = door.ask("{ slow }").await;
    assert_eq!((status, code(&body), &body["errors"][0]["extensions"]["retryable"]), (503, "INTERNAL", &json!(true)));
    let door = Door::with(Settings { response_bytes: 2_000, ..Settings::default() }).await;
    assert_eq!(door.ask("{ long(bytes: 1900) }").await.0, 200);
    let (status, body) = door.ask("{ long(bytes: 2000) }").await;
    assert_eq!((status, code(&body), body.get("data")), (200, "COST_EXCEEDED", None));
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let query = "{ __schema { queryType { name } } greeting }";
    assert_eq!(Door::open().await.ask(query).await.1["data"]["__schema"]["queryType"]["name"], "Query");
    let door = Door::with(Settings { introspection: false, ..Settings::default() }).await;
    for query in [
        query,
        "{ ... { __type(name: \"Query\") { name } } }",
        "{ ...A } fragment A on Query { __schema { description } }",
    ] {
        let (status, body) = door.ask(query).await;
        assert_eq!((status, code(&body), body.get("data")), (400, "GRAPHQL_VALIDATION_FAILED", None), "{query}");
    }
    assert_eq!(door.ask("{ __typename }").await.1["data"]["__typename"], "Query");
}
