//! What a school and families say to each other.

use glans_entity::engagement::recipient::AS_STAFF;
use glans_entity::engagement::{
    ConcernStatus, ContactKind, ContactTone, RecipientKind, ThreadStatus, concern, contact_moment, message, recipient,
    thread, thread_participant,
};
use glans_entity::ids::{ConcernId, ContactMomentId, MessageId, ThreadId};
use glans_entity::people::GuardianAccess;

use super::partners::Triangle;
use super::sower::Sower;

impl Sower<'_> {
    /// A thread with one message of the guardian, which staff has not answered.
    pub(super) async fn thread(&self, of: Triangle) -> (ThreadId, MessageId) {
        let (id, message) = (ThreadId::new(), MessageId::new());
        self.put::<thread::Entity>(thread::Model {
            id,
            board_id: self.board,
            school_id: of.school,
            student_id: of.student,
            subject: self.text("Lezen"),
            started_by: of.guardian,
            status: ThreadStatus::Open,
            closed_at: None,
            closed_by: None,
            opens_at: self.now,
            last_sent_at: self.now,
            last_at: self.now,
            awaits_since: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        for (person, is_staff) in [(of.guardian, false), (of.staff, true)] {
            self.put::<thread_participant::Entity>(thread_participant::Model {
                thread_id: id,
                person_id: person,
                board_id: self.board,
                school_id: of.school,
                student_id: of.student,
                is_staff,
                joined_at: self.now,
                read_up_to: (!is_staff).then_some(self.now),
            })
            .await;
            self.put::<recipient::Entity>(recipient::Model {
                item_id: id.0,
                person_id: person,
                student_id: if is_staff { AS_STAFF } else { of.student },
                board_id: self.board,
                kind: RecipientKind::Thread,
                least: GuardianAccess::Full,
                at: self.now,
                delivered_at: None,
                read_at: (!is_staff).then_some(self.now),
                acknowledged_at: None,
            })
            .await;
        }
        self.put::<message::Entity>(message::Model {
            id: message,
            board_id: self.board,
            thread_id: id,
            school_id: of.school,
            student_id: of.student,
            author_id: of.guardian,
            is_staff: false,
            body: self.text("Hoe gaat het lezen?"),
            sent_at: self.now,
            arrives_at: self.now,
            announced_at: Some(self.now),
            undeliverable_at: None,
            updated_at: self.now,
            version: 1,
        })
        .await;
        (id, message)
    }

    /// A compliment for the guardian.
    pub(super) async fn compliment(&self, of: Triangle) -> ContactMomentId {
        let id = ContactMomentId::new();
        self.put::<contact_moment::Entity>(contact_moment::Model {
            id,
            board_id: self.board,
            school_id: of.school,
            student_id: of.student,
            guardian_id: Some(of.guardian),
            author_id: of.staff,
            kind: ContactKind::AtTheDoor,
            tone: ContactTone::Compliment,
            note: Some(self.text("Mooi gelezen!")),
            occurred_at: self.now,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// A concern of staff that the guardians read and that somebody looks at.
    pub(super) async fn concern(&self, of: Triangle) -> ConcernId {
        let id = ConcernId::new();
        self.put::<concern::Entity>(concern::Model {
            id,
            board_id: self.board,
            school_id: of.school,
            student_id: of.student,
            raised_by: of.staff,
            is_staff: true,
            text: self.text("Vaak moe."),
            urgency: None,
            shared: true,
            status: ConcernStatus::Acknowledged,
            acknowledged_at: Some(self.now),
            acknowledged_by: Some(of.staff),
            resolved_at: None,
            resolved_by: None,
            resolution: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }
}
