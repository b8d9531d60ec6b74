//! What the calendar alone changes.

use chrono::Days;
use glans::call::today;
use glans::metrics::facts;
use glans_entity::engagement::{agreement, partnership};
use glans_entity::ids::AgreementId;
use glans_entity::people::enrolment;
use glans_tests::seed::put;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::counted;
use crate::metrics::now;

/// Looks at what the calendar changed; how many statements that took.
async fn daily(world: &World) -> u64 {
    let db = world.writing().await;
    let before = world.app.db.statement_count();
    facts::daily_of(&db, world.ours.id, now(world)).await.unwrap();
    let statements = world.app.db.statement_count() - before;
    world.written(db).await;
    statements
}

/// Agreements and an intake were due when the child was not here.
async fn sow_what_can_have_no_fact(world: &World) {
    let db = world.writing().await;
    for position in 1..6 {
        let row = agreement::Model {
            id: AgreementId::new(),
            board_id: world.ours.id,
            conversation_id: world.ours.partners[0].held,
            student_id: world.ours.students[0],
            position,
            text: "Elke avond lezen.".to_owned(),
            due_on: Some(today(now(world)) - Days::new(2)),
            kept: None,
            created_at: now(world),
            updated_at: now(world),
            version: 1,
        };
        put::<agreement::Entity>(&db, row).await;
    }
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::StartsOn, Expr::val(today(now(world)) - Days::new(50)))
        .filter(enrolment::Column::BoardId.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    partnership::Entity::update_many()
        .col_expr(partnership::Column::NeedsIntake, Expr::val(true))
        .filter(partnership::Column::BoardId.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

async fn what_can_have_no_fact_is_not_tried_again_and_again(world: &World) {
    for name in ["Fien", "Guus", "Hidde", "Ids"] {
        world.child(name, 0).await;
    }
    counted(world, (today(now(world)), None), 0, 0).await;
    daily(world).await;
    let idle = daily(world).await;
    assert!(idle < 20, "{idle} statements: days on which nothing was sent are looked at once");
    sow_what_can_have_no_fact(world).await;
    // It is looked who was here when the intakes were due, and whether there are more of them.
    assert_eq!(daily(world).await, idle + 2);
}

on_each_database!(what_can_have_no_fact_is_not_tried_again_and_again);
