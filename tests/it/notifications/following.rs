//! Following the inbox, with the clients that apps use.

use std::time::Duration;

use chrono::TimeDelta;
use glans_entity::notifications::notification;
use glans_tests::seed::{notice, put};
use glans_tests::{Actor, Who, World, on_each_database};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::occasions::tell;
use crate::announcements::{published, to_group};
use crate::cli;
use crate::processes::serve_with;
use crate::realtime::Follower;

/// A follower whom nobody wakes looks again after twice as long.
const WOKEN: Duration = Duration::from_secs(10);
const FIELD: &str = "notificationReceived";
const RECEIVED: &str = "subscription($after: String) { notificationReceived(after: $after) {
    cursor notification { body students { displayName } } } }";

const IDS: &str = "subscription($after: String) { notificationReceived(after: $after) {
    cursor notification { id } } }";
/// More than are read at once.
const CROWD: usize = 150;

/// Something that Sara is told of.
async fn happens(world: &World, title: &str) {
    published(world, Who::Leader, title, to_group(world)).await;
    tell(world).await;
}

/// That the next event tells of this one.
async fn hears(follower: &mut Follower, title: &str) -> Value {
    let event = follower.event(FIELD).await;
    let body = event["notification"]["body"].as_str().unwrap_or_else(|| panic!("{title}: {event}"));
    assert!(body.contains(title), "{title}: {body}");
    event
}

async fn each_notification_is_heard_once(world: &World) {
    let (_, sara, omar) = world.family().await;
    happens(world, "Voordien").await;
    let (of_sara, of_omar) = (world.actor_of("Sara", sara).await, world.actor_of("Omar", omar).await);
    for kind in ["ws", "sse", "apollo"] {
        let Some(mut sara) = Follower::start(kind, &of_sara, RECEIVED, &json!({})) else { return };
        let Some(mut omar) = Follower::start(kind, &of_omar, RECEIVED, &json!({})) else { return };
        let first = sara.event(FIELD).await;
        assert_eq!(first["notification"], Value::Null, "{kind}: what was there already is not told");
        assert_eq!(omar.event(FIELD).await["notification"], Value::Null);
        happens(world, "Een").await;
        let second = hears(&mut sara, "Een").await;
        assert_eq!(second["notification"]["students"], json!([{ "displayName": "Fien" }]));
        hears(&mut omar, "Een").await;
        happens(world, "Twee").await;
        for follower in [&mut sara, &mut omar] {
            hears(follower, "Twee").await;
        }
        drop(sara);
        // What came while nobody listened is told first, and nothing twice.
        happens(world, "Drie").await;
        let again = [(&first, ["Een", "Twee", "Drie"], "Vier"), (&second, ["Twee", "Drie", "Vier"], "Vijf")];
        for (after, missed, next) in again {
            let asked = json!({ "after": after["cursor"] });
            let Some(mut again) = Follower::start(kind, &of_sara, RECEIVED, &asked) else { return };
            assert_eq!(again.event(FIELD).await["notification"], Value::Null);
            for title in missed {
                hears(&mut again, title).await;
            }
            happens(world, next).await;
            hears(&mut again, next).await;
        }
        // The next run must not hear of this one.
        world.app.clock.turn(TimeDelta::minutes(2));
    }
}

async fn a_cursor_that_is_too_old_or_none_is_refused(world: &World) {
    let (_, sara, _) = world.family().await;
    let of_sara = world.actor_of("Sara", sara).await;
    let Some(mut follower) = Follower::start("ws", &of_sara, RECEIVED, &json!({})) else { return };
    let first = follower.event(FIELD).await;
    world.app.clock.turn(TimeDelta::days(8));
    let of_sara = world.actor_of("Sara", sara).await;
    let old = json!({ "after": first["cursor"] });
    let Some(mut late) = Follower::start("ws", &of_sara, RECEIVED, &old) else { return };
    let line = late.line().await;
    assert!(line.contains("RESYNC_REQUIRED"), "{line}");
    let Some(mut wrong) = Follower::start("ws", &of_sara, RECEIVED, &json!({ "after": "x" })) else { return };
    let line = wrong.line().await;
    assert!(line.contains("BAD_CURSOR"), "{line}");
}

async fn who_follows_at_another_process_hears_it(world: &World) {
    let (_, sara, _) = world.family().await;
    let folder = tempfile::tempdir().unwrap();
    // It tells nobody of anything itself.
    let (server, address) = serve_with(folder.path(), world, &["--listen", "127.0.0.1:0", "--no-worker"]);
    let token = world.actor_of("Sara", sara).await;
    let there = Actor::anonymous("Sara", &address).with_token(token.token());
    for kind in ["ws", "sse"] {
        let Some(mut follower) = Follower::start(kind, &there, RECEIVED, &json!({})) else {
            cli::stop(server);
            return;
        };
        assert_eq!(follower.event(FIELD).await["notification"], Value::Null);
        let title = format!("Over {kind}");
        happens(world, &title).await;
        let heard = timeout(WOKEN, hears(&mut follower, &title)).await;
        heard.expect("it is woken, and does not only look again");
    }
    assert_eq!(cli::stop(server), Some(0));
}

/// The teacher is told of so many things in one moment; their ids.
async fn happen_at_once(world: &World, many: usize) -> Vec<String> {
    let (db, now, mut ids) = (world.writing().await, world.app.clock.now(), Vec::new());
    for _ in 0..many {
        let row = notice(world.ours.id, world.ours.teacher.person, now);
        ids.push(row.id.to_string());
        put::<notification::Entity>(&db, row).await;
    }
    world.written(db).await;
    ids
}

/// The next of them that the teacher hears after a cursor, and the last cursor.
async fn heard(world: &World, after: &Value, many: usize) -> (Vec<String>, Value) {
    let teacher = world.standing(Who::Teacher).await;
    // The first event has none.
    let answers = world.follow(&teacher, IDS, json!({ "after": after }), many + 1).await;
    let id = |answer: &Value| answer["data"][FIELD]["notification"]["id"].as_str().expect("an id").to_owned();
    (answers[1..].iter().map(id).collect(), answers[many]["data"][FIELD]["cursor"].clone())
}

async fn who_comes_back_after_much_at_once_hears_nothing_twice(world: &World) {
    let (_, begun) = heard(world, &Value::Null, 0).await;
    let mut crowd = happen_at_once(world, CROWD).await;
    let (mut all, after) = heard(world, &begun, CROWD).await;
    crowd.sort_unstable();
    all.sort_unstable();
    assert_eq!(all, crowd);
    let next = happen_at_once(world, 1).await;
    assert_eq!(heard(world, &after, 1).await.0, next);
}

on_each_database!(
    who_comes_back_after_much_at_once_hears_nothing_twice,
    each_notification_is_heard_once,
    a_cursor_that_is_too_old_or_none_is_refused,
    who_follows_at_another_process_hears_it,
);
