//! What somebody is told in a board, and a push of it that was given up.

use chrono::TimeDelta;
use glans_entity::ids::{AnnouncementId, DeliveryId, NotificationId};
use glans_entity::notifications::{self, Category, Channel, DeliveryState};
use uuid::Uuid;

use super::Someone;
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
        let id = NotificationId::new();
        self.put::<notifications::notification::Entity>(notifications::notification::Model {
            id,
            board_id: self.board,
            person_id: to.person,
            source: format!("seed.{}", id.0),
            text: "announcement-published".to_owned(),
            category: Category::Announcement,
            urgent: false,
            about_kind: Some(AnnouncementId::PREFIX.to_owned()),
            about_id: Some(announcement.0),
            as_staff: true,
            happens_at: None,
            occurred_at: self.now,
            event_seq: None,
            figures: None,
            bundled: false,
            created_at: self.now,
            read_at: None,
            withdrawn_at: None,
            digested_at: None,
        })
        .await;
        id
    }

    /// A push that was given up.
    pub(super) async fn dead_delivery(&self, to: Someone, notification: NotificationId) -> DeliveryId {
        let id = DeliveryId::new();
        self.put::<notifications::delivery::Entity>(notifications::delivery::Model {
            id,
            board_id: Some(self.board),
            notification_id: Some(notification),
            digest_until: None,
            letter: None,
            secret: None,
            account_id: Some(to.account),
            channel: Channel::Push,
            address_id: Uuid::now_v7(),
            lane: 1,
            state: DeliveryState::Dead,
            attempts: 3,
            cut_off: 0,
            due_at: self.now,
            expires_at: self.now + TimeDelta::hours(24),
            over_at: None,
            lease: None,
            leased_until: None,
            finished_at: Some(self.now),
            failure: Some(self.text("503 UNAVAILABLE")),
            created_at: self.now,
        })
        .await;
        id
    }
}
