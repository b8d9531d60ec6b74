//! A person who is everywhere: each text that the ledger says is theirs bears a canary.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use glans::people::erasure::ledger::{Link, TABLES, Text};
use glans_entity::engagement::{ConcernStatus, concern, conversation_note};
use glans_entity::identity::{account, audit, calendar_feed, invitation, password_reset, refresh_token, session};
use glans_entity::ids::{
    AuditId, DeliveryId, DeviceId, InvitationId, LessonMarkId, NotificationId, PasswordResetId, PersonId, SessionId,
};
use glans_entity::notifications::{
    self, Category, Channel, DeliveryState, Digest, LetterKind, PushPlatform, channel_preference, delivery, device,
    notification, notification_settings,
};
use glans_entity::people::person;
use glans_entity::platform::{idempotency, outbox};
use glans_entity::practice::{LessonStatus, MarkKind, lesson_event, lesson_mark, lesson_progress};
use glans_entity::programme::{MaterialState, material_state};
use glans_entity::roster::{RosterProblemSeverity, roster_change, roster_problem};
use glans_entity::scope::Scope;
use glans_tests::World;
use glans_tests::seed::Someone;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

/// Stands in every text of the person and in no other.
pub(super) const CANARY: &str = "Zilverreiger";

async fn put<E>(db: &DatabaseTransaction, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await.expect("a row of the person");
}

/// Marks every text that is of the person; which they are, as `table.column`.
pub(super) async fn mark(world: &World, person: PersonId) -> BTreeSet<String> {
    let db = world.writing().await;
    let mut marked = BTreeSet::new();
    for table in TABLES {
        for &(column, text) in table.texts {
            let (Text::Null(by) | Text::Blank(by)) = text else { continue };
            let mut own = Condition::any();
            for by in by {
                own = own.add(Expr::col(*by).eq(person.0));
            }
            for link in table.links.iter().filter(|_| by.is_empty()) {
                let Link::ByPerson(key, of, owner) = *link else { panic!("{}: {link:?}", table.name) };
                let rows = Query::select().column("id").from(of).and_where(Expr::col(owner).eq(person.0)).to_owned();
                own = own.add(Expr::col(key).in_subquery(rows));
            }
            let name = format!("{}.{column}", table.name);
            let canary = Expr::value(format!("{CANARY} {name}"));
            let update = Query::update().table(table.name).value(column, canary).cond_where(own).to_owned();
            if db.execute(&update).await.unwrap().rows_affected() > 0 {
                marked.insert(name);
            }
        }
    }
    world.written(db).await;
    marked
}

