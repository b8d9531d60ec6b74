//! An event that nobody can be told of keeps nobody else waiting, and does not stay for ever. Nor does a push that nobody can
//! read, or that ends whoever has it under their hands; what was only put off is not taken for one.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans::notifications::deliveries::LEASE;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::{dead, telling};
use glans::platform::dispatch::Dispatch;
use glans::platform::outbox::{Event, emit};
use glans_entity::ids::{AnnouncementId, BoardId};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery, notification};
use glans_entity::people::GuardianAccess;
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::occasions::{done, standing};
use super::stage::{Stage, daytime, nothing_is_dead, to_confirm, urgent};
use crate::announcements::{published, to_group};

/// After so many tries nobody tries any more.
const TRIES: i32 = 12;
/// What was cut off so often is claimed by itself.
const TOGETHER: i32 = 3;
/// What was cut off so often is tried while no other such one is.
const BESIDE_OTHERS: i32 = 6;
/// And what was cut off so often is given up.
const GIVEN_UP: i32 = 20;
/// Connections to a mail server that are not kept for codes.
const CONNECTIONS: usize = 7;

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
    let (_, sara, omar) = world.family().await;
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
    stage.tries(Channel::Push).await;
    assert_eq!(stage.fates(omar, Channel::Push).await, ["SENT"]);
    assert_eq!((stage.gateway.seen("ok-omar").len(), stage.gateway.tries("ok-sara")), (1, 0));
    let row = stage.deliveries(sara, Channel::Push).await.remove(0);
    assert_eq!((row.state, row.failure.as_deref(), row.attempts), (DeliveryState::Queued, Some("INTERNAL"), 1));
}

/// Whose it is, its lease, and what was claimed.
type Claimed = (<Sender as Dispatch>::Owner, Uuid, Vec<delivery::Model>);

/// What a process claims at once of the channel.
pub(super) async fn claimed(sender: &Sender, channel: Channel) -> Claimed {
    claimed_if_any(sender, channel).await.expect("something is due")
}

async fn claimed_if_any(sender: &Sender, channel: Channel) -> Option<Claimed> {
    for queue in sender.owners().await.unwrap() {
        let lease = Uuid::now_v7();
        let batch = sender.claim(queue, lease).await.unwrap();
        if batch.iter().any(|row| row.channel == channel) {
            return Some((queue, lease, batch));
        }
    }
    None
}

/// Looking took so long that the lease is nearly over.
async fn one_by_one_no_push_is_looked_at_that_would_be_late(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let both = two_who_wait(world, &stage).await;
    is_broken(world, both[0]).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Push).await;
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
    daytime(world);
    let stage = Stage::set(world).await;
    let both = two_who_wait(world, &stage).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    for _ in 0..TOGETHER {
        assert_eq!(claimed(&sender, Channel::Push).await.2.len(), 2);
        world.app.clock.turn(LEASE + TimeDelta::seconds(1));
        assert!(sender.give_back_overdue().await.unwrap() >= 2);
    }
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["QUEUED CUT_OFF"]);
    }
    for _ in TOGETHER..BESIDE_OTHERS {
        let (first, second) = (claimed(&sender, Channel::Push).await.2, claimed(&sender, Channel::Push).await.2);
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first[0].id, second[0].id);
        world.app.clock.turn(LEASE + TimeDelta::seconds(1));
        assert!(sender.give_back_overdue().await.unwrap() >= 2);
    }
    let (queue, lease, first) = claimed(&sender, Channel::Push).await;
    assert_eq!(first.len(), 1);
    assert!(claimed_if_any(&sender, Channel::Push).await.is_none(), "it may end the process");
    let done = sender.carry(queue, first).await.unwrap();
    sender.settle(queue, &done, lease).await.unwrap();
    assert_eq!(claimed(&sender, Channel::Push).await.2.len(), 1);
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends().await;
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["SENT"]);
    }
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.tries("ok-omar")), (1, 1));
}

/// The delivery to somebody was cut off so often, and is due since then.
async fn was_cut_off(world: &World, someone: Someone, often: i32, due: DateTime<Utc>) {
    use delivery::Column;
    let db = world.writing().await;
    let own = delivery::Entity::update_many()
        .col_expr(Column::CutOff, Expr::value(often))
        .col_expr(Column::DueAt, Expr::value(due))
        .filter(Column::AccountId.eq(someone.account))
        .filter(Column::State.eq(DeliveryState::Queued));
    assert_eq!(own.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
}

/// Whoever is suspected wrongly waits for no more than others do.
async fn what_is_suspected_is_claimed_when_its_turn_comes(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let [sara, omar] = two_who_wait(world, &stage).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    for (waits, turns) in [(2, [sara, omar]), (0, [omar, sara])] {
        world.app.clock.turn(LEASE + TimeDelta::seconds(1));
        sender.give_back_overdue().await.unwrap();
        let now = world.app.clock.now();
        was_cut_off(world, sara, TOGETHER, now - TimeDelta::seconds(waits)).await;
        was_cut_off(world, omar, TOGETHER - 1, now - TimeDelta::seconds(1)).await;
        for whose in turns {
            let batch = claimed(&sender, Channel::Push).await.2;
            assert_eq!(batch.iter().map(|row| row.account_id).collect::<Vec<_>>(), [Some(whose.account)]);
        }
    }
}

/// Sara's push and Omar's to a browser are in two queues of one process, and Ilse's is behind Omar's.
async fn no_two_that_are_suspected_are_tried_at_once_and_no_other_waits(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, omar) = world.family().await;
    let ilse = world.ours.guardians[0];
    stage.device(sara, PushPlatform::Fcm, "ok-sara").await;
    stage.device(omar, PushPlatform::WebPush, "ok-omar").await;
    stage.device(ilse, PushPlatform::WebPush, "ok-ilse").await;
    published(world, Who::Leader, "Schoolreis", to_confirm(world)).await;
    stage.tells().await;
    let now = world.app.clock.now();
    for someone in [sara, omar] {
        was_cut_off(world, someone, BESIDE_OTHERS, now - TimeDelta::minutes(1)).await;
    }
    let sender = Sender::new(Arc::clone(&stage.app));
    let mut accounts = Vec::new();
    while let Some((_, _, batch)) = claimed_if_any(&sender, Channel::Push).await {
        assert_eq!(batch.len(), 1);
        accounts.push(batch[0].account_id);
    }
    assert_eq!(accounts.len(), 2, "one of the suspected, and Ilse");
    assert!(accounts.contains(&Some(ilse.account)));
    // Whoever had them does not come back.
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends().await;
    for name in ["ok-sara", "ok-omar", "ok-ilse"] {
        assert_eq!(stage.gateway.tries(name), 1, "{name}");
    }
}

