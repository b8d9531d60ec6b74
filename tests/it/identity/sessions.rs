//! Signing in and out.

use chrono::TimeDelta;
use glans_tests::{Who, World};
use serde_json::json;
use tokio::task::JoinSet;

use super::{PASSWORD, account, deeds, let_sign_in, sign_in, signed_in, timeless};

async fn a_teacher_signs_in_and_is_the_viewer(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let reply = teacher.asks("{ viewer { id sessions { deviceName current } apiClient { id } } }").await;
    assert_eq!(reply.text_at("viewer.id"), account(world, Who::Teacher).await.to_string());
    assert_eq!(reply.at("viewer.sessions"), &json!([{ "deviceName": "Telefoon", "current": true }]));
    assert_eq!(reply.at("viewer.apiClient"), &json!(null));
    assert_eq!(deeds(world).await, ["session.created"]);
}

async fn who_is_not_signed_in_is_nobody(world: &World) {
    let reply = world.actor(Who::Anonymous).await.asks("{ viewer { id } }").await;
    assert_eq!(reply.at("viewer"), &json!(null));
}

/// Equal work is what makes them last equally long; a clock would only measure how busy the machine is.
async fn an_unknown_account_and_a_wrong_password_look_and_cost_the_same(world: &World) {
    let email = let_sign_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let mut found = Vec::new();
    for address in [email.as_str(), "niemand@voorbeeld.example", "geen adres"] {
        let (hashes, statements) = (world.app.identity.hashing.done(), world.app.db.statement_count());
        let reply = sign_in(&anonymous, address, "fout wachtwoord").await;
        assert_eq!(reply.refusals("sessionCreate"), ["INVALID"], "{address}");
        let work = (world.app.identity.hashing.done() - hashes, world.app.db.statement_count() - statements);
        found.push((timeless(&reply), reply.status, work));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
    assert_eq!(found[0].2.0, 1, "one hash each");
    assert_eq!(deeds(world).await, ["session.refused"; 3]);
}

async fn after_five_wrong_passwords_the_wait_is_told_and_holds_for_the_right_one_too(world: &World) {
    let email = let_sign_in(world, Who::Teacher).await;
    let colleague = let_sign_in(world, Who::Leader).await;
    let anonymous = world.actor(Who::Anonymous).await;
    for _ in 0..5 {
        assert_eq!(sign_in(&anonymous, &email, "fout wachtwoord").await.refusals("sessionCreate"), ["INVALID"]);
    }
    let refused = sign_in(&anonymous, &email, PASSWORD).await;
    assert_eq!(refused.codes(), ["RATE_LIMITED"]);
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((25..=31).contains(&wait), "{wait}");
    sign_in(&anonymous, &colleague, PASSWORD).await.text_at("sessionCreate.tokens.accessToken");
    world.app.clock.turn(TimeDelta::seconds(wait));
    sign_in(&anonymous, &email, PASSWORD).await.text_at("sessionCreate.tokens.accessToken");
}

async fn an_unknown_account_is_slowed_down_alike(world: &World) {
    let anonymous = world.actor(Who::Anonymous).await;
    for _ in 0..5 {
        sign_in(&anonymous, "niemand@voorbeeld.example", "fout wachtwoord").await;
    }
    assert_eq!(sign_in(&anonymous, "Niemand@Voorbeeld.example ", "x").await.codes(), ["RATE_LIMITED"]);
    for _ in 0..5 {
        sign_in(&anonymous, "niemand@voorbeeld", "fout wachtwoord").await;
    }
    assert_eq!(sign_in(&anonymous, "Niemand@Voorbeeld ", "x").await.codes(), ["RATE_LIMITED"]);
    let typo = sign_in(&anonymous, "iemand@voorbeeld\0", "fout wachtwoord").await;
    assert_eq!(typo.refusals("sessionCreate"), ["INVALID"], "each mistyped address by itself");
}

async fn of_thirty_guesses_at_once_five_are_looked_at(world: &World) {
    let email = let_sign_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let before = world.app.identity.hashing.done();
    let mut guesses = JoinSet::new();
    for _ in 0..30 {
        let (actor, email) = (anonymous.clone(), email.clone());
        guesses.spawn(async move { sign_in(&actor, &email, "fout wachtwoord").await.codes().len() });
    }
    let limited: usize = guesses.join_all().await.into_iter().sum();
    assert_eq!((world.app.identity.hashing.done() - before, limited), (5, 25));
}

async fn a_session_that_was_signed_out_is_void_at_once(world: &World) {
    let (teacher, refresh_token) = signed_in(world, Who::Teacher).await;
    let id = teacher.asks("{ viewer { sessions { id } } }").await.text_at("viewer.sessions.0.id").to_owned();
    let (leader, _) = signed_in(world, Who::Leader).await;
    let foreign = leader.does("sessionRevoke", "deletedId", json!({ "id": id })).await;
    assert_eq!(foreign.refusals("sessionRevoke"), ["NOT_FOUND id"]);
    let done = teacher.does("sessionRevoke", "deletedId", json!({})).await;
    assert_eq!(done.text_at("sessionRevoke.deletedId"), id);
    let after = teacher.asks("{ viewer { id } }").await;
    assert_eq!((after.status.as_u16(), after.codes()), (401, vec!["UNAUTHENTICATED"]));
    let refused = super::refresh(world, &refresh_token).await;
    assert_eq!(refused.refusals("sessionRefresh"), ["EXPIRED refreshToken"]);
}

async fn an_access_token_runs_out_after_ten_minutes(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    world.app.clock.turn(TimeDelta::seconds(631));
    let reply = teacher.asks("{ viewer { id } }").await;
    assert_eq!((reply.status.as_u16(), reply.codes()), (401, vec!["TOKEN_EXPIRED"]));
}

glans_tests::on_each_database!(
    a_teacher_signs_in_and_is_the_viewer,
    who_is_not_signed_in_is_nobody,
    an_unknown_account_and_a_wrong_password_look_and_cost_the_same,
    after_five_wrong_passwords_the_wait_is_told_and_holds_for_the_right_one_too,
    an_unknown_account_is_slowed_down_alike,
    of_thirty_guesses_at_once_five_are_looked_at,
    a_session_that_was_signed_out_is_void_at_once,
    an_access_token_runs_out_after_ten_minutes,
);
