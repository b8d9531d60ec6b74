//! Making, renewing and ending API clients, and giving them tokens.

use async_graphql::ID;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use glans_entity::identity::{api_client, api_client_secret};
use glans_entity::ids::{ApiClientId, BoardId, SchoolId};
use glans_entity::localized::Strings;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::types::{ApiClientCreateInput, ApiClientRevokeInput};
use super::{rules, store};
use crate::access::{Action, ApiScope, ClientActor, Place};
use crate::app::App;
use crate::call::{Call, Write, today};
use crate::identity::audit::{self, Deed};
use crate::identity::sealed::WithSecret;
use crate::identity::secret::{Kind, Secret};
use crate::identity::tokens::issue::{AccessToken, Subject, access_token};
use crate::organisation::{boards, in_use, schools};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// A client with a new secret.
pub type NewSecret = WithSecret<api_client::Model>;

fn with(app: &App, client: api_client::Model, secret: &Secret) -> Result<NewSecret> {
    let id = client.id.to_string();
    WithSecret::seal(&app.identity.master, &id, client, &secret.text())
}

pub(super) async fn create(write: &Write<'_>, input: ApiClientCreateInput) -> Result<NewSecret> {
    let board = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(Action::ApiClientWrite, Place::from(&board))?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ApiClientId::new);
    let details = checks.heed(rules::details(&input.name, input.scopes))?;
    let school_ids = match &input.schools {
        None => Some(None),
        Some(ids) => checks.heed(schools_of(write, board.id, ids).await)?.map(Some),
    };
    let ((name, scopes), school_ids) = checks.all(details.zip(school_ids))?;
    let id = id.free(write.db(), &permit).await?;
    let row = api_client::Model {
        id,
        board_id: board.id,
        name,
        scopes: Strings(rules::names(&scopes)),
        school_ids: school_ids.map(Strings),
        revoked_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let client = store::insert(write.db(), &permit, row).await?;
    let secret = Secret::random(Kind::ClientSecret).map_err(Error::fault)?;
    store::insert_secret(write.db(), &permit, &client, secret.hash(), write.now()).await?;
    audit::record(write, Some(client.board_id), Deed::ClientCreated, Some(client.id.to_string())).await?;
    write.emit(&permit, Event::about("api_client.created", client.id)).await?;
    with(write.call().app(), client, &secret)
}

/// The schools that a client is narrowed to: all in sight, of the same board, in use.
async fn schools_of(write: &Write<'_>, board: BoardId, ids: &[ID]) -> Result<Vec<String>> {
    let ids: Vec<SchoolId> =
        ids.iter().map(|id| id.parse().map_err(|_| not_found("schools"))).collect::<Result<_>>()?;
    let found = schools::store::by_ids(write.db(), &write.scope(), &ids).await?;
    let known = |id: &SchoolId| found.iter().any(|school| school.id == *id && school.board_id == board);
    if ids.is_empty() || !ids.iter().all(known) {
        return Err(not_found("schools"));
    }
    in_use(found.iter().find_map(|school| school.archived_at), "schools")?;
    Ok(ids.iter().map(ToString::to_string).collect())
}

/// Gives a client another secret. The one before it lives on for a while, older ones end now: two live at most.
pub(super) async fn rotate_secret(write: &Write<'_>, id: &ID) -> Result<NewSecret> {
    let client = lock(write, id).await?;
    let permit = write.authorize(Action::ApiClientWrite, Place::board(client.board_id))?;
    if client.revoked_at.is_some() {
        return Err(refuse(UserErrorCode::Conflict, "id", "This client was revoked. Make a new one."));
    }
    let secret = Secret::random(Kind::ClientSecret).map_err(Error::fault)?;
    let now = write.now();
    store::end_secrets(write.db(), &permit, client.id, false, now).await?;
    store::end_secrets(write.db(), &permit, client.id, true, now + rules::OVERLAP).await?;
    store::insert_secret(write.db(), &permit, &client, secret.hash(), now).await?;
    audit::record(write, Some(client.board_id), Deed::ClientSecretRotated, Some(client.id.to_string())).await?;
    write.emit(&permit, Event::about("api_client.secret_rotated", client.id)).await?;
    with(write.call().app(), client, &secret)
}

pub(super) async fn revoke(write: &Write<'_>, input: ApiClientRevokeInput) -> Result<api_client::Model> {
    let client = lock(write, &input.id).await?;
    let permit = write.authorize(Action::ApiClientWrite, Place::board(client.board_id))?;
    if client.revoked_at.is_some() {
        return Ok(client);
    }
    check_version(&client, client.version, input.if_version)?;
    let client = store::revoke(write.db(), &permit, client, write.now()).await?;
    audit::record(write, Some(client.board_id), Deed::ClientRevoked, Some(client.id.to_string())).await?;
    write.emit(&permit, Event::about("api_client.revoked", client.id)).await?;
    Ok(client)
}

