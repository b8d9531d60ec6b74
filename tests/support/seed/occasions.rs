//! Events, absence notices and consents.

use chrono::{TimeDelta, Timelike};
use glans_entity::engagement::{
    AbsenceReason, ConsentAnswer, EventStatus, RecipientKind, Rsvp, TargetKind, absence_notice, audience_target,
    consent, consent_purpose, event, event_response, recipient,
};
use glans_entity::ids::{
    AbsenceNoticeId, ClassGroupId, ConsentId, ConsentPurposeId, EventId, PersonId, SchoolId, SchoolYearId, StudentId,
};
use glans_entity::people::GuardianAccess;

use super::sower::Sower;

impl Sower<'_> {
    /// An event of a class group in a month, which reaches one guardian, who may come.
    pub(super) async fn event(
        &self,
        author: PersonId,
        (school, group): (SchoolId, ClassGroupId),
        (guardian, child): (PersonId, StudentId),
    ) -> EventId {
        let id = EventId::new();
        let starts_at = self.now + TimeDelta::days(30);
        self.put::<event::Entity>(event::Model {
            id,
            board_id: self.board,
            school_id: Some(school),
            author_id: author,
            title: self.text("Lampionnenoptocht"),
            description: Some(self.text("Neem een lampion mee.")),
            starts_at,
            ends_at: starts_at + TimeDelta::hours(2),
            location: Some(self.text("Schoolplein")),
            capacity: Some(20),
            respond_by: None,
            status: EventStatus::Planned,
            cancel_reason: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<audience_target::Entity>(audience_target::Model {
            item_id: id.0,
            target_id: group.0,
            board_id: self.board,
            kind: TargetKind::ClassGroup,
            school_id: Some(school),
            excluded: false,
        })
        .await;
        self.put::<recipient::Entity>(recipient::Model {
            item_id: id.0,
            person_id: guardian,
            student_id: child,
            board_id: self.board,
            kind: RecipientKind::Event,
            least: GuardianAccess::Full,
            at: self.now,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        })
        .await;
        self.put::<event_response::Entity>(event_response::Model {
            event_id: id,
            person_id: guardian,
            board_id: self.board,
            answer: Rsvp::Maybe,
            guest_count: 0,
            waiting_position: None,
            answered_at: self.now,
            checked_in_at: None,
        })
        .await;
        id
    }

    /// A notice of an afternoon in a month.
    pub(super) async fn absence(&self, guardian: PersonId, child: StudentId) -> AbsenceNoticeId {
        let id = AbsenceNoticeId::new();
        let noon = self.now.with_hour(11).unwrap_or(self.now);
        let starts_at = noon + TimeDelta::days(30);
        self.put::<absence_notice::Entity>(absence_notice::Model {
            id,
            board_id: self.board,
            student_id: child,
            guardian_id: guardian,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(2),
            has_start_time: true,
            has_end_time: true,
            reason: AbsenceReason::Appointment,
            note: Some(self.text("Naar de tandarts.")),
            withdrawn_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// What a school asks.
    pub(super) async fn purpose(&self, school: SchoolId) -> ConsentPurposeId {
        let id = ConsentPurposeId::new();
        self.put::<consent_purpose::Entity>(consent_purpose::Model {
            id,
            board_id: self.board,
            school_id: school,
            text: self.localized("Foto's op de website"),
            asked_from: self.now.date_naive(),
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// What a guardian granted this year.
    pub(super) async fn consent(
        &self,
        purpose: ConsentPurposeId,
        year: SchoolYearId,
        (guardian, child): (PersonId, StudentId),
    ) -> ConsentId {
        let id = ConsentId::new();
        self.put::<consent::Entity>(consent::Model {
            id,
            board_id: self.board,
            purpose_id: purpose,
            student_id: child,
            guardian_id: guardian,
            school_year_id: year,
            answer: ConsentAnswer::Granted,
            answered_at: self.now,
        })
        .await;
        id
    }
}
