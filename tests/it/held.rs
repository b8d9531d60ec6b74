//! What is told at each door while others hold what it needs, as who repairs a table does: when to come again.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use glans::notifications::unsubscribe::Tokens;
use glans_entity::notifications::Category;
use glans_tests::{Actor, Engine, Reply, Who, World, run};
use reqwest::Method;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::database::all_of;

/// Seconds after which to come again for what others hold.
const SECONDS: &str = "5";
/// How long one waits for a lock in vain.
const LONGEST: Duration = Duration::from_secs(8);
/// How long the first of two is held, which is given in time.
const FIRST: Duration = Duration::from_secs(5);
/// As one of ours looks.
const REFRESH_TOKEN: &str = "glans_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn status(reply: &Reply) -> (u16, &str) {
    let seconds = reply.headers.get("retry-after").map(|value| value.to_str().unwrap());
    (reply.status.as_u16(), seconds.unwrap_or_default())
}

async fn a_document_is_asked_for_again(world: &World) {
    let somebody = world.actor(Who::Anonymous).await;
    let others = world.app.db.connection().begin().await.unwrap();
    others.execute_unprepared("LOCK TABLE persisted_document").await.unwrap();
    let reply = somebody.posts("/graphql", &json!({ "documentId": "home-screen" })).await;
    others.rollback().await.unwrap();
    assert_eq!((status(&reply), reply.codes()), ((429, SECONDS), vec!["RATE_LIMITED"]), "{}", reply.text);
    let reply = somebody.posts("/graphql", &json!({ "documentId": "home-screen" })).await;
    assert_eq!(reply.codes(), ["PERSISTED_QUERY_NOT_FOUND"], "{}", reply.text);
}

#[test]
fn postgres_a_document_is_asked_for_again() {
    run(Engine::Postgres, a_document_is_asked_for_again);
}

/// On SQLite there is one connection that writes, which an import has for long. Who asks for a document does not wait
/// for who looks up callers either, nor who asks for health for who reads.
async fn who_writes_keeps_nothing_from_who_asks(world: &World) {
    let somebody = world.actor(Who::Anonymous).await;
    let (db, everywhere) = (&world.app.db, world.everywhere());
    let writing = db.write(&everywhere).await.unwrap();
    let looking = all_of(async || db.look_up(everywhere.on).await).await;
    let reply = somebody.posts("/graphql", &json!({ "documentId": "home-screen" })).await;
    assert_eq!(reply.codes(), ["PERSISTED_QUERY_NOT_FOUND"], "{}", reply.text);
    drop(looking);
    let reading = all_of(async || db.read(&everywhere).await).await;
    let reply = somebody.gets("/health/ready").await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, "ready\n"));
    drop(reading);
    writing.rollback().await.unwrap();
}

#[test]
fn sqlite_who_writes_keeps_nothing_from_who_asks() {
    run(Engine::Sqlite, who_writes_keeps_nothing_from_who_asks);
}

/// The tables that the doors beside GraphQL read, and one that can be read and not be written.
const LOCKS: &str = "LOCK TABLE calendar_feed, roster_import, upload, refresh_token, signing_key;
    LOCK TABLE channel_preference IN SHARE MODE";

/// The path of a feed that is made for `actor`.
async fn feed(actor: &Actor) -> String {
    let made = actor.does("calendarFeedRenew", "url", json!({})).await;
    let url = made.text_at("calendarFeedRenew.url");
    url[url.find("/calendar/").expect("an address of a calendar")..].to_owned()
}

async fn each_door_says_when_to_come_again(world: &World) {
    let path = feed(&world.actor(Who::Leader).await).await;
    let somebody = world.actor(Who::Anonymous).await;
    let account = world.guardian("Anne", &[]).await.account;
    let unsubscribe = format!("/unsubscribe/{}", Tokens::of(&world.app.identity.master).make(account, Category::Event));
    let others = world.app.db.connection().begin().await.unwrap();
    others.execute_unprepared(LOCKS).await.unwrap();
    // The keys that are known are too old now.
    world.app.clock.turn(TimeDelta::seconds(31));
    let form = format!("grant_type=refresh_token&refresh_token={REFRESH_TOKEN}");
    let form = somebody.request(Method::POST, "/oauth/token").body(form);
    let sends = |method, path: &str| somebody.sends(somebody.request(method, path).body("x"));
    let (calendar, roster, course, keys, refreshed, switched_off) = tokio::join!(
        somebody.gets(&path),
        sends(Method::PUT, "/uploads/guessed"),
        sends(Method::PUT, "/uploads/documents/guessed"),
        somebody.gets("/.well-known/jwks.json"),
        somebody.sends(form.header("content-type", "application/x-www-form-urlencoded")),
        sends(Method::POST, &unsubscribe),
    );
    others.rollback().await.unwrap();
    for (door, reply) in [
        ("calendar", calendar),
        ("roster", roster),
        ("course", course),
        ("keys", keys),
        ("token", refreshed),
        ("unsubscribe", switched_off),
    ] {
        assert_eq!(status(&reply), (503, SECONDS), "{door}: {}", reply.text);
    }
    assert_eq!(somebody.gets(&path).await.status, 200);
}

#[test]
fn postgres_each_door_says_when_to_come_again() {
    run(Engine::Postgres, each_door_says_when_to_come_again);
}

/// Two hold what a door needs, one after the other: for both together it waits no longer than for who asks.
async fn a_door_waits_for_all_of_them_together(world: &World) {
    let path = feed(&world.actor(Who::Leader).await).await;
    let somebody = world.actor(Who::Anonymous).await;
    let db = world.app.db.connection();
    let [first, second] = [db.begin().await.unwrap(), db.begin().await.unwrap()];
    first.execute_unprepared("LOCK TABLE calendar_feed").await.unwrap();
    second.execute_unprepared("LOCK TABLE account").await.unwrap();
    world.app.standings.forget_all();
    let begun = Instant::now();
    let letting_go = async {
        tokio::time::sleep(FIRST).await;
        first.rollback().await.unwrap();
    };
    let (reply, ()) = tokio::join!(somebody.gets(&path), letting_go);
    let took = begun.elapsed();
    second.rollback().await.unwrap();
    assert_eq!(status(&reply), (503, SECONDS), "{}", reply.text);
    assert!((LONGEST + Duration::from_secs(1)..FIRST + LONGEST).contains(&took), "{took:?}");
    assert_eq!(somebody.gets(&path).await.status, 200);
}

#[test]
fn postgres_a_door_waits_for_all_of_them_together() {
    run(Engine::Postgres, a_door_waits_for_all_of_them_together);
}

/// It waits once: who waits twice is cut off before it can be said when to come again.
async fn a_query_is_asked_again(world: &World) {
    let (leader, query) = (world.actor(Who::Leader).await, "{ schools { nodes { id } } }");
    assert_eq!(leader.asks(query).await.codes(), Vec::<&str>::new());
    let others = world.app.db.connection().begin().await.unwrap();
    others.execute_unprepared("LOCK TABLE school IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let begun = Instant::now();
    let reply = leader.asks(query).await;
    let took = begun.elapsed();
    others.rollback().await.unwrap();
    assert_eq!(reply.codes(), ["RATE_LIMITED"], "{}", reply.text);
    assert_eq!(reply.body["errors"][0]["extensions"]["retryAfterSeconds"], 5, "{}", reply.text);
    assert_eq!(status(&reply).1, SECONDS);
    assert!(took < Duration::from_mins(1), "{took:?}");
}

#[test]
fn postgres_a_query_is_asked_again() {
    run(Engine::Postgres, a_query_is_asked_again);
}
