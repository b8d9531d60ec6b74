//! An event that nobody can be told of keeps nobody else waiting, and does not stay for ever. Nor does a push that nobody can
//! read, or that ends whoever has it under their hands.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::notifications::deliveries::LEASE;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::{dead, telling};
use glans::platform::dispatch::Dispatch;
use glans::platform::outbox::{Event, emit};
use glans_entity::ids::{AnnouncementId, BoardId};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery, notification};
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::occasions::{done, family, standing};
use super::stage::{Stage, daytime, nothing_is_dead, to_confirm};
use crate::announcements::{published, to_group};

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
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
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

/// Sara and Omar, for each of whom a push waits.
async fn two_who_wait(world: &World, stage: &Stage<'_>) -> [Someone; 2] {
    let (_, sara, omar) = family(world).await;
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::Fcm, "ok-omar").await;
    published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.tells().await;
    [sara, omar]
}

/// Nobody can read what somebody is told, as if a later version of the program had left it.
async fn is_broken(world: &World, someone: Someone) {
    let db = world.writing().await;
    let own = notification::Entity::update_many().filter(notification::Column::PersonId.eq(someone.person));
    let broken = own.col_expr(notification::Column::Category, Expr::value("UNHEARD_OF")).exec(&db).await.unwrap();
    assert_eq!(broken.rows_affected, 1);
    world.written(db).await;
}

async fn a_push_that_nobody_can_read_takes_no_other_with_it(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let [sara, omar] = two_who_wait(world, &stage).await;
    is_broken(world, sara).await;
    stage.sends().await;
    assert_eq!(stage.fates(omar, Channel::Push).await, ["SENT"]);
    assert_eq!((stage.gateway.seen("ok-omar").len(), stage.gateway.tries("ok-sara")), (1, 0));
    let row = stage.deliveries(sara, Channel::Push).await.remove(0);
    assert_eq!((row.state, row.failure.as_deref(), row.attempts), (DeliveryState::Queued, Some("INTERNAL"), 1));
}

/// The pushes that a process claims at once, with whose they are and its lease.
async fn claimed(sender: &Sender) -> (<Sender as Dispatch>::Owner, Uuid, Vec<delivery::Model>) {
    for queue in sender.owners().await.unwrap() {
        let lease = Uuid::now_v7();
        let batch = sender.claim(queue, lease).await.unwrap();
        if batch.iter().any(|row| row.channel == Channel::Push) {
            return (queue, lease, batch);
        }
    }
    panic!("no push is due");
}

/// Looking took so long that the lease is nearly over.
async fn one_by_one_no_push_is_looked_at_that_would_be_late(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let both = two_who_wait(world, &stage).await;
    is_broken(world, both[0]).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender).await;
    assert_eq!(batch.len(), 2);
    world.app.clock.turn(LEASE - TimeDelta::seconds(9));
    let done = sender.carry(queue, batch).await.unwrap();
    sender.settle(queue, &done, lease).await.unwrap();
    for someone in both {
        let row = stage.deliveries(someone, Channel::Push).await.remove(0);
        assert_eq!((row.state, row.failure.as_deref(), row.attempts), (DeliveryState::Queued, Some("LATE"), 0));
    }
}

/// One of them ends the process each time: nobody knows which.
async fn what_was_cut_off_again_and_again_is_claimed_by_itself(world: &World) {
    const TOGETHER: usize = 3;
    daytime(world);
    let stage = Stage::set(world).await;
    let both = two_who_wait(world, &stage).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    for _ in 0..TOGETHER {
        assert_eq!(claimed(&sender).await.2.len(), 2);
        world.app.clock.turn(LEASE + TimeDelta::seconds(1));
        assert!(sender.give_back_overdue().await.unwrap() >= 2);
    }
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["QUEUED CUT_OFF"]);
    }
    let (first, second) = (claimed(&sender).await.2, claimed(&sender).await.2);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].id, second[0].id);
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends().await;
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["SENT"]);
    }
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.tries("ok-omar")), (1, 1));
}

on_each_database!(
    a_push_that_nobody_can_read_takes_no_other_with_it,
    one_by_one_no_push_is_looked_at_that_would_be_late,
    what_was_cut_off_again_and_again_is_claimed_by_itself,
    what_nobody_understands_keeps_nobody_waiting_and_is_given_up,
    what_was_given_up_is_new_again_when_somebody_says_so,
);
