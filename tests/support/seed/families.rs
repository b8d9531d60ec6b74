//! Families and what is addressed to them.

use chrono::TimeDelta;
use glans_entity::engagement::{
    AnnouncementStatus, Priority, RecipientKind, TargetKind, announcement, announcement_revision,
    announcement_translation, audience_target, recipient,
};
use glans_entity::ids::{AccountId, AnnouncementId, BoardId, ClassGroupId, PersonId, SchoolId, StudentId};
use glans_entity::localized::Strings;
use glans_entity::people::{GuardianAccess, Role, ScopeKind, person};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use uuid::Uuid;

use super::Someone;
use super::sower::Sower;

impl Sower<'_> {
    /// A child of a class group.
    pub async fn pupil(&self, name: &str, school: SchoolId, group: ClassGroupId) -> StudentId {
        self.student(name, school, group).await
    }

    /// A guardian with a login, of these children.
    pub async fn parent(&self, name: &str, children: &[(StudentId, GuardianAccess)]) -> Someone {
        let (person, account) = self.person(name).await;
        for (child, access) in children {
            self.guardianship(person, *child, *access).await;
        }
        Someone { person, account }
    }

    /// Makes somebody who is there already a guardian.
    pub async fn parent_of(&self, person: PersonId, child: StudentId, access: GuardianAccess) {
        self.guardianship(person, child, access).await;
    }

    /// The same human being as one of another board.
    pub async fn known_here(
        &self,
        name: &str,
        account: AccountId,
        children: &[(StudentId, GuardianAccess)],
    ) -> PersonId {
        let someone = self.parent(name, children).await;
        self.set_account(someone.person, Some(account)).await;
        someone.person
    }

    /// Gives a person another login, or none.
    pub async fn set_account(&self, id: PersonId, account: Option<AccountId>) {
        let row = person::ActiveModel { id: Set(id), account_id: Set(account), ..Default::default() };
        row.update(self.db).await.unwrap_or_else(|error| panic!("a login of a person: {error}"));
    }

    /// Takes the e-mail address of a person away.
    pub async fn without_email(&self, id: PersonId) {
        let row = person::ActiveModel { id: Set(id), email: Set(None), ..Default::default() };
        row.update(self.db).await.unwrap_or_else(|error| panic!("an address of a person: {error}"));
    }

    /// Makes somebody a teacher of a class group.
    pub async fn teaches(&self, person: PersonId, group: ClassGroupId, school: SchoolId) {
        self.membership(person, Role::Teacher, (ScopeKind::ClassGroup, group.0), Some(school)).await;
    }

    /// What a school is told, with a translation and what it said before it was corrected.
    pub(super) async fn announcement(&self, school: SchoolId, author_id: PersonId) -> AnnouncementId {
        let id = AnnouncementId::new();
        let before = self.now - TimeDelta::hours(1);
        self.put::<announcement::Entity>(announcement::Model {
            id,
            board_id: self.board,
            school_id: Some(school),
            author_id,
            language: "nl".to_owned(),
            title: self.text("Studiedag"),
            body: self.text("Vrijdag is de school dicht."),
            roles: Strings(vec!["GUARDIAN".to_owned()]),
            priority: Priority::Normal,
            urgent_reason: None,
            important_facts: false,
            requires_acknowledgement: true,
            acknowledge_by: None,
            status: AnnouncementStatus::Published,
            publish_at: before,
            published_at: Some(before),
            expires_at: None,
            corrected_at: Some(self.now),
            correction_note: Some(self.text("Het is vrijdag.")),
            withdrawn_at: None,
            created_at: before,
            updated_at: self.now,
            version: 1,
        })
        .await;
        self.put::<announcement_translation::Entity>(announcement_translation::Model {
            announcement_id: id,
            language: "en".to_owned(),
            board_id: self.board,
            title: self.text("Study day"),
            body: self.text("The school is closed on Friday."),
        })
        .await;
        self.put::<announcement_revision::Entity>(announcement_revision::Model {
            announcement_id: id,
            number: 1,
            board_id: self.board,
            author_id,
            title: self.text("Studiedag"),
            body: self.text("Donderdag is de school dicht."),
            replaced_at: self.now,
        })
        .await;
        self.target(id.0, TargetKind::School, school.0, Some(school)).await;
        id
    }

    /// Says that an item is for a place.
    pub(super) async fn target(&self, item_id: Uuid, kind: TargetKind, target_id: Uuid, school_id: Option<SchoolId>) {
        self.put::<audience_target::Entity>(audience_target::Model {
            item_id,
            target_id,
            board_id: self.board,
            kind,
            school_id,
            excluded: false,
        })
        .await;
    }

    /// Addresses an item to somebody about a child.
    pub(super) async fn addressed(&self, item_id: Uuid, kind: RecipientKind, to: (PersonId, StudentId)) {
        let (person_id, student_id) = to;
        self.put::<recipient::Entity>(recipient::Model {
            item_id,
            person_id,
            student_id,
            board_id: self.board,
            kind,
            least: GuardianAccess::Full,
            at: self.now,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        })
        .await;
    }

    /// The board whose rows it makes.
    pub fn board_id(&self) -> BoardId {
        self.board
    }
}
