//! Registering and removing a device.

use glans_entity::ids::{AccountId, DeviceId, SessionId};
use glans_entity::notifications::device::Model;

use super::rules::{self, Claim};
use super::settling::{settle, settle_unbound};
use super::store;
use super::types::DeviceRegisterInput;
use crate::access::PersonActor;
use crate::app::App;
use crate::call::Write;
use crate::identity::audit::{self, Deed};
use crate::identity::sessions;
use crate::platform::error::{Code, Result, UserErrorCode, coded, not_found, refuse};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 80;

/// Registers a device. What goes for it is to be settled after the commit.
pub(super) async fn register(write: &Write<'_>, viewer: &PersonActor, input: DeviceRegisterInput) -> Result<Model> {
    let session = own_session(write, viewer).await?;
    let platform = input.platform.into();
    let mut checks = Checks::default();
    let token = rules::token(platform, &input.token, write.call().app().config.production);
    let token = checks.heed(token.map_err(|(code, message)| refuse(code, "token", message)))?;
    let name = checks.optional_line("name", input.name.as_deref(), NAME_LENGTH);
    let token = checks.all(token)?;
    let now = write.now();
    let wanted = Model {
        id: DeviceId::new(),
        account_id: viewer.account,
        session_id: session,
        platform,
        token,
        name,
        registered_at: now,
        last_seen_at: now,
    };
    let found = store::claim(write.db(), wanted.clone()).await?;
    let device = match rules::claim(&wanted, &found) {
        Claim::New => {
            let device = match store::of_session(write.db(), session, wanted.platform, wanted.id).await? {
                // The same device by a new token: what waits for it still comes.
                Some(known) => store::renew(write.db(), known, wanted).await?,
                None => wanted,
            };
            record(write, Deed::DeviceRegistered, device.id).await?;
            device
        }
        Claim::Again(known) => {
            if let Some(name) = &wanted.name {
                store::rename(write.db(), known, name).await?;
            }
            Model { name: wanted.name.or(found.name), ..found }
        }
        Claim::Moves(known) => {
            // What waits for who had it before never comes there; what waits for the same person does.
            let id = if found.account_id == wanted.account_id { known } else { wanted.id };
            let wanted = Model { id, ..wanted };
            store::take_over(write.db(), known, wanted.clone()).await?;
            record(write, Deed::DeviceTakenOver, known).await?;
            record(write, Deed::DeviceRegistered, wanted.id).await?;
            wanted
        }
    };
    make_room(write, &device).await?;
    // A token is an address: it stays in its table, and out of the answer that is kept for a repetition.
    Ok(Model { token: String::new(), ..device })
}

/// The session of the request, which nobody ends until the transaction ends: a device that it registers ends with it.
async fn own_session(write: &Write<'_>, viewer: &PersonActor) -> Result<SessionId> {
    let Some(id) = viewer.session else {
        let message = "This token belongs to no session, and a device ends with one. Sign in on the device first.";
        return Err(refuse(UserErrorCode::Forbidden, "", message));
    };
    let session = sessions::store::lock(write.db(), id).await?;
    match session.filter(|session| session.revoked_at.is_none()) {
        Some(session) => Ok(session.id),
        None => Err(coded(Code::Unauthenticated, "This session has ended. Sign in again.")),
    }
}

/// What the session registered before at the same gateway goes, and of too many devices those that were seen longest ago.
async fn make_room(write: &Write<'_>, device: &Model) -> Result<()> {
    let Model { id, account_id, session_id, platform, .. } = *device;
    let mut gone = store::replace(write.db(), session_id, platform, id).await?;
    gone.extend(store::keep_latest(write.db(), account_id, id, rules::MOST - 1).await?);
    for device in &gone {
        record(write, Deed::DeviceRemoved, *device).await?;
    }
    Ok(())
}

/// Removes a device of the account.
pub(super) async fn remove(write: &Write<'_>, account: AccountId, id: &str) -> Result<DeviceId> {
    let id: DeviceId = id.parse().map_err(|_| not_found("id"))?;
    if !store::remove(write.db(), account, id).await? {
        return Err(not_found("id"));
    }
    record(write, Deed::DeviceRemoved, id).await?;
    Ok(id)
}

/// After the commit: nothing of who had the token before comes any more.
pub(super) async fn registered(app: &App, device: Option<&Model>) -> Result<()> {
    match device {
        Some(_) => settle_unbound(app).await,
        None => Ok(()),
    }
}

/// After the commit: nothing is on its way to the device any more.
pub(super) async fn removed(app: &App, account: AccountId, device: Option<&DeviceId>) -> Result<()> {
    match device {
        Some(_) => settle(app, account).await,
        None => Ok(()),
    }
}

async fn record(write: &Write<'_>, deed: Deed, device: DeviceId) -> Result<()> {
    audit::record(write, None, deed, Some(device.to_string())).await
}
