//! When a message arrives, by the hours of the school.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use glans::engagement::threads::post;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{NONE, THREAD, bodies, events, listed, say, start, started, told_of, turn_to, words};
use crate::ask::{act, ask, codes};

async fn a_message_at_night_arrives_when_the_hours_begin(world: &World) {
    let night = turn_to(world, Weekday::Fri, 22, 0);
    let thread = start(world, Who::Guardian).await;
    let monday = night + TimeDelta::hours(58);
    let fields = "message { sentAt arrivesAt hasArrived }";
    let second = act(world, Who::Guardian, "messageSend", fields, words(thread, "Nog iets.")).await;
    // The second stands behind the first.
    let arrives: DateTime<Utc> = second["message"]["arrivesAt"].as_str().unwrap().parse().unwrap();
    assert_eq!((arrives - monday, &second["message"]["hasArrived"]), (TimeDelta::microseconds(1), &json!(false)));
    let (ilse, tarik) = (world.ours.guardians[0].account, world.ours.teacher.account);
    let both = vec!["Hoe gaat het rekenen?".to_owned(), "Nog iets.".to_owned()];
    assert_eq!(bodies(world, ilse, thread).await, Some(both.clone()));
    assert_eq!(listed(world, Who::Guardian, json!({})).await, [thread.to_string()]);
    // Nobody else knows that there is a thread.
    for who in [Who::Teacher, Who::Leader] {
        assert_eq!(ask(world, who, THREAD, json!({ "id": thread })).await["thread"], Value::Null);
        assert_eq!(listed(world, who, json!({})).await, NONE);
        assert_eq!(codes(&act(world, who, "messageSend", "", words(thread, "Nu al?")).await), ["NOT_FOUND"]);
    }
    post::round(&world.app).await.unwrap();
    let lists = told_of(world, thread).await;
    assert_eq!(lists.len(), 1, "the author's own");
    assert!(lists[0].0 == world.ours.guardians[0].person && lists[0].1 - night < TimeDelta::minutes(1), "{lists:?}");

    world.app.clock.turn(monday - world.app.clock.now() + TimeDelta::seconds(1));
    // It is there on time, whether anybody was told or not.
    assert_eq!(bodies(world, tarik, thread).await, Some(both));
    assert_eq!(ask(world, Who::Teacher, THREAD, json!({ "id": thread })).await["thread"]["unread"], 2);
    assert_eq!(post::round(&world.app).await.unwrap(), None);
    let lists = told_of(world, thread).await;
    assert!(lists.iter().all(|(_, at)| *at == arrives), "{lists:?}");
    assert_eq!(lists.len(), 2);
    assert_eq!(events(world, "message.arrived").await, 2);
    post::round(&world.app).await.unwrap();
    assert_eq!(events(world, "message.arrived").await, 2, "told once");
    // Own messages are no news to their author.
    assert_eq!(ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"]["unread"], 0);
    assert_eq!(listed(world, Who::Guardian, json!({ "unread": true })).await, NONE);
}

async fn what_staff_write_at_night_arrives_at_once(world: &World) {
    turn_to(world, Weekday::Sat, 23, 0);
    let thread = start(world, Who::Teacher).await;
    assert_eq!(ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"]["unread"], 1);
    say(world, Who::Guardian, thread, "Pas maandag te lezen.").await;
    let answer = say(world, Who::Teacher, thread, "Nog iets.").await;
    // For the author the held one comes last.
    let ilse = world.ours.guardians[0].account;
    let own = bodies(world, ilse, thread).await.unwrap();
    assert_eq!(own, ["Hoe gaat het rekenen?", "Nog iets.", "Pas maandag te lezen."]);
    assert_eq!(bodies(world, world.ours.teacher.account, thread).await.unwrap(), own[..2]);
    let read = json!({ "thread": thread, "upTo": answer });
    assert_eq!(act(world, Who::Guardian, "threadRead", "thread { unread }", read).await["thread"]["unread"], 0);
    say(world, Who::Teacher, thread, "En nog iets.").await;
    assert_eq!(ask(world, Who::Guardian, THREAD, json!({ "id": thread })).await["thread"]["unread"], 1);

    let rules = json!({ "school": world.ours.schools[0], "deliversAtNight": true });
    assert_eq!(codes(&act(world, Who::Leader, "contactRulesUpdate", "", rules).await), NONE);
    let second =
        act(world, Who::Guardian, "threadStart", "thread { messages { nodes { hasArrived } } }", started(world)).await;
    assert_eq!(second["thread"]["messages"]["nodes"][0]["hasArrived"], true);
}

on_each_database!(a_message_at_night_arrives_when_the_hours_begin, what_staff_write_at_night_arrives_at_once,);
