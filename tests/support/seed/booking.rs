//! Rounds and slots.

use chrono::TimeDelta;
use glans_entity::engagement::{
    BookingRoundStatus, ConversationMode, StepKind, booking_round, booking_round_group, slot,
};
use glans_entity::ids::{BookingRoundId, ClassGroupId, PersonId, SchoolId, SlotId};

use super::sower::Sower;

impl Sower<'_> {
    /// A round of one class group that is open for a month.
    pub(super) async fn round(&self, school: SchoolId, group: ClassGroupId) -> BookingRoundId {
        let id = BookingRoundId::new();
        self.put::<booking_round::Entity>(booking_round::Model {
            id,
            board_id: self.board,
            school_id: school,
            kind: StepKind::Progress,
            opens_at: self.now - TimeDelta::days(1),
            siblings_early_hours: 0,
            closes_at: self.now + TimeDelta::days(30),
            slot_minutes: 15,
            mode: ConversationMode::AtSchool,
            location: Some(self.text("Lokaal 4")),
            status: BookingRoundStatus::Open,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<booking_round_group::Entity>(booking_round_group::Model {
            round_id: id,
            class_group_id: group,
            board_id: self.board,
        })
        .await;
        id
    }

    /// A slot of a quarter of an hour in 40 days.
    pub(super) async fn slot(&self, round: BookingRoundId, teacher: PersonId) -> SlotId {
        let id = SlotId::new();
        let starts_at = self.now + TimeDelta::days(40);
        self.put::<slot::Entity>(slot::Model {
            id,
            board_id: self.board,
            round_id: round,
            teacher_id: teacher,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(15),
        })
        .await;
        id
    }
}
