//! graphql-transport-ws, message by message.

use std::sync::atomic::Ordering;

use async_graphql::futures_util::{SinkExt, StreamExt};
use glans::http::Settings;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data as OpData, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::http_door::{Door, PATIENCE, header};
use crate::http_streams::sse;

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn connect(door: &Door, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("{}/graphql/ws", door.url.replace("http", "ws")).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    async fn open(door: &Door) -> Self {
        Self::connect(door, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// As `token`, acknowledged.
    async fn greeted(door: &Door, token: &str) -> Self {
        let mut socket = Self::open(door).await;
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        socket.says(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hears().await, json!({ "type": "connection_ack" }));
        socket
    }

    async fn says(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribes(&mut self, id: &str, query: &str) {
        self.says(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    async fn hears(&mut self) -> Value {
        match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a message in time").unwrap().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?} is no text"),
        }
    }

    /// The code with which the server closes; what it says before is passed over.
    async fn closes(mut self) -> u16 {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                ended => panic!("{ended:?} without a close frame"),
            }
        }
    }

    /// The server lets go, before so many messages.
    async fn ends(&mut self, most: usize) {
        let mut heard = 0;
        while let Some(Ok(_)) = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("an end in time") {
            heard += 1;
            assert!(heard < most, "the flood does not end");
        }
    }
}

#[tokio::test]
async fn each_breach_of_the_protocol_has_its_code() {
    let door = Door::open().await;
    let init = json!({ "type": "connection_init" });
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": "subscription { endless }" } });
    let of_token = |token: &str| json!({ "type": "connection_init", "payload": { "Authorization": token } });
    for (messages, code) in [
        (vec![json!("x")], 4400),
        (vec![json!({ "type": "hello" })], 4400),
        (vec![init.clone(), json!({ "id": "1", "type": "subscribe", "payload": {"query": 1} })], 4400),
        (vec![subscribe.clone()], 4401),
        (vec![of_token("Bearer forged")], 4403),
        (vec![of_token("Bearer expired")], 4403),
        (vec![of_token("nothing of the kind")], 4403),
        (vec![init.clone(), subscribe.clone(), subscribe], 4409),
        (vec![init.clone(), init.clone()], 4429),
        (vec![of_token("Bearer unlucky")], 1013),
    ] {
        let mut socket = Socket::open(&door).await;
        for message in &messages {
            socket.says(message).await;
        }
        assert_eq!(socket.closes().await, code, "{messages:?}");
    }
}

#[tokio::test]
async fn what_is_no_text_closes() {
    let door = Door::open().await;
    let mut binary = Socket::open(&door).await;
    binary.0.send(Message::binary(b"{}".to_vec())).await.unwrap();
    assert_eq!(binary.closes().await, 4400);
    let mut large = Socket::open(&door).await;
    large.0.send(Message::text("x".repeat(65 * 1024))).await.unwrap();
    assert_eq!(large.closes().await, 1009);
    let mut garbled = Socket::open(&door).await;
    let frame = Frame::message(vec![0xff_u8, 0xfe], OpCode::Data(OpData::Text), true);
    garbled.0.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(garbled.closes().await, 1007);
    let mut broken = Socket::open(&door).await;
    let frame = Frame::message(b"{}".to_vec(), OpCode::Data(OpData::Continue), true);
    broken.0.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(broken.closes().await, 1002);
}

#[tokio::test]
async fn who_closes_is_answered() {
    let door = Door::open().await;
    let (fresh, greeted) = (Socket::open(&door).await, Socket::greeted(&door, "person").await);
    let mut busy = Socket::greeted(&door, "person").await;
    busy.subscribes("1", "subscription { endless }").await;
    assert_eq!(busy.hears().await["type"], "next");
    for mut socket in [fresh, greeted, busy] {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        socket.0.close(Some(frame)).await.unwrap();
        assert_eq!(socket.closes().await, 1000);
    }
}

#[tokio::test]
async fn another_subprotocol_is_not_acceptable() {
    let door = Door::open().await;
    assert_eq!(Socket::connect(&door, &[]).await.unwrap().closes().await, 4406);
}

#[tokio::test]
async fn who_says_nothing_is_closed_after_five_seconds() {
    let door = Door::open().await;
    let start = std::time::Instant::now();
    assert_eq!(Socket::open(&door).await.closes().await, 4408);
    assert!((4..60).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_page_of_a_strange_origin_may_not_connect() {
    let settings = Settings { cors_origins: vec!["https://app.example".parse().unwrap()], ..Settings::default() };
    let door = Door::with(settings).await;
    let from = async |origin: &str| {
        Socket::connect(&door, &[("sec-websocket-protocol", "graphql-transport-ws"), ("origin", origin)]).await
    };
    assert!(from("https://app.example").await.is_ok());
    assert!(from(&door.url).await.is_ok());
    let Err(Error::Http(refused)) = from("https://evil.example").await else { panic!("a strange page connects") };
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn operations_of_all_kinds_are_answered() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("q", "{ viewer }").await;
    assert_eq!(
        socket.hears().await,
        json!({ "id": "q", "type": "next", "payload": { "data": { "viewer": "Fenna" } } })
    );
    assert_eq!(socket.hears().await, json!({ "id": "q", "type": "complete" }));
    // The id is free again.
    socket.subscribes("q", "subscription { counted(to: 2) }").await;
    for number in [1, 2] {
        assert_eq!(socket.hears().await["payload"], json!({ "data": { "counted": number } }));
    }
    assert_eq!(socket.hears().await["type"], "complete");
    socket.subscribes("m", "mutation { schoolClose }").await;
    assert_eq!(socket.hears().await["payload"]["data"], json!({ "schoolClose": true }));
    assert_eq!(door.runs.count(), 1);
}

#[tokio::test]
async fn the_walls_stand_here_too() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    let deep = format!("subscription {}{}", "{ a".repeat(40), "}".repeat(40));
    for (query, code) in [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { endless counted(to: 1) }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { ...F } fragment F on Following { endless }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { closed }", "NOT_FOUND"),
        ("subscription { bursting }", "INTERNAL"),
        (&deep, "COST_EXCEEDED"),
    ] {
        socket.subscribes("1", query).await;
        let heard = socket.hears().await;
        assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("1")), "{query}: {heard}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], code, "{query}: {heard}");
        assert!(!heard.to_string().contains("hunter2"));
    }
}

#[tokio::test]
async fn a_completed_operation_is_silent_and_its_id_free() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    for _ in 0..2 {
        socket.subscribes("1", "subscription { endless }").await;
        assert_eq!(socket.hears().await["type"], "next");
        socket.says(&json!({ "id": "1", "type": "complete" })).await;
    }
    socket.says(&json!({ "type": "ping", "payload": { "at": 1 } })).await;
    assert_eq!(socket.hears().await, json!({ "type": "pong", "payload": { "at": 1 } }));
}

