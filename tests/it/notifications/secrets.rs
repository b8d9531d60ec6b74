//! Letters with a code: they reach who asked for them or is invited, and nobody keeps the code.

use std::time::Duration;

use chrono::TimeDelta;
use glans::identity::accounts;
use glans::identity::invitations::code::Code;
use glans_entity::notifications::{Channel, DeliveryState, delivery};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, guardianship, person};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::seed::Someone;
use glans_tests::{Engine, Reply, Who, World, on_each_database, run};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::occasions::done;
use super::stage::{Stage, read, urgent};
use crate::announcements::published;

const ILSE: &str = "ilse@example.org";
const TARIK: &str = "tarik@example.org";
const NEW: &str = "paarse tuinkabouter";
const NOBODY: [&str; 0] = [];
/// Connections to a mail server that are not kept for codes.
const PLACES: usize = 7;

/// The deliveries of letters, oldest first.
async fn letters(world: &World) -> Vec<delivery::Model> {
    let everywhere = Scope::system(glans::call::today(world.app.clock.now()));
    let db = world.app.db.read(&everywhere).await.unwrap();
    let rows = delivery::Entity::within(&everywhere).filter(delivery::Column::Letter.is_not_null());
    rows.order_by_asc(delivery::Column::Id).all(&db).await.unwrap()
}

/// As `SUPPRESSED NO_RIGHT`; nothing of it keeps its code once it is over.
async fn fates(world: &World) -> Vec<String> {
    let fate = |row: delivery::Model| {
        assert!(row.secret.is_none() || row.state == DeliveryState::Dead, "{row:?}");
        format!("{:?} {}", row.state, row.failure.unwrap_or_default()).trim_end().to_owned()
    };
    letters(world).await.into_iter().map(fate).collect()
}

/// The words of the text that `is_code` takes for a code.
fn code(text: &str, is_code: impl Fn(&str) -> bool) -> String {
    let codes: Vec<_> = text.split_whitespace().filter(|word| is_code(word)).collect();
    let [code] = codes.as_slice() else { panic!("one code in {text}") };
    (*code).to_owned()
}

async fn asks_for_a_password(world: &World, email: &str) {
    let reply = world.actor(Who::Anonymous).await.does("passwordResetRequest", "", json!({ "email": email })).await;
    assert_eq!(reply.refusals("passwordResetRequest"), NOBODY);
}

async fn sets(world: &World, code: &str) -> Vec<String> {
    let input = json!({ "code": code, "newPassword": NEW });
    world.actor(Who::Anonymous).await.does("passwordReset", "", input).await.refusals("passwordReset")
}

async fn has_a_password(world: &World) {
    let hash = world.app.identity.hashing.hash("vier gele fietsen".to_owned()).await.unwrap();
    let db = world.writing().await;
    accounts::set_password(&db, world.ours.teacher.account, hash, world.app.clock.now()).await.unwrap();
    world.written(db).await;
}

async fn a_new_password_is_chosen_with_the_code_of_the_letter(world: &World) {
    let stage = Stage::set(world).await;
    has_a_password(world).await;
    asks_for_a_password(world, TARIK).await;
    stage.tells().await;
    let waiting = letters(world).await;
    assert!(waiting[0].secret.is_some());
    stage.sends().await;
    let posted = stage.office.posted_to(TARIK);
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    let (subject, text) = read(posted);
    assert_eq!(subject, "Een nieuw wachtwoord kiezen");
    let code = code(&text, |word| word.starts_with("glans_pr_"));
    assert!(!waiting[0].secret.as_deref().unwrap_or_default().contains(&code), "it was sealed");
    assert_eq!(fates(world).await, ["Sent"]);
    assert_eq!(sets(world, &code).await, NOBODY);
    let input = json!({ "email": TARIK, "password": NEW, "deviceName": "Telefoon" });
    let anonymous = world.actor(Who::Anonymous).await;
    let reply = anonymous.does("sessionCreate", "tokens { accessToken }", input).await;
    reply.text_at("sessionCreate.tokens.accessToken");
}

/// Tells 28 guardians by e-mail, at a server that thinks a second about each, where seven have a place at once.
async fn many(stage: &Stage<'_>, world: &World) -> Vec<Someone> {
    let fien = world.child("Fien", 0).await;
    let mut guardians = vec![world.ours.guardians[0]];
    for number in 1..28 {
        guardians.push(world.guardian(&format!("Ouder{number}"), &[(fien, GuardianAccess::Full)]).await);
    }
    published(world, Who::Leader, "De school is dicht", urgent(world)).await;
    stage.tells().await;
    stage.office.set_slowness(Duration::from_secs(1));
    guardians
}

