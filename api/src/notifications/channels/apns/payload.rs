//! The notification as Apple takes it.

use serde_json::{Value, json};

use crate::notifications::channels::Push;
use crate::notifications::channels::content::{Ids, topic};

/// Bytes of `apns-collapse-id` at most.
const COLLAPSE_ID_MAX: usize = 64;

pub fn of(push: &Push) -> Value {
    let mut payload = json!(Ids::from(push));
    payload["aps"] = json!({
        "alert": { "title": push.title, "body": push.body },
        "badge": push.unread,
        "sound": "default",
    });
    payload
}

pub fn headers(push: &Push, app: &str) -> [(&'static str, String); 5] {
    let collapse_id = if push.notification.len() <= COLLAPSE_ID_MAX { push.notification.clone() } else { topic(push) };
    [
        ("apns-topic", app.to_owned()),
        ("apns-push-type", "alert".to_owned()),
        ("apns-priority", if push.urgent { "10" } else { "5" }.to_owned()),
        ("apns-expiration", push.expires_at.timestamp().to_string()),
        ("apns-collapse-id", collapse_id),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::channels::content::tests::push;

    #[test]
    fn it_carries_ids_and_a_line() {
        let push = push();
        let expected = json!({
            "aps": {
                "alert": { "title": "Nieuw bericht", "body": "Er is een bericht voor u." },
                "badge": 3,
                "sound": "default",
            },
            "account": push.account.to_string(),
            "notification": push.notification,
            "about": "thread_01jd7w4xkse3p9bq0h3m5v8r2c",
            "category": "MESSAGE",
        });
        assert_eq!(of(&push), expected);
    }

    #[test]
    fn headers_say_what_it_replaces_and_until_when() {
        let mut push = push();
        let made = headers(&push, "nl.example").map(|(_, value)| value);
        assert_eq!(made, ["nl.example", "alert", "5", "1790003600", &push.notification]);
        push.urgent = true;
        push.notification = "x".repeat(65);
        let [_, _, (_, priority), _, (_, collapse_id)] = headers(&push, "nl.example");
        assert_eq!((priority.as_str(), collapse_id.len()), ("10", 32));
    }
}
