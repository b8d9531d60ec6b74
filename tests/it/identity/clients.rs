//! API clients and the token endpoints.

use async_graphql::futures_util::future::join_all;
use chrono::TimeDelta;
use glans::books;
use glans::call::today;
use glans_entity::ids::ApiClientId;
use glans_entity::platform::outbox;
use glans_tests::{Actor, Reply, Who, World};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{deeds, everything, signed_in};

const MADE: &str = "apiClient { id name scopes secrets { expiresAt lastUsedAt } } secret";

struct Made {
    id: String,
    secret: String,
}

async fn make(world: &World, admin: &Actor, scopes: &[&str]) -> Made {
    let input =
        json!({ "board": world.ours.id.to_string(), "name": "Dashboard", "scopes": scopes, "clientMutationId": "1" });
    let reply = admin.does("apiClientCreate", MADE, input).await;
    Made {
        id: reply.text_at("apiClientCreate.apiClient.id").to_owned(),
        secret: reply.text_at("apiClientCreate.secret").to_owned(),
    }
}

async fn post(actor: &Actor, path: &str, form: &[(&str, &str)]) -> Reply {
    let body = form.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect::<Vec<_>>();
    let request = actor.request(Method::POST, path).body(body.join("&"));
    actor.sends(request.header("content-type", "application/x-www-form-urlencoded")).await
}

async fn token(world: &World, made: &Made, scope: &str) -> Reply {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &made.id),
        ("client_secret", &made.secret),
        ("scope", scope),
    ];
    post(&world.actor(Who::Anonymous).await, "/oauth/token", &form).await
}

async fn an_administrator_makes_a_client_that_reads_with_its_scopes(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["ORGANISATION_READ", "LESSONS_READ"]).await;
    assert!(made.secret.starts_with("glans_cs_") && made.secret.len() == 52, "256 bits");
    let again = make(world, &admin, &["ORGANISATION_READ", "LESSONS_READ"]).await;
    assert_eq!((again.id, again.secret), (made.id.clone(), made.secret.clone()), "the same clientMutationId");

    let reply = token(world, &made, "").await;
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert_eq!(reply.body["token_type"], "Bearer");
    assert_eq!(reply.body["expires_in"], 600);
    assert_eq!(reply.body["scope"], "organisation:read lessons:read");
    assert_eq!(reply.body.get("refresh_token"), None);
    let client = world.actor(Who::Anonymous).await.with_token(reply.body["access_token"].as_str().unwrap());
    let seen = client.asks("{ viewer { id apiClient { name } sessions { id } } schools { nodes { id } } }").await;
    assert_eq!(seen.text_at("viewer.id"), made.id);
    assert_eq!(seen.text_at("viewer.apiClient.name"), "Dashboard");
    assert_eq!(seen.at("schools.nodes").as_array().unwrap().len(), 2);
    let expected = ["session.created", "api_client.created", "api_client.token_issued"];
    assert_eq!(deeds(world).await, expected);
}

async fn a_client_that_names_another_board_sees_none(world: &World) {
    let client = world.actor(Who::Client).await;
    for (board, expected) in [(world.ours.id, 1), (world.theirs.id, 0)] {
        let seen = client.clone().with_header("glans-board", &board.to_string());
        let seen =
            seen.asks("{ boards { nodes { id } } schools { nodes { id } } viewer { apiClient { name } } }").await;
        assert_eq!(seen.at("boards.nodes").as_array().unwrap().len(), expected);
        assert_eq!(seen.at("schools.nodes").as_array().unwrap().len(), expected * 2);
    }
}

async fn a_token_has_no_more_scopes_than_it_asked_for(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["ORGANISATION_READ", "LESSONS_READ"]).await;
    let narrow = token(world, &made, "lessons:read").await;
    assert_eq!(narrow.body["scope"], "lessons:read");
    let client = world.actor(Who::Anonymous).await.with_token(narrow.body["access_token"].as_str().unwrap());
    assert_eq!(client.asks("{ schools { nodes { id } } }").await.at("schools.nodes"), &json!([]));
    for scope in ["roster:write", "lessons:read everything"] {
        let refused = token(world, &made, scope).await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]), (400, &json!("invalid_scope")), "{scope}");
    }
}

