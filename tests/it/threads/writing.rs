//! Who may write what: what is refused, what is sent twice, and what is closed.

use chrono::Weekday;
use glans_entity::ids::{MessageId, ThreadId};
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::{NONE, THREAD, bodies, listed, start, started, turn_to, words};
use crate::ask::{act, ask, codes, refusals};

async fn what_is_wrong_is_told_at_once_and_leaves_nothing(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let with = |field: &str, value: Value| {
        let mut input = started(world);
        input[field] = value;
        input
    };
    let mut both = with("subject", json!(" "));
    both["body"] = json!("x".repeat(4_001));
    let mut nameless = with("subject", json!(" "));
    nameless["participants"] = json!(["person_x"]);
    let mut lost = with("student", json!(world.ours.students[1]));
    lost["subject"] = json!(" ");
    let stranger = json!([world.ours.trainer.person]);
    for (input, told) in [
        (both, vec!["REQUIRED subject", "TOO_LONG body"]),
        (nameless, vec!["REQUIRED subject", "NOT_FOUND participants"]),
        (lost, vec!["NOT_FOUND student", "REQUIRED subject"]),
        (with("subject", json!("x".repeat(121))), vec!["TOO_LONG subject"]),
        (with("subject", json!("a\nb")), vec!["INVALID subject"]),
        (with("id", json!(world.ours.id)), vec!["INVALID id"]),
        (with("student", json!(world.ours.students[1])), vec!["NOT_FOUND student"]),
        (with("student", json!(world.theirs.students[0])), vec!["NOT_FOUND student"]),
        (with("participants", stranger), vec!["NOT_FOUND participants"]),
        (with("participants", json!([world.ours.distant.person])), vec!["NOT_FOUND participants"]),
        (with("participants", json!([world.theirs.teacher.person])), vec!["NOT_FOUND participants"]),
        (with("participants", json!(vec![world.ours.teacher.person; 21])), vec!["LIMIT_REACHED participants"]),
    ] {
        for who in [Who::Teacher, Who::Guardian] {
            assert_eq!(
                refusals(&act(world, who, "threadStart", "", input.clone()).await),
                told,
                "{} {input}",
                who.name()
            );
        }
    }
    assert_eq!(listed(world, Who::Guardian, json!({})).await, NONE);
    let thread = world.ours.threads[0];
    for (input, told) in [
        (words(thread, " "), "REQUIRED body"),
        (words(thread, &"x".repeat(4_001)), "TOO_LONG body"),
        (words(world.ours.threads[1], "Hallo"), "NOT_FOUND thread"),
        (words(world.theirs.threads[0], "Hallo"), "NOT_FOUND thread"),
        (words(ThreadId::new(), "Hallo"), "NOT_FOUND thread"),
    ] {
        assert_eq!(refusals(&act(world, Who::Guardian, "messageSend", "", input).await), [told]);
    }
    let elsewhere = json!({ "thread": thread, "upTo": world.ours.messages[1] });
    assert_eq!(refusals(&act(world, Who::Guardian, "threadRead", "", elsewhere).await), ["NOT_FOUND upTo"]);
    // Not of the school, or above it.
    for who in [Who::Director, Who::Admin] {
        assert_eq!(codes(&act(world, who, "threadStart", "", started(world)).await), ["FORBIDDEN"], "{}", who.name());
        assert_eq!(ask(world, who, THREAD, json!({ "id": thread })).await["thread"], Value::Null);
    }
    for who in [Who::Trainer, Who::Distant] {
        assert_eq!(codes(&act(world, who, "threadStart", "", started(world)).await), ["NOT_FOUND"], "{}", who.name());
    }
}

async fn what_a_phone_sends_twice_is_there_once(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let (thread, message) = (ThreadId::new(), MessageId::new());
    let mut input = started(world);
    input["id"] = json!(thread);
    input["clientMutationId"] = json!("begin");
    let first = act(world, Who::Guardian, "threadStart", "thread { id } threads { id }", input.clone()).await;
    assert_eq!(first["thread"]["id"], json!(thread));
    assert_eq!(act(world, Who::Guardian, "threadStart", "thread { id } threads { id }", input.clone()).await, first);
    input["clientMutationId"] = json!("anew");
    assert_eq!(refusals(&act(world, Who::Guardian, "threadStart", "", input).await), ["TAKEN id"]);
    let mut sent = words(thread, "Nog iets.");
    sent["id"] = json!(message);
    sent["clientMutationId"] = json!("send");
    for _ in 0..2 {
        let done = act(world, Who::Guardian, "messageSend", "message { id body }", sent.clone()).await;
        assert_eq!(done["message"], json!({ "id": message, "body": "Nog iets." }));
    }
    sent["clientMutationId"] = json!("send anew");
    assert_eq!(refusals(&act(world, Who::Guardian, "messageSend", "", sent).await), ["TAKEN id"]);
    assert_eq!(bodies(world, world.ours.teacher.account, thread).await.map(|bodies| bodies.len()), Some(2));
}

async fn a_closed_thread_stays_to_be_read(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Guardian).await;
    assert_eq!(codes(&act(world, Who::Guardian, "threadClose", "", json!({ "thread": thread })).await), ["FORBIDDEN"]);
    let stale = json!({ "thread": thread, "ifVersion": 1 });
    let fields = "thread { isClosed status closedAt replyDueBy }";
    let refused_as_stale = act(world, Who::Teacher, "threadClose", fields, stale).await;
    assert_eq!(refusals(&refused_as_stale), ["CONFLICT ifVersion"]);
    assert_eq!(refused_as_stale["thread"]["isClosed"], false);
    let closed = act(world, Who::Teacher, "threadClose", fields, json!({ "thread": thread })).await;
    assert_eq!((&closed["thread"]["status"], &closed["thread"]["replyDueBy"]), (&json!("CLOSED"), &Value::Null));
    assert_eq!(act(world, Who::Teacher, "threadClose", fields, json!({ "thread": thread })).await, closed);
    for who in [Who::Teacher, Who::Guardian] {
        let sent = act(world, who, "messageSend", "", words(thread, "Nog iets.")).await;
        assert_eq!(refusals(&sent), ["CONFLICT thread"]);
        let seen = ask(world, who, THREAD, json!({ "id": thread })).await["thread"].take();
        assert_eq!((&seen["isClosed"], &seen["viewerCanWrite"]), (&json!(true), &json!(false)));
    }
}

on_each_database!(
    what_is_wrong_is_told_at_once_and_leaves_nothing,
    what_a_phone_sends_twice_is_there_once,
    a_closed_thread_stays_to_be_read,
);
