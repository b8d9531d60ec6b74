//! People, with what they may and whose children they have.

use chrono::Days;
use glans_entity::identity::{account, session};
use glans_entity::ids::{
    AccessLogEntryId, AccountId, ClassGroupId, DeviceId, EnrolmentId, GuardianshipId, MembershipId, PersonId, SchoolId,
    SessionId, StudentId,
};
use glans_entity::localized::Strings;
use glans_entity::notifications::{PushPlatform, device};
use glans_entity::people::{
    GuardianAccess, Role, ScopeKind, access_log, enrolment, guardianship, membership, person, student,
};
use uuid::Uuid;

use super::rows::{account_of, guardianship_of, person_of, session_of, student_of};
use super::sower::Sower;

impl Sower<'_> {
    /// A person with a login of their own, which has the e-mail address `name@…`.
    pub(super) async fn person(&self, name: &str) -> (PersonId, AccountId) {
        let email = format!("{}{}@example.org", self.mark, name).to_lowercase();
        let login = account_of(AccountId::new(), email, self.now);
        let row = person::Model {
            given_name: self.text(name),
            family_name: self.text("de Wit"),
            display_name: self.text(&format!("{name} de Wit")),
            ..person_of(&login, self.board, self.now)
        };
        let ids = (row.id, login.id);
        self.put::<account::Entity>(login).await;
        self.put::<person::Entity>(row).await;
        ids
    }

    /// A signed-in phone.
    pub(super) async fn session(&self, account_id: AccountId) -> SessionId {
        let row = session::Model { device_name: Some(self.text("Telefoon")), ..session_of(account_id, self.now) };
        let id = row.id;
        self.put::<session::Entity>(row).await;
        id
    }

    /// Where push notifications of a signed-in phone go.
    pub(super) async fn device(&self, account_id: AccountId, session_id: SessionId) -> DeviceId {
        let id = DeviceId::new();
        self.put::<device::Entity>(device::Model {
            id,
            account_id,
            session_id,
            platform: PushPlatform::Fcm,
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
        role: Role,
        (scope_kind, scope_id): (ScopeKind, Uuid),
        school: Option<SchoolId>,
    ) -> MembershipId {
        let id = MembershipId::new();
        self.put::<membership::Entity>(membership::Model {
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
        let row = student::Model {
            display_name: self.text(name),
            number: Some(self.text(name)),
            ..student_of(school, self.board, self.now)
        };
        let id = row.id;
        self.put::<student::Entity>(row).await;
        self.placed(id, group).await;
        id
    }

    /// A place of a child in a class group.
    pub async fn placed(&self, student: StudentId, group: ClassGroupId) {
        self.put::<enrolment::Entity>(enrolment::Model {
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
        access: GuardianAccess,
    ) -> GuardianshipId {
        let row = guardianship::Model { access, ..guardianship_of((guardian, student), self.board, self.now) };
        let id = row.id;
        self.put::<guardianship::Entity>(row).await;
        id
    }

    /// That somebody opened the records of a child and of a guardian of it, yesterday: the line of the child.
    pub(super) async fn looks(&self, reader: PersonId, student: StudentId, guardian: PersonId) -> AccessLogEntryId {
        let (at, of_child) = (self.now - Days::new(1), AccessLogEntryId::new());
        let lines = [(of_child, Some(student), None), (AccessLogEntryId::new(), None, Some(guardian))];
        for (id, student_id, guardian_id) in lines {
            self.put::<access_log::Entity>(access_log::Model {
                id,
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
        of_child
    }
}