async fn two_secrets_live_and_the_third_ends_the_first(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let first = make(world, &admin, &["LESSONS_READ"]).await;
    let rotate = async || {
        let reply = admin.does("apiClientSecretRotate", MADE, json!({ "id": first.id })).await;
        Made { id: first.id.clone(), secret: reply.text_at("apiClientSecretRotate.secret").to_owned() }
    };
    let second = rotate().await;
    assert_eq!(statuses(world, [&first, &second]).await, [200, 200]);
    let third = rotate().await;
    assert_eq!(statuses(world, [&first, &second, &third]).await, [401, 200, 200]);
    world.app.clock.turn(TimeDelta::days(30));
    assert_eq!(statuses(world, [&first, &second, &third]).await, [401, 401, 200]);
    let rotated = outbox::Entity::find().filter(outbox::Column::Kind.eq("api_client.secret_rotated"));
    let rotated = rotated.all(&everything(world).await).await.unwrap();
    assert_eq!(rotated.iter().map(|event| &event.payload["id"]).collect::<Vec<_>>(), [&json!(first.id); 2]);
}

async fn statuses<const N: usize>(world: &World, made: [&Made; N]) -> Vec<u16> {
    let mut found = Vec::new();
    for made in made {
        found.push(token(world, made, "").await.status.as_u16());
    }
    found
}

async fn a_revoked_client_is_out_with_its_tokens(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["LESSONS_READ"]).await;
    let token_before = token(world, &made, "").await.body["access_token"].as_str().unwrap().to_owned();
    let client = world.actor(Who::Anonymous).await.with_token(&token_before);
    client.asks("{ viewer { id } }").await.text_at("viewer.id");
    let gone = admin.does("apiClientRevoke", "apiClient { revokedAt }", json!({ "id": made.id })).await;
    gone.text_at("apiClientRevoke.apiClient.revokedAt");
    assert_eq!(client.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(token(world, &made, "").await.body["error"], "invalid_client");
    let again = admin.does("apiClientSecretRotate", MADE, json!({ "id": made.id })).await;
    assert_eq!(again.refusals("apiClientSecretRotate"), ["CONFLICT id"]);
}

async fn a_client_of_a_closed_board_gets_no_token(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["LESSONS_READ"]).await;
    assert_eq!(statuses(world, [&made]).await, [200]);
    let closed = admin.does("boardArchive", "board { archivedAt }", json!({ "id": world.ours.id.to_string() })).await;
    closed.text_at("boardArchive.board.archivedAt");
    assert_eq!(token(world, &made, "").await.body["error"], "invalid_client");
}

async fn clients_are_for_administrators_of_their_board(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["LESSONS_READ"]).await;
    let list = format!("{{ apiClients(board: \"{}\") {{ nodes {{ name secrets {{ expiresAt }} }} }} }}", world.ours.id);
    let names = admin.asks(&list).await;
    assert_eq!(names.texts_at("apiClients.nodes", "name"), ["Dashboard", "Koppeling"]);
    let (leader, _) = signed_in(world, Who::Leader).await;
    assert_eq!(leader.asks(&list).await.at("apiClients.nodes"), &json!([]));
    let input = json!({ "board": world.ours.id.to_string(), "name": "Eigen", "scopes": ["ROSTER_WRITE"] });
    assert_eq!(leader.does("apiClientCreate", MADE, input).await.refusals("apiClientCreate"), ["FORBIDDEN"]);
    let revoke = leader.does("apiClientRevoke", "apiClient { id }", json!({ "id": made.id })).await;
    assert_eq!(revoke.refusals("apiClientRevoke"), ["NOT_FOUND id"]);
    let theirs = json!({ "id": world.theirs.client.to_string() });
    let foreign = admin.does("apiClientRevoke", "apiClient { id }", theirs).await;
    assert_eq!(foreign.refusals("apiClientRevoke"), ["NOT_FOUND id"]);
    let schools = [world.theirs.schools[0]];
    let empty = json!({ "board": world.ours.id.to_string(), "name": " ", "scopes": [], "schools": schools });
    assert_eq!(
        admin.does("apiClientCreate", MADE, empty).await.refusals("apiClientCreate"),
        ["REQUIRED name", "REQUIRED scopes", "NOT_FOUND schools"]
    );
}

