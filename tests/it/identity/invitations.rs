//! Invitations: how a person of a board gets an account.

use glans::identity::accounts;
use glans_entity::people::{GuardianshipStatus, guardianship, person};
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Actor, Reply, Who, World};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{PASSWORD, deeds, everything, let_sign_in, signed_in, timeless};

pub(super) const EXPIRED: [&str; 1] = ["EXPIRED code"];

/// The first guardian has no account yet, and waits for an invitation.
pub(super) async fn newcomer(world: &World) {
    let (guardian, db) = (world.ours.guardians[0].person, everything(world).await);
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
    db.commit().await.unwrap();
    world.app.standings.forget_all();
}

pub(super) async fn invite(world: &World, inviter: &Actor) -> Reply {
    let input = json!({
        "person": world.ours.guardians[0].person.to_string(),
        "guardianship": world.ours.guardianships[0].to_string(),
        "delivery": "PAPER",
    });
    inviter.does("invitationCreate", "invitation { createdAt expiresAt } code", input).await
}

pub(super) async fn code_of(world: &World, inviter: &Actor) -> String {
    invite(world, inviter).await.text_at("invitationCreate.code").to_owned()
}

pub(super) async fn accept(actor: &Actor, code: &str, more: Value) -> Reply {
    let mut input = json!({ "code": code, "password": PASSWORD, "email": "ilse@thuis.example" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actor.does("invitationAccept", "tokens { accessToken } viewer { id }", input).await
}

pub(super) async fn status(world: &World) -> GuardianshipStatus {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let row = guardianship::Entity::within(&scope).filter(guardianship::Column::Id.eq(world.ours.guardianships[0]));
    row.one(&everything(world).await).await.unwrap().unwrap().status
}

/// The code with another secret and a check character that fits.
fn with_wrong_secret(code: &str) -> String {
    use glans::identity::invitations::code::Code;
    let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let kept = &code[..code.len() - 3];
    let last = &code[code.len() - 3..code.len() - 2];
    alphabet
        .chars()
        .filter(|other| other.to_string() != last)
        .flat_map(|other| alphabet.chars().map(move |check| format!("{kept}{other}-{check}")))
        .find(|candidate| Code::parse(candidate).is_some())
        .unwrap()
}

async fn a_teacher_invites_a_guardian_on_paper_who_signs_in_with_it(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    assert_eq!(status(world).await, GuardianshipStatus::Invited);
    let anonymous = world.actor(Who::Anonymous).await;
    let reply = accept(&anonymous, &code.to_lowercase().replace('-', " "), json!({})).await;
    let guardian = anonymous.with_token(reply.text_at("invitationAccept.tokens.accessToken"));
    assert_eq!(status(world).await, GuardianshipStatus::Active);
    assert_eq!(guardian.asks("{ schools { nodes { name } } }").await.texts_at("schools.nodes", "name"), ["De Zwaluw"]);
    let again = super::sign_in(&anonymous, "Ilse@thuis.example", PASSWORD).await;
    again.text_at("sessionCreate.tokens.accessToken");
    let deeds = deeds(world).await;
    let expected =
        ["session.created", "invitation.created", "session.created", "invitation.accepted", "session.created"];
    assert_eq!(deeds, expected);
}

async fn unknown_used_and_wrong_codes_look_and_cost_the_same(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let lost = code_of(world, &teacher).await;
    let code = code_of(world, &teacher).await;
    let wrong = with_wrong_secret(&code);
    let unknown = "000000-00000-0016J-D".to_owned();
    let mut found = Vec::new();
    for tried in [&lost, &wrong, &unknown] {
        let (hashes, statements) = (world.app.identity.hashing.done(), world.app.db.statement_count());
        let reply = accept(&anonymous, tried, json!({})).await;
        assert_eq!(reply.refusals("invitationAccept"), EXPIRED, "{tried}");
        let work = (world.app.identity.hashing.done() - hashes, world.app.db.statement_count() - statements);
        found.push((timeless(&reply), work));
    }
    assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
    accept(&anonymous, &code, json!({})).await.text_at("invitationAccept.viewer.id");
    let used = accept(&anonymous, &code, json!({})).await;
    assert_eq!(
        (timeless(&used), used.refusals("invitationAccept")),
        (found[0].0.clone(), EXPIRED.map(str::to_owned).to_vec())
    );
}

async fn five_wrong_secrets_end_an_invitation_and_a_typing_mistake_costs_none(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let code = code_of(world, &teacher).await;
    for _ in 0..6 {
        let mistyped = accept(&anonymous, &format!("{code}7"), json!({})).await;
        assert_eq!(mistyped.refusals("invitationAccept"), ["INVALID code"]);
    }
    let weak = accept(&anonymous, &code, json!({ "password": "welkom01" })).await;
    assert_eq!(weak.refusals("invitationAccept"), ["INVALID password"], "the code was right: no try is lost");
    for _ in 0..5 {
        accept(&anonymous, &with_wrong_secret(&code), json!({})).await;
    }
    assert_eq!(accept(&anonymous, &code, json!({})).await.refusals("invitationAccept"), EXPIRED);
}

async fn every_problem_of_an_answer_is_told_at_once(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let code = code_of(world, &teacher).await;
    let mistyped = format!("{code}7");
    for (code, email, password, expected) in [
        (&code, "geen adres", json!("kort"), &["INVALID email", "INVALID password"][..]),
        (&code, "geen adres", json!(null), &["INVALID email", "REQUIRED password"]),
        (&code, "geen adres", json!(PASSWORD), &["INVALID email"]),
        (&mistyped, "geen adres", json!("kort"), &["INVALID code", "INVALID email", "INVALID password"]),
        (&mistyped, "ilse@thuis.example", json!(null), &["INVALID code", "REQUIRED password"]),
        // There may be an account with this address, and an older password.
        (&mistyped, "ilse@thuis.example", json!("kort"), &["INVALID code"]),
    ] {
        let reply = accept(&anonymous, code, json!({ "email": email, "password": password })).await;
        assert_eq!(reply.refusals("invitationAccept"), expected, "{code} {email} {password}");
    }
    let silent = json!({ "email": null, "password": "kort" });
    let silent = accept(&anonymous, &mistyped, silent).await;
    assert_eq!(silent.refusals("invitationAccept"), ["INVALID code"], "the board may know the address");
    accept(&anonymous, &code, json!({})).await.text_at("invitationAccept.viewer.id");
}

async fn a_code_ends_after_sixty_days(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    world.app.clock.turn(chrono::TimeDelta::days(60));
    let late = accept(&world.actor(Who::Anonymous).await, &code, json!({})).await;
    assert_eq!(late.refusals("invitationAccept"), EXPIRED);
}

async fn of_four_who_accept_at_once_one_gets_in(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let mut race = tokio::task::JoinSet::new();
    for at in 0..4 {
        let (actor, code) = (anonymous.clone(), code.clone());
        race.spawn(async move {
            let reply = accept(&actor, &code, json!({ "email": format!("ilse{at}@thuis.example") })).await;
            usize::from(reply.refusals("invitationAccept").is_empty())
        });
    }
    assert_eq!(race.join_all().await.into_iter().sum::<usize>(), 1);
}

async fn who_is_signed_in_links_the_person_to_that_account(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let stranger = world.theirs.guardians[0].account;
    let outsider = world.actor_in(&world.theirs, Who::Guardian).await;
    let reply =
        outsider.does("invitationAccept", "tokens { accessToken } viewer { id }", json!({ "code": code })).await;
    assert_eq!(reply.at("invitationAccept.tokens"), &json!(null), "the session goes on");
    assert_eq!(reply.text_at("invitationAccept.viewer.id"), stranger.to_string());
    let boards = outsider.asks("{ boards { nodes { name } } }").await;
    assert_eq!(boards.at("boards.nodes").as_array().unwrap().len(), 2, "one account, two boards");
    let one = outsider.with_header("glans-board", &world.ours.id.to_string()).asks("{ boards { nodes { id } } }").await;
    assert_eq!(one.texts_at("boards.nodes", "id"), [world.ours.id.to_string()]);
}

async fn an_address_with_an_account_needs_the_password_of_that_account(world: &World) {
    newcomer(world).await;
    let email = let_sign_in(world, Who::Distant).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let wrong = accept(&anonymous, &code, json!({ "email": email, "password": "een ander woord" })).await;
    assert_eq!(wrong.refusals("invitationAccept"), ["INVALID password"]);
    let taken = accept(&anonymous, &code, json!({ "email": email })).await;
    assert_eq!(taken.refusals("invitationAccept"), ["TAKEN"], "that account is another person of this board");
    assert_eq!(status(world).await, GuardianshipStatus::Invited, "nothing is half done");
}

async fn a_code_tells_of_no_more_addresses_than_it_has_tries(world: &World) {
    newcomer(world).await;
    let email = let_sign_in(world, Who::Distant).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let mut found = Vec::new();
    for address in [email.as_str(), "niemand@voorbeeld.example"] {
        let (hashes, statements) = (world.app.identity.hashing.done(), world.app.db.statement_count());
        let short = accept(&anonymous, &code, json!({ "email": address, "password": "kort" })).await;
        assert_eq!(short.refusals("invitationAccept"), ["INVALID password"], "{address}");
        let work = (world.app.identity.hashing.done() - hashes, world.app.db.statement_count() - statements);
        found.push((timeless(&short), work));
    }
    assert_eq!(found[0], found[1], "a short password says nothing of the address");
    let wrong = async || accept(&anonymous, &code, json!({ "email": email, "password": "een ander woord" })).await;
    for _ in 0..4 {
        assert_eq!(wrong().await.refusals("invitationAccept"), ["INVALID password"]);
    }
    assert_eq!(wrong().await.codes(), ["RATE_LIMITED"], "which costs no try");
    world.app.clock.turn(chrono::TimeDelta::minutes(1));
    assert_eq!(wrong().await.refusals("invitationAccept"), ["INVALID password"]);
    assert_eq!(accept(&anonymous, &code, json!({})).await.refusals("invitationAccept"), EXPIRED);
}

async fn who_mistypes_the_password_of_their_account_gets_in_with_the_right_one(world: &World) {
    newcomer(world).await;
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    let code = code_of(world, &teacher).await;
    let (stranger, hash) =
        (world.theirs.guardians[0].account, world.app.identity.hashing.hash(PASSWORD.to_owned()).await);
    let db = everything(world).await;
    accounts::set_password(&db, stranger, hash.unwrap(), world.app.clock.now()).await.unwrap();
    let email = accounts::by_id(&db, stranger).await.unwrap().unwrap().email;
    db.commit().await.unwrap();
    let anonymous = world.actor(Who::Anonymous).await;
    for _ in 0..4 {
        let wrong = accept(&anonymous, &code, json!({ "email": email, "password": "vier gele fitsen" })).await;
        assert_eq!(wrong.refusals("invitationAccept"), ["INVALID password"]);
    }
    let right = accept(&anonymous, &code, json!({ "email": email })).await;
    assert_eq!(right.text_at("invitationAccept.viewer.id"), stranger.to_string());
}

async fn only_who_may_grant_all_of_it_may_invite(world: &World) {
    newcomer(world).await;
    for (who, expected) in [
        (Who::Leader, Vec::new()),
        (Who::Admin, Vec::new()),
        (Who::Trainer, vec!["NOT_FOUND person"]),
        (Who::Distant, vec!["NOT_FOUND person"]),
    ] {
        let (inviter, _) = signed_in(world, who).await;
        assert_eq!(invite(world, &inviter).await.refusals("invitationCreate"), expected, "{who:?}");
    }
    let (leader, _) = signed_in(world, Who::Leader).await;
    let bound = json!({ "person": world.ours.teacher.person.to_string(), "delivery": "PAPER" });
    let linked = leader.does("invitationCreate", "code", bound).await;
    assert_eq!(linked.refusals("invitationCreate"), ["CONFLICT person"], "the teacher has an account");
    let foreign = json!({ "person": world.theirs.teacher.person.to_string(), "delivery": "PAPER" });
    let foreign = leader.does("invitationCreate", "code", foreign).await;
    assert_eq!(foreign.refusals("invitationCreate"), ["NOT_FOUND person"]);
    assert_eq!(invite(world, &world.actor(Who::Anonymous).await).await.codes(), ["UNAUTHENTICATED"]);
}

glans_tests::on_each_database!(
    a_teacher_invites_a_guardian_on_paper_who_signs_in_with_it,
    unknown_used_and_wrong_codes_look_and_cost_the_same,
    five_wrong_secrets_end_an_invitation_and_a_typing_mistake_costs_none,
    every_problem_of_an_answer_is_told_at_once,
    a_code_ends_after_sixty_days,
    of_four_who_accept_at_once_one_gets_in,
    who_is_signed_in_links_the_person_to_that_account,
    an_address_with_an_account_needs_the_password_of_that_account,
    a_code_tells_of_no_more_addresses_than_it_has_tries,
    who_mistypes_the_password_of_their_account_gets_in_with_the_right_one,
    only_who_may_grant_all_of_it_may_invite,
);
