//! What can be done with webhook endpoints and their deliveries.

use async_graphql::{ID, MaybeUndefined};
use glans_entity::identity::api_client;
use glans_entity::ids::{ApiClientId, WebhookEndpointId};
use glans_entity::metrics::webhook_endpoint::Model;
use glans_entity::metrics::{WebhookDisabled, WebhookState, webhook_delivery};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel};
use serde_json::{Map, Value};

use super::rules::Closed;
use super::signature::Secret;
use super::types::{WebhookEndpointCreateInput, WebhookEndpointUpdateInput};
use super::{address, fan_out, kinds, rules, store};
use crate::access::{Action, Actor, Permit, Place};
use crate::audit;
use crate::call::Write;
use crate::identity::clients;
use crate::identity::sealed::WithSecret;
use crate::organisation::boards;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// An endpoint with a new secret.
pub type NewSecret = WithSecret<Model>;

/// The client whose endpoint it is to be: for a client itself, for an administrator the one that is named.
async fn client_of(write: &Write<'_>, named: Option<&ID>) -> Result<api_client::Model> {
    let named: Option<ApiClientId> = named.map(|id| id.parse().map_err(|_| not_found("client"))).transpose()?;
    let standing = write.call().standing();
    let found = match (&standing.actor, named) {
        (Actor::Client(own), named) if named.is_none_or(|named| named == own.id) => {
            clients::store::itself(write.db(), own.id).await?
        }
        (Actor::Client(_), _) => None,
        (_, Some(named)) => clients::store::by_id(write.db(), &write.scope(), named).await?,
        (_, None) => {
            return Err(refuse(UserErrorCode::Required, "client", "Say which API client is to be told."));
        }
    };
    found.ok_or_else(|| not_found("client"))
}

pub(super) async fn create(write: &Write<'_>, input: WebhookEndpointCreateInput) -> Result<NewSecret> {
    let client = client_of(write, input.client.as_ref()).await?;
    let permit = write.authorize(Action::WebhookWrite, Place::board(client.board_id))?;
    // Of one client one endpoint is made at a time: they are counted first.
    let client = clients::store::lock(write.db(), &everywhere(write), client.id).await?;
    let client = client.ok_or_else(|| not_found("client"))?;
    if client.revoked_at.is_some() {
        return Err(refuse(UserErrorCode::Conflict, "client", "This client was revoked. Choose another one."));
    }
    let app = write.call().app();
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), WebhookEndpointId::new);
    let url = checks.heed(address::checked("url", &input.url, app.config.webhooks_allow_http))?;
    let description = checks.optional_line("description", input.description.as_deref(), rules::DESCRIPTION);
    let kinds = rules::kinds(&mut checks, input.events);
    let url = checks.all(url)?;
    let id = id.free(write.db(), &permit).await?;
    if store::count(write.db(), &write.scope(), client.id).await? >= rules::ENDPOINTS {
        let message = format!("A client has at most {} endpoints. Delete one first.", rules::ENDPOINTS);
        return Err(refuse(UserErrorCode::LimitReached, "client", message));
    }
    let secret = Secret::random().map_err(Error::fault)?;
    let row = Model {
        id,
        board_id: client.board_id,
        client_id: client.id,
        url,
        description,
        kinds,
        secret: secret.seal(&app.identity.master, id)?,
        previous_secret: None,
        previous_until: None,
        failing_since: None,
        disabled_at: None,
        disabled_because: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &permit, row).await?;
    note(write, &permit, "webhook_endpoint.created", row.id).await?;
    with(write, row, &secret)
}

fn with(write: &Write<'_>, row: Model, secret: &Secret) -> Result<NewSecret> {
    let id = row.id.to_string();
    WithSecret::seal(&write.call().app().identity.master, &id, row, &secret.text())
}

/// Says what was done with an endpoint, in the audit log and in the outbox.
async fn note(write: &Write<'_>, permit: &Permit, deed: &'static str, id: WebhookEndpointId) -> Result<()> {
    audit::record(write, permit.board(), deed, Some(id.to_string())).await?;
    write.emit(permit, Event::about(deed, id)).await
}

/// An endpoint in sight that the caller may change.
async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, Permit)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let row = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::WebhookWrite, Place::board(row.board_id))?;
    Ok((row, permit))
}

pub(super) async fn update(write: &Write<'_>, input: WebhookEndpointUpdateInput) -> Result<Model> {
    let (known, permit) = lock(write, &input.id).await?;
    check_version(&known, known.version, input.if_version)?;
    let anywhere = write.call().app().config.webhooks_allow_http;
    let mut checks = Checks::default();
    let url = match &input.url {
        Some(url) => checks.heed(address::checked("url", url, anywhere))?,
        None => Some(known.url.clone()),
    };
    let description = match &input.description {
        MaybeUndefined::Undefined => known.description.clone(),
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(text) => checks.optional_line("description", Some(text), rules::DESCRIPTION),
    };
    let kinds = match input.events {
        Some(events) => rules::kinds(&mut checks, events),
        None => known.kinds.clone(),
    };
    let url = checks.all(url)?;
    let mut row = known.clone().into_active_model();
    if known.url != url {
        // Nobody knows yet how the new address fares.
        row.failing_since = Set(None);
    }
    row.url.set_ne(url);
    row.description.set_ne(description);
    row.kinds.set_ne(kinds);
    if !row.is_changed() {
        return Ok(known);
    }
    let row = store::update(write.db(), &permit, row, known.version, write.now()).await?;
    note(write, &permit, "webhook_endpoint.updated", row.id).await?;
    Ok(row)
}

