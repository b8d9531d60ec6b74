//! Where no gateway is configured, in development: pushes are told in the log.

use chrono::{DateTime, Utc};

use super::{Gateway, Push, Verdict};

/// Takes everything and tells of it by id and category: tokens and texts are for nobody's log.
#[derive(Debug)]
pub struct Log;

#[async_trait::async_trait]
impl Gateway for Log {
    async fn push(&self, push: &Push, _: DateTime<Utc>) -> Verdict {
        tracing::info!(
            delivery = %push.delivery,
            account = %push.account,
            notification = %push.notification,
            platform = ?push.platform,
            category = ?push.category,
            "push"
        );
        Verdict::Sent
    }
}