#[tokio::test]
async fn a_socket_carries_twenty_operations_and_a_person_ten_sockets() {
    let door = Door::open().await;
    let mut first = Socket::greeted(&door, "person").await;
    for id in 0..20 {
        first.subscribes(&id.to_string(), "subscription { endless }").await;
        assert_eq!(first.hears().await["type"], "next");
    }
    first.subscribes("20", "subscription { endless }").await;
    let heard = first.hears().await;
    assert_eq!(heard["payload"][0]["extensions"]["limit"], "subscriptions", "{heard}");

    let mut others = Vec::new();
    for _ in 1..10 {
        others.push(Socket::greeted(&door, "person").await);
    }
    let mut eleventh = Socket::open(&door).await;
    let payload = json!({ "Authorization": "Bearer person" });
    eleventh.says(&json!({ "type": "connection_init", "payload": payload })).await;
    assert_eq!(eleventh.closes().await, 1013);
    Socket::greeted(&door, "client").await;
}

#[tokio::test]
async fn a_revoked_token_ends_socket_and_stream() {
    let door = Door::open().await;
    let idle = Socket::greeted(&door, "person").await;
    let mut busy = Socket::greeted(&door, "person").await;
    busy.subscribes("1", "subscription { endless }").await;
    let events = sse(&door, "subscription { endless }").send().await.unwrap();
    assert_eq!(busy.hears().await["type"], "next");
    door.house.revoked.store(true, Ordering::SeqCst);
    assert_eq!((idle.closes().await, busy.closes().await), (4403, 4403));
    let text = tokio::time::timeout(PATIENCE, events.text()).await.expect("an end in time").unwrap();
    assert!(text.contains("event: next") && !text.contains("complete"), "{text}");
}