pub(super) async fn delete(write: &Write<'_>, id: &ID) -> Result<WebhookEndpointId> {
    let (known, permit) = lock(write, id).await?;
    store::delete(write.db(), &permit, known.id).await?;
    note(write, &permit, "webhook_endpoint.deleted", known.id).await?;
    Ok(known.id)
}

/// Gives an endpoint another secret. The one before it signs too for a while, an older one no more.
pub(super) async fn rotate_secret(write: &Write<'_>, id: &ID) -> Result<NewSecret> {
    let (known, permit) = lock(write, id).await?;
    let secret = Secret::random().map_err(Error::fault)?;
    let sealed = secret.seal(&write.call().app().identity.master, known.id)?;
    let (version, previous) = (known.version, known.secret.clone());
    let mut row = known.into_active_model();
    row.secret = Set(sealed);
    row.previous_secret = Set(Some(previous));
    row.previous_until = Set(Some(write.now() + rules::OVERLAP));
    let row = store::update(write.db(), &permit, row, version, write.now()).await?;
    note(write, &permit, "webhook_endpoint.secret_rotated", row.id).await?;
    with(write, row, &secret)
}

pub(super) async fn enable(write: &Write<'_>, id: &ID) -> Result<Model> {
    let (known, permit) = lock(write, id).await?;
    if known.disabled_at.is_none() {
        return Ok(known);
    }
    let version = known.version;
    let mut row = known.into_active_model();
    (row.disabled_at, row.disabled_because, row.failing_since) = (Set(None), Set(None), Set(None));
    let row = store::update(write.db(), &permit, row, version, write.now()).await?;
    note(write, &permit, "webhook_endpoint.enabled", row.id).await?;
    Ok(row)
}

pub(super) async fn disable(write: &Write<'_>, id: &ID) -> Result<Model> {
    let (known, permit) = lock(write, id).await?;
    if known.disabled_at.is_some() {
        return Ok(known);
    }
    stop(write, &permit, known, WebhookDisabled::ByHand).await
}

/// From here on the endpoint is told nothing; what waits for it is given up.
pub(super) async fn stop(write: &Write<'_>, permit: &Permit, known: Model, because: WebhookDisabled) -> Result<Model> {
    let version = known.version;
    let mut row = known.into_active_model();
    (row.disabled_at, row.disabled_because) = (Set(Some(write.now())), Set(Some(because)));
    let row = store::update(write.db(), permit, row, version, write.now()).await?;
    store::give_up(write.db(), permit, row.id, write.now()).await?;
    note(write, permit, "webhook_endpoint.disabled", row.id).await?;
    Ok(row)
}

fn everywhere(write: &Write<'_>) -> Scope {
    Scope::system(write.call().today())
}

/// Why nothing is sent to an endpoint; none where it is told of events.
pub(super) async fn closed(db: &impl ConnectionTrait, everywhere: &Scope, endpoint: &Model) -> Result<Option<Closed>> {
    if endpoint.disabled_at.is_some() {
        return Ok(Some(Closed::Disabled));
    }
    let client = clients::store::itself(db, endpoint.client_id).await?;
    if client.is_none_or(|client| client.revoked_at.is_some()) {
        return Ok(Some(Closed::Revoked));
    }
    let board = boards::store::by_id(db, everywhere, endpoint.board_id).await?;
    Ok(board.is_none_or(|board| board.archived_at.is_some()).then_some(Closed::Archived))
}

/// Refuses where nothing is sent to the endpoint.
async fn check_open(write: &Write<'_>, endpoint: &Model) -> Result<()> {
    match closed(write.db(), &everywhere(write), endpoint).await? {
        Some(closed) => Err(refuse(UserErrorCode::Conflict, "id", closed.refusal())),
        None => Ok(()),
    }
}

/// Sends an endpoint an event in which nothing happened.
pub(super) async fn test(write: &Write<'_>, id: &ID) -> Result<webhook_delivery::Model> {
    let (known, _permit) = lock(write, id).await?;
    check_open(write, &known).await?;
    if store::is_tested(write.db(), &write.scope(), known.id).await? {
        let message = "A test of this endpoint is under way. Wait until it is delivered or given up.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    let now = write.now();
    let data = Map::from_iter([("endpoint".to_owned(), Value::String(known.id.to_string()))]);
    let event = fan_out::row(known.board_id, kinds::body(kinds::TEST, now, &data), now);
    let mut made = store::tell(write.db(), event, kinds::TEST, &[&known], now).await?;
    made.pop().ok_or_else(|| Error::fault("a test without a delivery"))
}

/// Tries a delivery again that has come to its end, as if it were new.
pub(super) async fn replay(write: &Write<'_>, id: &ID) -> Result<webhook_delivery::Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let seen = store::delivery(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    // The endpoint first, as everybody locks who writes both; then the delivery as it is by now.
    let endpoint = store::lock(write.db(), &write.scope(), seen.endpoint_id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::WebhookWrite, Place::board(endpoint.board_id))?;
    check_open(write, &endpoint).await?;
    let known = store::delivery(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    if !matches!(known.state, WebhookState::Delivered | WebhookState::Failed) {
        return Err(refuse(UserErrorCode::Conflict, "id", "This delivery is still under way."));
    }
    store::replay(write.db(), &permit, known, write.now()).await
}
