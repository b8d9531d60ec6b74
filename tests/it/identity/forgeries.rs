//! Forged tokens at the door. The whole table is tested where tokens are verified; here, that the door asks.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::TimeDelta;
use glans_tests::{Who, World};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::signed_in;

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn a_forged_token_is_refused_and_never_taken_for_nobody(world: &World) {
    let (teacher, refresh_token) = signed_in(world, Who::Teacher).await;
    let token = teacher_token(world).await;
    // What is forged is much like what was believed a moment ago.
    teacher.with_token(&token).asks("{ viewer { id } }").await.text_at("viewer.id");
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let read = |part: &str| -> Value { serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let (mut other_kid, mut admin) = (read(header), read(claims));
    other_kid["kid"] = json!("key_01jd7w4xkse3p9bq0h3m5v8r2c");
    admin["sub"] = json!(super::account(world, Who::Admin).await.to_string());
    let forged = [
        format!("{}.{claims}.", part(&json!({ "alg": "none", "typ": "at+jwt" }))),
        format!("{}.{claims}.{signature}", part(&other_kid)),
        format!("{header}.{}.{signature}", part(&admin)),
        format!("{header}.{claims}.{}", "A".repeat(86)),
        format!("{header}.{claims}"),
        refresh_token,
    ];
    let anonymous = world.actor(Who::Anonymous).await;
    for forged in forged {
        let reply = anonymous.with_token(&forged).asks("{ viewer { id } }").await;
        assert_eq!((reply.status.as_u16(), reply.codes()), (401, vec!["UNAUTHENTICATED"]), "{forged}");
        assert!(reply.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"), "{forged}");
        assert_eq!(reply.body.get("data"), None, "{forged}");
    }
}

async fn teacher_token(world: &World) -> String {
    let email = super::let_sign_in(world, Who::Teacher).await;
    let reply = super::sign_in(&world.actor(Who::Anonymous).await, &email, super::PASSWORD).await;
    reply.text_at("sessionCreate.tokens.accessToken").to_owned()
}

async fn a_token_that_was_believed_runs_out_and_goes_with_its_key(world: &World) {
    let ask = "{ viewer { id } }";
    let (teacher, _) = signed_in(world, Who::Teacher).await;
    teacher.asks(ask).await.text_at("viewer.id");
    world.app.clock.turn(TimeDelta::minutes(9));
    teacher.asks(ask).await.text_at("viewer.id");
    world.app.clock.turn(TimeDelta::minutes(2));
    assert_eq!(teacher.asks(ask).await.status.as_u16(), 401, "its time is over");

    let (leader, _) = signed_in(world, Who::Leader).await;
    leader.asks(ask).await.text_at("viewer.id");
    world.app.db.connection().execute_unprepared("DELETE FROM signing_key").await.unwrap();
    world.app.clock.turn(TimeDelta::seconds(31));
    let reply = leader.asks(ask).await;
    assert_eq!((reply.status.as_u16(), reply.codes()), (401, vec!["UNAUTHENTICATED"]), "nobody's key signed it");
}

/// A token says who somebody is; what they may do is read from the database.
async fn a_role_that_was_taken_is_void_for_a_token_that_was_given_before(world: &World) {
    use glans_entity::people::membership;
    use sea_orm::sea_query::Expr;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

    let (admin, _) = signed_in(world, Who::Admin).await;
    let schools = "{ schools { nodes { id } } }";
    assert_eq!(admin.asks(schools).await.at("schools.nodes").as_array().unwrap().len(), 2);
    let db = super::everything(world).await;
    membership::Entity::update_many()
        .col_expr(membership::Column::EndedAt, Expr::value(world.app.clock.now()))
        .filter(membership::Column::BoardId.eq(world.ours.id))
        .exec(&db)
        .await
        .unwrap();
    db.commit().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(3_100)).await;
    assert_eq!(admin.asks(schools).await.at("schools.nodes"), &json!([]));
}

glans_tests::on_each_database!(
    a_forged_token_is_refused_and_never_taken_for_nobody,
    a_token_that_was_believed_runs_out_and_goes_with_its_key,
    a_role_that_was_taken_is_void_for_a_token_that_was_given_before,
);
