//! Which families can be reached: by what became of what was sent to them.

use chrono::{DateTime, TimeDelta, Utc};
use glans::metrics::census;
use glans_entity::notifications::{Channel, DeliveryState, LetterKind, delivery};
use glans_tests::seed::{put, waiting};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{happens, ilse, last, noor, placed};
use crate::ask::ask;

/// An e-mail of the board to the guardian of Noor, and what became of it.
fn email(world: &World, state: DeliveryState, at: DateTime<Utc>) -> delivery::Model {
    let account = world.ours.guardians[0].account;
    delivery::Model {
        board_id: Some(world.ours.id),
        account_id: Some(account),
        channel: Channel::Email,
        address_id: account.0,
        lane: 2,
        state,
        attempts: 1,
        expires_at: at + TimeDelta::hours(72),
        finished_at: Some(at),
        failure: (state == DeliveryState::Failed).then(|| "550 5.1.1".to_owned()),
        ..waiting(at)
    }
}

/// A digest to the guardian of Noor, which is of no board.
fn digest(world: &World, state: DeliveryState, at: DateTime<Utc>) -> delivery::Model {
    delivery::Model { board_id: None, digest_until: Some(at), lane: 5, ..email(world, state, at) }
}

async fn mailed(world: &World, row: delivery::Model) {
    let db = world.writing().await;
    put::<delivery::Entity>(&db, row).await;
    world.written(db).await;
}

/// Whether Noor's family can be reached, as the census has it and as her teacher is told.
async fn reached(world: &World) -> (bool, bool) {
    happens(world, placed(noor(world))).await;
    let document = "query($group: ID!) { worklist(kind: UNREACHABLE, classGroup: $group) { student { displayName } } }";
    let told = ask(world, Who::Teacher, document, json!({ "group": world.ours.groups[0] })).await;
    let is_noor = |item: &Value| item["student"]["displayName"] == "Noor";
    let is_missing = told["worklist"].as_array().unwrap().iter().any(is_noor);
    (last(world, noor(world)).await.is_reachable, !is_missing)
}

async fn an_address_that_bounces_reaches_nobody_in_the_census_and_on_the_worklist(world: &World) {
    census::daily(&world.app).await.unwrap();
    let now = world.app.clock.now();
    assert_eq!(reached(world).await, (true, true));
    mailed(world, email(world, DeliveryState::Failed, now - TimeDelta::hours(3))).await;
    assert_eq!(reached(world).await, (false, false));
    mailed(world, email(world, DeliveryState::Sent, now - TimeDelta::hours(2))).await;
    assert_eq!(reached(world).await, (true, true));
    // What was wrong with the message or with us.
    for why in ["554 5.7.1", "552 5.3.4", "550 5.1.8", "the calendar part has no content type"] {
        let failed = email(world, DeliveryState::Failed, now - TimeDelta::minutes(90));
        mailed(world, delivery::Model { failure: Some(why.to_owned()), ..failed }).await;
    }
    assert_eq!(reached(world).await, (true, true));
    mailed(world, email(world, DeliveryState::Failed, now - TimeDelta::hours(1))).await;
    assert_eq!(reached(world).await, (false, false));
    // Another address is another login.
    let other = world.guardian("Wilhelmina", &[]).await;
    world
        .sow(&world.ours, async |sower| {
            sower.set_account(other.person, None).await;
            sower.set_account(ilse(world), Some(other.account)).await;
        })
        .await;
    assert_eq!(reached(world).await, (true, true));
}

async fn a_digest_that_bounces_reaches_nobody(world: &World) {
    census::daily(&world.app).await.unwrap();
    let ago = |hours: i64| world.app.clock.now() - TimeDelta::hours(hours);
    let of_another_board =
        delivery::Model { board_id: Some(world.theirs.id), ..email(world, DeliveryState::Failed, ago(9)) };
    let code = delivery::Model {
        board_id: None,
        letter: Some(LetterKind::PasswordReset),
        ..email(world, DeliveryState::Failed, ago(8))
    };
    for row in [of_another_board, code] {
        mailed(world, row).await;
        assert_eq!(reached(world).await, (true, true), "of this the board knows nothing");
    }
    for (row, is_reached) in [
        (digest(world, DeliveryState::Failed, ago(7)), false),
        (email(world, DeliveryState::Sent, ago(6)), true),
        (digest(world, DeliveryState::Failed, ago(5)), false),
        (digest(world, DeliveryState::Sent, ago(4)), true),
    ] {
        let what = format!("{row:?}");
        mailed(world, row).await;
        assert_eq!(reached(world).await, (is_reached, is_reached), "{what}");
    }
}

/// Nothing was refused for good, and nothing is taken.
async fn a_mailbox_that_is_full_for_days_reaches_nobody(world: &World) {
    census::daily(&world.app).await.unwrap();
    let ago = |days: i64| world.app.clock.now() - TimeDelta::days(days);
    let given_up = |row: delivery::Model, why: &str| delivery::Model { failure: Some(why.to_owned()), ..row };
    let dead = |days: i64| email(world, DeliveryState::Dead, ago(days));
    for row in [
        given_up(dead(20), "452 4.2.2"),
        given_up(dead(15), "452 4.2.2"),
        given_up(dead(6), "452 4.2.2"),
        given_up(dead(5), "451"),
        // The mail server was out of order or took no more from us, or nobody tried.
        given_up(dead(4), "421 4.3.2"),
        given_up(dead(4), "451 4.7.1"),
        given_up(dead(3), "GATEWAY_DOWN"),
        given_up(dead(2), "TIME_TO_LIVE"),
    ] {
        mailed(world, row).await;
    }
    assert_eq!(reached(world).await, (true, true), "twice of late");
    mailed(world, given_up(digest(world, DeliveryState::Dead, ago(1)), "452 4.2.2")).await;
    assert_eq!(reached(world).await, (false, false), "three times");
    mailed(world, email(world, DeliveryState::Sent, ago(0))).await;
    assert_eq!(reached(world).await, (true, true), "there is room again");
}

on_each_database!(
    an_address_that_bounces_reaches_nobody_in_the_census_and_on_the_worklist,
    a_digest_that_bounces_reaches_nobody,
    a_mailbox_that_is_full_for_days_reaches_nobody,
);
