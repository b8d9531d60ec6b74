//! Events and surveys: who is asked, who comes and who answers.

use chrono::TimeDelta;
use glans_entity::engagement::{
    EventStatus, QuestionKind, RecipientKind, Rsvp, SurveyKind, SurveyStatus, event, event_response, recipient, survey,
    survey_answer, survey_question, survey_response,
};
use glans_entity::ids::{EventId, PersonId, StudentId, SurveyId, SurveyQuestionId, SurveyResponseId};
use glans_entity::localized::Strings;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::put;
use rand::Rng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::json;

use super::acts::Course;

impl Course<'_> {
    pub(super) async fn invite(&mut self) {
        let id = EventId::new();
        let starts_at = self.now + TimeDelta::hours(self.dice.random_range(1..60));
        let status = if self.dice.random_bool(0.9) { EventStatus::Planned } else { EventStatus::Cancelled };
        let row = event::Model {
            id,
            board_id: self.world.ours.id,
            school_id: None,
            author_id: self.world.ours.leader.person,
            title: "Lampionnenoptocht".to_owned(),
            description: None,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(3),
            location: None,
            capacity: None,
            respond_by: None,
            status,
            cancel_reason: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<event::Entity>(self.db, row).await;
        self.address(id.0, RecipientKind::Event, GuardianAccess::Full).await;
        self.known.events.push(id);
    }

    /// Somebody is let in, at the time or noted later.
    pub(super) async fn check_in(&mut self) {
        let Some(id) = self.known.events.choose(self.dice).copied() else { return };
        let person = self.guardian();
        let row = event::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        let known = event_response::Entity::find_by_id((id, person)).one(self.db).await.unwrap();
        if known.is_some() || row.status == EventStatus::Cancelled || self.now < row.starts_at - TimeDelta::hours(12) {
            return;
        }
        let row = event_response::Model {
            event_id: id,
            person_id: person,
            board_id: self.world.ours.id,
            answer: Rsvp::Yes,
            guest_count: 1,
            waiting_position: None,
            answered_at: self.now,
            checked_in_at: Some(self.now),
        };
        put::<event_response::Entity>(self.db, row).await;
        self.tell("event.checked_in", json!({ "id": id, "person": person })).await;
    }

    pub(super) async fn ask(&mut self) {
        let id = SurveyId::new();
        let kind = if self.dice.random_bool(0.6) { SurveyKind::Pulse } else { SurveyKind::Survey };
        let row = survey::Model {
            id,
            board_id: self.world.ours.id,
            school_id: None,
            author_id: self.world.ours.leader.person,
            kind,
            title: "Hoe gaat het?".to_owned(),
            intro: None,
            anonymous: kind == SurveyKind::Survey && self.dice.random_bool(0.5),
            roles: Strings(vec!["GUARDIAN".to_owned(), "TEACHER".to_owned()]),
            status: SurveyStatus::Open,
            opens_at: self.now,
            closes_at: self.now + TimeDelta::hours(self.dice.random_range(30..120)),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<survey::Entity>(self.db, row).await;
        let question = survey_question::Model {
            id: SurveyQuestionId(id.0),
            board_id: self.world.ours.id,
            survey_id: id,
            position: 0,
            kind: QuestionKind::Scale,
            text: "Hoeveel vertrouwen heeft u?".to_owned(),
            required: true,
            options: Strings(Vec::new()),
        };
        put::<survey_question::Entity>(self.db, question).await;
        self.address(id.0, RecipientKind::Survey, GuardianAccess::Full).await;
        self.known.surveys.push(id);
    }

    /// A guardian answers; of a pulse, about one child, and its teacher does so too.
    pub(super) async fn respond(&mut self) {
        let Some(id) = self.known.surveys.choose(self.dice).copied() else { return };
        let row = survey::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        let of_survey = recipient::Entity::find().filter(recipient::Column::ItemId.eq(id.0));
        let mut invited = of_survey.all(self.db).await.unwrap();
        invited.retain(|own| own.acknowledged_at.is_none());
        let Some(own) = invited.choose(self.dice).filter(|_| row.closes_at > self.now) else { return };
        let mut which =
            Condition::all().add(recipient::Column::ItemId.eq(id.0)).add(recipient::Column::PersonId.eq(own.person_id));
        if row.kind == SurveyKind::Pulse {
            which = which.add(recipient::Column::StudentId.eq(own.student_id));
            self.score(id, own.person_id, own.student_id, false).await;
            let teacher = self.world.ours.teacher.person;
            let asked = Condition::all()
                .add(survey_response::Column::SurveyId.eq(id))
                .add(survey_response::Column::StudentId.eq(own.student_id))
                .add(survey_response::Column::AsStaff.eq(true));
            let answered = survey_response::Entity::find().filter(asked).one(self.db).await.unwrap();
            if answered.is_none() && self.dice.random_bool(0.7) {
                self.score(id, teacher, own.student_id, true).await;
            }
        }
        recipient::Entity::update_many()
            .col_expr(recipient::Column::AcknowledgedAt, Expr::val(self.now))
            .filter(which)
            .exec(self.db)
            .await
            .unwrap();
        self.tell("survey.responded", json!({ "id": id })).await;
    }

    async fn score(&mut self, survey_id: SurveyId, person: PersonId, student: StudentId, as_staff: bool) {
        let (id, board_id) = (SurveyResponseId::new(), self.world.ours.id);
        let response = survey_response::Model {
            id,
            board_id,
            survey_id,
            person_id: Some(person),
            student_id: Some(student),
            as_staff,
            submitted_at: Some(self.now),
        };
        put::<survey_response::Entity>(self.db, response).await;
        let answer = survey_answer::Model {
            response_id: id,
            question_id: SurveyQuestionId(survey_id.0),
            value: *[1, 2, 3, 4, 4, 5, 5, 5].choose(self.dice).unwrap(),
            board_id,
            survey_id,
            text: None,
        };
        put::<survey_answer::Entity>(self.db, answer).await;
    }

    pub(super) async fn close(&mut self) {
        let Some(id) = self.known.surveys.choose(self.dice).copied() else { return };
        let closed = survey::Entity::update_many()
            .col_expr(survey::Column::Status, Expr::val(SurveyStatus::Closed.to_value()))
            .col_expr(survey::Column::ClosesAt, Expr::val(self.now))
            .filter(survey::Column::Id.eq(id))
            .filter(survey::Column::Status.eq(SurveyStatus::Open))
            .filter(survey::Column::ClosesAt.gt(self.now))
            .exec(self.db)
            .await
            .unwrap();
        if closed.rows_affected > 0 {
            self.tell("survey.closed", json!({ "id": id })).await;
        }
    }
}
