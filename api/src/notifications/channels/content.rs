//! What every gateway carries: ids, a category, and a line that names nobody.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;
use glans_entity::notifications::Category;
use serde::Serialize;

use super::Push;

/// Bytes of a push at most, with every gateway.
pub const PAYLOAD_MAX: usize = 4096;
/// Why a longer one is not sent.
pub const TOO_LARGE: &str = "PAYLOAD_TOO_LARGE";

/// By what the app finds what it is told of.
#[derive(Serialize)]
pub struct Ids<'a> {
    pub account: AccountId,
    pub notification: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<&'a str>,
    pub category: Category,
}

impl<'a> From<&'a Push> for Ids<'a> {
    fn from(push: &'a Push) -> Self {
        Self {
            account: push.account,
            notification: &push.notification,
            about: push.about.as_deref(),
            category: push.category,
        }
    }
}

/// Seconds for which a gateway keeps it for a device that is away.
pub fn time_to_live(push: &Push, now: DateTime<Utc>) -> i64 {
    /// Four weeks: no gateway keeps it for longer.
    const LONGEST: i64 = 28 * 24 * 3600;
    push.expires_at.signed_duration_since(now).num_seconds().clamp(0, LONGEST)
}

/// 32 letters of base64url that stand for the notification: a second push with the same takes the place of the first.
pub fn topic(push: &Push) -> String {
    let hash = digest(&SHA256, push.notification.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..24])
}

/// What a gateway calls its complaint, for the log and the list of failures: a status and one word, never a text.
pub fn why(status: u16, word: Option<&str>) -> String {
    let is_word =
        |word: &&str| word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match word.filter(is_word) {
        Some(word) => format!("{status} {word}"),
        None => status.to_string(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::TimeDelta;
    use glans_entity::ids::{DeliveryId, NotificationId};
    use glans_entity::notifications::PushPlatform;

    use super::*;

    pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_790_000_000, 0).unwrap();

    pub(crate) fn push() -> Push {
        Push {
            delivery: DeliveryId::new(),
            platform: PushPlatform::Fcm,
            token: "ok-1".to_owned(),
            account: AccountId::new(),
            notification: NotificationId::new().to_string(),
            about: Some("thread_01jd7w4xkse3p9bq0h3m5v8r2c".to_owned()),
            category: Category::Message,
            title: "Nieuw bericht".to_owned(),
            body: "Er is een bericht voor u.".to_owned(),
            urgent: false,
            unread: 3,
            expires_at: NOW + TimeDelta::hours(1),
        }
    }

    #[test]
    fn time_to_live_ends_with_the_use_of_it() {
        assert_eq!(time_to_live(&push(), NOW), 3600);
        assert_eq!(time_to_live(&push(), NOW + TimeDelta::hours(2)), 0);
        assert_eq!(time_to_live(&push(), NOW - TimeDelta::days(60)), 28 * 24 * 3600);
    }

    #[test]
    fn a_topic_is_the_same_for_the_same_notification_only() {
        let (one, other) = (push(), push());
        assert_eq!(topic(&one), topic(&one.clone()));
        assert_ne!(topic(&one), topic(&other));
        assert_eq!(topic(&one).len(), 32);
    }

    #[test]
    fn a_complaint_is_a_word() {
        assert_eq!(why(404, Some("UNREGISTERED")), "404 UNREGISTERED");
        assert_eq!(why(400, Some("no such token: abc")), "400");
        assert_eq!(why(502, None), "502");
    }
}
