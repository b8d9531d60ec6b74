//! Announcements: they are published, read, confirmed and withdrawn.

use chrono::TimeDelta;
use glans_entity::engagement::{AnnouncementStatus, Priority, RecipientKind, announcement, recipient};
use glans_entity::ids::AnnouncementId;
use glans_entity::localized::Strings;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::put;
use rand::Rng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::acts::Course;

impl Course<'_> {
    pub(super) async fn publish(&mut self) {
        let id = AnnouncementId::new();
        let for_guardians = self.dice.random_bool(0.9);
        let asks = self.dice.random_bool(0.5);
        let by = self.now + TimeDelta::hours(self.dice.random_range(2..150));
        let least = if self.dice.random_bool(0.7) { GuardianAccess::Full } else { GuardianAccess::OnRequest };
        let row = announcement::Model {
            id,
            board_id: self.world.ours.id,
            school_id: None,
            author_id: self.world.ours.leader.person,
            language: "nl".to_owned(),
            title: "Schoolreis".to_owned(),
            body: "Vrijdag.".to_owned(),
            roles: Strings(vec![if for_guardians { "GUARDIAN" } else { "TEACHER" }.to_owned()]),
            priority: Priority::Normal,
            urgent_reason: None,
            important_facts: least == GuardianAccess::OnRequest,
            requires_acknowledgement: asks,
            acknowledge_by: (asks && self.dice.random_bool(0.5)).then_some(by),
            status: AnnouncementStatus::Published,
            publish_at: self.now,
            published_at: Some(self.now),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<announcement::Entity>(self.db, row).await;
        if for_guardians {
            self.address(id.0, RecipientKind::Announcement, least).await;
        }
        self.known.announcements.push(id);
        self.tell("announcement.published", json!({ "id": id })).await;
    }

    /// Somebody reads what they have not read yet: one announcement, or all that is new.
    pub(super) async fn read(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        let person = self.guardian();
        let one = self.dice.random_bool(0.6);
        let items: Vec<Uuid> = if one { vec![id.0] } else { self.known.announcements.iter().map(|id| id.0).collect() };
        // A phone was offline.
        let late = TimeDelta::hours(if one { self.dice.random_range(0..30) } else { 0 });
        let row = announcement::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        let read_at = (self.now - late).max(row.published_at.unwrap());
        recipient::Entity::update_many()
            .col_expr(recipient::Column::ReadAt, Expr::val(read_at))
            .filter(recipient::Column::PersonId.eq(person))
            .filter(recipient::Column::ItemId.is_in(items.clone()))
            .filter(recipient::Column::ReadAt.is_null())
            .exec(self.db)
            .await
            .unwrap();
        if one {
            self.tell("announcement.read", json!({ "ids": [id], "person": person })).await;
        } else {
            let items: Vec<String> = items.iter().map(Uuid::to_string).collect();
            self.tell("feed.read", json!({ "items": items, "person": person })).await;
        }
    }

    pub(super) async fn acknowledge(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        let person = self.guardian();
        let row = announcement::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        if !row.requires_acknowledgement {
            return;
        }
        for column in [recipient::Column::ReadAt, recipient::Column::AcknowledgedAt] {
            recipient::Entity::update_many()
                .col_expr(column, Expr::val(self.now))
                .filter(recipient::Column::PersonId.eq(person))
                .filter(recipient::Column::ItemId.eq(id.0))
                .filter(column.is_null())
                .exec(self.db)
                .await
                .unwrap();
        }
        self.tell("announcement.acknowledged", json!({ "ids": [id], "person": person })).await;
    }

    pub(super) async fn withdraw(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        announcement::Entity::update_many()
            .col_expr(announcement::Column::Status, Expr::val(AnnouncementStatus::Withdrawn.to_value()))
            .col_expr(announcement::Column::WithdrawnAt, Expr::val(self.now))
            .filter(announcement::Column::Id.eq(id))
            .filter(announcement::Column::WithdrawnAt.is_null())
            .exec(self.db)
            .await
            .unwrap();
        self.tell("announcement.withdrawn", json!({ "id": id })).await;
    }
}
