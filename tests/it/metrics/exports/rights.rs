//! Who fetches a file, and who finds nothing.

use glans::identity::tokens::issue::{Subject, access_token};
use glans::metrics::exports;
use glans_entity::identity::api_client;
use glans_entity::ids::{ExportId, SchoolId, format_any};
use glans_entity::localized::Strings;
use glans_entity::metrics::ExportState;
use glans_entity::people::membership;
use glans_tests::{Actor, Who, World, on_each_database};
use reqwest::header;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{fetched, made, row, sow, start, started, state, wanted, with};
use crate::ask::{act, refusals};

async fn who_did_not_start_it_finds_nothing(world: &World) {
    sow(world).await;
    let director = world.actor(Who::Director).await;
    let id = made(world, &director, wanted(world.ours.clusters[0])).await;
    assert_eq!(fetched(&director, &id).await.status.as_u16(), 200);
    let unknown = ExportId::new().to_string();
    let nothing = fetched(&director, &unknown).await;
    assert_eq!(nothing.status.as_u16(), 404);
    let others = [
        world.actor(Who::Admin).await,
        world.actor(Who::Leader).await,
        world.actor(Who::Guardian).await,
        world.actor(Who::Client).await,
        world.actor_in(&world.theirs, Who::Director).await,
    ];
    for other in &others {
        for asked in [id.as_str(), unknown.as_str(), "nonsense", "export_0"] {
            let reply = fetched(other, asked).await;
            assert_eq!((reply.status, &reply.text), (nothing.status, &nothing.text), "{} {asked}", other.name);
        }
        assert_eq!(state(other, &id).await, Value::Null, "{}", other.name);
    }
    let stranger = fetched(&Actor::anonymous("stranger", director.address()), &id).await;
    assert_eq!(
        (stranger.status.as_u16(), &stranger.headers[header::WWW_AUTHENTICATE]),
        (401, &"Bearer".parse().unwrap())
    );
    let forged = fetched(&director.with_token("forged"), &id).await;
    assert_eq!(forged.status.as_u16(), 401);
    let elsewhere = director.with_header("glans-board", &world.theirs.id.to_string());
    assert_eq!(fetched(&elsewhere, &id).await.status.as_u16(), 404);

    let theirs = start(&director, wanted(world.theirs.clusters[0])).await;
    let nobodys = start(&director, wanted(format_any("cluster", Uuid::now_v7()))).await;
    assert_eq!(theirs.refusals("exportStart"), ["NOT_FOUND scope"]);
    assert_eq!(theirs.text, nobodys.text);
    for who in [Who::Teacher, Who::Guardian, Who::Trainer, Who::Client] {
        let refused = start(&world.actor(who).await, wanted(world.ours.schools[0])).await;
        assert_eq!(refused.refusals("exportStart"), ["NOT_FOUND scope"], "{}", who.name());
    }
}

async fn who_may_not_see_it_any_more_finds_nothing(world: &World) {
    sow(world).await;
    let director = world.actor(Who::Director).await;
    let id = made(world, &director, wanted(world.ours.clusters[0])).await;
    let waiting = started(&director, wanted(world.ours.clusters[0])).await;
    let db = world.writing().await;
    membership::Entity::update_many()
        .col_expr(membership::Column::EndedAt, Expr::value(world.app.clock.now()))
        .filter(membership::Column::PersonId.eq(world.ours.director.person))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    assert_eq!(fetched(&director, &id).await.status.as_u16(), 404);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let left = row(world, &waiting).await.unwrap();
    assert_eq!((left.state, left.row_count), (ExportState::Failed, None));
}

/// The API client of the first board, which may read figures and lessons, with a token for `scope`; narrowed to
/// `schools` where some are named.
async fn integrator(world: &World, scope: &str, schools: Option<&[SchoolId]>) -> Actor {
    let db = world.writing().await;
    let scopes = Strings(vec!["metrics:read".to_owned(), "lessons:read".to_owned()]);
    let school_ids = schools.map(|ids| Strings(ids.iter().map(ToString::to_string).collect()));
    let client = api_client::Entity::find_by_id(world.ours.client).one(&db).await.unwrap().unwrap();
    let client = api_client::Model { scopes, school_ids, ..client }.into_active_model().reset_all();
    api_client::Entity::update(client).exec(&db).await.unwrap();
    world.written(db).await;
    let subject = Subject::Client { id: world.ours.client, scope: scope.to_owned() };
    let token = access_token(&world.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
    world.actor(Who::Anonymous).await.with_token(&token.text)
}

async fn an_integrator_fetches_what_it_started(world: &World) {
    sow(world).await;
    let admin = world.actor(Who::Admin).await;
    let client = integrator(world, "metrics:read", None).await;
    let id = made(world, &client, with(wanted(world.ours.id), json!({ "breakdown": "SCHOOL" }))).await;
    let text = fetched(&client, &id).await.text;
    assert!(text.contains(",De Zwaluw,,0.75,15,20,0,") && text.contains(",De Meent,,,,,,SMALL_DENOMINATOR"), "{text}");
    assert_eq!(fetched(&admin, &id).await.status.as_u16(), 404);
    let narrower = integrator(world, "lessons:read", None).await;
    assert_eq!(fetched(&narrower, &id).await.status.as_u16(), 404);
    let groups = start(&client, with(wanted(world.ours.schools[0]), json!({ "breakdown": "CLASS_GROUP" }))).await;
    assert_eq!(groups.refusals("exportStart"), ["FORBIDDEN breakdown"]);
}

async fn a_client_that_was_revoked_gets_nothing_more(world: &World) {
    sow(world).await;
    let client = integrator(world, "metrics:read", None).await;
    let id = made(world, &client, wanted(world.ours.id)).await;
    assert_eq!(fetched(&client, &id).await.status.as_u16(), 200);
    let waiting = started(&client, wanted(world.ours.id)).await;
    let revoked = act(world, Who::Admin, "apiClientRevoke", "", json!({ "id": world.ours.client })).await;
    assert_eq!(refusals(&revoked), [""; 0]);
    assert_eq!(fetched(&client, &id).await.status.as_u16(), 401);
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let left = row(world, &waiting).await.unwrap();
    assert_eq!((left.state, left.row_count), (ExportState::Failed, None));
}

async fn a_client_that_is_narrowed_to_schools_gets_those_and_nothing_above(world: &World) {
    sow(world).await;
    let ours = &world.ours;
    let client = integrator(world, "metrics:read", Some(&ours.schools[..1])).await;
    for place in [ours.id.to_string(), ours.clusters[0].to_string(), ours.schools[1].to_string()] {
        assert_eq!(start(&client, wanted(&place)).await.refusals("exportStart"), ["NOT_FOUND scope"], "{place}");
    }
    let id = made(world, &client, wanted(ours.schools[0])).await;
    assert!(fetched(&client, &id).await.text.ends_with(",De Zwaluw,,0.75,15,20,0,\r\n"));
}

on_each_database!(
    a_client_that_is_narrowed_to_schools_gets_those_and_nothing_above,
    a_client_that_was_revoked_gets_nothing_more,
    an_integrator_fetches_what_it_started,
    who_did_not_start_it_finds_nothing,
    who_may_not_see_it_any_more_finds_nothing,
);
