//! Cohorts and their meetings.

use chrono::TimeDelta;
use glans_entity::ids::{CohortId, LessonId, MeetingId, ProgrammeVersionId, SchoolCohortId, SchoolId};
use glans_entity::practice::{LessonPurpose, OccasionStatus, cohort, cohort_school, meeting, meeting_lesson};

use super::sower::Sower;

impl Sower<'_> {
    /// A cohort of one school.
    pub(super) async fn cohort(
        &self,
        name: &str,
        edition: ProgrammeVersionId,
        school: SchoolId,
    ) -> (CohortId, SchoolCohortId) {
        let (id, taking_part) = (CohortId::new(), SchoolCohortId::new());
        self.put::<cohort::Entity>(cohort::Model {
            id,
            board_id: self.board,
            name: self.text(name),
            programme_version_id: edition,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<cohort_school::Entity>(cohort_school::Model {
            id: taking_part,
            board_id: self.board,
            cohort_id: id,
            school_id: school,
            joined_on: self.now.date_naive(),
            left_on: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        (id, taking_part)
    }

    /// A meeting of a cohort that prepares one lesson.
    pub(super) async fn meeting(&self, cohort: CohortId, lesson: LessonId) -> MeetingId {
        let id = MeetingId::new();
        self.put::<meeting::Entity>(meeting::Model {
            id,
            board_id: self.board,
            cohort_id: cohort,
            starts_at: self.now + TimeDelta::days(7),
            ends_at: self.now + TimeDelta::days(7) + TimeDelta::hours(3),
            location: Some(self.text("Zaal 2")),
            status: OccasionStatus::Planned,
            notes: None,
            recorded_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<meeting_lesson::Entity>(meeting_lesson::Model {
            meeting_id: id,
            lesson_id: lesson,
            board_id: self.board,
            cohort_id: cohort,
            purpose: LessonPurpose::Prepares,
            position: 0,
        })
        .await;
        id
    }
}
