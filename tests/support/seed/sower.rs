//! Rows of one board, one kind at a time.

use chrono::{DateTime, Days, Utc};
use glans_entity::ids::{
    AccessLogEntryId, AccountId, BoardId, ClassGroupId, ClusterId, CohortId, DeviceId, EnrolmentId, GuardianshipId,
    LessonId, MeetingId, MembershipId, PersonId, ProgrammeVersionId, SchoolCohortId, SchoolId, SchoolYearId, SessionId,
    StudentId,
};
use glans_entity::localized::{Localized, Strings};
use glans_entity::{identity, notifications, organisation, people, practice};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::rows::{empty_board, put};

/// Makes the rows of one board, and marks every free text in them.
pub struct Sower<'t> {
    pub(crate) db: &'t DatabaseTransaction,
    pub(crate) board: BoardId,
    /// Stands before every text of the board: a canary where nobody of another board may read it.
    pub(crate) mark: &'static str,
    pub(crate) now: DateTime<Utc>,
}

impl Sower<'_> {
    pub(super) async fn board(&self, name: &str) {
        self.put::<organisation::board::Entity>(organisation::board::Model {
            id: self.board,
            name: self.text(name),
            ..empty_board(self.now)
        })
        .await;
    }

    pub(super) async fn cluster(&self, name: &str) -> ClusterId {
        let id = ClusterId::new();
        self.put::<organisation::cluster::Entity>(organisation::cluster::Model {
            id,
            board_id: self.board,
            name: self.text(name),
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn school(&self, name: &str, cluster: ClusterId) -> SchoolId {
        let id = SchoolId::new();
        self.put::<organisation::school::Entity>(organisation::school::Model {
            id,
            board_id: self.board,
            cluster_id: Some(cluster),
            name: self.text(name),
            registered_name: None,
            brin: None,
            location_code: None,
            street: Some(self.text("Dorpsstraat")),
            house_number: Some("1".to_owned()),
            postcode: None,
            city: Some(self.text("Zuidhoek")),
            phone: None,
            website: None,
            denomination: Some(self.text("Openbaar")),
            holiday_region: None,
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn school_year(&self) -> SchoolYearId {
        let id = SchoolYearId::new();
        self.put::<organisation::school_year::Entity>(organisation::school_year::Model {
            id,
            board_id: self.board,
            title: self.text("This year"),
            starts_on: self.now.date_naive() - Days::new(100),
            ends_on: self.now.date_naive() + Days::new(200),
            source_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn class_group(&self, name: &str, school: SchoolId, year: SchoolYearId) -> ClassGroupId {
        let id = ClassGroupId::new();
        self.put::<organisation::class_group::Entity>(organisation::class_group::Model {
            id,
            board_id: self.board,
            school_id: school,
            school_year_id: year,
            name: self.text(name),
            grades: Strings(vec!["3".to_owned(), "4".to_owned()]),
            source_id: None,
            archived_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// A person with a login of their own, which has the e-mail address `name@…`.
    pub(super) async fn person(&self, name: &str) -> (PersonId, AccountId) {
        let account = AccountId::new();
        let email = format!("{}{}@example.org", self.mark, name).to_lowercase();
        self.put::<identity::account::Entity>(identity::account::Model {
            id: account,
            email: email.clone(),
            password_hash: None,
            language: "nl".to_owned(),
            first_signed_in_at: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        let id = PersonId::new();
        self.put::<people::person::Entity>(people::person::Model {
            id,
            board_id: self.board,
            account_id: Some(account),
            given_name: self.text(name),
            family_name: self.text("de Wit"),
            display_name: self.text(&format!("{name} de Wit")),
            email: Some(email),
            language: "nl".to_owned(),
            interpreter_needed: false,
            source_id: None,
            archived_at: None,
            erased_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        (id, account)
    }

    /// A signed-in phone.
    pub(super) async fn session(&self, account_id: AccountId) -> SessionId {
        let id = SessionId::new();
        self.put::<identity::session::Entity>(identity::session::Model {
            id,
            account_id,
            device_name: Some(self.text("Telefoon")),
            created_at: self.now,
            last_used_at: self.now,
            expires_at: self.now + chrono::TimeDelta::days(365),
            revoked_at: None,
            version: 1,
        })
        .await;
        id
    }

    /// Where push notifications of a signed-in phone go.
    pub(super) async fn device(&self, account_id: AccountId, session_id: SessionId) -> DeviceId {
        let id = DeviceId::new();
        self.put::<notifications::device::Entity>(notifications::device::Model {
            id,
            account_id,
            session_id,
            platform: notifications::PushPlatform::Fcm,
            token: self.text(&format!("token-{}", id.0)),
            name: Some(self.text("Telefoon")),
            registered_at: self.now,
            last_seen_at: self.now,
        })
        .await;
        id
    }

    pub(super) async fn membership(
        &self,
        person: PersonId,
        role: people::Role,
        (scope_kind, scope_id): (people::ScopeKind, Uuid),
        school: Option<SchoolId>,
    ) -> MembershipId {
        let id = MembershipId::new();
        self.put::<people::membership::Entity>(people::membership::Model {
            id,
            board_id: self.board,
            person_id: person,
            role,
            scope_kind,
            scope_id,
            school_id: school,
            starts_on: None,
            ends_on: None,
            ended_at: None,
            source_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    pub(super) async fn student(&self, name: &str, school: SchoolId, group: ClassGroupId) -> StudentId {
        let id = StudentId::new();
        self.put::<people::student::Entity>(people::student::Model {
            id,
            board_id: self.board,
            school_id: school,
            display_name: self.text(name),
            number: Some(self.text(name)),
            source_id: None,
            left_on: None,
            erased_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.placed(id, group).await;
        id
    }

    /// A place of a child in a class group.
    pub async fn placed(&self, student: StudentId, group: ClassGroupId) {
        self.put::<people::enrolment::Entity>(people::enrolment::Model {
            id: EnrolmentId::new(),
            board_id: self.board,
            student_id: student,
            class_group_id: group,
            starts_on: self.now.date_naive() - Days::new(100),
            ends_on: None,
            source_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
    }

    pub(super) async fn guardianship(
        &self,
        guardian: PersonId,
        student: StudentId,
        access: people::GuardianAccess,
    ) -> GuardianshipId {
        let id = GuardianshipId::new();
        self.put::<people::guardianship::Entity>(people::guardianship::Model {
            id,
            board_id: self.board,
            guardian_id: guardian,
            student_id: student,
            relationship: people::GuardianRelationship::Parent,
            access,
            status: people::GuardianshipStatus::Active,
            contact_priority: None,
            starts_on: self.now.date_naive() - Days::new(100),
            ends_on: None,
            source_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// A cohort of one school.
    pub(super) async fn cohort(
        &self,
        name: &str,
        edition: ProgrammeVersionId,
        school: SchoolId,
    ) -> (CohortId, SchoolCohortId) {
        let (id, taking_part) = (CohortId::new(), SchoolCohortId::new());
        self.put::<practice::cohort::Entity>(practice::cohort::Model {
            id,
            board_id: self.board,
            name: self.text(name),
            programme_version_id: edition,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<practice::cohort_school::Entity>(practice::cohort_school::Model {
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
        self.put::<practice::meeting::Entity>(practice::meeting::Model {
            id,
            board_id: self.board,
            cohort_id: cohort,
            starts_at: self.now + chrono::TimeDelta::days(7),
            ends_at: self.now + chrono::TimeDelta::days(7) + chrono::TimeDelta::hours(3),
            location: Some(self.text("Zaal 2")),
            status: practice::OccasionStatus::Planned,
            notes: None,
            recorded_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<practice::meeting_lesson::Entity>(practice::meeting_lesson::Model {
            meeting_id: id,
            lesson_id: lesson,
            board_id: self.board,
            cohort_id: cohort,
            purpose: practice::LessonPurpose::Prepares,
            position: 0,
        })
        .await;
        id
    }

    pub(super) fn text(&self, text: &str) -> String {
        format!("{}{text}", self.mark)
    }

    pub(super) fn localized(&self, text: &str) -> Localized {
        Localized([("nl".to_owned(), self.text(text)), ("en".to_owned(), self.text(text))].into())
    }

    /// That somebody opened the records of a child and of a guardian of it, yesterday.
    pub(super) async fn looks(&self, reader: PersonId, student: StudentId, guardian: PersonId) {
        let at = self.now - Days::new(1);
        for (student_id, guardian_id) in [(Some(student), None), (None, Some(guardian))] {
            self.put::<people::access_log::Entity>(people::access_log::Model {
                id: AccessLogEntryId::new(),
                board_id: self.board,
                reader: reader.to_string(),
                roles: Strings(vec!["TEACHER".to_owned()]),
                student_id,
                guardian_id,
                hour: at,
                at,
                request_id: self.text("yesterday"),
            })
            .await;
        }
    }

    pub(super) async fn put<E>(&self, row: E::Model)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        put::<E>(self.db, row).await;
    }
}
