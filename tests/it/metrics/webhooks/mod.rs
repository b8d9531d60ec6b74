//! Webhooks: what an integrator is told, how often it is tried, and who sees what came of it.

mod events;
mod guard;
mod health;
mod killed;
mod rights;
mod stage;
mod turns;

use chrono::TimeDelta;
use glans::metrics::webhooks::deliveries::LEASE;
use glans::metrics::webhooks::deliveries::rules::SCHEDULE;
use glans::metrics::webhooks::fan_out;
use glans::metrics::webhooks::rules::{OVERLAP, PATIENCE};
use glans::notifications::telling;
use glans_entity::identity::{api_client, audit};
use glans_entity::ids::{PersonId, SchoolId, WebhookEventId};
use glans_entity::metrics::{WebhookState, webhook_delivery};
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use self::stage::{Stage, deliveries, endpoint, fates, happens, is_signed_by, leads_to, taught};
use crate::ask::{act, ask, refusals};

const SEEN: &str = "webhookEndpoint { id isEnabled disabledBecause failingSince }";

async fn an_endpoint_is_told_by_ids_and_can_check_who_says_so(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    let mut payload = taught(&world.ours);
    payload["by"] = json!(world.ours.teacher.person);
    happens(world, world.ours.id, "lesson.taught", payload).await;
    happens(world, world.ours.id, "person.erased", json!({ "id": PersonId::new() })).await;
    happens(world, world.theirs.id, "lesson.taught", taught(&world.theirs)).await;
    assert_eq!(fan_out::round(&stage.app).await.unwrap(), 3);
    assert_eq!(fan_out::round(&stage.app).await.unwrap(), 0, "once each");
    stage.works().await;

    let [hooked] = &stage.gateway.hooked("ok-1")[..] else { panic!("one, of the own board, of the chosen kind") };
    let mut body: Value = serde_json::from_str(&hooked.body).unwrap();
    assert!(body["timestamp"].take().as_str().is_some_and(|at| at.ends_with('Z')));
    assert_eq!(body, json!({ "type": "lesson.taught", "timestamp": null, "data": taught(&world.ours) }));
    assert!(hooked.id.parse::<WebhookEventId>().is_ok());
    assert!((hooked.timestamp - world.app.clock.now().timestamp()).abs() < 60);
    assert!(is_signed_by(&made.secret, hooked));
    let [told] = &deliveries(world, made.id).await[..] else { panic!("one") };
    assert_eq!(told["messageId"], hooked.id);
    assert_eq!(told["nextAttemptAt"], Value::Null);
    assert!(told["finishedAt"].is_string());
    assert_eq!(fates(world, made.id).await, ["DELIVERED 1 200"]);
    assert_eq!(stage.gateway.faults(), [""; 0]);
}

async fn a_try_that_fails_is_made_again_by_the_schedule_until_it_is_given_up(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("internal-1").await;
    stage.taught().await;
    stage.works().await;
    for (tries, wait) in SCHEDULE.iter().enumerate().skip(1) {
        assert_eq!(fates(world, made.id).await, [format!("QUEUED {tries} 500")]);
        // A test takes a moment itself.
        let early = TimeDelta::minutes(1).min(*wait);
        stage.after(*wait - early).await;
        assert_eq!(stage.gateway.hooked("internal-1").len(), tries, "not before {wait}");
        // With its jitter it is a fifth later at most.
        stage.after(*wait / 5 + early + TimeDelta::seconds(1)).await;
        assert_eq!(stage.gateway.hooked("internal-1").len(), tries + 1, "after {wait}");
    }
    assert_eq!(fates(world, made.id).await, ["FAILED 10 500"]);
    let all = stage.gateway.hooked("internal-1");
    assert!(all.iter().all(|one| one.id == all[0].id && one.body == all[0].body), "the same all the time");
    assert!(all.is_sorted_by(|one, next| one.timestamp < next.timestamp), "at the time of each try");
    assert!(all.iter().all(|one| is_signed_by(&made.secret, one)));
    stage.after(TimeDelta::days(1)).await;
    assert_eq!(stage.gateway.hooked("internal-1").len(), 10);
}

