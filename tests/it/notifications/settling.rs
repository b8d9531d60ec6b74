//! Who gives a phone out of their hands, or wants no e-mail any more, is answered when nothing is on its way.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans::http::house::LOOKUP_TIMEOUT;
use glans::notifications::unsubscribe::Tokens;
use glans_entity::ids::{AccountId, DeliveryId, DeviceId};
use glans_entity::notifications::{Category, DeliveryState, delivery};
use glans_tests::seed::waiting;
use glans_tests::{Reply, Who, World, on_each_database};
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::devices::{SHOWN, TOKEN, has, is_reached};
use super::phone;
use crate::identity::signed_in;

/// A delivery to the device, which somebody holds a lease on.
async fn sending_to(world: &World, account: AccountId, device: &str) -> DeliveryId {
    let (id, now) = (DeliveryId::new(), world.app.clock.now());
    let row = delivery::Model {
        id,
        board_id: Some(world.ours.id),
        account_id: Some(account),
        address_id: device.parse::<DeviceId>().unwrap().0,
        state: DeliveryState::Sending,
        attempts: 1,
        lease: Some(Uuid::now_v7()),
        leased_until: Some(now + TimeDelta::seconds(30)),
        ..waiting(now)
    };
    let db = world.writing().await;
    delivery::Entity::insert(row.into_active_model()).exec_without_returning(&db).await.unwrap();
    world.written(db).await;
    id
}

/// The gateway took it.
async fn sent(world: &World, id: DeliveryId) {
    let db = world.writing().await;
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::Sent))
        .col_expr(delivery::Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(delivery::Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(delivery::Column::FinishedAt, Expr::value(world.app.clock.now()))
        .filter(delivery::Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

/// Starts `act`, which removes the device `id`, while something is on its way there: it is answered when that has arrived.
async fn waits(
    world: &World,
    account: AccountId,
    id: &str,
    act: impl Future<Output = Reply> + Send + 'static,
) -> Reply {
    let delivery = sending_to(world, account, id).await;
    let answer = tokio::spawn(act);
    while is_reached(world, id).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!answer.is_finished(), "it answered while a push was on its way");
    sent(world, delivery).await;
    answer.await.unwrap()
}

async fn who_leaves_waits_for_what_is_on_its_way(world: &World) {
    let account = world.ours.teacher.account;
    let (teacher, _) = phone(world, "teacher", account).await;
    let id = has(&teacher, TOKEN).await;
    let (actor, input) = (teacher.clone(), json!({ "id": id }));
    let removed = waits(world, account, &id, async move { actor.does("deviceRemove", "deletedId", input).await }).await;
    assert_eq!(removed.text_at("deviceRemove.deletedId"), id);

    let id = has(&teacher, TOKEN).await;
    let (guardian, _) = phone(world, "guardian", world.ours.guardians[0]).await;
    let moved = waits(world, account, &id, async move {
        guardian.does("deviceRegister", SHOWN, json!({ "platform": "FCM", "token": TOKEN })).await
    });
    assert_ne!(moved.await.text_at("deviceRegister.device.id"), id);

    let id = has(&teacher, "another").await;
    let actor = teacher.clone();
    let left = waits(world, account, &id, async move { actor.does("sessionRevoke", "deletedId", json!({})).await });
    left.await.text_at("sessionRevoke.deletedId");
}

/// What ends a session or switches e-mail off has its effect first; that nothing is on its way is waited for apart from the
/// time that the door has for what others hold.
async fn beside_graphql_it_is_waited_for_as_long_as_it_takes(world: &World) {
    let (teacher, refresh_token) = signed_in(world, Who::Teacher).await;
    let id = has(&teacher, TOKEN).await;
    let anne = world.guardian("Anne", &[]).await.account;
    let under_way = [
        sending_to(world, world.ours.teacher.account, &id).await,
        sending_to(world, anne, &DeviceId::new().to_string()).await,
    ];
    let somebody = world.actor(Who::Anonymous).await;
    let unsubscribe = format!("/unsubscribe/{}", Tokens::of(&world.app.identity.master).make(anne, Category::Event));
    let doors = [("/oauth/revoke", format!("token={refresh_token}")), (unsubscribe.as_str(), String::new())];
    let answers = doors.map(|(path, form)| {
        let request = somebody.request(Method::POST, path).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let somebody = somebody.clone();
        tokio::spawn(async move { somebody.sends(request).await })
    });
    tokio::time::sleep(LOOKUP_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(answers.each_ref().map(tokio::task::JoinHandle::is_finished), [false; 2], "something is on its way");
    assert!(!is_reached(world, &id).await);
    assert_eq!(teacher.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"]);
    for delivery in under_way {
        sent(world, delivery).await;
    }
    for answer in answers {
        let reply = answer.await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

/// Whoever let a lease run out sends nothing any more.
async fn nobody_waits_for_a_lease_that_ran_out(world: &World) {
    let account = world.ours.teacher.account;
    let (teacher, _) = phone(world, "teacher", account).await;
    let id = has(&teacher, TOKEN).await;
    sending_to(world, account, &id).await;
    world.app.clock.turn(TimeDelta::seconds(31));
    let removing = teacher.does("deviceRemove", "deletedId", json!({ "id": id }));
    // A lease that lasts is waited for for half a minute.
    let removed = tokio::time::timeout(Duration::from_secs(20), removing).await.expect("at once");
    assert_eq!(removed.text_at("deviceRemove.deletedId"), id);
}

on_each_database!(
    who_leaves_waits_for_what_is_on_its_way,
    beside_graphql_it_is_waited_for_as_long_as_it_takes,
    nobody_waits_for_a_lease_that_ran_out,
);