async fn what_a_client_asks_for_is_counted_by_the_day(world: &World) {
    let client = world.actor(Who::Client).await;
    let priced = client.with_header("x-cost", "1").asks("{ schools { nodes { id } } }").await;
    let cost = priced.body["extensions"]["cost"]["requested"].as_i64().unwrap();
    assert_eq!(client.asks("{").await.codes(), ["GRAPHQL_PARSE_FAILED"]);
    // A person's requests are nobody's to count.
    let (admin, _) = signed_in(world, Who::Admin).await;
    books::write(&world.app).await.unwrap();

    let used = "usage { day requests refused cost }";
    let day = today(world.app.clock.now()).to_string();
    let own = client.asks(&format!("{{ viewer {{ apiClient {{ {used} }} }} }}")).await;
    let first = json!([{ "day": day, "requests": 2, "refused": 1, "cost": cost }]);
    assert_eq!(own.at("viewer.apiClient.usage"), &first);

    // Another process would add to it as the second round does.
    world.app.usage.add(world.ours.client, today(world.app.clock.now()), 7, false);
    books::write(&world.app).await.unwrap();
    let list = |field: &str| format!("{{ apiClients(board: \"{}\") {{ nodes {{ {field} }} }} }}", world.ours.id);
    let seen = admin.asks(&list(used)).await;
    assert_eq!(seen.at("apiClients.nodes.0.usage.0.requests"), &json!(4));
    assert_eq!(seen.at("apiClients.nodes.0.usage.0.refused"), &json!(1));
    assert!(seen.at("apiClients.nodes.0.usage.0.cost").as_i64().unwrap() > cost + 7);

    let past = admin.asks(&list("usage(from: \"2020-01-01\", to: \"2020-12-31\") { day }")).await;
    assert_eq!(past.at("apiClients.nodes.0.usage"), &json!([]));
    let long = admin.asks(&list("usage(from: \"2020-01-01\", to: \"2021-12-31\") { day }")).await;
    assert_eq!(long.codes(), ["BAD_USER_INPUT"]);
}

/// A form, and the status and error that answer it.
type Case<'c> = (&'c [(&'c str, &'c str)], u16, &'c str);