async fn an_endpoint_that_nothing_reaches_for_days_is_told_nothing_until_it_is_enabled(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("internal-1").await;
    let is_enabled = async || {
        let asked = "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { isEnabled } } }";
        ask(world, Who::Admin, asked, json!({ "id": made.id })).await["node"]["isEnabled"] == true
    };
    stage.taught().await;
    stage.works().await;
    stage.every_try().await;
    assert_eq!(fates(world, made.id).await, ["FAILED 10 500"]);
    assert!(is_enabled().await, "it was not five days");
    stage.after(PATIENCE).await;
    stage.taught().await;
    stage.works().await;
    assert!(is_enabled().await, "in a silence nothing is tried");
    stage.every_try().await;
    assert_eq!(noted(world, made.id.to_string()).await, ["webhook_endpoint.created", "webhook_endpoint.disabled"]);

    leads_to(world, made.id, &stage.gateway.hook("ok-1")).await;
    stage.taught().await;
    stage.after(TimeDelta::days(1)).await;
    assert_eq!(stage.gateway.hooked("ok-1").len(), 0);
    let missed = deliveries(world, made.id).await;
    assert!(missed.iter().all(|row| row["state"] == "FAILED"), "{missed:#?}");
    assert_eq!((missed[2]["attempts"].as_i64(), &missed[2]["failure"]), (Some(0), &json!("the endpoint was disabled")));
    let replay = json!({ "id": missed[2]["id"] });
    let refused = act(world, Who::Admin, "webhookDeliveryReplay", "", replay.clone()).await;
    assert_eq!(refusals(&refused), ["CONFLICT id"]);

    let enabled = act(world, Who::Admin, "webhookEndpointEnable", SEEN, json!({ "id": made.id })).await;
    let expected = json!({ "id": made.id, "isEnabled": true, "disabledBecause": null, "failingSince": null });
    assert_eq!(enabled["webhookEndpoint"], expected);
    act(world, Who::Admin, "webhookDeliveryReplay", "", replay.clone()).await;
    let refused = act(world, Who::Admin, "webhookDeliveryReplay", "", replay).await;
    assert_eq!(refusals(&refused), ["CONFLICT id"], "it is under way");
    stage.works().await;
    let [hooked] = &stage.gateway.hooked("ok-1")[..] else { panic!("the one that was replayed") };
    assert_eq!(missed[2]["messageId"], hooked.id);
}

/// What the audit log says was done with something; the outbox says the same.
async fn noted(world: &World, subject: String) -> Vec<String> {
    let db = world.writing().await;
    let lines = audit::Entity::find().filter(audit::Column::Subject.eq(subject.clone()));
    let lines = lines.order_by_asc(audit::Column::Id).all(&db).await.unwrap();
    let events = outbox::Entity::find().order_by_asc(outbox::Column::Seq).all(&db).await.unwrap();
    world.written(db).await;
    let noted: Vec<String> = lines.into_iter().map(|line| line.action).collect();
    let about = events.into_iter().filter(|event| event.payload["id"] == subject);
    assert_eq!(about.map(|event| event.kind).collect::<Vec<_>>(), noted);
    noted
}

async fn an_endpoint_that_is_gone_is_told_nothing_more(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("unregistered-1").await;
    stage.taught().await;
    stage.works().await;
    assert_eq!(fates(world, made.id).await, ["FAILED 1 410"]);
    let disabled = act(world, Who::Admin, "webhookEndpointDisable", SEEN, json!({ "id": made.id })).await;
    assert_eq!(disabled["webhookEndpoint"]["disabledBecause"], "GONE", "disabling it again changes nothing");
    stage.taught().await;
    stage.after(TimeDelta::days(1)).await;
    assert_eq!(stage.gateway.hooked("unregistered-1").len(), 1);
}

/// The endpoints of which the inbox of the administrator says that nothing reaches them.
async fn told(stage: &Stage<'_>) -> Vec<Value> {
    while telling::round(&stage.app).await.unwrap() > 0 {}
    let asked = "{ notifications { nodes { title category about { ... on WebhookEndpoint { id } } } } }";
    let seen = ask(stage.world, Who::Admin, asked, Value::Null).await;
    let nodes = seen["notifications"]["nodes"].as_array().unwrap().iter();
    let told = nodes.filter(|node| node["title"] == "Webhook uitgeschakeld" && node["category"] == "REPORT");
    told.map(|node| node["about"]["id"].clone()).collect()
}