/// The name of the person, and of what they sign in with.
pub(super) async fn name(world: &World, someone: Someone) {
    let db = world.writing().await;
    let email = format!("{}@example.org", CANARY.to_lowercase());
    person::Entity::update_many()
        .col_expr(person::Column::GivenName, Expr::value(CANARY))
        .col_expr(person::Column::FamilyName, Expr::value(format!("van {CANARY}")))
        .col_expr(person::Column::DisplayName, Expr::value(format!("{CANARY} van {CANARY}")))
        .col_expr(person::Column::Email, Expr::value(format!("{CANARY}@example.org")))
        .filter(person::Column::Id.eq(someone.person))
        .exec(&db)
        .await
        .unwrap();
    account::Entity::update_many()
        .col_expr(account::Column::Email, Expr::value(email))
        .filter(account::Column::Id.eq(someone.account))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

/// What hangs on a login. The device.
pub(super) async fn sign_in(world: &World, someone: Someone) -> DeviceId {
    let (db, now, account_id) = (world.writing().await, world.app.clock.now(), someone.account);
    let (session_id, id) = (SessionId::new(), DeviceId::new());
    put::<session::Entity>(
        &db,
        session::Model {
            id: session_id,
            account_id,
            device_name: Some(format!("{CANARY} session")),
            created_at: now,
            last_used_at: now,
            expires_at: now + TimeDelta::days(365),
            revoked_at: None,
            version: 1,
        },
    )
    .await;
    put::<refresh_token::Entity>(
        &db,
        refresh_token::Model {
            hash: id.0.as_bytes().to_vec(),
            session_id,
            generation: 0,
            created_at: now,
            rotated_at: None,
        },
    )
    .await;
    put::<device::Entity>(
        &db,
        device::Model {
            id,
            account_id,
            session_id,
            platform: PushPlatform::Fcm,
            token: format!("{CANARY}-token-{}", id.0),
            name: Some(format!("{CANARY} device")),
            registered_at: now,
            last_seen_at: now,
        },
    )
    .await;
    let secret_hash = id.0.as_bytes().to_vec();
    put::<calendar_feed::Entity>(&db, calendar_feed::Model { account_id, secret_hash, renewed_at: now }).await;
    let category = Category::Announcement;
    put::<channel_preference::Entity>(
        &db,
        channel_preference::Model { account_id, category, channel: Channel::Push, enabled: false, updated_at: now },
    )
    .await;
    put::<notification_settings::Entity>(
        &db,
        notification_settings::Model {
            account_id,
            quiet_from: None,
            quiet_until: None,
            time_zone: CANARY.to_owned(),
            digest: Digest::Daily,
            digest_hour: 7,
            updated_at: now,
            version: 1,
        },
    )
    .await;
    put::<material_state::Entity>(
        &db,
        material_state::Model {
            account_id,
            material_id: world.ours.published.material,
            state: MaterialState::Started,
            updated_at: now,
        },
    )
    .await;
    world.written(db).await;
    id
}

/// What is pushed to the person.
fn notice_of(world: &World, someone: Someone, id: NotificationId) -> notifications::notification::Model {
    notifications::notification::Model {
        id,
        board_id: world.ours.id,
        person_id: someone.person,
        source: format!("{CANARY}.{}", id.0),
        text: "announcement-published".to_owned(),
        category: Category::Announcement,
        urgent: false,
        about_kind: None,
        about_id: None,
        as_staff: true,
        happens_at: None,
        occurred_at: world.app.clock.now(),
        event_seq: None,
        figures: None,
        bundled: false,
        created_at: world.app.clock.now(),
        read_at: None,
        withdrawn_at: None,
        digested_at: None,
    }
}

/// What the person is told: a push that waits, and letters with codes.
pub(super) async fn tell(world: &World, someone: Someone, device: DeviceId) {
    let (db, now) = (world.writing().await, world.app.clock.now());
    let (notice, invited, reset) = (NotificationId::new(), InvitationId::new(), PasswordResetId::new());
    let waiting = delivery::Model {
        id: DeliveryId::new(),
        board_id: Some(world.ours.id),
        notification_id: None,
        digest_until: None,
        letter: None,
        secret: None,
        account_id: None,
        channel: Channel::Push,
        address_id: device.0,
        lane: 1,
        state: DeliveryState::Queued,
        attempts: 1,
        cut_off: 0,
        due_at: now + TimeDelta::hours(1),
        expires_at: now + TimeDelta::hours(8),
        over_at: None,
        lease: None,
        leased_until: None,
        finished_at: None,
        failure: Some(format!("{CANARY} failure")),
        created_at: now,
    };
    put::<notification::Entity>(&db, notice_of(world, someone, notice)).await;
    let push = delivery::Model { notification_id: Some(notice), account_id: Some(someone.account), ..waiting.clone() };
    put::<delivery::Entity>(&db, push).await;
    put::<invitation::Entity>(
        &db,
        invitation::Model {
            id: invited,
            board_id: world.ours.id,
            person_id: someone.person,
            guardianship_id: None,
            lookup: format!("{CANARY}-{}", invited.0),
            secret_hash: CANARY.to_owned(),
            tries_left: 5,
            expires_at: now + TimeDelta::days(7),
            accepted_at: None,
            revoked_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        },
    )
    .await;
    put::<password_reset::Entity>(
        &db,
        password_reset::Model {
            id: reset,
            account_id: someone.account,
            code_hash: reset.0.as_bytes().to_vec(),
            created_at: now,
            expires_at: now + TimeDelta::hours(1),
            used_at: None,
        },
    )
    .await;
    let letters = [
        (LetterKind::Invitation, invited.0, "invitation.created", json!({ "id": invited, "sealed": CANARY })),
        (LetterKind::PasswordReset, reset.0, "password.reset_requested", json!({ "reset": reset, "sealed": CANARY })),
    ];
    for (letter, address_id, kind, payload) in letters {
        let row = delivery::Model {
            id: DeliveryId::new(),
            letter: Some(letter),
            secret: Some(CANARY.to_owned()),
            channel: Channel::Email,
            address_id,
            ..waiting.clone()
        };
        put::<delivery::Entity>(&db, row).await;
        asked(&db, world, kind, payload, now).await;
    }
    world.written(db).await;
}

async fn asked(db: &DatabaseTransaction, world: &World, kind: &str, payload: serde_json::Value, now: DateTime<Utc>) {
    let row = outbox::ActiveModel {
        board_id: Set(Some(world.ours.id)),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        at: Set(now),
        told_at: Set(Some(now)),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(db).await.expect("an event");
}

/// A line of the audit log about something that a login did in no board.
pub(super) async fn did(world: &World, someone: Someone, action: &str) {
    let db = world.writing().await;
    put::<audit::Entity>(
        &db,
        audit::Model {
            id: AuditId::new(),
            board_id: None,
            actor: someone.account.to_string(),
            action: action.to_owned(),
            subject: None,
            request_id: None,
            at: world.app.clock.now(),
        },
    )
    .await;
    world.written(db).await;
}

/// Copies of what the person is and said: in rosters, in answers that are kept.
pub(super) async fn copy(world: &World, someone: Someone, another: Someone, at: i32) {
    let (db, now) = (world.writing().await, world.app.clock.now());
    let row = person::Entity::find_by_id(someone.person).one(&db).await.unwrap().expect("the person");
    put::<roster_change::Entity>(
        &db,
        roster_change::Model {
            import_id: world.ours.import,
            position: at,
            board_id: world.ours.id,
            table_name: "person".to_owned(),
            row_id: someone.person.0,
            before: Some(serde_json::to_value(&row).unwrap()),
            version_after: row.version,
        },
    )
    .await;
    put::<roster_problem::Entity>(
        &db,
        roster_problem::Model {
            import_id: world.ours.import,
            position: 100 + at,
            board_id: world.ours.id,
            file: "users.csv".to_owned(),
            line: Some(3),
            column_name: None,
            severity: RosterProblemSeverity::Notice,
            message: format!("\"{}\" is known already", row.email.clone().unwrap_or_default()),
        },
    )
    .await;
    let answers = [
        (someone.account, json!({ "id": "absence_1", "note": CANARY })),
        (another.account, serde_json::to_value(&row).unwrap()),
    ];
    for (actor, answer) in answers {
        put::<idempotency::Entity>(
            &db,
            idempotency::Model {
                actor: actor.to_string(),
                key: format!("key-{}", someone.person.0),
                field: "personUpdate".to_owned(),
                input_hash: vec![1],
                answer,
                created_at: now,
            },
        )
        .await;
    }
    world.written(db).await;
}

/// What the seed has of nobody: a note, a concern that was resolved, a lesson that was skipped.
pub(super) async fn work(world: &World, someone: Someone, at: usize) {
    let (db, now, ours) = (world.writing().await, world.app.clock.now(), &world.ours);
    put::<conversation_note::Entity>(
        &db,
        conversation_note::Model {
            conversation_id: ours.partners[0].held,
            author_id: someone.person,
            board_id: ours.id,
            text: format!("{CANARY} note"),
            updated_at: now,
        },
    )
    .await;
    concern::Entity::update_many()
        .col_expr(concern::Column::Status, Expr::value(ConcernStatus::Resolved))
        .col_expr(concern::Column::ResolvedAt, Expr::value(now))
        .col_expr(concern::Column::ResolvedBy, Expr::value(someone.person))
        .col_expr(concern::Column::Resolution, Expr::value("Gebeld."))
        .filter(concern::Column::Id.eq(ours.concerns[at]))
        .exec(&db)
        .await
        .unwrap();
    skip(&db, world, someone.person, now).await;
    world.written(db).await;
}

async fn skip(db: &DatabaseTransaction, world: &World, person: PersonId, now: DateTime<Utc>) {
    let (ours, reason) = (&world.ours, format!("{CANARY} lesson_mark.reason"));
    let (cohort_id, cohort_school_id, lesson_id) = (ours.cohorts[0], ours.school_cohorts[0], ours.published.lesson);
    put::<lesson_mark::Entity>(
        db,
        lesson_mark::Model {
            id: LessonMarkId::new(),
            board_id: ours.id,
            cohort_id,
            cohort_school_id,
            school_id: ours.schools[0],
            lesson_id,
            kind: MarkKind::Skipped,
            reason: reason.clone(),
            made_by: Some(person),
            made_at: now,
        },
    )
    .await;
    lesson_progress::Entity::update_many()
        .col_expr(lesson_progress::Column::Status, Expr::value(LessonStatus::Skipped))
        .col_expr(lesson_progress::Column::SkippedReason, Expr::value(reason.clone()))
        .filter(lesson_progress::Column::CohortSchoolId.eq(cohort_school_id))
        .filter(lesson_progress::Column::LessonId.eq(lesson_id))
        .exec(db)
        .await
        .unwrap();
    let row = lesson_event::ActiveModel {
        board_id: Set(ours.id),
        cohort_id: Set(cohort_id),
        cohort_school_id: Set(cohort_school_id),
        school_id: Set(ours.schools[0]),
        lesson_id: Set(lesson_id),
        progress: Set(json!({ "status": "SKIPPED", "skipped_reason": reason })),
        at: Set(now),
        ..Default::default()
    };
    lesson_event::Entity::insert(row).exec_without_returning(db).await.expect("what happened to a lesson");
}

/// A delivery to the device that somebody holds a lease on.
pub(super) async fn under_way(world: &World, someone: Someone, device: DeviceId) -> DeliveryId {
    let (db, now, id) = (world.writing().await, world.app.clock.now(), DeliveryId::new());
    put::<delivery::Entity>(
        &db,
        delivery::Model {
            id,
            board_id: Some(world.ours.id),
            notification_id: None,
            digest_until: None,
            letter: None,
            secret: None,
            account_id: Some(someone.account),
            channel: Channel::Push,
            address_id: device.0,
            lane: 1,
            state: DeliveryState::Sending,
            attempts: 1,
            cut_off: 0,
            due_at: now,
            expires_at: now + TimeDelta::hours(1),
            over_at: None,
            lease: Some(Uuid::now_v7()),
            leased_until: Some(now + TimeDelta::seconds(30)),
            finished_at: None,
            failure: None,
            created_at: now,
        },
    )
    .await;
    world.written(db).await;
    id
}

/// Somebody holds a lease on the push of a notification that waited for the person.
pub(super) async fn claimed(world: &World, someone: Someone) -> DeliveryId {
    use delivery::Column;
    let (db, now) = (world.writing().await, world.app.clock.now());
    let push = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Sending))
        .col_expr(Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(Column::LeasedUntil, Expr::value(now + TimeDelta::seconds(30)))
        .filter(Column::AccountId.eq(someone.account))
        .filter(Column::NotificationId.is_not_null());
    let claimed = push.exec_with_returning(&db).await.unwrap();
    assert_eq!(claimed.len(), 1);
    world.written(db).await;
    claimed[0].id
}

/// Whether the delivery still tells of a notification.
pub(super) async fn says_something(world: &World, id: DeliveryId) -> bool {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let row = delivery::Entity::find_by_id(id).one(&db).await.unwrap();
    row.expect("it can be waited for").notification_id.is_some()
}

/// The gateway took it.
pub(super) async fn arrived(world: &World, id: DeliveryId) {
    use delivery::Column;
    let db = world.writing().await;
    let done = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Sent))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::FinishedAt, Expr::value(world.app.clock.now()))
        .filter(Column::Id.eq(id));
    assert_eq!(done.exec(&db).await.unwrap().rows_affected, 1, "it is still there to be waited for");
    world.written(db).await;
}