async fn nobody_waits_for_a_code_behind_many_others(world: &World) {
    let stage = Stage::set(world).await;
    has_a_password(world).await;
    let guardians = many(&stage, world).await;
    stage.office.set_holding(true);
    let connected = async |connections: usize| {
        while stage.office.connections() < connections {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let asking = async {
        connected(PLACES).await;
        asks_for_a_password(world, TARIK).await;
        stage.tells().await;
        let goes_on = async {
            // All places but that of the code are taken still.
            connected(PLACES + 1).await;
            stage.office.set_holding(false);
        };
        tokio::join!(stage.sends_anew(), goes_on);
    };
    tokio::join!(stage.sends(), asking);
    let posted = stage.office.posted();
    let before = posted.iter().position(|posted| posted.to == [TARIK]).expect("the code");
    assert_eq!(posted.len(), guardians.len() + 1);
    assert!(before < 21, "behind {before} others");
    for guardian in guardians {
        let rows = stage.deliveries(guardian, Channel::Email).await;
        assert!(rows.iter().all(|row| (row.state, row.attempts) == (DeliveryState::Sent, 1)), "{rows:?}");
    }
}

/// As long as a try lasts and longer.
async fn whoever_waits_for_a_place_says_nothing_of_the_server(world: &World) {
    let stage = Stage::set(world).await;
    let guardians = many(&stage, world).await;
    stage.office.set_slowness(Duration::from_secs(4));
    stage.sends().await;
    // The last wave begins after twelve seconds.
    for guardian in guardians {
        let rows = stage.deliveries(guardian, Channel::Email).await;
        assert!(rows.iter().all(|row| (row.state, row.attempts) == (DeliveryState::Sent, 1)), "{rows:?}");
    }
}

async fn nothing_goes_to_an_address_that_nobody_has(world: &World) {
    let stage = Stage::set(world).await;
    asks_for_a_password(world, "niemand@voorbeeld.example").await;
    stage.works().await;
    assert_eq!((letters(world).await.len(), stage.office.posted().len()), (0, 0));
}

async fn a_code_that_is_too_old_is_not_sent(world: &World) {
    let stage = Stage::set(world).await;
    has_a_password(world).await;
    asks_for_a_password(world, TARIK).await;
    stage.tells().await;
    world.app.clock.turn(TimeDelta::hours(2));
    stage.sends().await;
    assert_eq!(fates(world).await, ["Dead TIME_TO_LIVE"]);
    assert_eq!(stage.office.posted().len(), 0);
}

/// The first guardian has no account yet.
async fn newcomer(world: &World) {
    let guardian = world.ours.guardians[0].person;
    let db = world.writing().await;
    person::Entity::update_many()
        .col_expr(person::Column::AccountId, Expr::value(None::<uuid::Uuid>))
        .filter(person::Column::Id.eq(guardian))
        .exec(&db)
        .await
        .unwrap();
    guardianship::Entity::update_many()
        .col_expr(guardianship::Column::Status, Expr::value(GuardianshipStatus::Invited))
        .filter(guardianship::Column::GuardianId.eq(guardian))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

async fn invites(world: &World) {
    let input = json!({ "person": world.ours.guardians[0].person, "guardianship": world.ours.guardianships[0],
        "delivery": "EMAIL" });
    let made = done(world, world.ours.leader, "invitationCreate", "code invitation { expiresAt }", input).await;
    assert!(made["code"].is_null(), "who invites does not see it");
}

async fn accepts(world: &World, code: &str) -> Reply {
    let input = json!({ "code": code, "password": NEW, "email": "ilse@thuis.example" });
    world.actor(Who::Anonymous).await.does("invitationAccept", "viewer { id }", input).await
}

async fn who_is_invited_accepts_with_the_code_of_the_letter(world: &World) {
    let stage = Stage::set(world).await;
    newcomer(world).await;
    invites(world).await;
    stage.works().await;
    let posted = stage.office.posted_to(ILSE);
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    let (subject, text) = read(posted);
    assert_eq!(subject, "Uitnodiging van De Sterrenwacht");
    let code = code(&text, |word| Code::parse(word).is_some());
    assert_eq!(fates(world).await, ["Sent"]);
    accepts(world, &code).await.text_at("invitationAccept.viewer.id");
}

async fn an_invitation_that_ended_is_not_sent(world: &World) {
    let stage = Stage::set(world).await;
    newcomer(world).await;
    invites(world).await;
    // Another one ends the first.
    invites(world).await;
    stage.works().await;
    assert_eq!(fates(world).await, ["Suppressed NO_RIGHT", "Sent"]);
    let posted = stage.office.posted_to(ILSE);
    assert_eq!(posted.len(), 1);
    let code = code(&read(&posted[0]).1, |word| Code::parse(word).is_some());

    invites(world).await;
    stage.tells().await;
    world.app.clock.turn(TimeDelta::days(61));
    stage.sends().await;
    assert_eq!(fates(world).await, ["Suppressed NO_RIGHT", "Sent", "Dead TIME_TO_LIVE"]);
    assert_eq!(stage.office.posted_to(ILSE).len(), 1);
    assert_eq!(accepts(world, &code).await.refusals("invitationAccept"), ["EXPIRED code"]);
}

on_each_database!(
    nobody_waits_for_a_code_behind_many_others,
    a_new_password_is_chosen_with_the_code_of_the_letter,
    nothing_goes_to_an_address_that_nobody_has,
    a_code_that_is_too_old_is_not_sent,
    who_is_invited_accepts_with_the_code_of_the_letter,
    an_invitation_that_ended_is_not_sent,
);

/// `cargo test -p glans-tests --test it -- --ignored notifications::secrets`
mod in_full {
    use super::{Engine, run, whoever_waits_for_a_place_says_nothing_of_the_server};

    #[test]
    #[ignore = "takes twenty seconds"]
    fn waiting_for_a_place() {
        run(Engine::Sqlite, whoever_waits_for_a_place_says_nothing_of_the_server);
    }
}
