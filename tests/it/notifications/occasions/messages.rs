//! Who is told of messages, and when they count as read.

use chrono::TimeDelta;
use glans::engagement::schedule;
use glans::platform::outbox::{Event, emit};
use glans_tests::{World, on_each_database};
use serde_json::json;

use super::{children, done, has_read, notifications, tell, told};
use crate::notifications::stage::daytime;
use crate::threads::end_roles;

async fn a_message_is_told_to_who_may_read_it(world: &World) {
    let (fien, sara, omar) = world.family().await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    let made = done(world, world.ours.teacher, "threadStart", "thread { id }", input).await;
    let thread = made["thread"]["id"].clone();
    assert_eq!(told(world, "message-arrived").await, ["Omar", "Sara"]);
    assert_eq!(children(world, "message-arrived", sara.person).await, [fien]);
    assert!(!has_read(world, "message-arrived", sara.person).await);
    done(world, sara, "threadRead", "", json!({ "thread": thread })).await;
    assert!(has_read(world, "message-arrived", sara.person).await);
    assert!(!has_read(world, "message-arrived", omar.person).await);
    done(world, world.ours.teacher, "messageSend", "", json!({ "thread": thread, "body": "En de broek." })).await;
    tell(world).await;
    assert_eq!(notifications(world, "message-arrived").await.len(), 4, "each message is told of");
}

async fn who_reads_up_to_a_message_has_the_later_ones_left_to_read(world: &World) {
    let (fien, sara, _) = world.family().await;
    let input = json!({ "student": fien, "subject": "Gymtas", "body": "Die ligt nog hier." });
    let fields = "thread { id messages { nodes { id } } }";
    let made = done(world, world.ours.teacher, "threadStart", fields, input).await;
    let (thread, first) = (&made["thread"]["id"], &made["thread"]["messages"]["nodes"][0]["id"]);
    let says = async |body: &str| {
        done(world, world.ours.teacher, "messageSend", "", json!({ "thread": thread, "body": body })).await;
    };
    let read = async || {
        tell(world).await;
        let rows = notifications(world, "message-arrived").await.into_iter();
        rows.filter(|row| row.person_id == sara.person).map(|row| row.read_at.is_some()).collect::<Vec<_>>()
    };
    says("En de broek.").await;
    assert_eq!(read().await, [false, false]);
    done(world, sara, "threadRead", "", json!({ "thread": thread, "upTo": first })).await;
    assert_eq!(read().await, [true, false]);
    // What comes before it is told how far she read is no part of it.
    done(world, sara, "threadRead", "", json!({ "thread": thread })).await;
    says("En een sok.").await;
    assert_eq!(read().await, [true, true, false]);
}

/// Of that it came back its author is told later than it was to arrive.
async fn that_a_message_reaches_nobody_is_read_with_its_thread(world: &World) {
    daytime(world);
    let ilse = world.ours.guardians[0];
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    let made = done(world, ilse, "threadStart", "thread { id messages { nodes { id } } }", input).await;
    let (thread, message) = (&made["thread"]["id"], &made["thread"]["messages"]["nodes"][0]["id"]);
    world.app.clock.turn(TimeDelta::hours(1));
    let db = world.writing().await;
    let event = Event { kind: "message.undeliverable", payload: json!({ "id": message }) };
    emit(&db, Some(world.ours.id), event, world.app.clock.now()).await.unwrap();
    world.written(db).await;
    assert_eq!(told(world, "message-undeliverable").await, ["Ilse"]);
    done(world, ilse, "threadRead", "", json!({ "thread": thread, "upTo": message })).await;
    assert!(has_read(world, "message-undeliverable", ilse.person).await);
}

async fn who_takes_on_a_thread_is_told_of_it(world: &World) {
    daytime(world);
    let input = json!({ "student": world.ours.students[0], "subject": "Rekenen", "body": "Hoe gaat het?" });
    done(world, world.ours.guardians[0], "threadStart", "", input).await;
    assert_eq!(told(world, "message-arrived").await, ["Tarik*"]);
    end_roles(world, world.ours.teacher.person).await;
    schedule::round(&world.app, None).await.unwrap();
    assert_eq!(told(world, "message-arrived").await, ["Marieke*", "Tarik*"]);
}

on_each_database!(
    a_message_is_told_to_who_may_read_it,
    who_reads_up_to_a_message_has_the_later_ones_left_to_read,
    that_a_message_reaches_nobody_is_read_with_its_thread,
    who_takes_on_a_thread_is_told_of_it,
);
