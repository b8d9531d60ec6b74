//! What was cut off under the hands of a process, and may be what ends it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans::notifications::dead;
use glans::notifications::deliveries::sender::Sender;
use glans::platform::dispatch::Dispatch;
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery};
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{carried, claimed, claimed_if_any, is_broken, leases_run_out, two_who_wait};
use crate::announcements::published;
use crate::notifications::stage::{Stage, daytime, nothing_is_dead, to_confirm, urgent};

/// What was cut off so often is claimed by itself.
const TOGETHER: i32 = 3;
/// What was cut off so often is tried while no other such one is.
const BESIDE_OTHERS: i32 = 6;
/// And what was cut off so often is given up.
const GIVEN_UP: i32 = 20;
/// Connections to a mail server that are not kept for codes.
const CONNECTIONS: usize = 7;

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

fn accounts(batch: &[delivery::Model]) -> Vec<Option<AccountId>> {
    batch.iter().map(|row| row.account_id).collect()
}

/// One of them ends the process each time: nobody knows which.
async fn what_was_cut_off_again_and_again_is_claimed_by_itself(world: &World) {
    let (stage, both) = two_who_wait(world).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    for _ in 0..TOGETHER {
        assert_eq!(claimed(&sender, Channel::Push).await.2.len(), 2);
        leases_run_out(world);
        assert!(sender.give_back_overdue().await.unwrap() >= 2);
    }
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["QUEUED CUT_OFF"]);
    }
    for _ in TOGETHER..BESIDE_OTHERS {
        let (first, second) = (claimed(&sender, Channel::Push).await.2, claimed(&sender, Channel::Push).await.2);
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first[0].id, second[0].id);
        leases_run_out(world);
        assert!(sender.give_back_overdue().await.unwrap() >= 2);
    }
    let first = claimed(&sender, Channel::Push).await;
    assert_eq!(first.2.len(), 1);
    assert!(claimed_if_any(&sender, Channel::Push).await.is_none(), "it may end the process");
    carried(&sender, first).await;
    assert_eq!(claimed(&sender, Channel::Push).await.2.len(), 1);
    leases_run_out(world);
    stage.sends().await;
    for someone in both {
        assert_eq!(stage.fates(someone, Channel::Push).await, ["SENT"]);
    }
    assert_eq!((stage.gateway.tries("ok-sara"), stage.gateway.tries("ok-omar")), (1, 1));
}

/// Whoever is suspected wrongly waits for no more than others do.
async fn what_is_suspected_is_claimed_when_its_turn_comes(world: &World) {
    let (stage, [sara, omar]) = two_who_wait(world).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    for (waits, turns) in [(2, [sara, omar]), (0, [omar, sara])] {
        leases_run_out(world);
        sender.give_back_overdue().await.unwrap();
        let now = world.app.clock.now();
        was_cut_off(world, sara, TOGETHER, now - TimeDelta::seconds(waits)).await;
        was_cut_off(world, omar, TOGETHER - 1, now - TimeDelta::seconds(1)).await;
        for whose in turns {
            let batch = claimed(&sender, Channel::Push).await.2;
            assert_eq!(accounts(&batch), [Some(whose.account)]);
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
    let mut tried = Vec::new();
    while let Some((_, _, batch)) = claimed_if_any(&sender, Channel::Push).await {
        assert_eq!(batch.len(), 1);
        tried.push(batch[0].account_id);
    }
    assert_eq!(tried.len(), 2, "one of the suspected, and Ilse");
    assert!(tried.contains(&Some(ilse.account)));
    // Whoever had them does not come back.
    leases_run_out(world);
    stage.sends().await;
    for name in ["ok-sara", "ok-omar", "ok-ilse"] {
        assert_eq!(stage.gateway.tries(name), 1, "{name}");
    }
}

/// Nothing of it is looked at: Omar's could not be read.
async fn what_was_cut_off_twenty_times_is_given_up_untried_until_it_is_replayed(world: &World) {
    nothing_is_dead(world).await;
    let (stage, both) = two_who_wait(world).await;
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
    assert_eq!(accounts(&batch), [Some(full.account)]);
    leases_run_out(world);
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
    carried(&sender, claimed(&sender, Channel::Email).await).await;
    drop(places);
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert_eq!((row.failure.as_deref(), row.attempts, row.cut_off), (Some("CROWDED"), 0, TOGETHER));
    // Ilse and Omar, who waited for longer, and then Sara.
    let (others, alone) = (claimed(&sender, Channel::Email).await.2, claimed(&sender, Channel::Email).await.2);
    assert_eq!(accounts(&alone), [Some(sara.account)]);
    assert_eq!(others.len(), 2);
    leases_run_out(world);
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT"]);
}

on_each_database!(
    what_was_cut_off_again_and_again_is_claimed_by_itself,
    what_is_suspected_is_claimed_when_its_turn_comes,
    no_two_that_are_suspected_are_tried_at_once_and_no_other_waits,
    what_was_cut_off_twenty_times_is_given_up_untried_until_it_is_replayed,
    what_was_put_off_often_and_cut_off_once_is_tried_again,
    what_waited_for_a_connection_in_vain_is_suspected_as_before,
);
