//! Following the inbox.

use async_graphql::{Context, Object, Subscription};
use chrono::TimeDelta;
use glans_entity::notifications::notification::Model;

use super::types::Notification;
use super::{store, topic};
use crate::call::{Call, Events, Follow};
use crate::platform::error::Result;
use crate::platform::following::{Position, Recent, must_be_kept};
use crate::platform::page;

/// A notification is committed this long after its time at most: so far back is looked for what came late.
const LATE: TimeDelta = TimeDelta::seconds(60);
/// As many of the last moments are known to who begins.
const KNOWN: u64 = 1000;
const ORDER: &str = "notifications.following";

/// A notification, and where to go on after a lost connection.
pub struct NotificationReceived {
    cursor: String,
    row: Option<Model>,
}

/// A notification that came into the inbox of the viewer.
#[Object]
impl NotificationReceived {
    /// Opaque. Give the last one as `after` when you follow again: what came meanwhile is told first.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The notification; null in the first event, which says that following has begun.
    async fn notification(&self) -> Option<Notification> {
        self.row.clone().map(Notification)
    }
}

/// The root fields that follow the inbox.
#[derive(Default)]
pub struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// What comes into the inbox of the viewer: first an event without a notification, then one for each as it comes.
    async fn notification_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor of the last event that arrived: what came since is told first. `RESYNC_REQUIRED` when it is \
                    older than seven days: read the inbox anew."
        )]
        after: Option<String>,
    ) -> Result<Events<NotificationReceived>> {
        let call = Call::of(ctx);
        let topic = topic(call.person()?.account);
        Call::follow(ctx, topic, after, Following(Recent::begin(call.now(), LATE))).await
    }
}

/// What was told of the inbox.
struct Following(Recent);

#[async_trait::async_trait]
impl Follow for Following {
    type Found = Model;
    type Event = NotificationReceived;

    async fn begin(&mut self, call: &Call, after: Option<&str>) -> Result<NotificationReceived> {
        let now = call.now();
        match after {
            // What was there already is not told: only what comes late of the last moments is.
            None => {
                let (db, scope) = (call.read().await?, call.scope());
                self.0 = Recent::begin(now, LATE);
                for row in store::since(&*db, &scope, self.0.horizon(), &[], KNOWN).await? {
                    self.0.knows(row.created_at, row.id.0);
                }
            }
            Some(after) => {
                let position: Position = page::position(after, ORDER)?;
                must_be_kept(position.0, now, "the inbox")?;
                self.0 = Recent::resume(position, LATE);
            }
        }
        self.event(None)
    }

    /// One at a time: each is of the moment in which it is told.
    async fn look(&mut self, call: &Call) -> Result<Vec<Model>> {
        let (db, scope) = (call.read().await?, call.scope());
        let found = store::since(&*db, &scope, self.0.horizon(), &self.0.told(), 1).await?;
        Ok(found)
    }

    fn tell(&mut self, _call: &Call, row: Model) -> Result<NotificationReceived> {
        self.0.tells(row.created_at, row.id.0);
        self.event(Some(row))
    }
}

impl Following {
    fn event(&self, row: Option<Model>) -> Result<NotificationReceived> {
        Ok(NotificationReceived { cursor: page::mark(ORDER, &self.0.position())?, row })
    }
}
