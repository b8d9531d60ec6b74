//! What a mail server does wrong: it is left alone, e-mail is tried again for three days, and a second try is the same
//! message.

use chrono::TimeDelta;
use glans_entity::notifications::Channel;
use glans_entity::people::GuardianAccess;
use glans_tests::post_office::Posted;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use mail_parser::MessageParser;

use super::stage::{Stage, daytime, urgent};
use crate::announcements::published;

const ALL: [&str; 3] = ["ilse@example.org", "omar@example.org", "sara@example.org"];

pub(super) fn message_id(posted: &Posted) -> String {
    let message = MessageParser::default().parse(&posted.message).expect("a message");
    message.message_id().expect("an id").to_owned()
}

async fn a_server_that_is_dead_for_two_hours_loses_nothing(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.office.set_dead(true);
    stage.works().await;
    stage.passes(12, TimeDelta::minutes(10)).await;
    let row = stage.deliveries(sara, Channel::Email).await.remove(0);
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "), "{row:?}");
    assert_eq!(stage.office.posted(), []);
    // Left alone in between: where three e-mails are due, one goes first.
    let tries = stage.office.connections();
    assert!((10..=25).contains(&tries), "{tries} tries in 13 rounds with 3 e-mails");

    stage.office.set_dead(false);
    stage.passes(12, TimeDelta::minutes(10)).await;
    for to in ALL {
        assert_eq!(stage.office.posted_to(to).len(), 1, "{to}");
    }
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT"]);
    let id = message_id(&stage.office.posted_to("sara@example.org")[0]);
    assert_eq!(id, format!("{}@glans.example.org", row.id), "the same after every try");
}

async fn what_cannot_be_sent_for_three_days_is_given_up(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.office.set_dead(true);
    stage.works().await;
    stage.passes(71, TimeDelta::hours(1)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "));
    stage.passes(2, TimeDelta::hours(1)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("DEAD "));
    stage.office.set_dead(false);
    stage.passes(2, TimeDelta::hours(1)).await;
    assert_eq!(stage.office.posted(), [], "nobody hears of it three days later");
}

/// A guardian of the first group whose mailbox fares as the name says.
async fn fares(world: &World, name: &str) -> Someone {
    let child = world.child("Bram", 0).await;
    world.guardian(name, &[(child, GuardianAccess::Full)]).await
}

async fn a_mailbox_that_is_full_is_tried_again_and_keeps_no_other_waiting(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let full = fares(world, "tempfail-anne").await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.works().await;
    stage.passes(12, TimeDelta::minutes(20)).await;
    let row = stage.deliveries(full, Channel::Email).await.remove(0);
    assert_eq!(stage.fates(full, Channel::Email).await, ["QUEUED 451 4.3.0"]);
    assert!((10..=30).contains(&row.attempts), "{row:?}");
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT"]);
    stage.passes(70, TimeDelta::hours(1)).await;
    assert!(stage.fates(full, Channel::Email).await[0].starts_with("DEAD "));
    assert_eq!(stage.office.posted_to("sara@example.org").len(), 1);
}

async fn a_second_try_is_the_same_message(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let lost = fares(world, "lost-anne").await;
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.works().await;
    stage.passes(3, TimeDelta::minutes(20)).await;
    let posted: Vec<_> = stage.office.posted().into_iter().filter(|it| it.to[0].starts_with("lost-")).collect();
    assert!(posted.len() >= 2, "{} tries", posted.len());
    let row = stage.deliveries(lost, Channel::Email).await.remove(0);
    assert!(posted.iter().all(|it| message_id(it) == format!("{}@glans.example.org", row.id)), "{posted:?}");
}

on_each_database!(
    a_server_that_is_dead_for_two_hours_loses_nothing,
    what_cannot_be_sent_for_three_days_is_given_up,
    a_mailbox_that_is_full_is_tried_again_and_keeps_no_other_waiting,
    a_second_try_is_the_same_message,
);
