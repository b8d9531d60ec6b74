//! What an answer of Apple means.

use chrono::DateTime;
use serde::Deserialize;

use crate::notifications::channels::Verdict;
use crate::notifications::channels::content::why;
use crate::platform::outbound::Answer;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Complaint {
    reason: Option<String>,
    /// Of 410: milliseconds since 1970.
    timestamp: Option<i64>,
}

pub fn of(answer: &Answer) -> Verdict {
    let status = answer.status;
    let complaint: Complaint = serde_json::from_slice(&answer.body).unwrap_or_default();
    let reason = complaint.reason.as_deref();
    let why = why(status, reason);
    let after = answer.retry_after;
    match (status, reason) {
        (200, _) => Verdict::Sent,
        (410, Some("Unregistered" | "ExpiredToken")) => {
            Verdict::Gone { since: complaint.timestamp.and_then(DateTime::from_timestamp_millis), why }
        }
        (400, Some("BadDeviceToken")) => Verdict::Gone { since: None, why },
        // The app is named wrongly, or is not ours: the next would fare no better.
        (400, Some("BadTopic" | "MissingTopic" | "TopicDisallowed")) => Verdict::Down { after, why },
        (400, Some("IdleTimeout")) | (429 | 500, _) => match reason {
            Some("TooManyProviderTokenUpdates") => Verdict::Down { after, why },
            _ => Verdict::Later { after, why },
        },
        (400 | 410 | 413, _) => Verdict::Refused(why),
        _ => Verdict::Down { after, why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_meaning() {
        let gone = |why: &str, since: Option<i64>| Verdict::Gone {
            since: since.map(|millis| DateTime::from_timestamp_millis(millis).unwrap()),
            why: why.to_owned(),
        };
        let refused = |why: &str| Verdict::Refused(why.to_owned());
        let later = |why: &str| Verdict::Later { after: None, why: why.to_owned() };
        let down = |why: &str| Verdict::Down { after: None, why: why.to_owned() };
        let since = Some(1_454_402_113_123);
        let table = [
            (200, "", Verdict::Sent),
            (410, r#"{"reason":"Unregistered","timestamp":1454402113123}"#, gone("410 Unregistered", since)),
            (410, r#"{"reason":"ExpiredToken","timestamp":1454402113123}"#, gone("410 ExpiredToken", since)),
            (410, r#"{"reason":"Unregistered"}"#, gone("410 Unregistered", None)),
            (410, "<html>Gone</html>", refused("410")),
            (400, r#"{"reason":"BadDeviceToken"}"#, gone("400 BadDeviceToken", None)),
            (400, r#"{"reason":"DeviceTokenNotForTopic"}"#, refused("400 DeviceTokenNotForTopic")),
            (400, r#"{"reason":"BadCollapseId"}"#, refused("400 BadCollapseId")),
            (400, r#"{"reason":"TopicDisallowed"}"#, down("400 TopicDisallowed")),
            (400, r#"{"reason":"IdleTimeout"}"#, later("400 IdleTimeout")),
            (403, r#"{"reason":"ExpiredProviderToken"}"#, down("403 ExpiredProviderToken")),
            (403, r#"{"reason":"InvalidProviderToken"}"#, down("403 InvalidProviderToken")),
            (404, r#"{"reason":"BadPath"}"#, down("404 BadPath")),
            (413, r#"{"reason":"PayloadTooLarge"}"#, refused("413 PayloadTooLarge")),
            (429, r#"{"reason":"TooManyRequests"}"#, later("429 TooManyRequests")),
            (429, r#"{"reason":"TooManyProviderTokenUpdates"}"#, down("429 TooManyProviderTokenUpdates")),
            (500, r#"{"reason":"InternalServerError"}"#, later("500 InternalServerError")),
            (502, "<html>BadDeviceToken</html>", down("502")),
            (503, r#"{"reason":"ServiceUnavailable"}"#, down("503 ServiceUnavailable")),
            (503, r#"{"reason":"Shutdown"}"#, down("503 Shutdown")),
        ];
        for (status, body, expected) in table {
            let said = of(&Answer { status, retry_after: None, body: body.as_bytes().to_vec() });
            assert_eq!(said, expected, "{status} {body}");
        }
    }
}
