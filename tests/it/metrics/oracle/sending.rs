//! Team sessions, and what guardians are told by push and e-mail.

use chrono::TimeDelta;
use glans_entity::ids::{AttendanceId, NotificationId, PersonId, TeamSessionId};
use glans_entity::notifications::{Channel, DeliveryState, delivery, notification, notification_student};
use glans_entity::people::GuardianAccess;
use glans_entity::practice::{AttendanceStatus, OccasionStatus, attendance, team_session};
use glans_tests::seed::{notice, put, waiting};
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;
use uuid::Uuid;

use super::acts::Course;

impl Course<'_> {
    pub(super) async fn hold_session(&mut self) {
        let (id, at) = (TeamSessionId::new(), self.dice.random_range(0..2_usize));
        let ours = &self.world.ours;
        let starts_at = self.now - TimeDelta::hours(self.dice.random_range(2..20));
        let row = team_session::Model {
            id,
            board_id: ours.id,
            cohort_id: ours.cohorts[at],
            cohort_school_id: ours.school_cohorts[at],
            school_id: ours.schools[at],
            lesson_id: ours.published.lesson,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(1),
            location: None,
            status: OccasionStatus::Held,
            notes: None,
            recorded_at: Some(self.now),
            created_at: starts_at,
            updated_at: self.now,
            version: 2,
        };
        put::<team_session::Entity>(self.db, row).await;
        for teacher in &self.town.teachers[at] {
            let row = attendance::Model {
                id: AttendanceId::new(),
                board_id: ours.id,
                cohort_id: ours.cohorts[at],
                school_id: ours.schools[at],
                meeting_id: None,
                team_session_id: Some(id),
                person_id: teacher.person,
                status: AttendanceStatus::Present,
                expected: self.dice.random_bool(0.8),
                responded_at: None,
                recorded_at: Some(self.now),
                created_at: self.now,
                updated_at: self.now,
                version: 1,
            };
            put::<attendance::Entity>(self.db, row).await;
        }
        self.tell("team_session.recorded", json!({ "id": id })).await;
    }

    /// Somebody is told of something about children, by push and e-mail.
    pub(super) async fn notify(&mut self) {
        let (id, person_id, board_id) = (NotificationId::new(), self.guardian(), self.world.ours.id);
        let row = notification::Model {
            id,
            source: format!("history.{}", id.0),
            as_staff: self.dice.random_bool(0.1),
            ..notice(board_id, person_id, self.now)
        };
        put::<notification::Entity>(self.db, row).await;
        let first = self.dice.random_range(0..self.town.children.len());
        for student_id in self.town.children.iter().skip(first).take(self.dice.random_range(0..3)) {
            let row = notification_student::Model {
                notification_id: id,
                student_id: *student_id,
                board_id,
                least: GuardianAccess::Full,
            };
            put::<notification_student::Entity>(self.db, row).await;
        }
        for channel in [Channel::Push, Channel::Email] {
            self.deliver(id, channel, person_id).await;
        }
    }

    /// What a gateway refuses for good is an address that bounces, or an app that is gone.
    async fn deliver(&mut self, notification: NotificationId, channel: Channel, to: PersonId) {
        use DeliveryState::{Dead, Failed, Sent, Suppressed};
        let (account, states) = (self.town.accounts[&to], [Sent, Sent, Sent, Failed, Dead, Suppressed]);
        let state = *states.choose(self.dice).unwrap();
        // No two are of one moment.
        let created_at = self.now + TimeDelta::microseconds(self.dice.random_range(1..1_000_000));
        let row = delivery::Model {
            board_id: Some(self.world.ours.id),
            notification_id: Some(notification),
            account_id: Some(account),
            channel,
            address_id: if channel == Channel::Email { account.0 } else { Uuid::now_v7() },
            state,
            attempts: 1,
            expires_at: self.now + TimeDelta::hours(24),
            finished_at: Some(created_at),
            failure: (state == Failed).then(|| "550 5.1.1".to_owned()),
            created_at,
            ..waiting(self.now)
        };
        put::<delivery::Entity>(self.db, row).await;
    }
}
