//! Signing keys, published and rotated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_graphql::futures_util::FutureExt;
use chrono::TimeDelta;
use glans::app::App;
use glans::call::Call;
use glans::identity::keys::actions::{Rotation, rotate};
use glans::identity::keys::check;
use glans_entity::identity::SigningKeyState;
use glans_entity::identity::signing_key::{Column, Entity};
use glans_tests::{Engine, Who, World, run};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TransactionTrait};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::signed_in;

/// As `glans keys rotate` does it, from another process.
async fn rotate_keys(world: &World) -> Rotation {
    let call = Call::system(&world.app, "keys rotate");
    let write = call.write().await.unwrap();
    let rotation = rotate(write.db(), &world.app.identity.master, write.now()).await.unwrap();
    write.commit().await.unwrap();
    rotation
}

async fn published(world: &World) -> Vec<String> {
    let reply = world.actor(Who::Anonymous).await.gets("/.well-known/jwks.json").await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=300");
    let keys = reply.body["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn a_key_is_published_before_it_signs_and_after_it_did(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let first = published(world).await;
    assert_eq!(first.len(), 2, "current and next");
    let rotation = rotate_keys(world).await;
    assert_eq!(rotation.current, first[1], "the next one became current");
    assert!(!rotation.known, "it was published a moment ago");
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(published(world).await, [first[0].clone(), first[1].clone(), rotation.next.clone()]);
    teacher.asks("{ viewer { id } }").await.text_at("viewer.id");
    world.app.clock.turn(TimeDelta::minutes(12));
    let second = rotate_keys(world).await;
    assert!(second.known);
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(
        published(world).await,
        [first[1].clone(), rotation.next, second.next],
        "the first key is spent and gone"
    );
}

async fn who_rotates_at_the_same_time_comes_one_after_the_other(world: &World) {
    published(world).await;
    let (one, other) = tokio::join!(rotate_keys(world), rotate_keys(world));
    assert!(one.current == other.next || other.current == one.next, "{one:?}, {other:?}");
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(published(world).await.len(), 4, "two that are retired, current and next");
}

async fn two_servers_that_make_the_first_keys_make_the_same(world: &World) {
    world.app.db.connection().execute_unprepared("DELETE FROM signing_key").await.unwrap();
    let read = async || {
        let App { config, db, clock, .. } = &*world.app;
        let server = App::new(config.clone(), db.clone(), clock.clone()).unwrap();
        server.identity.keys.keys(db, &server.identity.master, clock.now()).await.unwrap().published.clone()
    };
    let (one, other) = tokio::join!(read(), read());
    assert_eq!(one.len(), 2, "current and next");
    assert_eq!(one, other);
}

/// As a client that hangs up.
async fn who_leaves_reads_for_the_others(world: &World) {
    let App { config, db, clock, .. } = &*world.app;
    let mut stayed = 0;
    loop {
        db.connection().execute_unprepared("DELETE FROM signing_key").await.unwrap();
        let server = App::new(config.clone(), db.clone(), clock.clone()).unwrap();
        let asking = server.identity.keys.keys(db, &server.identity.master, clock.now());
        // One look begins the reading, on another thread. Where that one was quicker than the look, nobody left.
        if asking.now_or_never().is_none() {
            break;
        }
        stayed += 1;
        assert!(stayed < 100, "nobody ever waits for a reading");
    }
    let made = async {
        while Entity::find().all(db.connection()).await.unwrap().len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_mins(1), made).await.expect("current and next");
}

/// As when somebody repairs the table and it has nothing in it yet.
async fn who_asks_for_keys_that_cannot_be_made_comes_again(world: &World) {
    let [one, other] = [world.actor(Who::Anonymous).await, world.actor(Who::Anonymous).await];
    world.app.db.connection().execute_unprepared("DELETE FROM signing_key").await.unwrap();
    let others = world.app.db.connection().begin().await.unwrap();
    others.execute_unprepared("LOCK TABLE signing_key IN SHARE MODE").await.unwrap();
    // What is known of keys is too old now.
    world.app.clock.turn(TimeDelta::seconds(31));
    let begun = Instant::now();
    let (one, other) = tokio::join!(one.gets("/.well-known/jwks.json"), other.gets("/.well-known/jwks.json"));
    // Each for itself, one after the other, they would wait for twice eight seconds.
    assert!(begun.elapsed() < Duration::from_secs(16), "who waits for another waits no longer than that one");
    others.rollback().await.unwrap();
    for reply in [one, other] {
        assert_eq!(reply.status, 503, "{}", reply.text);
        assert_eq!(reply.headers["retry-after"], "5");
    }
    assert_eq!(published(world).await.len(), 2, "current and next");
}

#[test]
fn postgres_who_asks_for_keys_that_cannot_be_made_comes_again() {
    run(Engine::Postgres, who_asks_for_keys_that_cannot_be_made_comes_again);
}

async fn a_next_key_that_does_not_open_is_found_before_it_signs(world: &World) {
    let before = published(world).await;
    let (db, master) = (&world.app.db, &world.app.identity.master);
    check(db, master, world.app.clock.now()).await.unwrap();
    let writing = world.writing().await;
    let broken = Entity::update_many()
        .col_expr(Column::SealedPrivateKey, Expr::value(vec![7_u8; 80]))
        .filter(Column::State.eq(SigningKeyState::Next));
    assert_eq!(broken.exec(&writing).await.unwrap().rows_affected, 1);
    world.written(writing).await;

    check(db, master, world.app.clock.now()).await.unwrap_err();
    let call = Call::system(&world.app, "keys rotate");
    let write = call.write().await.unwrap();
    rotate(write.db(), master, write.now()).await.unwrap_err();
    drop(write);
    world.app.clock.turn(TimeDelta::seconds(31));
    assert_eq!(published(world).await, before);
    world.actor(Who::Leader).await.asks("{ viewer { id } }").await.text_at("viewer.id");
}

async fn a_token_of_a_key_made_a_moment_ago_is_accepted(world: &World) {
    published(world).await;
    rotate_keys(world).await;
    rotate_keys(world).await;
    // Another server reads the keys now and signs with one that this server never saw.
    let other = glans::app::App::new(world.app.config.clone(), world.app.db.clone(), world.app.clock.clone()).unwrap();
    other.clock.turn(TimeDelta::seconds(2));
    let subject = glans::identity::tokens::issue::Subject::Account {
        id: super::account(world, Who::Teacher).await,
        session: None,
    };
    let token = glans::identity::tokens::issue::access_token(&other, subject).await.unwrap();
    let teacher = world.actor(Who::Anonymous).await.with_token(&token.text);
    teacher.asks("{ viewer { id } }").await.text_at("viewer.id");
}

async fn rotating_under_load_fails_no_request(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut load = JoinSet::new();
    for _ in 0..4 {
        let (actor, stop, asked) = (teacher.clone(), Arc::clone(&stop), Arc::clone(&asked));
        load.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                actor.asks("{ viewer { id } }").await.text_at("viewer.id");
                asked.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for _ in 0..4 {
        rotate_keys(world).await;
        world.app.clock.turn(TimeDelta::seconds(31));
        let fresh = world.actor(Who::Leader).await;
        fresh.asks("{ viewer { id } }").await.text_at("viewer.id");
    }
    stop.store(true, Ordering::Relaxed);
    load.join_all().await;
    assert!(asked.load(Ordering::Relaxed) > 0);
}

glans_tests::on_each_database!(
    a_key_is_published_before_it_signs_and_after_it_did,
    who_rotates_at_the_same_time_comes_one_after_the_other,
    two_servers_that_make_the_first_keys_make_the_same,
    who_leaves_reads_for_the_others,
    a_next_key_that_does_not_open_is_found_before_it_signs,
    a_token_of_a_key_made_a_moment_ago_is_accepted,
    rotating_under_load_fails_no_request,
);