async fn administrators_are_told_once_of_an_endpoint_that_nothing_reaches(world: &World) {
    let stage = Stage::set(world).await;
    let gone = stage.endpoint("unregistered-1").await;
    for _ in 0..3 {
        stage.taught().await;
    }
    stage.works().await;
    assert_eq!(told(&stage).await, [json!(gone.id)], "once, however much was missed");
    stage.taught().await;
    stage.after(TimeDelta::days(1)).await;
    assert_eq!(told(&stage).await, [json!(gone.id)]);
    act(world, Who::Admin, "webhookEndpointEnable", "", json!({ "id": gone.id })).await;
    assert!(told(&stage).await.is_empty(), "it was seen to");
    stage.taught().await;
    stage.works().await;
    assert_eq!(told(&stage).await, [json!(gone.id)], "again");
    act(world, Who::Admin, "webhookEndpointEnable", "", json!({ "id": gone.id })).await;
    act(world, Who::Admin, "webhookEndpointDisable", "", json!({ "id": gone.id })).await;
    assert!(told(&stage).await.is_empty(), "who did it knows");

    let failing = stage.endpoint("internal-1").await;
    stage.taught().await;
    stage.works().await;
    stage.every_try().await;
    assert!(told(&stage).await.is_empty(), "it may come back");
    stage.after(PATIENCE).await;
    stage.taught().await;
    stage.works().await;
    stage.every_try().await;
    assert_eq!(told(&stage).await, [json!(failing.id)]);
    act(world, Who::Admin, "webhookEndpointDelete", "", json!({ "id": failing.id })).await;
    assert!(told(&stage).await.is_empty());
}

async fn patience_that_is_asked_for_is_had_and_redirects_are_not_followed(world: &World) {
    let stage = Stage::set(world).await;
    let (later, moved) = (stage.endpoint("later-7200-1").await, stage.endpoint("redirect-1").await);
    stage.taught().await;
    stage.works().await;
    stage.after(TimeDelta::minutes(119)).await;
    assert_eq!(stage.gateway.hooked("later-7200-1").len(), 1);
    stage.after(TimeDelta::minutes(2)).await;
    assert_eq!(stage.gateway.hooked("later-7200-1").len(), 2);
    assert_eq!(fates(world, later.id).await, ["QUEUED 2 503"]);

    let row = deliveries(world, moved.id).await.remove(0);
    assert_eq!(
        (&row["lastStatus"], &row["failure"]),
        (&json!(302), &json!("answered 302: redirects are not followed"))
    );
    assert_eq!(stage.gateway.hooked("ok-redirected").len(), 0);
}

async fn a_new_secret_and_the_one_before_it_sign_for_a_week(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    let input = json!({ "id": made.id, "clientMutationId": "rotated" });
    let rotated = act(world, Who::Admin, "webhookEndpointSecretRotate", "secret", input.clone()).await;
    let again = act(world, Who::Admin, "webhookEndpointSecretRotate", "secret", input).await;
    assert_eq!(again["secret"], rotated["secret"], "the same answer");
    let secret = rotated["secret"].as_str().unwrap();
    assert_ne!(secret, made.secret);

    stage.taught().await;
    stage.works().await;
    stage.taught().await;
    stage.after(OVERLAP).await;
    let [both, one] = &stage.gateway.hooked("ok-1")[..] else { panic!("two") };
    assert_eq!(both.signature.split(' ').count(), 2);
    assert!(is_signed_by(secret, both) && is_signed_by(&made.secret, both));
    assert_eq!(one.signature.split(' ').count(), 1);
    assert!(is_signed_by(secret, one));
}

