//! What waits is told once: whoever makes the digest, whatever is chosen meanwhile, and though nobody heard whether it
//! arrived.

use std::sync::Arc;

use chrono::TimeDelta;
use glans::notifications::dead::replay_all;
use glans::notifications::deliveries::sender::Sender;
use glans::notifications::deliveries::{LEASE, digests};
use glans::platform::dispatch::Dispatch;
use glans_entity::notifications::Channel;
use glans_entity::people::GuardianAccess;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{SARA, child_of, class_group, digest, told};
use crate::announcements::{published, to_group};
use crate::notifications::mail_faults::message_id;
use crate::notifications::occasions::done;
use crate::notifications::poison::claimed;
use crate::notifications::stage::{Stage, daytime, nothing_is_dead, process, turn_to};

/// The mail server was away at five; at half past, somebody chooses four o'clock.
async fn who_has_a_digest_waiting_gets_no_second_one_of_the_same(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 3, "Ilse, Omar and Sara");
    let earlier = json!({ "digest": "DAILY", "digestHour": 16 });
    done(world, sara, "notificationPreferencesUpdate", "", earlier).await;
    turn_to(world, 17, 30);
    assert_eq!(digests::round(&stage.app).await.unwrap(), 0);
    stage.sends().await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1);
    published(world, Who::Leader, "Twee", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 16, 0);
    digest(&stage).await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2);
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 3a\n  - 1 mededeling\n");
}

async fn who_wants_each_thing_by_itself_hears_once_more_of_what_waited(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    for title in ["Een", "Twee"] {
        published(world, Who::Leader, title, to_group(world)).await;
    }
    stage.tells().await;
    let immediate = json!({ "digest": "IMMEDIATE" });
    for _ in 0..2 {
        done(world, sara, "notificationPreferencesUpdate", "", immediate.clone()).await;
    }
    published(world, Who::Leader, "Drie", to_group(world)).await;
    stage.works().await;
    assert_eq!(stage.office.posted_to(SARA).len(), 1, "at once, by itself");
    world.app.clock.turn(TimeDelta::minutes(3));
    stage.sends().await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2);
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 3a\n  - 2 mededelingen\n");
    turn_to(world, 17, 0);
    digest(&stage).await;
    assert_eq!(stage.office.posted_to(SARA).len(), 2, "nothing is told again");
}

/// The mail server was away at five, and a digest waits still.
async fn who_wants_each_thing_by_itself_hears_once_of_what_a_digest_was_to_tell(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    published(world, Who::Leader, "Een", to_group(world)).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 3, "Ilse, Omar and Sara");
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    stage.sends().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "QUEUED"]);
    let last = stage.deliveries(sara, Channel::Email).await.remove(1);
    assert_eq!(last.expires_at - last.due_at, TimeDelta::hours(72), "no other digest would tell it");
    world.app.clock.turn(TimeDelta::minutes(3));
    stage.sends().await;
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), ["\nDe Zwaluw\n  Uw kind in 3a\n  - 1 mededeling\n"]);
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "SENT"]);
}

/// A digest to Sara that the mail server took, and nobody heard of it. And how to write to her alone.
async fn of_which_nobody_heard(world: &World, stage: &Stage<'_>) -> (Someone, Value) {
    let group = class_group(world, "4b").await;
    let bram = child_of(world, "Bram", group).await;
    let sara = world.guardian("Sara", &[(bram, GuardianAccess::Full)]).await;
    let to_bram = json!({ "audience": { "include": [group] } });
    published(world, Who::Leader, "Een", to_bram.clone()).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    stage.office.lose(1);
    assert_eq!(digests::round(&stage.app).await.unwrap(), 1, "for Sara alone");
    stage.tries(Channel::Email).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("QUEUED "));
    (sara, to_bram)
}

/// The first digest came twice under its own name, and the other one told the rest.
async fn each_is_told_by_one(stage: &Stage<'_>, sara: Someone) {
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SENT", "SENT"]);
    let posted = stage.office.posted_to(SARA);
    let one = "\nDe Zwaluw\n  Uw kind in 4b\n  - 1 mededeling\n";
    assert_eq!(posted.iter().map(told).collect::<Vec<_>>(), [one; 3]);
    let ids: Vec<_> = posted.iter().map(message_id).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "the first comes again as itself, the other tells the rest: {ids:?}");
}