#[tokio::test]
async fn who_is_not_known_for_a_moment_comes_again_and_loses_nothing_that_runs() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("1", "subscription { endless }").await;
    assert_eq!(socket.hears().await["type"], "next");
    door.house.held.store(true, Ordering::SeqCst);

    socket.subscribes("2", "{ viewer }").await;
    let heard = socket.hears().await;
    assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("2")), "{heard}");
    assert_eq!(heard["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{heard}");
    assert_eq!(heard["payload"][0]["extensions"]["retryAfterSeconds"], 5, "{heard}");
    let mut late = Socket::open(&door).await;
    let payload = json!({ "Authorization": "Bearer person" });
    late.says(&json!({ "type": "connection_init", "payload": payload })).await;
    assert_eq!(late.closes().await, 1013);
    let events = sse(&door, "subscription { endless }").send().await.unwrap();
    assert_eq!((events.status().as_u16(), header(&events, "retry-after")), (429, "5".to_owned()));

    door.is_looked_at_again().await;
    door.house.held.store(false, Ordering::SeqCst);
    socket.subscribes("2", "{ viewer }").await;
    assert_eq!(socket.hears().await["type"], "next");
}

#[tokio::test]
async fn what_is_begun_in_an_outage_takes_nothing_else_with_it() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("1", "subscription { endless }").await;
    assert_eq!(socket.hears().await["type"], "next");
    door.house.faulty.store(true, Ordering::SeqCst);

    socket.subscribes("2", "subscription { counted(to: 1) }").await;
    let heard = socket.hears().await;
    assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("2")), "{heard}");
    let told = &heard["payload"][0]["extensions"];
    assert_eq!((&told["code"], &told["retryable"]), (&json!("INTERNAL"), &json!(true)), "{heard}");
    door.is_looked_at_again().await;

    door.house.faulty.store(false, Ordering::SeqCst);
    socket.subscribes("2", "subscription { counted(to: 1) }").await;
    assert_eq!(socket.hears().await["type"], "next", "the socket is open");
    assert_eq!(socket.hears().await, json!({ "id": "2", "type": "complete" }));
    socket.subscribes("1", "subscription { endless }").await;
    assert_eq!(socket.closes().await, 4409, "the first is still followed");
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("1", "subscription { endless }").await;
    assert_eq!(socket.hears().await["type"], "next");
    door.stopping.begin();
    assert_eq!(socket.closes().await, 1001);
}

#[tokio::test]
async fn who_takes_too_slowly_is_let_go() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("1", "subscription { flood }").await;
    door.comes_to_rest().await;
    socket.ends(5_000).await;
}

#[tokio::test]
async fn who_takes_large_answers_too_slowly_is_let_go_before_many_wait() {
    let door = Door::open().await;
    let mut socket = Socket::greeted(&door, "person").await;
    socket.subscribes("1", "subscription { flood(kib: 1024) }").await;
    let made = door.comes_to_rest().await;
    // What is queued, what the system holds on the way, and what the operation is ahead.
    assert!(made < 128, "{made} answers of a MiB each are kept for a client");
    socket.ends(256).await;
}