/// Nothing of it is looked at: Omar's could not be read.
async fn what_was_cut_off_twenty_times_is_given_up_untried_until_it_is_replayed(world: &World) {
    daytime(world);
    nothing_is_dead(world).await;
    let stage = Stage::set(world).await;
    let both = two_who_wait(world, &stage).await;
    let [sara, omar] = both;
    is_broken(world, omar).await;
    let now = world.app.clock.now();
    for someone in both {
        was_cut_off(world, someone, GIVEN_UP, now - TimeDelta::seconds(1)).await;
    }
    stage.sends().await;
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["DEAD TRIES"]);
    }
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.tries("ok-omar")), (0, 0));

    assert_eq!(dead::replay_all(&stage.app).await.unwrap(), (0, 2));
    assert_eq!(stage.deliveries(sara, Channel::Push).await[0].cut_off, 0);
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Push).await, ["SENT"]);
    assert_eq!(stage.fates(omar, Channel::Push).await, ["QUEUED INTERNAL"], "it is looked at again");
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.tries("ok-omar")), (1, 0));
}

/// Its mailbox was full for half a day, and then one process was killed.
async fn what_was_put_off_often_and_cut_off_once_is_tried_again(world: &World) {
    const OFTEN: i32 = 1_000;
    daytime(world);
    let stage = Stage::set(world).await;
    let child = world.child("Bram", 0).await;
    let full = world.guardian("tempfail-anne", &[(child, GuardianAccess::Full)]).await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.works().await;
    let db = world.writing().await;
    let put_off = delivery::Entity::update_many()
        .col_expr(delivery::Column::Attempts, Expr::value(OFTEN))
        .filter(delivery::Column::AccountId.eq(full.account));
    assert_eq!(put_off.exec(&db).await.unwrap().rows_affected, 1);
    world.written(db).await;
    world.app.clock.turn(TimeDelta::hours(1));
    let sender = Sender::new(Arc::clone(&stage.app));
    let batch = claimed(&sender, Channel::Email).await.2;
    assert_eq!(batch.iter().map(|row| row.account_id).collect::<Vec<_>>(), [Some(full.account)]);
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    sender.give_back_overdue().await.unwrap();
    let row = stage.deliveries(full, Channel::Email).await.remove(0);
    assert_eq!((row.failure.as_deref(), row.attempts, row.cut_off), (Some("CUT_OFF"), OFTEN + 1, 1));
    stage.sends().await;
    assert_eq!(stage.fates(full, Channel::Email).await, ["QUEUED 451 4.3.0"]);
    let row = stage.deliveries(full, Channel::Email).await.remove(0);
    assert_eq!((row.attempts, row.cut_off), (OFTEN + 2, 0), "an answer is an answer");
}

/// All connections to the mail server are taken.
async fn what_waited_for_a_connection_in_vain_is_suspected_as_before(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    let now = world.app.clock.now();
    was_cut_off(world, sara, TOGETHER, now - TimeDelta::seconds(1)).await;
    let mut places = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        places.push(stage.app.channels.mail.place(false).await);
    }
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Email).await;
    let done = sender.carry(queue, batch).await.unwrap();
    sender.settle(queue, &done, lease).await.unwrap();
    drop(places);
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert_eq!((row.failure.as_deref(), row.attempts, row.cut_off), (Some("CROWDED"), 0, TOGETHER));
    // Ilse and Omar, who waited for longer, and then Sara.
    let (others, alone) = (claimed(&sender, Channel::Email).await.2, claimed(&sender, Channel::Email).await.2);
    assert_eq!(alone.iter().map(|row| row.account_id).collect::<Vec<_>>(), [Some(sara.account)]);
    assert_eq!(others.len(), 2);
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT"]);
}

on_each_database!(
    a_push_that_nobody_can_read_takes_no_other_with_it,
    one_by_one_no_push_is_looked_at_that_would_be_late,
    what_was_cut_off_again_and_again_is_claimed_by_itself,
    what_is_suspected_is_claimed_when_its_turn_comes,
    no_two_that_are_suspected_are_tried_at_once_and_no_other_waits,
    what_was_cut_off_twenty_times_is_given_up_untried_until_it_is_replayed,
    what_was_put_off_often_and_cut_off_once_is_tried_again,
    what_waited_for_a_connection_in_vain_is_suspected_as_before,
    what_nobody_understands_keeps_nobody_waiting_and_is_given_up,
    what_was_given_up_is_new_again_when_somebody_says_so,
);
