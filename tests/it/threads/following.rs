//! Following messages as they arrive.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::futures_util::StreamExt;
use chrono::{TimeDelta, Weekday};
use glans::call::Call;
use glans::engine::Engine;
use glans::identity::tokens::issue::{Subject, access_token};
use glans::platform::bus::EVERYBODY;
use glans_entity::ids::{AccountId, ThreadId};
use glans_tests::{Actor, Who, World, on_each_database};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::join;
use tokio::time::sleep;

use super::{RECEIVED, say, set_access, start, together, turn_to};
use crate::database::all_of;
use crate::realtime::Follower;

/// Somebody of the first board, signed in at the time of now.
async fn signed_in(world: &World, account: AccountId) -> Actor {
    let token = access_token(&world.app, Subject::Account { id: account, session: None }).await.unwrap();
    world.actor(Who::Guardian).await.with_token(&token.text)
}

/// Who waits for a connection gives up before that.
const IN_VAIN: Duration = Duration::from_secs(9);

async fn body(follower: &mut Follower) -> Value {
    follower.event("messageReceived").await["message"]["body"].take()
}

async fn messages_are_followed(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let ilse = signed_in(world, world.ours.guardians[0].account).await;
    let tarik = signed_in(world, world.ours.teacher.account).await;
    for kind in ["ws", "sse"] {
        let one = json!({ "thread": thread });
        let Some(mut of_thread) = Follower::start(kind, &ilse, RECEIVED, &one) else { return };
        let Some(mut of_all) = Follower::start(kind, &tarik, RECEIVED, &json!({})) else { return };
        let first = of_thread.event("messageReceived").await;
        assert_eq!(first["message"], Value::Null);
        assert_eq!(body(&mut of_all).await, Value::Null);
        say(world, Who::Teacher, thread, "Een.").await;
        say(world, Who::Guardian, thread, "Twee.").await;
        for follower in [&mut of_thread, &mut of_all] {
            assert_eq!(body(follower).await, "Een.", "{kind}");
        }
        assert_eq!(body(&mut of_all).await, "Twee.");
        let second = of_thread.event("messageReceived").await;
        assert_eq!(second["message"]["body"], "Twee.");
        drop(of_thread);
        // What came while nobody listened is told first, and nothing twice.
        say(world, Who::Teacher, thread, "Drie.").await;
        let missed = [(&first, &["Een.", "Twee.", "Drie."][..]), (&second, &["Drie.", "Na 3 berichten."][..])];
        for (after, missed) in missed {
            let asked = json!({ "thread": thread, "after": after["cursor"] });
            let Some(mut again) = Follower::start(kind, &ilse, RECEIVED, &asked) else { return };
            assert_eq!(body(&mut again).await, Value::Null);
            for text in missed {
                assert_eq!(body(&mut again).await, *text, "{kind}");
            }
            let next = format!("Na {} berichten.", missed.len());
            say(world, Who::Guardian, thread, &next).await;
            assert_eq!(body(&mut again).await, next);
        }
        // The second run must not hear of the first.
        world.app.clock.turn(TimeDelta::minutes(1));
    }
}

async fn who_loses_the_right_hears_nothing_more(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let [ilse, hanna] = together(world).await;
    let thread = start(world, Who::Teacher).await;
    let (of_ilse, of_hanna) = (signed_in(world, ilse).await, signed_in(world, hanna).await);
    let one = json!({ "thread": thread });
    let Some(mut in_thread) = Follower::start("ws", &of_ilse, RECEIVED, &one) else { return };
    let Some(mut in_all) = Follower::start("ws", &of_ilse, RECEIVED, &json!({})) else { return };
    let Some(mut other) = Follower::start("ws", &of_hanna, RECEIVED, &one) else { return };
    for follower in [&mut in_thread, &mut in_all, &mut other] {
        assert_eq!(body(follower).await, Value::Null);
    }
    set_access(world, "ON_REQUEST").await;
    say(world, Who::Teacher, thread, "Alleen voor Hanna.").await;
    assert_eq!(body(&mut other).await, "Alleen voor Hanna.");
    let line = in_thread.line().await;
    assert!(line.contains("NOT_FOUND") && !line.contains("Hanna"), "{line}");
    set_access(world, "FULL").await;
    say(world, Who::Teacher, thread, "Weer voor allebei.").await;
    // The one that follows everything was told nothing meanwhile. What was written then is hers to read now.
    let heard = [body(&mut in_all).await, body(&mut in_all).await];
    assert_eq!(heard, ["Alleen voor Hanna.", "Weer voor allebei."]);
    // Somebody else's thread, and one that is nowhere, look the same.
    for id in [world.ours.threads[1], world.theirs.threads[0], ThreadId::new()] {
        let Some(mut stranger) = Follower::start("ws", &of_ilse, RECEIVED, &json!({ "thread": id })) else { return };
        let line = stranger.line().await;
        assert!(line.contains("NOT_FOUND"), "{line}");
    }
}

