//! Changing a password, and replacing a forgotten one.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use glans::identity::passwords::actions::RESET_REQUESTED;
use glans_entity::platform::outbox;
use glans_tests::{Actor, Reply, Who, World};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{PASSWORD, deeds, everything, let_sign_in, refresh, sign_in, signed_in, timeless};

const NEW: &str = "paarse tuinkabouter";

async fn change(actor: &Actor, current: &str, new: &str) -> Reply {
    actor.does("passwordChange", "viewer { id }", json!({ "currentPassword": current, "newPassword": new })).await
}

async fn a_changed_password_signs_out_the_other_devices(world: &World) {
    let (laptop, _) = signed_in(world, Who::Teacher).await;
    let (phone, phone_token) = signed_in(world, Who::Teacher).await;
    change(&laptop, PASSWORD, NEW).await.text_at("passwordChange.viewer.id");
    assert_eq!(refresh(world, &phone_token).await.refusals("sessionRefresh"), ["EXPIRED refreshToken"]);
    assert_eq!(phone.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(
        laptop.asks("{ viewer { sessions { current } } }").await.at("viewer.sessions"),
        &json!([{ "current": true }])
    );
    let email = world_email(world).await;
    assert_eq!(
        sign_in(&phone, &email, PASSWORD).await.codes(),
        ["UNAUTHENTICATED"],
        "with the dead token in the header"
    );
    let anonymous = world.actor(Who::Anonymous).await;
    assert_eq!(sign_in(&anonymous, &email, PASSWORD).await.refusals("sessionCreate"), ["INVALID"]);
    sign_in(&anonymous, &email, NEW).await.text_at("sessionCreate.tokens.accessToken");
}

async fn world_email(world: &World) -> String {
    let (id, db) = (super::account(world, Who::Teacher).await, everything(world).await);
    glans::identity::accounts::by_id(&db, id).await.unwrap().unwrap().email
}

async fn a_password_is_refused_that_is_wrong_short_or_common(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    assert_eq!(change(&teacher, "fout wachtwoord", NEW).await.refusals("passwordChange"), ["INVALID currentPassword"]);
    for (weak, refusal) in [
        ("kort", "INVALID newPassword"),
        ("Welkom2026!", "INVALID newPassword"),
        (&"lang".repeat(40), "TOO_LONG newPassword"),
    ] {
        assert_eq!(change(&teacher, PASSWORD, weak).await.refusals("passwordChange"), [refusal], "{weak}");
    }
    let anonymous = change(&world.actor(Who::Anonymous).await, PASSWORD, NEW).await;
    assert_eq!(anonymous.codes(), ["UNAUTHENTICATED"]);
}

async fn request(world: &World, email: &str) -> Reply {
    world.actor(Who::Anonymous).await.does("passwordResetRequest", "", json!({ "email": email })).await
}

/// The code as the letter would have it.
async fn code_of_the_letter(world: &World) -> String {
    let db = everything(world).await;
    let event = outbox::Entity::find().filter(outbox::Column::Kind.eq(RESET_REQUESTED));
    let event = event.order_by_desc(outbox::Column::Seq).one(&db).await.unwrap().unwrap();
    let sealed = BASE64_STANDARD.decode(event.payload["sealed"].as_str().unwrap()).unwrap();
    let code = world.app.identity.master.open(event.payload["reset"].as_str().unwrap(), &sealed).unwrap();
    let code = String::from_utf8(code).unwrap();
    assert!(!event.payload.to_string().contains(&code), "the code must not lie in the outbox");
    code
}

async fn reset(world: &World, code: &str, new: &str) -> Reply {
    let input = json!({ "code": code, "newPassword": new });
    world.actor(Who::Anonymous).await.does("passwordReset", "", input).await
}

async fn a_forgotten_password_is_replaced_with_the_code_of_the_letter(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let email = world_email(world).await;
    assert!(request(world, &email).await.refusals("passwordResetRequest").is_empty());
    let code = code_of_the_letter(world).await;
    assert_eq!(reset(world, &code, "password").await.refusals("passwordReset"), ["INVALID newPassword"]);
    assert!(reset(world, &code, NEW).await.refusals("passwordReset").is_empty());
    assert_eq!(reset(world, &code, "nog een ander woord").await.refusals("passwordReset"), ["EXPIRED code"]);
    assert_eq!(teacher.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"], "all devices are signed out");
    let anonymous = world.actor(Who::Anonymous).await;
    sign_in(&anonymous, &email, NEW).await.text_at("sessionCreate.tokens.accessToken");
    let expected = ["session.created", "password.reset_requested", "password.reset", "session.created"];
    assert_eq!(deeds(world).await, expected);
}

async fn a_code_ends_after_an_hour_and_that_of_nobody_never_works(world: &World) {
    let email = let_sign_in(world, Who::Teacher).await;
    request(world, &email).await;
    let code = code_of_the_letter(world).await;
    world.app.clock.turn(TimeDelta::hours(1));
    assert_eq!(reset(world, &code, NEW).await.refusals("passwordReset"), ["EXPIRED code"]);
    request(world, "niemand@voorbeeld.example").await;
    let code = code_of_the_letter(world).await;
    assert_eq!(reset(world, &code, NEW).await.refusals("passwordReset"), ["EXPIRED code"]);
}

async fn a_changed_password_voids_the_codes_of_all_letters(world: &World) {
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let email = world_email(world).await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        request(world, &email).await;
        codes.push(code_of_the_letter(world).await);
    }
    change(&teacher, PASSWORD, NEW).await.text_at("passwordChange.viewer.id");
    for code in codes {
        assert_eq!(reset(world, &code, "nog een ander woord").await.refusals("passwordReset"), ["EXPIRED code"]);
    }
    sign_in(&world.actor(Who::Anonymous).await, &email, NEW).await.text_at("sessionCreate.tokens.accessToken");
}

async fn a_request_for_an_unknown_address_looks_and_costs_the_same(world: &World) {
    let email = let_sign_in(world, Who::Teacher).await;
    let mut found = Vec::new();
    for address in [email.as_str(), "niemand@voorbeeld.example"] {
        let before = world.app.db.statement_count();
        let reply = request(world, address).await;
        found.push((timeless(&reply), reply.status, world.app.db.statement_count() - before));
    }
    assert_eq!(found[0], found[1]);
    for address in [email.as_str(), "niemand@voorbeeld.example"] {
        for _ in 0..2 {
            request(world, address).await;
        }
        assert_eq!(request(world, address).await.codes(), ["RATE_LIMITED"], "{address}");
    }
}

glans_tests::on_each_database!(
    a_changed_password_signs_out_the_other_devices,
    a_password_is_refused_that_is_wrong_short_or_common,
    a_forgotten_password_is_replaced_with_the_code_of_the_letter,
    a_code_ends_after_an_hour_and_that_of_nobody_never_works,
    a_changed_password_voids_the_codes_of_all_letters,
    a_request_for_an_unknown_address_looks_and_costs_the_same,
);
