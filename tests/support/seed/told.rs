//! What somebody is told in a board, and a push of it that was given up.

use chrono::TimeDelta;
use glans_entity::ids::{AnnouncementId, DeliveryId, NotificationId};
use glans_entity::notifications::{DeliveryState, delivery, notification};

use super::Someone;
use super::rows::{notice, waiting};
use super::sower::Sower;

impl Sower<'_> {
    /// One of each announcement, to members of staff.
    pub(super) async fn notifications(
        &self,
        [one, other]: [Someone; 2],
        announcements: [AnnouncementId; 2],
    ) -> [NotificationId; 2] {
        [self.notification(one, announcements[0]).await, self.notification(other, announcements[1]).await]
    }

    async fn notification(&self, to: Someone, announcement: AnnouncementId) -> NotificationId {
        let row = notification::Model {
            about_kind: Some(AnnouncementId::PREFIX.to_owned()),
            about_id: Some(announcement.0),
            ..notice(self.board, to.person, self.now)
        };
        let id = row.id;
        self.put::<notification::Entity>(row).await;
        id
    }

    /// A push that was given up.
    pub(super) async fn dead_delivery(&self, to: Someone, notification: NotificationId) -> DeliveryId {
        let row = delivery::Model {
            board_id: Some(self.board),
            notification_id: Some(notification),
            account_id: Some(to.account),
            state: DeliveryState::Dead,
            attempts: 3,
            expires_at: self.now + TimeDelta::hours(24),
            finished_at: Some(self.now),
            failure: Some(self.text("503 UNAVAILABLE")),
            ..waiting(self.now)
        };
        let id = row.id;
        self.put::<delivery::Entity>(row).await;
        id
    }
}
