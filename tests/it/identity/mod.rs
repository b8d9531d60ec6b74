//! Who is at the other end: signing in, staying in, tokens, invitations, API clients.

mod clients;
mod forgeries;
mod invitations;
mod keys;
mod passwords;
mod reach;
mod refreshing;
mod roles;
mod sessions;

use glans::call::today;
use glans::identity::accounts;
use glans_entity::identity::audit;
use glans_entity::ids::AccountId;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Actor, Reply, Who, World};
use sea_orm::{DatabaseTransaction, QueryOrder};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// What everybody's password is.
pub(crate) const PASSWORD: &str = "vier gele fietsen";

/// A transaction that sees everything.
async fn everything(world: &World) -> DatabaseTransaction {
    world.app.db.write(&Scope::system(today(world.app.clock.now()))).await.unwrap()
}

async fn account(world: &World, who: Who) -> AccountId {
    world.standing(who).await.actor.person().unwrap().account
}

/// The hash of the password. A salt of one's own is not what the tests are about, and costs as much as a small one of them.
async fn hash(world: &World) -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let made = HASH.get_or_init(|| async { world.app.identity.hashing.hash(PASSWORD.to_owned()).await.unwrap() });
    made.await.clone()
}

/// Gives `who` the password; answers with the e-mail address of the account.
pub(crate) async fn let_sign_in(world: &World, who: Who) -> String {
    let hash = hash(world).await;
    let (id, db) = (account(world, who).await, everything(world).await);
    accounts::set_password(&db, id, hash, world.app.clock.now()).await.unwrap();
    let email = accounts::by_id(&db, id).await.unwrap().unwrap().email;
    db.commit().await.unwrap();
    email
}

async fn sign_in(actor: &Actor, email: &str, password: &str) -> Reply {
    let input = json!({ "email": email, "password": password, "deviceName": "Telefoon" });
    actor.does("sessionCreate", TOKENS, input).await
}

const TOKENS: &str = "tokens { accessToken refreshToken expiresAt } viewer { id }";

/// Somebody of the first board with a session of their own, and its refresh token.
pub(crate) async fn signed_in(world: &World, who: Who) -> (Actor, String) {
    signed_in_on(world, who, Some("Telefoon")).await
}

/// As [`signed_in`], on a device of this name.
pub(crate) async fn signed_in_on(world: &World, who: Who, device: Option<&str>) -> (Actor, String) {
    let email = let_sign_in(world, who).await;
    let anonymous = world.actor(Who::Anonymous).await;
    let input = json!({ "email": email, "password": PASSWORD, "deviceName": device });
    let reply = anonymous.does("sessionCreate", TOKENS, input).await;
    let actor = anonymous.with_token(reply.text_at("sessionCreate.tokens.accessToken"));
    (actor, reply.text_at("sessionCreate.tokens.refreshToken").to_owned())
}

/// As apps do it: without the access token, which may have run out.
pub(crate) async fn refresh(world: &World, token: &str) -> Reply {
    world.actor(Who::Anonymous).await.does("sessionRefresh", TOKENS, json!({ "refreshToken": token })).await
}

/// What the audit log says was done, the oldest first.
pub(crate) async fn deeds(world: &World) -> Vec<String> {
    let scope = Scope::system(today(world.app.clock.now()));
    let db = world.app.db.read(&scope).await.unwrap();
    let rows = audit::Entity::within(&scope).order_by_asc(audit::Column::Id);
    let rows = sea_orm::Select::all(rows, &db).await.unwrap();
    rows.into_iter().map(|row| row.action).collect()
}

/// An answer without what differs between any two requests.
fn timeless(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    if let Some(errors) = body["errors"].as_array_mut() {
        for error in errors.iter_mut() {
            error["extensions"]["requestId"] = Value::Null;
        }
    }
    body
}
