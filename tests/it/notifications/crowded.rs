//! Much e-mail and few connections to a mail server: neither a push nor a code waits for it, and what happens while an
//! e-mail waits is looked at before it is sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use glans::notifications::deliveries::digests;
use glans::notifications::deliveries::sender::Sender;
use glans_entity::engagement::{AnnouncementStatus, announcement};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery};
use glans_entity::people::guardianship;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Crowd;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::occasions::done;
use super::stage::{Stage, daytime, turn_to, urgent};
use crate::announcements::published;

const GUARDIANS: usize = 500;
/// What the mail server takes for each e-mail: nearly two minutes for all of them.
const SLOWNESS: Duration = Duration::from_millis(1_500);
/// What is not there by then will not be.
const PATIENCE: Duration = Duration::from_mins(2);
/// Connections to a mail server that are not kept for codes.
const CONNECTIONS: usize = 7;

/// A sender that goes on until it is aborted.
fn sender(stage: &Stage<'_>) -> JoinHandle<()> {
    tokio::spawn(Sender::new(Arc::clone(&stage.app)).run(std::future::pending()))
}

async fn until(what: &str, is_there: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_there() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Deliveries to the crowd on the channel in one of these states.
async fn count(world: &World, crowd: &Crowd, channel: Channel, states: &[DeliveryState]) -> usize {
    use delivery::Column;
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let rows = delivery::Entity::within(&everywhere)
        .filter(Column::BoardId.eq(crowd.board))
        .filter(Column::Channel.eq(channel))
        .filter(Column::State.is_in(states.iter().copied()));
    usize::try_from(rows.count(&db).await.unwrap()).unwrap()
}

async fn neither_a_code_nor_a_push_waits_for_a_thousand_emails(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    stage.office.set_slowness(SLOWNESS);
    stage.device(world.theirs.guardians[0], PushPlatform::Fcm, "ok-theirs").await;
    world.guardian("Anne", &[]).await;
    let phone = |at: usize| vec![(PushPlatform::Fcm, format!("ok-{at}"))];
    let crowd = Crowd::gather(&world.app.db, world.app.clock.now(), GUARDIANS, phone).await;
    crowd.mention(&world.app.db, world.app.clock.now(), 0..GUARDIANS).await;
    stage.tells().await;
    turn_to(world, 17, 0);
    assert!(digests::round(&stage.app).await.unwrap() >= 500, "a digest for each");
    crowd.alarm(&world.app.db, world.app.clock.now(), 0..GUARDIANS).await;
    stage.tells().await;
    assert_eq!(count(world, &crowd, Channel::Email, &[DeliveryState::Queued]).await, GUARDIANS);

    let sending = sender(&stage);
    until("an alarm waits behind its own e-mails", || stage.gateway.count() == GUARDIANS).await;
    until("no e-mail is sent", || stage.office.connections() >= CONNECTIONS).await;
    let anonymous = world.actor(Who::Anonymous).await;
    anonymous.does("passwordResetRequest", "", json!({ "email": "anne@example.org" })).await;
    let input = json!({ "title": "Kamp", "body": "Volgende week.", "requiresAcknowledgement": true,
        "audience": { "include": [world.theirs.groups[0]] } });
    let made = done(world, world.theirs.leader, "announcementCreate", "announcement { id }", input).await;
    let id = json!({ "id": made["announcement"]["id"] });
    done(world, world.theirs.leader, "announcementPublish", "", id).await;
    let asked = Instant::now();
    stage.tells().await;
    until("a small board waits", || stage.gateway.count() > GUARDIANS).await;
    until("a code waits", || !stage.office.posted_to("anne@example.org").is_empty()).await;
    // Behind what is left of the e-mails it would be most of this, whatever else the machine does.
    let all = SLOWNESS * u32::try_from(GUARDIANS / CONNECTIONS).unwrap();
    assert!(asked.elapsed() < all / 4, "{:?}", asked.elapsed());
    assert_eq!(stage.gateway.seen("ok-theirs").len(), 1);
    let left = count(world, &crowd, Channel::Email, &[DeliveryState::Queued, DeliveryState::Sending]).await;
    assert!(left > GUARDIANS / 2, "{left} of the e-mails wait still");
    // No push is under way for as long as the e-mails are: who unbinds a device does not wait for these.
    assert_eq!(count(world, &crowd, Channel::Push, &[DeliveryState::Sent]).await, GUARDIANS);
    sending.abort();
}

async fn what_is_taken_back_while_an_email_waits_for_its_connection_is_not_sent(world: &World) {
    const ALL: usize = 30;
    daytime(world);
    let stage = Stage::set(world).await;
    stage.office.set_holding(true);
    let crowd = Crowd::gather(&world.app.db, world.app.clock.now(), ALL, |_| Vec::new()).await;
    crowd.alarm(&world.app.db, world.app.clock.now(), 0..ALL).await;
    stage.tells().await;
    let sending = sender(&stage);
    until("no e-mail is sent", || stage.office.connections() >= CONNECTIONS).await;
    let db = world.writing().await;
    announcement::Entity::update_many()
        .col_expr(announcement::Column::Status, Expr::value(AnnouncementStatus::Withdrawn.to_value()))
        .col_expr(announcement::Column::WithdrawnAt, Expr::value(world.app.clock.now()))
        .filter(announcement::Column::BoardId.eq(crowd.board))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    stage.office.set_holding(false);
    let began = Instant::now();
    while count(world, &crowd, Channel::Email, &[DeliveryState::Queued, DeliveryState::Sending]).await > 0 {
        assert!(began.elapsed() < PATIENCE, "some e-mails are neither sent nor suppressed");
        sleep(Duration::from_millis(50)).await;
    }
    sending.abort();
    assert_eq!(stage.office.posted().len(), CONNECTIONS, "what was on its way, and nothing more");
    let suppressed = count(world, &crowd, Channel::Email, &[DeliveryState::Suppressed]).await;
    assert_eq!(suppressed, ALL - CONNECTIONS);
}

/// A sender that has an e-mail on its way to Ilse, to Omar and to Sara, which the mail server does not take yet.
async fn three_under_way(world: &World, stage: &Stage<'_>) -> JoinHandle<()> {
    stage.office.set_slowness(SLOWNESS);
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    // On a busy machine the first one could be there before the last one is on its way.
    stage.office.set_holding(true);
    let sending = sender(stage);
    until("no e-mail is sent", || stage.office.connections() >= 3).await;
    stage.office.set_holding(false);
    sending
}

/// Its login goes with the person: what is on its way belongs to nobody by then.
async fn nothing_is_mailed_to_who_was_erased_once_that_is_answered(world: &World) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    let sending = three_under_way(world, &stage).await;
    done(world, world.ours.admin, "personErase", "person { id }", json!({ "id": sara.person })).await;
    let answered = stage.office.posted_to("sara@example.org").len();
    sleep(2 * SLOWNESS).await;
    assert_eq!((answered, stage.office.posted_to("sara@example.org").len()), (1, 1));
    sending.abort();
}

