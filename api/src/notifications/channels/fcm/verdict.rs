//! What an answer of FCM means.
//!
//! A token goes with UNREGISTERED, or when it is itself what is wrong with the message. Everything else is the fault of this
//! side or of theirs: a project that is not found must not cost anybody the devices.

use serde::Deserialize;
use serde_json::Value;

use crate::notifications::channels::Verdict;
use crate::notifications::channels::content::why;
use crate::platform::outbound::Answer;

const FCM_ERROR: &str = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Complaint,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Complaint {
    status: Option<String>,
    details: Vec<Value>,
}

impl Complaint {
    fn code(&self) -> Option<&str> {
        self.detail(FCM_ERROR).find_map(|detail| detail["errorCode"].as_str())
    }

    fn blames_the_token(&self) -> bool {
        let mut violations =
            self.detail(BAD_REQUEST).filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
        violations.any(|violation| violation["field"] == "message.token")
    }

    fn detail(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.details.iter().filter(move |detail| detail["@type"] == kind)
    }
}

pub fn of(answer: &Answer) -> Verdict {
    let status = answer.status;
    let complaint = serde_json::from_slice::<Body>(&answer.body).unwrap_or_default().error;
    let code = complaint.code();
    let why = why(status, code.or(complaint.status.as_deref()));
    let after = answer.retry_after;
    match (status, code) {
        (200, _) if is_receipt(&answer.body) => Verdict::Sent,
        (404, Some("UNREGISTERED")) => Verdict::Gone { since: None, why },
        (400, _) if complaint.blames_the_token() => Verdict::Gone { since: None, why },
        // The token is of another project: of an app that is not ours, or not ours any more.
        (403, Some("SENDER_ID_MISMATCH")) | (400 | 413, _) => Verdict::Refused(why),
        (408 | 429 | 500, _) => Verdict::Later { after, why },
        _ => Verdict::Down { after, why },
    }
}

/// A page of somebody in between is no receipt.
fn is_receipt(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|body| body["name"].is_string())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;

    fn complaint(status: u16, name: &str, code: Option<&str>) -> String {
        let details: Vec<Value> = code.iter().map(|code| json!({ "@type": FCM_ERROR, "errorCode": code })).collect();
        json!({ "error": { "code": status, "message": "m", "status": name, "details": details } }).to_string()
    }

    fn violation(field: &str) -> String {
        let details = json!([
            { "@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT" },
            { "@type": BAD_REQUEST, "fieldViolations": [{ "field": field, "description": "d" }] },
        ]);
        json!({ "error": { "code": 400, "status": "INVALID_ARGUMENT", "details": details } }).to_string()
    }

    #[test]
    fn each_answer_has_its_meaning() {
        let gone = |why: &str| Verdict::Gone { since: None, why: why.to_owned() };
        let refused = |why: &str| Verdict::Refused(why.to_owned());
        let later = |why: &str| Verdict::Later { after: None, why: why.to_owned() };
        let down = |why: &str| Verdict::Down { after: None, why: why.to_owned() };
        let html = "<html><body>502 Bad Gateway UNREGISTERED</body></html>".to_owned();
        let table = [
            (200, r#"{"name":"projects/p/messages/1"}"#.to_owned(), Verdict::Sent),
            (200, html.clone(), down("200")),
            (404, complaint(404, "NOT_FOUND", Some("UNREGISTERED")), gone("404 UNREGISTERED")),
            (404, complaint(404, "NOT_FOUND", None), down("404 NOT_FOUND")),
            (404, html.clone(), down("404")),
            (410, complaint(410, "GONE", Some("UNREGISTERED")), down("410 UNREGISTERED")),
            (400, violation("message.token"), gone("400 INVALID_ARGUMENT")),
            (400, violation("message.android.ttl"), refused("400 INVALID_ARGUMENT")),
            (400, complaint(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT")), refused("400 INVALID_ARGUMENT")),
            (413, html.clone(), refused("413")),
            (
                401,
                complaint(401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR")),
                down("401 THIRD_PARTY_AUTH_ERROR"),
            ),
            (401, complaint(401, "UNAUTHENTICATED", None), down("401 UNAUTHENTICATED")),
            (403, complaint(403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")), refused("403 SENDER_ID_MISMATCH")),
            (403, complaint(403, "PERMISSION_DENIED", None), down("403 PERMISSION_DENIED")),
            (429, complaint(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED")), later("429 QUOTA_EXCEEDED")),
            (500, complaint(500, "INTERNAL", Some("INTERNAL")), later("500 INTERNAL")),
            (503, complaint(503, "UNAVAILABLE", Some("UNAVAILABLE")), down("503 UNAVAILABLE")),
            (502, html, down("502")),
            (302, String::new(), down("302")),
        ];
        for (status, body, expected) in table {
            let said = of(&Answer { status, retry_after: None, body: body.clone().into_bytes() });
            assert_eq!(said, expected, "{status} {body}");
        }
    }

    #[test]
    fn patience_is_handed_on() {
        let after = Some(TimeDelta::seconds(30));
        for status in [429, 503] {
            let said = of(&Answer { status, retry_after: after, body: Vec::new() });
            assert!(
                matches!(said, Verdict::Later { after: told, .. } | Verdict::Down { after: told, .. } if told == after),
                "{said:?}"
            );
        }
    }
}
