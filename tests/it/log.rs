//! The log of a server tells nothing of who asks, what they show and what they write, however much it is to tell.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use glans::identity::accounts;
use glans_tests::{Actor, World, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

use crate::cli;

/// Stands in every name, secret and text of this test, and nowhere else.
const CANARY: &str = "pimpelmees";
const PASSWORD: &str = "pimpelmees op een tak";
/// Where everybody comes from, by the proxy in front.
const ADDRESS: &str = "203.0.113.77";
/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_mins(2);

/// `glans serve` over the database of `world`, with all that it says in `log`.
fn serve(folder: &Path, log: &Path, world: &World) -> Child {
    let file = File::create(log).unwrap();
    cli::glans(folder, &["serve", "--listen", "127.0.0.1:0"])
        .env("GLANS_DATABASE_URL", &world.app.config.database_url)
        .env("GLANS_SECRET_KEY", world.app.config.secret_key.as_deref().expect("a key"))
        .env("GLANS_BEHIND_PROXY", "true")
        .env("GLANS_LOG", "debug")
        .stdout(Stdio::from(file.try_clone().unwrap()))
        .stderr(Stdio::from(file))
        .spawn()
        .unwrap()
}

/// Where it listens, once it does.
async fn address(log: &Path) -> String {
    let begun = Instant::now();
    loop {
        let said = std::fs::read_to_string(log).unwrap();
        let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
        if let Some((_, address)) = whole.lines().find_map(|line| line.split_once("listening on ")) {
            return address.to_owned();
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Somebody with a canary for a name, an address and a password signs in; what the server gave them.
async fn signs_in(world: &World, somebody: &Actor) -> [String; 2] {
    let teacher = world.teacher(CANARY, 0).await;
    let hash = world.app.identity.hashing.hash(PASSWORD.to_owned()).await.unwrap();
    let db = world.writing().await;
    accounts::set_password(&db, teacher.account, hash, world.app.clock.now()).await.unwrap();
    let email = accounts::by_id(&db, teacher.account).await.unwrap().unwrap().email;
    world.written(db).await;
    assert!(email.contains(CANARY));
    let input = |password: &str| json!({ "email": email, "password": password, "deviceName": CANARY });
    for wrong in [format!("{CANARY} mis"), CANARY.repeat(20)] {
        let refused = somebody.does("sessionCreate", "tokens { accessToken }", input(&wrong)).await;
        assert_eq!(refused.refusals("sessionCreate").len(), 1, "{wrong}");
    }
    let signed = somebody.does("sessionCreate", "tokens { accessToken refreshToken }", input(PASSWORD)).await;
    assert_eq!(signed.refusals("sessionCreate"), Vec::<String>::new());
    ["accessToken", "refreshToken"].map(|token| signed.text_at(&format!("sessionCreate.tokens.{token}")).to_owned())
}

/// Tokens, codes and addresses that are of nobody.
async fn shows_what_is_wrong(somebody: &Actor) {
    for token in [CANARY, "pimpelmees.pimpelmees.pimpelmees"] {
        let refused = somebody.with_token(token).asks("{ viewer { id } }").await;
        assert_eq!(refused.codes(), ["UNAUTHENTICATED"], "{token}");
    }
    for (name, header) in [("authorization", "Basic pimpelmees"), ("glans-board", CANARY), ("user-agent", CANARY)] {
        somebody.with_header(name, header).asks("{ viewer { id } }").await;
    }
    let address = format!("{CANARY}@example.org");
    for (mutation, input) in [
        ("sessionRefresh", json!({ "refreshToken": CANARY })),
        ("invitationAccept", json!({ "code": CANARY, "email": address, "password": PASSWORD })),
        ("passwordResetRequest", json!({ "email": address })),
        ("passwordReset", json!({ "code": CANARY, "newPassword": PASSWORD })),
    ] {
        somebody.does(mutation, "", input).await;
    }
    for path in ["/oauth/token", "/oauth/revoke"] {
        let form = "grant_type=client_credentials&client_id=pimpelmees&client_secret=pimpelmees&token=pimpelmees";
        let form_type = "application/x-www-form-urlencoded";
        somebody.sends(somebody.request(Method::POST, path).header("content-type", form_type).body(form)).await;
    }
}

/// Bodies, documents, variables and paths that nobody understands.
async fn writes_what_is_wrong(somebody: &Actor) {
    for body in ["{ \"query\": \"pimpelmees", "pimpelmees", "[\"pimpelmees\"]", "{ \"pimpelmees\": 1 }"] {
        for kind in ["application/json", "text/pimpelmees"] {
            somebody.sends(somebody.request(Method::POST, "/graphql").header("content-type", kind).body(body)).await;
        }
    }
    let of_node = "query($id: ID!) { node(id: $id) { id } }";
    for (document, variables) in [
        (of_node, json!({ "id": CANARY })),
        (of_node, json!({ "id": { "pimpelmees": CANARY } })),
        ("{ pimpelmees(", Value::Null),
        ("{ pimpelmees }", Value::Null),
        ("{ node(id: \"pimpelmees\") { id } }", Value::Null),
        ("{ schools(after: \"pimpelmees\") { nodes { id } } }", Value::Null),
    ] {
        somebody.asks_with(document, variables).await;
    }
    for path in [
        "/graphql?query=%7Bpimpelmees%7D&variables=pimpelmees",
        "/calendar/pimpelmees.ics",
        "/exports/pimpelmees",
        "/unsubscribe/pimpelmees",
        "/charts/engagement.svg?scope=pimpelmees",
        "/pimpelmees?pimpelmees",
    ] {
        somebody.gets(path).await;
    }
    for path in ["/uploads/pimpelmees", "/uploads/documents/pimpelmees"] {
        somebody.sends(somebody.request(Method::PUT, path).body(CANARY)).await;
    }
}

/// What somebody writes who is signed in, right and wrong.
async fn writes(world: &World, teacher: &Actor) {
    for (mutation, input) in [
        ("contactMomentLog", json!({ "student": world.ours.students[0], "kind": "PHONE", "note": CANARY })),
        ("contactMomentLog", json!({ "student": CANARY, "kind": "PHONE", "note": CANARY })),
        ("contactMomentLog", json!({ "student": CANARY, "kind": CANARY })),
        ("deviceRegister", json!({ "platform": "WEB_PUSH", "token": CANARY, "name": CANARY })),
        ("deviceRegister", json!({ "platform": "FCM", "token": CANARY, "name": CANARY })),
        ("passwordChange", json!({ "currentPassword": CANARY, "newPassword": PASSWORD })),
    ] {
        teacher.does(mutation, "", input).await;
    }
}

async fn a_server_logs_nothing_of_what_it_is_shown_and_told(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = serve(folder.path(), &log, world);
    let address = address(&log).await;
    let somebody = Actor::anonymous("somebody", &address).with_header("x-forwarded-for", ADDRESS);
    let [access, refresh] = signs_in(world, &somebody).await;
    shows_what_is_wrong(&somebody).await;
    writes_what_is_wrong(&somebody).await;
    writes(world, &somebody.with_token(&access)).await;
    let refreshed = somebody.does("sessionRefresh", "tokens { accessToken }", json!({ "refreshToken": refresh })).await;
    assert_eq!(refreshed.refusals("sessionRefresh"), Vec::<String>::new());
    assert_eq!(cli::stop(server), Some(0));

    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.matches("answered").count() >= 30, "a line for each request:\n{logged}");
    let secrets =
        [CANARY, ADDRESS, access.as_str(), refresh.as_str(), refreshed.text_at("sessionRefresh.tokens.accessToken")];
    for secret in secrets {
        let secret = secret.to_lowercase();
        let line = logged.lines().find(|line| line.to_lowercase().contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

on_each_database!(a_server_logs_nothing_of_what_it_is_shown_and_told);
