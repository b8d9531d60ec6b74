//! What may happen in a cohort, on the raw tables, told to the facts as the acts tell it.

use chrono::TimeDelta;
use glans_entity::ids::{AttendanceId, ExperienceId, MeetingId, PersonId, TeamSessionId};
use glans_entity::practice::{
    AttendanceStatus, ExperienceKind, ExperienceVisibility, LessonPurpose, OccasionStatus, attendance, experience,
    meeting, meeting_lesson, team_session,
};
use glans_tests::seed::put;
use rand::Rng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};

use super::life::Life;

impl Life<'_> {
    pub(super) async fn go_round(&mut self) {
        match self.dice.random_range(0..11) {
            0 | 1 => self.meet().await,
            2 => self.catch_up().await,
            3 | 4 => self.plan().await,
            5 | 6 => self.hold().await,
            7 => self.call_off().await,
            8 => self.correct_session().await,
            _ => self.share().await,
        }
    }

    /// A meeting was held, which is written down some days later at most: perhaps after one that came after it.
    async fn meet(&mut self) {
        let (id, starts_at) = (MeetingId::new(), self.now - self.some(60));
        let row = meeting::Model {
            id,
            board_id: self.world.ours.id,
            cohort_id: self.year.cohort,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(3),
            location: None,
            status: OccasionStatus::Held,
            notes: None,
            recorded_at: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<meeting::Entity>(self.db, row).await;
        for (position, lesson_id) in (0..).zip(&self.year.lessons) {
            if self.dice.random_bool(0.5) {
                let prepares = self.dice.random_bool(0.8);
                let row = meeting_lesson::Model {
                    meeting_id: id,
                    lesson_id: *lesson_id,
                    board_id: self.world.ours.id,
                    cohort_id: self.year.cohort,
                    purpose: if prepares { LessonPurpose::Prepares } else { LessonPurpose::Reviews },
                    position,
                };
                put::<meeting_lesson::Entity>(self.db, row).await;
            }
        }
        for at in 0..2 {
            let leader = self.world.ours.leader.person;
            self.attends(at, leader, (Some(id), None)).await;
        }
        self.known.meetings.push(id);
        self.tell("meeting.recorded", id).await;
    }

    fn presence(&mut self) -> AttendanceStatus {
        use AttendanceStatus::{Absent, CaughtUp, Present};
        *[Present, Present, Absent, CaughtUp].choose(self.dice).unwrap()
    }

    async fn attends(
        &mut self,
        at: usize,
        person_id: PersonId,
        (meeting_id, team_session_id): (Option<MeetingId>, Option<TeamSessionId>),
    ) {
        let row = attendance::Model {
            id: AttendanceId::new(),
            board_id: self.world.ours.id,
            cohort_id: self.year.cohort,
            school_id: self.world.ours.schools[at],
            meeting_id,
            team_session_id,
            person_id,
            status: self.presence(),
            expected: self.dice.random_bool(0.8),
            responded_at: None,
            recorded_at: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<attendance::Entity>(self.db, row).await;
    }

    /// Those who were absent catch up, or were there after all.
    async fn catch_up(&mut self) {
        let Some(id) = self.known.meetings.choose(self.dice).copied() else { return };
        let status = *[AttendanceStatus::CaughtUp, AttendanceStatus::Present].choose(self.dice).unwrap();
        attendance::Entity::update_many()
            .col_expr(attendance::Column::Status, Expr::val(status.to_value()))
            .col_expr(attendance::Column::RecordedAt, Expr::val(self.now))
            .filter(attendance::Column::MeetingId.eq(id))
            .filter(attendance::Column::Status.eq(AttendanceStatus::Absent))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("meeting.recorded", id).await;
    }

    async fn plan(&mut self) {
        let (id, at) = (TeamSessionId::new(), self.dice.random_range(0..2_usize));
        let starts_at = self.now - TimeDelta::hours(40) + self.some(50);
        let row = team_session::Model {
            id,
            board_id: self.world.ours.id,
            cohort_id: self.year.cohort,
            cohort_school_id: self.year.school_cohorts[at],
            school_id: self.world.ours.schools[at],
            lesson_id: *self.year.lessons.choose(self.dice).unwrap(),
            starts_at,
            ends_at: starts_at + TimeDelta::hours(2),
            location: None,
            status: OccasionStatus::Planned,
            notes: None,
            recorded_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<team_session::Entity>(self.db, row).await;
        self.known.sessions.push(id);
        self.tell("team_session.planned", id).await;
    }

    /// One of the sessions that are planned.
    async fn planned(&mut self) -> Option<team_session::Model> {
        let all = team_session::Entity::find()
            .filter(team_session::Column::Id.is_in(self.known.sessions.iter().copied()))
            .filter(team_session::Column::Status.eq(OccasionStatus::Planned));
        all.all(self.db).await.unwrap().choose(self.dice).cloned()
    }

    async fn hold(&mut self) {
        let Some(row) = self.planned().await.filter(|row| row.starts_at <= self.now) else { return };
        team_session::Entity::update_many()
            .col_expr(team_session::Column::Status, Expr::val(OccasionStatus::Held.to_value()))
            .col_expr(team_session::Column::RecordedAt, Expr::val(self.now))
            .filter(team_session::Column::Id.eq(row.id))
            .exec(self.db)
            .await
            .unwrap();
        let at = usize::from(row.school_id == self.world.ours.schools[1]);
        for teacher in &self.town.teachers[at] {
            self.attends(at, teacher.person, (None, Some(row.id))).await;
        }
        self.tell("team_session.recorded", row.id).await;
    }

    async fn call_off(&mut self) {
        let Some(row) = self.planned().await else { return };
        team_session::Entity::update_many()
            .col_expr(team_session::Column::Status, Expr::val(OccasionStatus::Cancelled.to_value()))
            .filter(team_session::Column::Id.eq(row.id))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("team_session.cancelled", row.id).await;
    }

    async fn correct_session(&mut self) {
        let Some(id) = self.known.sessions.choose(self.dice).copied() else { return };
        let row = team_session::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        if row.status != OccasionStatus::Held {
            return;
        }
        let status = self.presence();
        attendance::Entity::update_many()
            .col_expr(attendance::Column::Status, Expr::val(status.to_value()))
            .filter(attendance::Column::TeamSessionId.eq(id))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("team_session.recorded", id).await;
    }

    async fn share(&mut self) {
        let (id, at) = (ExperienceId::new(), self.dice.random_range(0..2_usize));
        let is_shared = self.dice.random_bool(0.8);
        let row = experience::Model {
            id,
            board_id: self.world.ours.id,
            cohort_id: self.year.cohort,
            cohort_school_id: self.year.school_cohorts[at],
            school_id: self.world.ours.schools[at],
            lesson_id: *self.year.lessons.choose(self.dice).unwrap(),
            author_id: self.world.ours.leader.person,
            kind: ExperienceKind::Tip,
            text: "Bel even.".to_owned(),
            visibility: if is_shared { ExperienceVisibility::Cohort } else { ExperienceVisibility::School },
            shared_at: is_shared.then_some(self.now),
            discussed_meeting_id: None,
            discussed_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<experience::Entity>(self.db, row).await;
        self.tell("experience.shared", id).await;
    }
}
