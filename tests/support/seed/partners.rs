//! Child, guardians and teacher through the year.

use chrono::TimeDelta;
use glans_entity::engagement::{
    AttendeeStatus, ConversationMode, StepKind, agreement, agreement_confirmation, conversation, conversation_attendee,
    goal, goal_agreement, partnership,
};
use glans_entity::ids::{AgreementId, ConversationId, GoalId, PartnershipId, PersonId, SchoolId, StudentId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, QueryFilter};

use super::sower::Sower;

/// What there is between one child, a guardian and a teacher.
#[derive(Debug, Clone, Copy)]
pub struct Partners {
    pub partnership: PartnershipId,
    /// Of expectations, held and released.
    pub held: ConversationId,
    /// Of progress; it has begun and is not recorded.
    pub planned: ConversationId,
    pub agreement: AgreementId,
    pub goal: GoalId,
}

/// Who they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triangle {
    pub school: SchoolId,
    pub student: StudentId,
    pub guardian: PersonId,
    pub staff: PersonId,
}

impl Sower<'_> {
    /// A conversation that was held with an agreement and a goal, and one that was not recorded yet.
    pub(super) async fn partners(&self, who: Triangle) -> Partners {
        let everything = Scope::system(self.now.date_naive());
        let of_student = partnership::Entity::within(&everything)
            .filter(partnership::Column::StudentId.eq(who.student))
            .one(self.db)
            .await;
        let partnership = of_student.expect("a partnership").expect("one that the enrolment made").id;
        let held = self.conversation(who, partnership, StepKind::Expectations, OccasionStatus::Held).await;
        let planned = self.conversation(who, partnership, StepKind::Progress, OccasionStatus::Planned).await;
        let agreement = self.agreement(who, held).await;
        let goal = self.goal(who, partnership).await;
        Partners { partnership, held, planned, agreement, goal }
    }

    async fn conversation(
        &self,
        who: Triangle,
        partnership_id: PartnershipId,
        kind: StepKind,
        status: OccasionStatus,
    ) -> ConversationId {
        let id = ConversationId::new();
        let is_held = status == OccasionStatus::Held;
        let starts_at = self.now - TimeDelta::days(if is_held { 30 } else { 1 });
        let recorded_at = is_held.then_some(starts_at);
        self.put::<conversation::Entity>(conversation::Model {
            id,
            board_id: self.board,
            partnership_id,
            student_id: who.student,
            school_id: who.school,
            staff_id: who.staff,
            kind,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(20),
            mode: ConversationMode::AtSchool,
            location: Some(self.text("Lokaal 3")),
            status,
            cancel_reason: None,
            child_present: recorded_at.map(|_| true),
            summary: recorded_at.map(|_| self.text("Zij wil leren klokkijken.")),
            release_at: recorded_at,
            released_at: recorded_at,
            recorded_at,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        let answer = if is_held { AttendeeStatus::Present } else { AttendeeStatus::Invited };
        for (person_id, is_staff) in [(who.guardian, false), (who.staff, true)] {
            self.put::<conversation_attendee::Entity>(conversation_attendee::Model {
                conversation_id: id,
                person_id,
                board_id: self.board,
                student_id: who.student,
                is_staff,
                status: answer,
                responded_at: None,
            })
            .await;
        }
        id
    }

    async fn agreement(&self, who: Triangle, conversation_id: ConversationId) -> AgreementId {
        let id = AgreementId::new();
        self.put::<agreement::Entity>(agreement::Model {
            id,
            board_id: self.board,
            conversation_id,
            student_id: who.student,
            position: 0,
            text: self.text("Elke avond tien minuten lezen."),
            due_on: None,
            kept: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<agreement_confirmation::Entity>(agreement_confirmation::Model {
            agreement_id: id,
            guardian_id: who.guardian,
            board_id: self.board,
            student_id: who.student,
            confirmed_at: Some(self.now),
            comment: Some(self.text("Dat lukt.")),
            commented_at: Some(self.now),
        })
        .await;
        id
    }

    async fn goal(&self, who: Triangle, partnership_id: PartnershipId) -> GoalId {
        let id = GoalId::new();
        self.put::<goal::Entity>(goal::Model {
            id,
            board_id: self.board,
            partnership_id,
            student_id: who.student,
            author_id: who.staff,
            text: self.text("Zij kan klokkijken."),
            achieved: None,
            marked_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<goal_agreement::Entity>(goal_agreement::Model {
            goal_id: id,
            person_id: who.staff,
            board_id: self.board,
            student_id: who.student,
            is_staff: true,
            agreed_at: self.now,
        })
        .await;
        id
    }
}
