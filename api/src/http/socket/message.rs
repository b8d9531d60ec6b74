//! The messages of graphql-transport-ws, and the codes with which a socket is closed.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::super::envelope::Envelope;
use super::super::refusal::Refusal;

/// Why a socket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closing {
    pub code: u16,
    pub reason: &'static str,
}

impl Closing {
    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }

    pub(super) const GONE: Self = Self::new(1000, "");
    pub(super) const STOPPING: Self = Self::new(1001, "The server stops. Connect again");
    pub(super) const BROKEN: Self = Self::new(1002, "A frame is broken");
    pub(super) const NO_TEXT: Self = Self::new(1007, "A text is not UTF-8");
    pub(super) const TOO_LARGE: Self = Self::new(1009, "A message is larger than 64 KiB");
    // Not 1008 and 1011, which say it better: clients as graphql-ws never come back after them.
    pub(super) const NO_ANSWER: Self = Self::new(1013, "No answer to a ping. Connect again");
    pub(super) const UNABLE: Self = Self::new(1013, "Something went wrong on our side. Connect again in a moment");
    pub(super) const LATER: Self = Self::new(1013, "Others are at work just now. Connect again in a moment");
    pub(super) const TOO_MANY_SOCKETS: Self = Self::new(1013, "Too many sockets of this account are open");
    pub(super) const TOO_SLOW: Self = Self::new(1013, "Messages are taken too slowly");
    pub(super) const INVALID: Self = Self::new(4400, "Invalid message");
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    pub(super) const TOKEN_EXPIRED: Self = Self::new(4403, "The access token has run out");
    pub(super) const SUBPROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const TAKEN: Self = Self::new(4409, "Subscriber for this id already exists");
    pub(super) const TOO_MANY_INITS: Self = Self::new(4429, "Too many initialisation requests");

    /// What a frame that cannot be read is closed with. axum hides what kind of error it is, but for how its text begins.
    pub(super) fn of_unreadable(error: &impl Display) -> Self {
        let said = error.to_string();
        let begins = |known: &str| said.starts_with(known);
        if begins("Space limit exceeded") {
            Self::TOO_LARGE
        } else if begins("UTF-8 encoding error") {
            Self::NO_TEXT
        } else if begins("WebSocket protocol error") {
            Self::BROKEN
        } else {
            Self::GONE
        }
    }
}

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, parameters: Map<String, Value> },
    Complete { id: String },
}

/// An id is kept as long as its operation runs.
const LONGEST_ID: usize = 128;

impl Said {
    pub(super) fn parse(text: &str) -> Result<Self, Closing> {
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else { return Err(Closing::INVALID) };
        let payload = message.remove("payload").filter(|payload| !payload.is_null());
        let id = |message: &Map<String, Value>| match message.get("id") {
            Some(Value::String(id)) if !id.is_empty() && id.len() <= LONGEST_ID => Ok(id.clone()),
            _ => Err(Closing::INVALID),
        };
        match (message.get("type").and_then(Value::as_str), payload) {
            (Some("connection_init"), None) => Ok(Self::Init(Map::new())),
            (Some("connection_init"), Some(Value::Object(payload))) => Ok(Self::Init(payload)),
            (Some("ping"), payload @ (None | Some(Value::Object(_)))) => Ok(Self::Ping(payload)),
            (Some("pong"), None | Some(Value::Object(_))) => Ok(Self::Pong),
            (Some("subscribe"), Some(Value::Object(parameters))) if is_sound(&parameters) => {
                Ok(Self::Subscribe { id: id(&message)?, parameters })
            }
            (Some("complete"), None) => Ok(Self::Complete { id: id(&message)? }),
            _ => Err(Closing::INVALID),
        }
    }
}

/// Whether each parameter has its type. A document may be named instead of sent: `query` may be absent.
fn is_sound(parameters: &Map<String, Value>) -> bool {
    parameters.iter().all(|(name, value)| match name.as_str() {
        "query" => value.is_string(),
        "operationName" | "documentId" => value.is_null() || value.is_string(),
        "variables" | "extensions" => value.is_null() || value.is_object(),
        _ => true,
    })
}

pub(super) fn envelope(parameters: Map<String, Value>) -> Result<Envelope, Refusal> {
    Envelope::from_parameters(parameters)
}

pub(super) fn acknowledged() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

pub(super) fn ping() -> String {
    json!({ "type": "ping" }).to_string()
}

pub(super) fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// `answer` is JSON already.
pub(super) fn next(id: &str, answer: &[u8]) -> String {
    let (id, answer) = (Value::from(id), String::from_utf8_lossy(answer));
    format!(r#"{{"id":{id},"type":"next","payload":{answer}}}"#)
}

pub(super) fn error(id: &str, errors: &[async_graphql::ServerError]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_read() {
        let said = |message: Value| Said::parse(&message.to_string()).unwrap();
        assert_eq!(said(json!({ "type": "connection_init" })), Said::Init(Map::new()));
        assert_eq!(said(json!({ "type": "ping", "payload": null })), Said::Ping(None));
        assert_eq!(said(json!({ "type": "pong", "payload": {} })), Said::Pong);
        assert_eq!(said(json!({ "type": "complete", "id": "1" })), Said::Complete { id: "1".to_owned() });
        let parameters = json!({ "query": "{ a }", "variables": null });
        assert_eq!(
            said(json!({ "type": "subscribe", "id": "1", "payload": parameters })),
            Said::Subscribe { id: "1".to_owned(), parameters: parameters.as_object().unwrap().clone() }
        );
    }

    #[test]
    fn anything_else_is_invalid() {
        for message in [
            "",
            "[]",
            "{}",
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"ping","payload":1}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
        ] {
            assert_eq!(Said::parse(message), Err(Closing::INVALID), "{message}");
        }
    }

    #[test]
    fn an_answer_stands_in_its_message_as_it_is() {
        let message: Value = serde_json::from_str(&next("a\"b", br#"{"data":null}"#)).unwrap();
        assert_eq!(message, json!({ "id": "a\"b", "type": "next", "payload": { "data": null } }));
    }

    #[test]
    fn what_cannot_be_read_is_closed_with_the_code_of_its_kind() {
        let of = |said: &str| Closing::of_unreadable(&said).code;
        assert_eq!(of("Space limit exceeded: Message too long: 70000 > 65536"), 1009);
        assert_eq!(of("UTF-8 encoding error: invalid utf-8 sequence of 1 bytes from index 0"), 1007);
        assert_eq!(of("WebSocket protocol error: Reserved bits are non-zero"), 1002);
        assert_eq!(of("IO error: Connection reset by peer (os error 104)"), 1000);
    }

    #[test]
    fn a_reason_fits_into_a_control_frame() {
        let waiting = [Closing::NO_ANSWER, Closing::UNABLE, Closing::LATER, Closing::TOO_MANY_SOCKETS];
        for closing in [Closing::STOPPING, Closing::TOO_LARGE, Closing::INIT_TIMEOUT].into_iter().chain(waiting) {
            assert!(closing.reason.len() <= 123);
        }
    }
}
