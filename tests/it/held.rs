//! What is told at each door while others hold what it needs, as who repairs a table does: when to come again.

use glans_tests::{Engine, Reply, Who, World, run};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

/// Seconds after which to come again for what others hold.
const SECONDS: &str = "5";

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

/// On SQLite there is one connection that writes.
async fn who_writes_keeps_no_document_from_who_asks(world: &World) {
    let somebody = world.actor(Who::Anonymous).await;
    let writing = world.app.db.write(&world.everywhere()).await.unwrap();
    let reply = somebody.posts("/graphql", &json!({ "documentId": "home-screen" })).await;
    assert_eq!(reply.codes(), ["PERSISTED_QUERY_NOT_FOUND"], "{}", reply.text);
    writing.rollback().await.unwrap();
}

#[test]
fn sqlite_who_writes_keeps_no_document_from_who_asks() {
    run(Engine::Sqlite, who_writes_keeps_no_document_from_who_asks);
}