async fn a_digest_that_may_have_arrived_is_told_again_by_no_other(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (sara, to_bram) = of_which_nobody_heard(world, &stage).await;
    published(world, Who::Leader, "Twee", to_bram).await;
    stage.tells().await;
    done(world, sara, "notificationPreferencesUpdate", "", json!({ "digest": "IMMEDIATE" })).await;
    stage.passes(3, TimeDelta::minutes(3)).await;
    each_is_told_by_one(&stage, sara).await;
}

/// Then the mail server was away until it was given up. It is back, and the next one is there.
async fn of_which_nobody_heard_until_the_next_one(world: &World, stage: &Stage<'_>) -> Someone {
    nothing_is_dead(world).await;
    let (sara, to_bram) = of_which_nobody_heard(world, stage).await;
    stage.office.set_dead(true);
    stage.passes(21, TimeDelta::hours(1)).await;
    assert!(stage.fates(sara, Channel::Email).await[0].starts_with("DEAD "));
    published(world, Who::Leader, "Twee", to_bram).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert_eq!(digests::round(&stage.app).await.unwrap(), 1, "for Sara alone");
    stage.office.set_dead(false);
    sara
}

async fn a_digest_that_may_have_arrived_is_told_by_no_other_when_it_is_replayed(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = of_which_nobody_heard_until_the_next_one(world, &stage).await;
    assert_eq!(replay_all(&stage.app).await.unwrap(), (0, 1));
    for _ in 0..4 {
        stage.sends_anew().await;
        world.app.clock.turn(TimeDelta::minutes(3));
    }
    each_is_told_by_one(&stage, sara).await;
}

/// The next one saw no other, and is with the mail server when the first one is replayed.
async fn a_digest_that_is_replayed_waits_for_one_that_is_under_way(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let sara = of_which_nobody_heard_until_the_next_one(world, &stage).await;
    let sender = Sender::new(Arc::clone(&stage.app));
    let (queue, lease, batch) = claimed(&sender, Channel::Email).await;
    let done = sender.carry(queue, batch).await.unwrap();
    assert_eq!(replay_all(&stage.app).await.unwrap(), (0, 1));
    stage.sends_anew().await;
    sender.settle(queue, &done, lease).await.unwrap();
    world.app.clock.turn(LEASE + TimeDelta::seconds(1));
    stage.sends_anew().await;
    assert_eq!(stage.fates(sara, Channel::Email).await, ["SUPPRESSED NOTHING", "SENT"]);
    let posted = stage.office.posted_to(SARA);
    assert_eq!(posted.len(), 2, "the one of which nobody heard, and the next one");
    assert_eq!(told(&posted[1]), "\nDe Zwaluw\n  Uw kind in 4b\n  - 2 mededelingen\n");
}

async fn of_two_processes_one_makes_the_digest(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    let other = process(world, stage.app.config.clone()).await;
    for turn in 1..=20 {
        published(world, Who::Leader, "Een", to_group(world)).await;
        stage.tells().await;
        turn_to(world, 17, 0);
        let (one, two) = (Arc::clone(&stage.app), Arc::clone(&other));
        let (one, two) = tokio::join!(
            tokio::spawn(async move { digests::round(&one).await }),
            tokio::spawn(async move { digests::round(&two).await }),
        );
        // Ilse, Omar and Sara.
        assert_eq!(one.unwrap().unwrap() + two.unwrap().unwrap(), 3, "turn {turn}");
        stage.sends().await;
        assert_eq!(stage.deliveries(sara, Channel::Email).await.len(), turn);
        assert_eq!(stage.office.posted_to(SARA).len(), turn);
        world.app.clock.turn(TimeDelta::minutes(1));
    }
}

on_each_database!(
    who_has_a_digest_waiting_gets_no_second_one_of_the_same,
    who_wants_each_thing_by_itself_hears_once_more_of_what_waited,
    who_wants_each_thing_by_itself_hears_once_of_what_a_digest_was_to_tell,
    a_digest_that_may_have_arrived_is_told_again_by_no_other,
    a_digest_that_may_have_arrived_is_told_by_no_other_when_it_is_replayed,
    a_digest_that_is_replayed_waits_for_one_that_is_under_way,
    of_two_processes_one_makes_the_digest,
);