async fn a_held_message_is_heard_when_it_arrives(world: &World) {
    let night = turn_to(world, Weekday::Mon, 22, 0);
    let thread = start(world, Who::Teacher).await;
    say(world, Who::Guardian, thread, "Van gisteravond.").await;
    // Five minutes before the hours begin: by then both follow, on a busy machine too.
    let morning = night + TimeDelta::hours(10);
    world.app.clock.turn(morning - world.app.clock.now() - TimeDelta::minutes(5));
    let tarik = signed_in(world, world.ours.teacher.account).await;
    let Some(mut of_all) = Follower::start("ws", &tarik, RECEIVED, &json!({})) else { return };
    let Some(mut of_thread) = Follower::start("ws", &tarik, RECEIVED, &json!({ "thread": thread })) else { return };
    for follower in [&mut of_all, &mut of_thread] {
        assert_eq!(body(follower).await, Value::Null);
    }
    // Three seconds before. Who is woken sees the clock, and waits for as long.
    world.app.clock.turn(morning - world.app.clock.now() - TimeDelta::seconds(3));
    world.app.bus.wake(EVERYBODY);
    for follower in [&mut of_all, &mut of_thread] {
        assert_eq!(body(follower).await, "Van gisteravond.");
    }
    // Who waited for no such moment would look again twenty seconds later.
    let late = world.app.clock.now() - morning;
    assert!(late >= TimeDelta::zero() && late < TimeDelta::seconds(18), "{late}");
}

/// As when the database is started again.
async fn who_cannot_look_for_a_moment_goes_on_where_they_were(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let tarik = signed_in(world, world.ours.teacher.account).await;
    let one = json!({ "thread": thread });
    let Some(mut by_socket) = Follower::start("ws", &tarik, RECEIVED, &one) else { return };
    let Some(mut by_events) = Follower::start("sse", &tarik, RECEIVED, &one) else { return };
    for follower in [&mut by_socket, &mut by_events] {
        assert_eq!(body(follower).await, Value::Null);
    }
    say(world, Who::Guardian, thread, "Ervoor.").await;
    for follower in [&mut by_socket, &mut by_events] {
        assert_eq!(body(follower).await, "Ervoor.");
    }
    let rename = async |from: &str, to: &str| {
        let renamed = world.app.db.connection().execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        renamed.unwrap();
    };
    rename("message", "elsewhere").await;
    world.app.bus.wake(&thread.to_string());
    tokio::time::sleep(Duration::from_millis(500)).await;
    rename("elsewhere", "message").await;
    say(world, Who::Guardian, thread, "Erna.").await;
    for follower in [&mut by_socket, &mut by_events] {
        assert_eq!(body(follower).await, "Erna.");
    }
}

/// As where the database is away for a moment: between two messages that were found together others take all connections.
async fn what_cannot_be_read_just_now_is_told_later(world: &World) {
    turn_to(world, Weekday::Tue, 9, 0);
    let thread = start(world, Who::Teacher).await;
    let call = Call::new(Arc::clone(&world.app), world.standing(Who::Teacher).await, "test".to_owned());
    let document = "subscription { messageReceived { message { body author { id } } } }";
    let mut told = Executor::execute_stream(&Engine::default(), document.into(), Some(Arc::new(call.into_data())));
    told.next().await.unwrap();
    say(world, Who::Guardian, thread, "Een.").await;
    say(world, Who::Guardian, thread, "Twee.").await;
    told.next().await.unwrap();
    let everywhere = world.everywhere();
    let all = all_of(async || world.app.db.read(&everywhere).await).await;
    // As if it had taken no time: what was found is still fresh.
    world.app.clock.turn(TimeDelta::minutes(-1));
    let giving_back = async {
        sleep(IN_VAIN).await;
        drop(all);
    };
    let (second, ()) = join!(told.next(), giving_back);
    let second = second.unwrap();
    assert_eq!(second.errors, []);
    let second = second.data.into_json().unwrap();
    assert_eq!(second["messageReceived"]["message"]["body"], "Twee.");
}

on_each_database!(
    messages_are_followed,
    who_loses_the_right_hears_nothing_more,
    a_held_message_is_heard_when_it_arrives,
    who_cannot_look_for_a_moment_goes_on_where_they_were,
    what_cannot_be_read_just_now_is_told_later,
);
