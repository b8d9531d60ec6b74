//! Many senders make digests, some are killed, and somebody chooses another time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::future::{join, join_all};
use chrono::{NaiveTime, TimeDelta};
use glans::notifications::deliveries::digests;
use glans::notifications::deliveries::sender::Sender;
use glans::platform::config::Config;
use glans_entity::notifications::Category;
use glans_tests::post_office::PostOffice;
use glans_tests::{World, on_each_database};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{dice, moment, process, tell};
use crate::notifications::letters::FROM;
use crate::notifications::mail_faults::message_id;
use crate::notifications::occasions::done;

/// Within this time a sender is killed, in milliseconds: in about as long it claims a digest, looks at it and sends it.
const LIFE: u64 = 40;

/// What somebody chooses while the digest of five o'clock is made.
fn settings(dice: &mut StdRng) -> Value {
    match dice.random_range(0..3) {
        0 => json!({ "digest": "DAILY", "digestHour": 16 }),
        1 => json!({ "digest": "DAILY", "digestHour": 18 }),
        _ => json!({ "digest": "IMMEDIATE" }),
    }
}

/// How long a sender lives: some are killed before their round is over, and leave what they claimed under its lease.
fn life(dice: &mut StdRng) -> Duration {
    if dice.random_bool(0.25) { Duration::from_millis(dice.random_range(0..LIFE)) } else { Duration::MAX }
}

pub(super) async fn raced_digests(world: &World, races: usize) {
    let mut dice = dice();
    let office = PostOffice::open().await;
    let config = Config {
        smtp_url: Some(office.url()),
        mail_from: Some(FROM.to_owned()),
        public_url: "https://glans.example.org".to_owned(),
        ..world.app.config.clone()
    };
    let app = process(world, config);
    let senders: Vec<_> = (0..4).map(|_| Sender::new(Arc::clone(&app))).collect();
    let (_, sara, _) = world.family().await;
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let tomorrow = world.app.clock.now().date_naive().succ_opt().unwrap().and_time(noon).and_utc();
    world.app.clock.turn(tomorrow - world.app.clock.now());
    let (mut expected, mut posted, mut digests_seen) = (0, 0, BTreeSet::new());
    for race in 0..races {
        // At noon in Greenwich something is told, or nothing; the digest is due at five in Amsterdam.
        let told = dice.random_range(0..3);
        for _ in 0..told {
            tell(world, &[sara.person], Category::Announcement, false).await;
        }
        world.app.clock.turn(TimeDelta::hours(6));
        // Of some of what is sent nobody hears whether it arrived.
        office.lose(usize::from(dice.random_bool(0.4)));
        let begins: Vec<_> = senders.iter().map(|sender| (sender, moment(&mut dice) / 4, life(&mut dice))).collect();
        let app = &app;
        let rounds = begins.into_iter().map(|(sender, begin, life)| async move {
            sleep(begin).await;
            digests::round(app).await.unwrap();
            if let Ok(done) = timeout(life, sender.round()).await {
                done.unwrap();
            }
        });
        let changed = dice.random_bool(0.5).then(|| settings(&mut dice));
        let (change, at) = (changed.clone(), moment(&mut dice) / 4);
        let changing = async {
            sleep(at).await;
            if let Some(change) = change {
                done(world, sara, "notificationPreferencesUpdate", "", change).await;
            }
        };
        let racing = async {
            join_all(rounds).await;
            // The leases of who was killed run out, for which the change waits.
            world.app.clock.turn(TimeDelta::minutes(1));
        };
        join(racing, changing).await;
        office.lose(0);
        // Whoever was to have another digest, or to wait for one, has it by then.
        for _ in 0..3 {
            world.app.clock.turn(TimeDelta::minutes(3));
            digests::round(app).await.unwrap();
            Sender::new(Arc::clone(app)).round().await.unwrap();
        }
        expected += usize::from(told > 0);
        // Sent again it is the same message.
        let all = office.posted_to("sara@example.org");
        digests_seen.extend(all[posted..].iter().map(message_id));
        posted = all.len();
        assert_eq!(digests_seen.len(), expected, "race {race} with {told} that waited; {changed:?}");
        if changed.is_some() {
            let usual = json!({ "digest": "DAILY", "digestHour": 17 });
            done(world, sara, "notificationPreferencesUpdate", "", usual).await;
        }
        world.app.clock.turn(TimeDelta::hours(18) - TimeDelta::minutes(10));
    }
    let again = posted - expected;
    println!(
        "{}: {races} races, {expected} digests, each of them once; {again} were sent again under their names",
        world.engine()
    );
    assert!(expected > 0 && again > 0, "nothing ever waited, or nothing was ever lost");
}

async fn of_many_who_make_a_digest_one_is_sent(world: &World) {
    raced_digests(world, 50).await;
}

on_each_database!(of_many_who_make_a_digest_one_is_sent);