async fn what_was_cut_off_in_the_middle_is_told_again_under_the_same_id(world: &World) {
    let stage = Stage::set(world).await;
    let (cut, killed) = (stage.endpoint("reset-after-1").await, stage.endpoint("ok-1").await);
    stage.taught().await;
    fan_out::round(&stage.app).await.unwrap();
    // Another process claimed it, and was killed.
    let db = world.writing().await;
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::State, Expr::value(WebhookState::Sending.to_value()))
        .col_expr(webhook_delivery::Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(webhook_delivery::Column::LeasedUntil, Expr::value(world.app.clock.now() + LEASE))
        .col_expr(webhook_delivery::Column::Attempts, Expr::value(1))
        .filter(webhook_delivery::Column::EndpointId.eq(killed.id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    stage.works().await;
    assert_eq!(stage.gateway.hooked("ok-1").len(), 0, "it is still theirs");
    stage.after(LEASE + TimeDelta::seconds(1)).await;
    assert_eq!(fates(world, killed.id).await, ["DELIVERED 2 200"]);

    let [first, second] = &stage.gateway.hooked("reset-after-1")[..] else { panic!("two tries") };
    assert_eq!((&first.id, &first.body), (&second.id, &second.body));
    assert_eq!(first.id, stage.gateway.hooked("ok-1")[0].id, "of one event there is one id");
    assert_eq!(deliveries(world, cut.id).await[0]["failure"], "the connection was lost");
}

async fn a_test_is_sent_at_once(world: &World) {
    let stage = Stage::set(world).await;
    let made = stage.endpoint("ok-1").await;
    let (shown, input) = ("webhookDelivery { event state }", json!({ "id": made.id }));
    let tested = act(world, Who::Admin, "webhookEndpointTest", shown, input.clone()).await;
    assert_eq!(tested["webhookDelivery"], json!({ "event": "webhook.test", "state": "QUEUED" }));
    let another = act(world, Who::Admin, "webhookEndpointTest", shown, input.clone()).await;
    assert_eq!(refusals(&another), ["CONFLICT id"], "one at a time");
    stage.works().await;
    let another = act(world, Who::Admin, "webhookEndpointTest", shown, input).await;
    assert_eq!(refusals(&another), [""; 0]);
    let body: Value = serde_json::from_str(&stage.gateway.hooked("ok-1")[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]), (&json!("webhook.test"), &json!({ "endpoint": made.id })));
}

async fn a_client_that_is_narrowed_to_schools_is_told_of_those(world: &World) {
    let stage = Stage::set(world).await;
    let all =
        ["LESSON_TAUGHT", "ENGAGEMENT_PERIOD_CLOSED", "PARTNERSHIP_COMPLETED", "ROSTER_IMPORTED", "PERSON_ERASED"];
    let made = endpoint(world, &all).await;
    leads_to(world, made.id, &stage.gateway.hook("ok-1")).await;
    narrow(world, world.ours.schools[0]).await;
    let ours = &world.ours;
    let elsewhere = json!({ "school": ours.schools[1], "lesson": ours.published.lesson });
    let [own, other] = [0, 1].map(|at| {
        let (id, school) = (ours.partners[at].partnership, ours.schools[at]);
        json!({ "id": id, "school": school, "student": "hidden" })
    });
    let period = json!({ "board": ours.id, "span": "WEEK", "startsOn": "2026-11-09" });
    for (kind, payload) in [
        ("lesson.taught", taught(ours)),
        ("lesson.taught", elsewhere),
        ("partnership.completed", own),
        ("partnership.completed", other),
        ("engagement.period_closed", period.clone()),
        ("roster.imported", json!({ "id": ours.import })),
        ("person.erased", json!({ "id": PersonId::new() })),
    ] {
        happens(world, ours.id, kind, payload).await;
    }
    stage.works().await;
    let mut told: Vec<(String, Value)> = stage.gateway.hooked("ok-1").iter().map(|hooked| data(&hooked.body)).collect();
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    let partnership = json!({ "partnership": ours.partners[0].partnership, "school": ours.schools[0] });
    let expected = [
        ("engagement.period_closed".to_owned(), period),
        ("lesson.taught".to_owned(), taught(ours)),
        ("partnership.completed".to_owned(), partnership),
    ];
    assert_eq!(told, expected);
}

fn data(body: &str) -> (String, Value) {
    let mut body: Value = serde_json::from_str(body).unwrap();
    (body["type"].as_str().unwrap().to_owned(), body["data"].take())
}

async fn narrow(world: &World, school: SchoolId) {
    let db = world.writing().await;
    api_client::Entity::update_many()
        .col_expr(api_client::Column::SchoolIds, Expr::value(json!([school])))
        .filter(api_client::Column::Id.eq(world.ours.client))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

on_each_database!(
    an_endpoint_is_told_by_ids_and_can_check_who_says_so,
    a_try_that_fails_is_made_again_by_the_schedule_until_it_is_given_up,
    an_endpoint_that_nothing_reaches_for_days_is_told_nothing_until_it_is_enabled,
    an_endpoint_that_is_gone_is_told_nothing_more,
    administrators_are_told_once_of_an_endpoint_that_nothing_reaches,
    patience_that_is_asked_for_is_had_and_redirects_are_not_followed,
    a_new_secret_and_the_one_before_it_sign_for_a_week,
    what_was_cut_off_in_the_middle_is_told_again_under_the_same_id,
    a_test_is_sent_at_once,
    a_client_that_is_narrowed_to_schools_is_told_of_those,
);
