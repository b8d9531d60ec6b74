//! Questions to many, and what was answered.

use chrono::TimeDelta;
use glans_entity::engagement::{
    QuestionKind, RecipientKind, SurveyKind, SurveyStatus, TargetKind, survey, survey_answer, survey_question,
    survey_response,
};
use glans_entity::ids::{PersonId, SchoolId, StudentId, SurveyId, SurveyQuestionId, SurveyResponseId};
use glans_entity::localized::Strings;

use super::sower::Sower;

impl Sower<'_> {
    /// An open survey of a school with one question, which a guardian answered.
    pub(super) async fn survey(
        &self,
        school: SchoolId,
        author_id: PersonId,
        (guardian, child): (PersonId, StudentId),
    ) -> (SurveyId, SurveyQuestionId) {
        let (id, question_id, response_id) = (SurveyId::new(), SurveyQuestionId::new(), SurveyResponseId::new());
        self.put::<survey::Entity>(survey::Model {
            id,
            board_id: self.board,
            school_id: Some(school),
            author_id,
            kind: SurveyKind::Survey,
            title: self.text("Overblijven"),
            intro: Some(self.text("Wat vindt u?")),
            anonymous: false,
            roles: Strings(vec!["GUARDIAN".to_owned()]),
            status: SurveyStatus::Open,
            opens_at: self.now - TimeDelta::hours(1),
            closes_at: self.now + TimeDelta::days(14),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<survey_question::Entity>(survey_question::Model {
            id: question_id,
            board_id: self.board,
            survey_id: id,
            position: 0,
            kind: QuestionKind::Text,
            text: self.text("Wat kan beter?"),
            required: false,
            options: Strings(Vec::new()),
        })
        .await;
        self.put::<survey_response::Entity>(survey_response::Model {
            id: response_id,
            board_id: self.board,
            survey_id: id,
            person_id: Some(guardian),
            student_id: None,
            as_staff: false,
            submitted_at: Some(self.now),
        })
        .await;
        self.put::<survey_answer::Entity>(survey_answer::Model {
            response_id,
            question_id,
            value: 0,
            board_id: self.board,
            survey_id: id,
            text: Some(self.text("Het brood.")),
        })
        .await;
        self.target(id.0, TargetKind::School, school.0, Some(school)).await;
        self.addressed(id.0, RecipientKind::Survey, (guardian, child)).await;
        (id, question_id)
    }
}