/// After the commit: no token of the client is believed any more.
pub(super) async fn revoked(app: &App, client: Option<&api_client::Model>) {
    if let Some(client) = client {
        app.identity.clients.invalidate(&client.id).await;
    }
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<api_client::Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}

/// Why a client gets no token; the codes of RFC 6749, 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenDenied {
    InvalidClient,
    InvalidScope,
}

/// A token for a client that shows its secret: the client credentials grant (RFC 6749, 4.4).
pub async fn token(
    call: &Call,
    id: &str,
    secret: &str,
    asked: Option<&str>,
) -> Result<Result<(AccessToken, Vec<ApiScope>), TokenDenied>> {
    let Some((client, used)) = shown(call, id, secret).await? else { return Ok(Err(TokenDenied::InvalidClient)) };
    let Some(used) = used else {
        refused(call, &client).await?;
        return Ok(Err(TokenDenied::InvalidClient));
    };
    let Some(scopes) = rules::granted(asked, &scopes(&client)) else { return Ok(Err(TokenDenied::InvalidScope)) };
    let write = call.write_as_system().await?;
    store::mark_used(write.db(), used.id, write.now()).await?;
    audit::record(&write, Some(client.board_id), Deed::ClientTokenIssued, Some(client.id.to_string())).await?;
    write.commit().await?;
    let subject = Subject::Client { id: client.id, scope: rules::names(&scopes).join(" ") };
    Ok(Ok((access_token(call.app(), subject).await?, scopes)))
}

/// A wrong secret of a client that there is. Nobody can fill the log with them.
async fn refused(call: &Call, client: &api_client::Model) -> Result<()> {
    if !call.app().identity.refused_clients.entry(client.id).or_insert(()).await.is_fresh() {
        return Ok(());
    }
    let write = call.write_as_system().await?;
    audit::record(&write, Some(client.board_id), Deed::ClientRefused, Some(client.id.to_string())).await?;
    write.commit().await
}

/// The client that `id` means, if it acts, and the one of its secrets that `secret` is, if any.
async fn shown(
    call: &Call,
    id: &str,
    secret: &str,
) -> Result<Option<(api_client::Model, Option<api_client_secret::Model>)>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let db = call.read_as_system().await?;
    let Some(client) = acting(&db, &Scope::system(call.today()), id).await? else { return Ok(None) };
    let Some(secret) = Secret::parse(Kind::ClientSecret, secret) else { return Ok(Some((client, None))) };
    let secrets = store::secrets(&db, &Scope::system(call.today()), &[id]).await?;
    let hash = secret.hash();
    let used = secrets
        .into_iter()
        .filter(|row| rules::is_live(row.expires_at, call.now()))
        .find(|row| verify_slices_are_equal(&row.secret_hash, &hash).is_ok());
    Ok(Some((client, used)))
}

/// The client, unless it was revoked or its board was closed.
async fn acting(db: &impl ConnectionTrait, scope: &Scope, id: ApiClientId) -> Result<Option<api_client::Model>> {
    let Some(client) = store::itself(db, id).await?.filter(|client| client.revoked_at.is_none()) else {
        return Ok(None);
    };
    let board = boards::store::by_id(db, scope, client.board_id).await?;
    Ok(board.is_some_and(|board| board.archived_at.is_none()).then_some(client))
}

/// The client as it acts now; `None` when it was revoked or its board was closed. Believed for a moment.
pub async fn actor(app: &App, id: ApiClientId) -> Result<Option<ClientActor>> {
    if let Some(known) = app.identity.clients.get(&id).await {
        return Ok(known);
    }
    let scope = Scope::system(today(app.clock.now()));
    let db = app.db.look_up(scope.on).await?;
    let actor = acting(&db, &scope, id).await?.map(|client| ClientActor {
        id,
        board: client.board_id,
        scopes: scopes(&client),
        schools: client.school_ids.map(|ids| ids.0.iter().filter_map(|id| id.parse().ok()).collect()),
    });
    app.identity.clients.insert(id, actor.clone()).await;
    Ok(actor)
}

/// The scopes of a client. One that this version does not know gives no right.
pub fn scopes(client: &api_client::Model) -> Vec<ApiScope> {
    client.scopes.0.iter().filter_map(|name| name.parse().ok()).collect()
}
