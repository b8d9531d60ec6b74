//! What is told late, after what came about later; and what nobody knows how to tell.

use chrono::TimeDelta;
use glans::notifications::occasions;
use glans::platform::outbox::Event;
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{NOBODY, done, happens, has_read, in_days, notifications, standing, tell, told};
use crate::announcements::{published, to_group};

/// Of the one event of this kind that waits, nobody is told within the next ten minutes.
async fn put_off(world: &World, kind: &str) {
    use outbox::Column;
    let later = world.app.clock.now() + TimeDelta::minutes(10);
    let db = world.writing().await;
    let waiting = outbox::Entity::update_many().filter(Column::Kind.eq(kind)).filter(Column::ToldAt.is_null());
    let done = waiting.col_expr(Column::DueAt, Expr::value(later)).exec(&db).await.unwrap();
    assert_eq!(done.rows_affected, 1, "{kind}");
    world.written(db).await;
}

async fn an_event_that_nobody_knows_is_a_fault(world: &World) {
    happens(world, Event::about("nobody.knows", world.ours.import)).await;
    happens(world, Event::about("school.moved", world.ours.schools[0])).await;
    let db = world.writing().await;
    let rows = outbox::Entity::find().order_by_asc(outbox::Column::Seq).all(&db).await.unwrap();
    let of = |kind: &str| rows.iter().find(|row| row.kind == kind).unwrap();
    assert!(occasions::told(&db, of("nobody.knows")).await.is_err());
    let silent = occasions::told(&db, of("school.moved")).await.unwrap();
    assert!(silent.notices.is_empty() && silent.withdrawn.is_empty() && silent.read.is_empty());
}

async fn what_was_read_before_it_is_told_is_read(world: &World) {
    let (_, sara, omar) = world.family().await;
    let id = published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    done(world, sara, "announcementRead", "", json!({ "ids": [id] })).await;
    put_off(world, "announcement.published").await;
    tell(world).await;
    assert_eq!(standing(world, "announcement-published").await, NOBODY);
    world.app.clock.turn(TimeDelta::minutes(11));
    assert_eq!(told(world, "announcement-published").await, ["Ilse", "Omar", "Sara"]);
    assert!(has_read(world, "announcement-published", sara.person).await);
    assert!(!has_read(world, "announcement-published", omar.person).await);
}

async fn what_was_put_off_changes_nothing_that_came_about_later(world: &World) {
    let (fien, sara, _) = world.family().await;
    let starts = in_days(world, 3);
    let plan = json!({ "student": fien, "kind": "EXPECTATIONS", "mode": "PHONE", "guardians": [sara.person],
        "startsAt": starts, "endsAt": starts + TimeDelta::minutes(20) });
    let made = done(world, world.ours.teacher, "conversationSchedule", "conversation { id }", plan).await;
    let id = made["conversation"]["id"].clone();
    tell(world).await;
    let moves = async |days: i64| {
        done(
            world,
            world.ours.teacher,
            "conversationUpdate",
            "",
            json!({ "id": id, "startsAt": in_days(world, days) }),
        )
        .await;
    };
    moves(4).await;
    put_off(world, "conversation.moved").await;
    moves(5).await;
    tell(world).await;
    let last = notifications(world, "conversation-moved").await.remove(0);
    world.app.clock.turn(TimeDelta::minutes(11));
    tell(world).await;
    let rows = notifications(world, "conversation-moved").await;
    assert_eq!(rows.len(), 2, "the earlier one was told as well");
    let row = rows.iter().find(|row| row.id == last.id).unwrap();
    assert_eq!((row.withdrawn_at, row.read_at), (None, None));
    assert_eq!(standing(world, "conversation-planned").await, NOBODY);
}

on_each_database!(
    what_was_read_before_it_is_told_is_read,
    what_was_put_off_changes_nothing_that_came_about_later,
    an_event_that_nobody_knows_is_a_fault,
);
