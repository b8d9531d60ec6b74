//! What the person did, and copies of what they are and said.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{ConcernStatus, concern, conversation_note};
use glans_entity::identity::audit;
use glans_entity::ids::{AuditId, LessonMarkId, PersonId};
use glans_entity::people::person;
use glans_entity::platform::idempotency;
use glans_entity::practice::{LessonStatus, MarkKind, lesson_event, lesson_mark, lesson_progress};
use glans_entity::roster::{RosterProblemSeverity, roster_change, roster_problem};
use glans_tests::World;
use glans_tests::seed::{Someone, put};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::CANARY;

/// A line of the audit log about something that a login did in no board.
pub async fn did(world: &World, someone: Someone, action: &str) {
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
pub async fn copy(world: &World, someone: Someone, another: Someone, at: i32) {
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
pub async fn work(world: &World, someone: Someone, at: usize) {
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
