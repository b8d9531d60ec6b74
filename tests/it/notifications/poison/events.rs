//! Events that nobody can be told of.

use chrono::TimeDelta;
use glans::notifications::{dead, telling};
use glans::platform::outbox::{Event, emit};
use glans_entity::ids::{AnnouncementId, BoardId};
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::announcements::{published, to_group};
use crate::notifications::occasions::{done, standing};
use crate::notifications::stage::nothing_is_dead;

/// After so many tries nobody tries any more.
const TRIES: i32 = 12;

async fn happens(world: &World, board: BoardId, payload: Value) {
    let db = world.writing().await;
    let event = Event { kind: "announcement.published", payload };
    emit(&db, Some(board), event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}

/// The events of announcements that were published, in the order of writing.
async fn events(world: &World) -> Vec<outbox::Model> {
    let db = world.app.db.read(&world.everywhere()).await.unwrap();
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq("announcement.published"));
    rows.order_by_asc(outbox::Column::Seq).all(&db).await.unwrap()
}

async fn what_nobody_understands_keeps_nobody_waiting_and_is_given_up(world: &World) {
    let wrong = [json!({ "id": "broken" }), json!({ "id": world.ours.leader.person }), json!({}), json!([])];
    for payload in &wrong {
        happens(world, world.ours.id, payload.clone()).await;
        happens(world, world.theirs.id, payload.clone()).await;
    }
    let poisoned = 2 * wrong.len();
    let id = published(world, Who::Leader, "IJsvrij", to_group(world)).await;
    telling::round(&world.app).await.unwrap();
    assert_eq!(standing(world, "announcement-published").await, ["Ilse"], "at once");
    let now = world.app.clock.now();
    for event in events(world).await.into_iter().take(poisoned) {
        assert_eq!((event.attempts, event.told_at, event.dead_at), (1, None, None), "{event:?}");
        assert!(event.due_at.is_some_and(|due| due > now), "{event:?}");
        assert!(event.failure.as_deref().is_some_and(|why| why.contains("announcement.published")), "{event:?}");
    }
    // What happens afterwards does not wait for it either.
    done(world, world.ours.leader, "announcementWithdraw", "", json!({ "id": id })).await;
    telling::round(&world.app).await.unwrap();
    assert!(standing(world, "announcement-published").await.is_empty());

    for tries in 2..=TRIES {
        world.app.clock.turn(TimeDelta::hours(2));
        telling::round(&world.app).await.unwrap();
        for event in events(world).await.into_iter().take(poisoned) {
            assert_eq!((event.attempts, event.dead_at.is_some()), (tries, tries == TRIES), "{event:?}");
        }
    }
    world.app.clock.turn(TimeDelta::days(1));
    telling::round(&world.app).await.unwrap();
    assert!(events(world).await.iter().all(|event| event.attempts <= TRIES), "nobody tries any more");
    assert_eq!(dead::all(&world.app).await.unwrap().events.len(), poisoned);
}

async fn what_was_given_up_is_new_again_when_somebody_says_so(world: &World) {
    nothing_is_dead(world).await;
    happens(world, world.ours.id, json!({ "id": "broken" })).await;
    for _ in 0..TRIES {
        telling::round(&world.app).await.unwrap();
        world.app.clock.turn(TimeDelta::hours(2));
    }
    assert_eq!(dead::replay_all(&world.app).await.unwrap(), (1, 0));
    let event = events(world).await.remove(0);
    assert_eq!((event.attempts, event.due_at, event.dead_at), (0, None, None));
    telling::round(&world.app).await.unwrap();
    assert_eq!(events(world).await[0].attempts, 1, "it is as broken as it was");

    // Once it can be understood it is told.
    let mended = json!({ "id": AnnouncementId::new() });
    let db = world.writing().await;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Payload, Expr::value(mended))
        .filter(outbox::Column::Seq.eq(event.seq))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    world.app.clock.turn(TimeDelta::hours(2));
    telling::round(&world.app).await.unwrap();
    assert!(events(world).await[0].told_at.is_some());
    assert_eq!(dead::replay_all(&world.app).await.unwrap(), (0, 0));
}

on_each_database!(
    what_nobody_understands_keeps_nobody_waiting_and_is_given_up,
    what_was_given_up_is_new_again_when_somebody_says_so,
);
