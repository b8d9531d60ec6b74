//! A board with very many guardians, for what is measured and for what is killed on the way.

use std::ops::Range;

use chrono::{DateTime, Utc};
use glans::call::today;
use glans::platform::db::Database;
use glans_entity::engagement::{AnnouncementStatus, Priority, RecipientKind, announcement, recipient};
use glans_entity::identity::{account, session};
use glans_entity::ids::{AccountId, AnnouncementId, BoardId, DeviceId, PersonId, SchoolId, StudentId};
use glans_entity::localized::Strings;
use glans_entity::notifications::{Digest, PushPlatform, device, notification_settings};
use glans_entity::people::{GuardianAccess, guardianship, person, student};
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait};
use serde_json::json;

use super::rows::{account_of, guardianship_of, person_of, session_of, student_of};
use super::sower::Sower;

/// Rows of one statement: few enough for the parameters that either database takes.
const AT_ONCE: usize = 500;

/// How something is published.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    ToConfirm,
    Urgent,
    Plain,
}

/// A board and its guardians. Each has a child and a session of their own, and no quiet hours.
#[derive(Debug)]
pub struct Crowd {
    pub board: BoardId,
    school: SchoolId,
    author: PersonId,
    families: Vec<(PersonId, StudentId)>,
}

impl Crowd {
    /// A crowd of so many; `devices` are those of each, by its place.
    pub async fn gather(
        db: &Database,
        now: DateTime<Utc>,
        count: usize,
        devices: impl Fn(usize) -> Vec<(PushPlatform, String)>,
    ) -> Self {
        let transaction = db.write(&Scope::system(today(now))).await.expect("a transaction");
        let board = BoardId::new();
        let sower = Sower { db: &transaction, board, mark: "", now };
        sower.board("De Menigte").await;
        let cluster = sower.cluster("Noord").await;
        let school = sower.school("De Zwerm", cluster).await;
        let (author, _) = sower.person(&format!("Schrijver-{}", board.0)).await;
        let mut rows = Rows::default();
        for at in 0..count {
            rows.add(board, school, now, devices(at));
        }
        let families = rows.guardianships.iter().map(|row| (row.guardian_id, row.student_id)).collect();
        rows.put(&transaction).await;
        transaction.commit().await.expect("the rows of a crowd");
        Self { board, school, author, families }
    }

    /// Publishes an announcement to those of the crowd that have these places, who are to confirm that they read it: so it
    /// is pushed. Its event, by the number in the outbox.
    pub async fn publish(&self, db: &Database, now: DateTime<Utc>, to: Range<usize>) -> i64 {
        self.publish_as(Manner::ToConfirm, db, now, to).await
    }

    /// The same of what cannot wait: it is pushed and e-mailed.
    pub async fn alarm(&self, db: &Database, now: DateTime<Utc>, to: Range<usize>) -> i64 {
        self.publish_as(Manner::Urgent, db, now, to).await
    }

    /// The same of what waits for the digest.
    pub async fn mention(&self, db: &Database, now: DateTime<Utc>, to: Range<usize>) -> i64 {
        self.publish_as(Manner::Plain, db, now, to).await
    }

    async fn publish_as(&self, manner: Manner, db: &Database, now: DateTime<Utc>, to: Range<usize>) -> i64 {
        let transaction = db.write(&Scope::system(today(now))).await.expect("a transaction");
        let announcement = self.announcement(manner, now);
        let id = announcement.id;
        put_all(&transaction, vec![announcement]).await;
        let addressed = self.families[to].iter().map(|(person_id, student_id)| recipient::Model {
            item_id: id.0,
            person_id: *person_id,
            student_id: *student_id,
            board_id: self.board,
            kind: RecipientKind::Announcement,
            least: GuardianAccess::Full,
            at: now,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        });
        put_all(&transaction, addressed.collect()).await;
        let event = outbox::ActiveModel {
            board_id: Set(Some(self.board)),
            kind: Set("announcement.published".to_owned()),
            payload: Set(json!({ "id": id.to_string() })),
            at: Set(now),
            ..Default::default()
        };
        let event = outbox::Entity::insert(event).exec(&transaction).await.expect("an event").last_insert_id;
        transaction.commit().await.expect("an announcement");
        event
    }

    fn announcement(&self, manner: Manner, now: DateTime<Utc>) -> announcement::Model {
        let is_urgent = manner == Manner::Urgent;
        announcement::Model {
            id: AnnouncementId::new(),
            board_id: self.board,
            school_id: Some(self.school),
            author_id: self.author,
            language: "nl".to_owned(),
            title: "Studiedag".to_owned(),
            body: "Vrijdag is de school dicht.".to_owned(),
            roles: Strings(vec!["GUARDIAN".to_owned()]),
            priority: if is_urgent { Priority::Urgent } else { Priority::Normal },
            urgent_reason: is_urgent.then(|| "Een gaslek.".to_owned()),
            important_facts: false,
            requires_acknowledgement: manner != Manner::Plain,
            acknowledge_by: None,
            status: AnnouncementStatus::Published,
            publish_at: now,
            published_at: Some(now),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// What a crowd is made of, by table, in the order in which it is written.
#[derive(Default)]
struct Rows {
    accounts: Vec<account::Model>,
    persons: Vec<person::Model>,
    students: Vec<student::Model>,
    guardianships: Vec<guardianship::Model>,
    settings: Vec<notification_settings::Model>,
    sessions: Vec<session::Model>,
    devices: Vec<device::Model>,
}

impl Rows {
    fn add(&mut self, board: BoardId, school: SchoolId, now: DateTime<Utc>, devices: Vec<(PushPlatform, String)>) {
        let login = AccountId::new();
        let account = account_of(login, format!("ouder-{}@example.org", login.0), now);
        let (guardian, child) = (person_of(&account, board, now), student_of(school, board, now));
        let signed_in = session_of(login, now);
        self.devices.extend(devices.into_iter().map(|(platform, token)| device::Model {
            id: DeviceId::new(),
            account_id: login,
            session_id: signed_in.id,
            platform,
            token,
            name: None,
            registered_at: now,
            last_seen_at: now,
        }));
        self.guardianships.push(guardianship_of((guardian.id, child.id), board, now));
        self.accounts.push(account);
        self.persons.push(guardian);
        self.students.push(child);
        self.settings.push(never_quiet(login, now));
        self.sessions.push(signed_in);
    }

    async fn put(self, db: &DatabaseTransaction) {
        put_all(db, self.accounts).await;
        put_all(db, self.persons).await;
        put_all(db, self.students).await;
        put_all(db, self.guardianships).await;
        put_all(db, self.settings).await;
        put_all(db, self.sessions).await;
        put_all(db, self.devices).await;
    }
}

/// Quiet from midnight until midnight is never: what a test sends comes at night, too.
fn never_quiet(account_id: AccountId, now: DateTime<Utc>) -> notification_settings::Model {
    notification_settings::Model {
        account_id,
        quiet_from: Some(0),
        quiet_until: Some(0),
        time_zone: "Europe/Amsterdam".to_owned(),
        digest: Digest::Daily,
        digest_hour: 17,
        updated_at: now,
        version: 1,
    }
}

async fn put_all<M>(db: &DatabaseTransaction, rows: Vec<M>)
where
    M: ModelTrait<Entity: EntityTrait<Model = M>> + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    loop {
        let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return;
        }
        let inserted = <M::Entity as EntityTrait>::insert_many(some).exec_without_returning(db).await;
        inserted.unwrap_or_else(|error| panic!("rows of a crowd: {error}"));
    }
}
