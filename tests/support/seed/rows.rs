//! Rows with which nothing was done yet. A test says what is different of its own.

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans_entity::identity::{account, session};
use glans_entity::ids::{
    AccountId, BoardId, DeliveryId, GuardianshipId, NotificationId, PersonId, SchoolId, SessionId, StudentId,
};
use glans_entity::notifications::{Category, Channel, DeliveryState, delivery, notification};
use glans_entity::organisation::board;
use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus, guardianship, person, student};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

/// Writes a row as it is, to the last column.
pub async fn put<E>(db: &DatabaseTransaction, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let table = E::default().table_name().to_owned();
    let insert = E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await;
    insert.unwrap_or_else(|error| panic!("a row of {table}: {error}"));
}

/// A board with nothing in it.
pub fn empty_board(now: DateTime<Utc>) -> board::Model {
    board::Model {
        id: BoardId::new(),
        number: None,
        name: "De Sterrenwacht".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        least_shown: None,
        archived_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// A login that was used just now, with no password.
pub(super) fn account_of(id: AccountId, email: String, now: DateTime<Utc>) -> account::Model {
    account::Model {
        id,
        email,
        password_hash: None,
        language: "nl".to_owned(),
        first_signed_in_at: Some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Who has that login, and its e-mail address.
pub(super) fn person_of(login: &account::Model, board_id: BoardId, now: DateTime<Utc>) -> person::Model {
    person::Model {
        id: PersonId::new(),
        board_id,
        account_id: Some(login.id),
        given_name: "Ilse".to_owned(),
        family_name: "de Wit".to_owned(),
        display_name: "Ilse de Wit".to_owned(),
        email: Some(login.email.clone()),
        language: "nl".to_owned(),
        interpreter_needed: false,
        source_id: None,
        archived_at: None,
        erased_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(super) fn student_of(school_id: SchoolId, board_id: BoardId, now: DateTime<Utc>) -> student::Model {
    student::Model {
        id: StudentId::new(),
        board_id,
        school_id,
        display_name: "Noor".to_owned(),
        number: None,
        source_id: None,
        left_on: None,
        erased_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// A parent, who has everything of the child.
pub(super) fn guardianship_of(
    (guardian_id, student_id): (PersonId, StudentId),
    board_id: BoardId,
    now: DateTime<Utc>,
) -> guardianship::Model {
    guardianship::Model {
        id: GuardianshipId::new(),
        board_id,
        guardian_id,
        student_id,
        relationship: GuardianRelationship::Parent,
        access: GuardianAccess::Full,
        status: GuardianshipStatus::Active,
        contact_priority: None,
        starts_on: now.date_naive() - Days::new(100),
        ends_on: None,
        source_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// A phone on which somebody is signed in.
pub(super) fn session_of(account_id: AccountId, now: DateTime<Utc>) -> session::Model {
    session::Model {
        id: SessionId::new(),
        account_id,
        device_name: None,
        created_at: now,
        last_used_at: now,
        expires_at: now + TimeDelta::days(365),
        revoked_at: None,
        version: 1,
    }
}

/// What somebody was told just now as a member of staff, of nothing in particular.
pub fn notice(board_id: BoardId, person_id: PersonId, now: DateTime<Utc>) -> notification::Model {
    let id = NotificationId::new();
    notification::Model {
        id,
        board_id,
        person_id,
        source: format!("seed.{}", id.0),
        text: "announcement-published".to_owned(),
        category: Category::Announcement,
        urgent: false,
        about_kind: None,
        about_id: None,
        as_staff: true,
        happens_at: None,
        occurred_at: now,
        event_seq: None,
        figures: None,
        bundled: false,
        created_at: now,
        read_at: None,
        withdrawn_at: None,
        digested_at: None,
    }
}

/// A push that waits for its turn, for an hour at most. It is of no board and to nobody.
pub fn waiting(now: DateTime<Utc>) -> delivery::Model {
    delivery::Model {
        id: DeliveryId::new(),
        board_id: None,
        notification_id: None,
        digest_until: None,
        letter: None,
        secret: None,
        account_id: None,
        channel: Channel::Push,
        address_id: Uuid::now_v7(),
        lane: 1,
        state: DeliveryState::Queued,
        attempts: 0,
        cut_off: 0,
        due_at: now,
        expires_at: now + TimeDelta::hours(1),
        over_at: None,
        lease: None,
        leased_until: None,
        finished_at: None,
        failure: None,
        created_at: now,
    }
}
