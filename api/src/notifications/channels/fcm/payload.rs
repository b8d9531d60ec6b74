//! The message as FCM takes it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::notifications::channels::Push;
use crate::notifications::channels::content::{Ids, time_to_live};

/// `tag` makes a second push take the place of the first on the screen, `collapse_key` while the device is away; an app for
/// Apple's devices that goes through FCM gets the same by its own headers.
pub fn of(push: &Push, now: DateTime<Utc>) -> Value {
    let mut data = json!(Ids::from(push));
    // FCM takes texts only.
    data["unread"] = push.unread.to_string().into();
    json!({
        "message": {
            "token": push.token,
            "notification": { "title": push.title, "body": push.body },
            "data": data,
            "android": {
                "collapse_key": push.notification,
                "ttl": format!("{}s", time_to_live(push, now)),
                "priority": if push.urgent { "HIGH" } else { "NORMAL" },
                "notification": { "tag": push.notification },
            },
            "apns": {
                "headers": {
                    "apns-collapse-id": push.notification,
                    "apns-expiration": push.expires_at.timestamp().to_string(),
                    "apns-priority": if push.urgent { "10" } else { "5" },
                },
                "payload": { "aps": { "badge": push.unread, "sound": "default" } },
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::channels::content::PAYLOAD_MAX;
    use crate::notifications::channels::content::tests::{NOW, push};

    #[test]
    fn it_carries_ids_and_a_line() {
        let push = push();
        let account = push.account.to_string();
        let made = of(&push, NOW);
        let expected = json!({
            "message": {
                "token": "ok-1",
                "notification": { "title": "Nieuw bericht", "body": "Er is een bericht voor u." },
                "data": {
                    "account": account,
                    "notification": push.notification,
                    "about": "thread_01jd7w4xkse3p9bq0h3m5v8r2c",
                    "category": "MESSAGE",
                    "unread": "3",
                },
                "android": {
                    "collapse_key": push.notification,
                    "ttl": "3600s",
                    "priority": "NORMAL",
                    "notification": { "tag": push.notification },
                },
                "apns": {
                    "headers": {
                        "apns-collapse-id": push.notification,
                        "apns-expiration": "1790003600",
                        "apns-priority": "5",
                    },
                    "payload": { "aps": { "badge": 3, "sound": "default" } },
                },
            }
        });
        assert_eq!(made, expected);
        assert!(made.to_string().len() < PAYLOAD_MAX / 2);
    }

    #[test]
    fn data_is_text_and_nothing_else() {
        let made = of(&Push { about: None, urgent: true, ..push() }, NOW);
        let data = made["message"]["data"].as_object().unwrap();
        assert!(data.values().all(Value::is_string) && !data.contains_key("about"), "{data:?}");
        assert_eq!(made["message"]["android"]["priority"], "HIGH");
    }
}