/// Something is on its way to Sara when it is decided that she has nothing of the child any more.
async fn nothing_arrives_after(world: &World, decision: &str, more: Value) {
    daytime(world);
    let stage = Stage::set(world).await;
    let (_, sara, _) = world.family().await;
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let own = guardianship::Entity::within(&everywhere).filter(guardianship::Column::GuardianId.eq(sara.person));
    let mut input = json!({ "id": own.one(&db).await.unwrap().unwrap().id });
    drop(db);
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sending = three_under_way(world, &stage).await;
    done(world, world.ours.leader, decision, "", input).await;
    let answered = stage.office.posted_to("sara@example.org").len();
    sleep(2 * SLOWNESS).await;
    assert_eq!((answered, stage.office.posted_to("sara@example.org").len()), (1, 1), "{decision}");
    sending.abort();
}

async fn nothing_is_mailed_to_who_lost_access_once_that_is_answered(world: &World) {
    nothing_arrives_after(world, "guardianshipUpdate", json!({ "access": "NONE" })).await;
}

async fn nothing_is_mailed_to_who_is_no_guardian_any_more_once_that_is_answered(world: &World) {
    nothing_arrives_after(world, "guardianshipEnd", json!({})).await;
}

on_each_database!(
    nothing_is_mailed_to_who_lost_access_once_that_is_answered,
    nothing_is_mailed_to_who_is_no_guardian_any_more_once_that_is_answered,
    neither_a_code_nor_a_push_waits_for_a_thousand_emails,
    what_is_taken_back_while_an_email_waits_for_its_connection_is_not_sent,
    nothing_is_mailed_to_who_was_erased_once_that_is_answered,
);