async fn the_token_endpoint_refuses_in_the_words_of_the_rfc(world: &World) {
    let actor = world.actor(Who::Anonymous).await;
    let unknown = world.ours.client.to_string();
    let cases: [Case; 8] = [
        (&[], 400, "invalid_request"),
        (&[("grant_type", "password")], 400, "unsupported_grant_type"),
        (&[("grant_type", "client_credentials")], 401, "invalid_client"),
        (&[("grant_type", "client_credentials"), ("client_secret", "x")], 400, "invalid_request"),
        (&[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "x")], 401, "invalid_client"),
        (
            &[("grant_type", "client_credentials"), ("client_id", &unknown), ("client_secret", "x")],
            401,
            "invalid_client",
        ),
        (&[("grant_type", "refresh_token")], 400, "invalid_request"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "x")], 400, "invalid_grant"),
    ];
    for (form, status, error) in cases {
        let reply = post(&actor, "/oauth/token", form).await;
        assert_eq!((reply.status.as_u16(), &reply.body["error"]), (status, &json!(error)), "{form:?}");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    let twice = [("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
    assert_eq!(post(&actor, "/oauth/token", &twice).await.body["error"], "invalid_request");
    let json = actor.posts("/oauth/token", &json!({ "grant_type": "refresh_token" })).await;
    assert_eq!(json.body["error"], "invalid_request");
    let long = post(&actor, "/oauth/token", &[("grant_type", &"x".repeat(16 * 1024))]).await;
    assert_eq!((long.status.as_u16(), &long.body["error"]), (413, &json!("invalid_request")));
    assert_eq!(actor.gets("/oauth/token").await.status.as_u16(), 405);
}

async fn forms_are_paid_for_as_a_sign_in_is(world: &World) {
    let actor = world.actor(Who::Anonymous).await;
    let doors = ["/oauth/token", "/oauth/revoke"].repeat(25);
    let mut answered = 0;
    let refused = loop {
        // Side by side: one after the other a busy machine would be slower than points come back.
        let replies = join_all(doors.iter().map(|path| post(&actor, path, &[("grant_type", "password")]))).await;
        let (paid, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 400);
        answered += paid.len();
        if let Some(refused) = refused.into_iter().next() {
            break refused;
        }
        assert!(answered < 3_000, "the bucket never ran empty");
    };
    assert!(answered >= 300, "a school at 08:30: {answered}");
    assert_eq!((refused.status.as_u16(), &refused.body["error"]), (429, &json!("temporarily_unavailable")));
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.headers["cache-control"], "no-store");
}

async fn wrong_secrets_leave_one_line_of_a_client_and_none_of_nobody(world: &World) {
    let actor = world.actor(Who::Anonymous).await;
    let (known, unknown) = (world.ours.client.to_string(), ApiClientId::new().to_string());
    for id in [&known, &known, &unknown, &known] {
        let form = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", "x")];
        assert_eq!(post(&actor, "/oauth/token", &form).await.body["error"], "invalid_client");
    }
    assert_eq!(deeds(world).await, ["api_client.refused"]);
}

async fn basic_authentication_works_and_names_itself_when_refused(world: &World) {
    let (admin, _) = signed_in(world, Who::Admin).await;
    let made = make(world, &admin, &["LESSONS_READ"]).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let basic = async |secret: &str| {
        let request = anonymous.request(Method::POST, "/oauth/token").basic_auth(&made.id, Some(secret));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        anonymous.sends(request.body("grant_type=client_credentials")).await
    };
    assert_eq!(basic(&made.secret).await.body["scope"], "lessons:read");
    let refused = basic("fout").await;
    assert_eq!(refused.status.as_u16(), 401);
    assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Basic "));
}

async fn a_session_goes_on_and_ends_through_the_token_endpoints_too(world: &World) {
    let (_, refresh_token) = signed_in(world, Who::Teacher).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let next =
        post(&anonymous, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]).await;
    let teacher = anonymous.with_token(next.body["access_token"].as_str().unwrap());
    teacher.asks("{ viewer { id } }").await.text_at("viewer.id");
    let live = next.body["refresh_token"].as_str().unwrap();
    for _ in 0..2 {
        let ended = post(&anonymous, "/oauth/revoke", &[("token", live), ("token_type_hint", "refresh_token")]).await;
        assert_eq!((ended.status.as_u16(), ended.text.as_str()), (200, ""));
    }
    assert_eq!(teacher.asks("{ viewer { id } }").await.codes(), ["UNAUTHENTICATED"]);
    let access = post(&anonymous, "/oauth/revoke", &[("token", next.body["access_token"].as_str().unwrap())]).await;
    assert_eq!(access.body["error"], "unsupported_token_type");
    assert_eq!(post(&anonymous, "/oauth/revoke", &[]).await.body["error"], "invalid_request");
}

async fn the_server_says_where_its_endpoints_are(world: &World) {
    let reply = world.actor(Who::Anonymous).await.gets("/.well-known/oauth-authorization-server").await;
    let issuer = &world.app.config.public_url();
    let said = |name: &str| -> &Value { &reply.body[name] };
    assert_eq!(said("issuer"), issuer);
    assert_eq!(said("token_endpoint"), &json!(format!("{issuer}/oauth/token")));
    assert_eq!(said("jwks_uri"), &json!(format!("{issuer}/.well-known/jwks.json")));
}

glans_tests::on_each_database!(
    an_administrator_makes_a_client_that_reads_with_its_scopes,
    a_client_that_names_another_board_sees_none,
    a_token_has_no_more_scopes_than_it_asked_for,
    two_secrets_live_and_the_third_ends_the_first,
    a_revoked_client_is_out_with_its_tokens,
    a_client_of_a_closed_board_gets_no_token,
    clients_are_for_administrators_of_their_board,
    what_a_client_asks_for_is_counted_by_the_day,
    the_token_endpoint_refuses_in_the_words_of_the_rfc,
    forms_are_paid_for_as_a_sign_in_is,
    wrong_secrets_leave_one_line_of_a_client_and_none_of_nobody,
    basic_authentication_works_and_names_itself_when_refused,
    a_session_goes_on_and_ends_through_the_token_endpoints_too,
    the_server_says_where_its_endpoints_are,
);
