//! What may happen in a school, on the raw tables, told to the facts as the acts tell it.

use chrono::{DateTime, TimeDelta, Utc};
use glans::call::today;
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::{
    AnnouncementStatus, EventStatus, Priority, QuestionKind, RecipientKind, Rsvp, SurveyKind, SurveyStatus, TargetKind,
    announcement, audience_target, event, event_response, recipient, survey, survey_answer, survey_question,
    survey_response,
};
use glans_entity::ids::{
    AnnouncementId, AttendanceId, DeliveryId, EventId, NotificationId, PersonId, StudentId, SurveyId, SurveyQuestionId,
    SurveyResponseId, TeamSessionId,
};
use glans_entity::localized::Strings;
use glans_entity::notifications::{Category, Channel, DeliveryState, delivery, notification, notification_student};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use glans_entity::practice::{AttendanceStatus, OccasionStatus, attendance, team_session};
use glans_tests::World;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::town::{Town, put};

/// One history on its way.
pub(super) struct Course<'c> {
    pub world: &'c World,
    pub db: &'c DatabaseTransaction,
    pub town: &'c Town,
    pub dice: &'c mut StdRng,
    pub now: DateTime<Utc>,
    pub known: Known,
}

/// What there is already: what a course goes on with in another transaction.
#[derive(Default)]
pub(super) struct Known {
    announcements: Vec<AnnouncementId>,
    events: Vec<EventId>,
    surveys: Vec<SurveyId>,
}

impl<'c> Course<'c> {
    pub(super) fn new(
        world: &'c World,
        db: &'c DatabaseTransaction,
        town: &'c Town,
        dice: &'c mut StdRng,
        now: DateTime<Utc>,
    ) -> Self {
        Self { world, db, town, dice, now, known: Known::default() }
    }

    /// Something happens, some hours later.
    pub(super) async fn go_on(&mut self) {
        self.now += TimeDelta::hours(self.dice.random_range(1..20));
        self.happen().await;
    }

    /// Something happens now.
    pub(super) async fn happen(&mut self) {
        match self.dice.random_range(0..16) {
            0 | 1 => self.publish().await,
            2 | 3 => self.read().await,
            4 | 5 => self.acknowledge().await,
            6 => self.withdraw().await,
            7 => self.invite().await,
            8 | 9 => self.check_in().await,
            10 => self.ask().await,
            11 | 12 => self.respond().await,
            13 => self.close().await,
            14 => self.hold_session().await,
            _ => self.night().await,
        }
        self.notify().await;
    }

    /// What runs every day.
    pub(super) async fn night(&mut self) {
        facts::daily_of(self.db, self.world.ours.id, self.now).await.unwrap();
    }

    async fn tell(&self, kind: &'static str, payload: Value) {
        facts::record(self.db, self.world.ours.id, &Event { kind, payload }, self.now).await.unwrap();
    }

    fn guardian(&mut self) -> PersonId {
        *self.town.guardians.choose(self.dice).unwrap()
    }

    /// Names a place for the item, and addresses it to the guardians there.
    async fn address(&mut self, item: Uuid, kind: RecipientKind, least: GuardianAccess) {
        let at = self.dice.random_range(0..2_usize);
        let ours = &self.world.ours;
        let child = *self.town.children.choose(self.dice).unwrap();
        let places = [
            (TargetKind::Board, ours.id.0),
            (TargetKind::Cluster, ours.clusters[at].0),
            (TargetKind::School, ours.schools[at].0),
            (TargetKind::ClassGroup, ours.groups[at].0),
            (TargetKind::Student, child.0),
        ];
        let mut named = vec![(*places.choose(self.dice).unwrap(), false)];
        let other = *self.town.children.choose(self.dice).unwrap();
        if self.dice.random_bool(0.3) && named[0].0.1 != other.0 {
            named.push(((TargetKind::Student, other.0), true));
        }
        for ((target, id), excluded) in &named {
            let row = audience_target::Model {
                item_id: item,
                target_id: *id,
                board_id: ours.id,
                kind: *target,
                school_id: None,
                excluded: *excluded,
            };
            put::<audience_target::Entity>(self.db, row).await;
        }
        let links = guardianship::Entity::find().filter(guardianship::Column::BoardId.eq(ours.id));
        for link in links.all(self.db).await.unwrap() {
            let enough = link.access == GuardianAccess::Full || link.access == least;
            let holds = matches!(link.status, GuardianshipStatus::Active | GuardianshipStatus::Invited)
                && link.ends_on.is_none_or(|last| last >= today(self.now));
            let ((target, id), _) = named[0];
            let excluded = named.iter().any(|((_, id), excluded)| *excluded && *id == link.student_id.0);
            if enough && holds && !excluded && self.is_at(link.student_id, target, id).await {
                self.receive(item, kind, least, (link.guardian_id, link.student_id)).await;
            }
        }
    }

