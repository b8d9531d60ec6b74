//! What schools do with a lesson.

use chrono::TimeDelta;
use glans_entity::ids::{
    CohortId, CommentId, ExperienceId, LessonId, PersonId, SchoolCohortId, SchoolId, TeamSessionId,
};
use glans_entity::practice::{
    ExperienceKind, ExperienceVisibility, LessonStatus, OccasionStatus, comment, experience, lesson_progress,
    team_session,
};

use super::sower::Sower;

/// A school in a cohort.
type At = (CohortId, SchoolCohortId, SchoolId);

impl Sower<'_> {
    /// A planned session.
    pub(super) async fn session_of_team(&self, (cohort, at, school): At, lesson: LessonId) -> TeamSessionId {
        let id = TeamSessionId::new();
        self.put::<team_session::Entity>(team_session::Model {
            id,
            board_id: self.board,
            cohort_id: cohort,
            cohort_school_id: at,
            school_id: school,
            lesson_id: lesson,
            starts_at: self.now + TimeDelta::days(14),
            ends_at: self.now + TimeDelta::days(14) + TimeDelta::hours(2),
            location: Some(self.text("Teamkamer")),
            status: OccasionStatus::Planned,
            notes: None,
            recorded_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// An experience that is shared with the cohort.
    pub(super) async fn experience(
        &self,
        (cohort, at, school): At,
        lesson: LessonId,
        author: PersonId,
    ) -> ExperienceId {
        let id = ExperienceId::new();
        self.put::<experience::Entity>(experience::Model {
            id,
            board_id: self.board,
            cohort_id: cohort,
            cohort_school_id: at,
            school_id: school,
            lesson_id: lesson,
            author_id: author,
            kind: ExperienceKind::Success,
            text: self.text("Iedereen kwam."),
            visibility: ExperienceVisibility::Cohort,
            shared_at: Some(self.now),
            discussed_meeting_id: None,
            discussed_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<lesson_progress::Entity>(lesson_progress::Model {
            cohort_school_id: at,
            lesson_id: lesson,
            board_id: self.board,
            cohort_id: cohort,
            school_id: school,
            status: LessonStatus::NotStarted,
            prepared_at: None,
            taught_at: None,
            reflected_at: None,
            discussed_at: None,
            skipped_reason: None,
            due_at: None,
        })
        .await;
        id
    }

    pub(super) async fn comment(&self, cohort: CohortId, experience: ExperienceId, author: PersonId) -> CommentId {
        let id = CommentId::new();
        self.put::<comment::Entity>(comment::Model {
            id,
            board_id: self.board,
            cohort_id: cohort,
            experience_id: experience,
            author_id: author,
            text: self.text("Mooi!"),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }
}
