//! A push that nobody can read.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::notifications::deliveries::LEASE;
use glans::notifications::deliveries::sender::Sender;
use glans_entity::notifications::{Channel, DeliveryState};
use glans_tests::{World, on_each_database};

use super::{carried, claimed, is_broken, two_who_wait};

async fn a_push_that_nobody_can_read_takes_no_other_with_it(world: &World) {
    let (stage, [sara, omar]) = two_who_wait(world).await;
    is_broken(world, sara).await;
    stage.tries(Channel::Push).await;
    assert_eq!(stage.fates(omar, Channel::Push).await, ["SENT"]);
    assert_eq!((stage.gateway.seen("ok-omar").len(), stage.gateway.tries("ok-sara")), (1, 0));
    let row = stage.deliveries(sara, Channel::Push).await.remove(0);
    assert_eq!((row.state, row.failure.as_deref(), row.attempts), (DeliveryState::Queued, Some("INTERNAL"), 1));
}

/// Looking took so long that the lease is nearly over.
async fn one_by_one_no_push_is_looked_at_that_would_be_late(world: &World) {
    let (stage, both) = two_who_wait(world).await;
    is_broken(world, both[0]).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let pushes = claimed(&sender, Channel::Push).await;
    assert_eq!(pushes.2.len(), 2);
    world.app.clock.turn(LEASE - TimeDelta::seconds(9));
    carried(&sender, pushes).await;
    for someone in both {
        let row = stage.deliveries(someone, Channel::Push).await.remove(0);
        assert_eq!((row.state, row.failure.as_deref(), row.attempts), (DeliveryState::Queued, Some("LATE"), 0));
    }
}

on_each_database!(
    a_push_that_nobody_can_read_takes_no_other_with_it,
    one_by_one_no_push_is_looked_at_that_would_be_late,
);
