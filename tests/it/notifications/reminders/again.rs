//! What did not get through, and when it is tried again.

use chrono::TimeDelta;
use glans::notifications::reminders;
use glans_entity::people::{GuardianAccess, guardianship};
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{NOBODY, asks_tomorrow, morning, prepared, reminded, turn_to};
use crate::notifications::occasions::standing;

async fn what_cannot_be_read_keeps_no_other_reminder(world: &World) {
    let tomorrow = asks_tomorrow(world).await;
    turn_to(world, morning(tomorrow));
    prepared(world, TimeDelta::days(7) + TimeDelta::hours(1)).await;
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("lesson_progress", "elsewhere").await;
    assert_eq!(reminded(world, "consent-asked").await, ["Ilse"]);
    assert_eq!(standing(world, "session-without-date").await, NOBODY);
    rename("elsewhere", "lesson_progress").await;
    assert_eq!(reminded(world, "session-without-date").await, ["Marieke*"], "it is tried again");
}

async fn what_nobody_was_there_to_hear_is_tried_again_after_a_while(world: &World) {
    use guardianship::Column;
    let has = async |access: GuardianAccess| {
        let db = world.writing().await;
        let own = guardianship::Entity::update_many().filter(Column::GuardianId.eq(world.ours.guardians[0].person));
        let own = own.col_expr(Column::Access, Expr::val(access.to_value()));
        assert_eq!(own.exec(&db).await.unwrap().rows_affected, 1);
        world.written(db).await;
    };
    let tomorrow = asks_tomorrow(world).await;
    turn_to(world, morning(tomorrow));
    has(GuardianAccess::EmergencyOnly).await;
    let mut before = reminders::Done::default();
    let mut asked = async || {
        reminders::round_after(&world.app, &mut before).await.unwrap();
        standing(world, "consent-asked").await
    };
    assert_eq!(asked().await, NOBODY);
    has(GuardianAccess::Full).await;
    assert_eq!(asked().await, NOBODY, "it was tried a moment ago");
    world.app.clock.turn(TimeDelta::minutes(6));
    assert_eq!(asked().await, ["Ilse"]);
}

on_each_database!(
    what_cannot_be_read_keeps_no_other_reminder,
    what_nobody_was_there_to_hear_is_tried_again_after_a_while,
);