    /// As children are addressed: by their group, whether they are still in it or not.
    async fn is_at(&self, student: StudentId, target: TargetKind, id: Uuid) -> bool {
        let rows = enrolment::Entity::find().filter(enrolment::Column::StudentId.eq(student));
        let Some(row) = rows.one(self.db).await.unwrap() else { return false };
        let ours = &self.world.ours;
        let at = usize::from(row.class_group_id == ours.groups[1]);
        match target {
            TargetKind::Board => true,
            TargetKind::Cluster => ours.clusters[at].0 == id,
            TargetKind::School => ours.schools[at].0 == id,
            TargetKind::ClassGroup => ours.groups[at].0 == id,
            TargetKind::Student => student.0 == id,
        }
    }

    async fn receive(
        &self,
        item: Uuid,
        kind: RecipientKind,
        least: GuardianAccess,
        (person_id, student_id): (PersonId, StudentId),
    ) {
        let row = recipient::Model {
            item_id: item,
            person_id,
            student_id,
            board_id: self.world.ours.id,
            kind,
            least,
            at: self.now,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        };
        put::<recipient::Entity>(self.db, row).await;
    }

    async fn publish(&mut self) {
        let id = AnnouncementId::new();
        let for_guardians = self.dice.random_bool(0.9);
        let asks = self.dice.random_bool(0.5);
        let by = self.now + TimeDelta::hours(self.dice.random_range(2..150));
        let least = if self.dice.random_bool(0.7) { GuardianAccess::Full } else { GuardianAccess::OnRequest };
        let row = announcement::Model {
            id,
            board_id: self.world.ours.id,
            school_id: None,
            author_id: self.world.ours.leader.person,
            language: "nl".to_owned(),
            title: "Schoolreis".to_owned(),
            body: "Vrijdag.".to_owned(),
            roles: Strings(vec![if for_guardians { "GUARDIAN" } else { "TEACHER" }.to_owned()]),
            priority: Priority::Normal,
            urgent_reason: None,
            important_facts: least == GuardianAccess::OnRequest,
            requires_acknowledgement: asks,
            acknowledge_by: (asks && self.dice.random_bool(0.5)).then_some(by),
            status: AnnouncementStatus::Published,
            publish_at: self.now,
            published_at: Some(self.now),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<announcement::Entity>(self.db, row).await;
        if for_guardians {
            self.address(id.0, RecipientKind::Announcement, least).await;
        }
        self.known.announcements.push(id);
        self.tell("announcement.published", json!({ "id": id })).await;
    }

    /// Somebody reads what they have not read yet: one announcement, or all that is new.
    async fn read(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        let person = self.guardian();
        let one = self.dice.random_bool(0.6);
        let items: Vec<Uuid> = if one { vec![id.0] } else { self.known.announcements.iter().map(|id| id.0).collect() };
        // A phone was offline.
        let late = TimeDelta::hours(if one { self.dice.random_range(0..30) } else { 0 });
        let row = announcement::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        let read_at = (self.now - late).max(row.published_at.unwrap());
        recipient::Entity::update_many()
            .col_expr(recipient::Column::ReadAt, Expr::val(read_at))
            .filter(recipient::Column::PersonId.eq(person))
            .filter(recipient::Column::ItemId.is_in(items.clone()))
            .filter(recipient::Column::ReadAt.is_null())
            .exec(self.db)
            .await
            .unwrap();
        if one {
            self.tell("announcement.read", json!({ "ids": [id], "person": person })).await;
        } else {
            let items: Vec<String> = items.iter().map(Uuid::to_string).collect();
            self.tell("feed.read", json!({ "items": items, "person": person })).await;
        }
    }

    async fn acknowledge(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        let person = self.guardian();
        let row = announcement::Entity::find_by_id(id).one(self.db).await.unwrap().unwrap();
        if !row.requires_acknowledgement {
            return;
        }
        for column in [recipient::Column::ReadAt, recipient::Column::AcknowledgedAt] {
            recipient::Entity::update_many()
                .col_expr(column, Expr::val(self.now))
                .filter(recipient::Column::PersonId.eq(person))
                .filter(recipient::Column::ItemId.eq(id.0))
                .filter(column.is_null())
                .exec(self.db)
                .await
                .unwrap();
        }
        self.tell("announcement.acknowledged", json!({ "ids": [id], "person": person })).await;
    }

    async fn withdraw(&mut self) {
        let Some(id) = self.known.announcements.choose(self.dice).copied() else { return };
        announcement::Entity::update_many()
            .col_expr(announcement::Column::Status, Expr::val(AnnouncementStatus::Withdrawn.to_value()))
            .col_expr(announcement::Column::WithdrawnAt, Expr::val(self.now))
            .filter(announcement::Column::Id.eq(id))
            .filter(announcement::Column::WithdrawnAt.is_null())
            .exec(self.db)
            .await
            .unwrap();
        self.tell("announcement.withdrawn", json!({ "id": id })).await;
    }

    async fn invite(&mut self) {
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
    async fn check_in(&mut self) {
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

    async fn ask(&mut self) {
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
    async fn respond(&mut self) {
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
            value: self.dice.random_range(1..=5),
            board_id,
            survey_id,
            text: None,
        };
        put::<survey_answer::Entity>(self.db, answer).await;
    }

    async fn close(&mut self) {
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

    async fn hold_session(&mut self) {
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
    async fn notify(&mut self) {
        let (id, person_id, board_id) = (NotificationId::new(), self.guardian(), self.world.ours.id);
        let row = notification::Model {
            id,
            board_id,
            person_id,
            source: format!("history.{}", id.0),
            text: "announcement-published".to_owned(),
            category: Category::Announcement,
            urgent: false,
            about_kind: None,
            about_id: None,
            as_staff: self.dice.random_bool(0.1),
            happens_at: None,
            occurred_at: self.now,
            bundled: false,
            created_at: self.now,
            read_at: None,
            withdrawn_at: None,
            digested_at: None,
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
            self.deliver(id, channel).await;
        }
    }

    async fn deliver(&mut self, notification: NotificationId, channel: Channel) {
        use DeliveryState::{Dead, Failed, Sent, Suppressed};
        let row = delivery::Model {
            id: DeliveryId::new(),
            board_id: Some(self.world.ours.id),
            notification_id: Some(notification),
            digest_until: None,
            letter: None,
            secret: None,
            account_id: None,
            channel,
            address_id: Uuid::now_v7(),
            lane: 1,
            state: *[Sent, Sent, Sent, Failed, Dead, Suppressed].choose(self.dice).unwrap(),
            attempts: 1,
            due_at: self.now,
            expires_at: self.now + TimeDelta::hours(24),
            lease: None,
            leased_until: None,
            finished_at: Some(self.now),
            failure: None,
            created_at: self.now,
        };
        put::<delivery::Entity>(self.db, row).await;
    }
}
