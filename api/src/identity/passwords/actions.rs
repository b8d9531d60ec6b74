//! Changing a password, and replacing a forgotten one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, PasswordResetId, SessionId};
use serde_json::json;

use super::{rules, store, verification};
use crate::access::PersonActor;
use crate::call::{Call, Write};
use crate::identity::audit::{self, Deed};
use crate::identity::secret::{Kind, Secret};
use crate::identity::warning::warn;
use crate::identity::{accounts, email, sessions, throttle};
use crate::notifications::devices;
use crate::platform::error::{Error, Result, UserErrorCode, refuse};
use crate::platform::outbox::{self, Event};

/// A letter is read soon or not at all.
const RESET_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// The event that asks for a letter with a reset code. Its payload: `reset`, the id of the request (no such row: no such
/// account, send nothing), and `sealed`, the code sealed with that id as its context, in base64.
pub const RESET_REQUESTED: &str = "password.reset_requested";

/// Changes the caller's password. All other devices are signed out.
pub async fn change(call: &Call, person: &PersonActor, current: &str, new: &str) -> Result<()> {
    let account = own_account(call, person.account).await?;
    let guess = throttle::begin(call, throttle::Purpose::SignIn, &account.email).await?;
    let verified = verification::verify(call, Some(account.clone()), current).await?;
    if verified.account.is_none() {
        let write = call.write_as_system().await?;
        guess.failed(&write).await?;
        write.commit().await?;
        return Err(refuse(UserErrorCode::Invalid, "currentPassword", "This is not your current password."));
    }
    let hash = hash_new(call, "newPassword", new, &[&account.email]).await?;
    let write = call.write_as_system().await?;
    guess.succeeded(&write).await?;
    replace(&write, account.id, hash, person.session).await?;
    audit::record(&write, None, Deed::PasswordChanged, Some(account.id.to_string())).await?;
    write.commit().await?;
    call.app().identity.sessions.invalidate_all();
    devices::settle(call.app(), account.id).await
}

/// Asks for a letter with a reset code. Existing or not, an address costs the same work and has the same answer.
pub async fn request_reset(call: &Call, typed_email: &str) -> Result<()> {
    let guess = throttle::begin(call, throttle::Purpose::ResetRequest, &email::guessed(typed_email)).await?;
    let address = email::canonical(typed_email).unwrap_or_default();
    let account = accounts::by_email(&call.read_as_system().await?, &address).await?;
    let (id, code) = (PasswordResetId::new(), Secret::random(Kind::PasswordReset).map_err(Error::fault)?);
    let sealed = call.app().identity.master.seal(&id.to_string(), code.text().as_bytes()).map_err(Error::fault)?;
    let write = call.write_as_system().await?;
    let now = write.now();
    let request = store::Request { id, code_hash: code.hash(), created_at: now, expires_at: now + RESET_LIFETIME };
    let subject = account.map_or_else(AccountId::new, |account| account.id);
    guess.failed(&write).await?;
    store::insert_if_exists(write.db(), subject, request).await?;
    let payload = json!({ "reset": id, "sealed": STANDARD.encode(sealed) });
    outbox::emit(write.db(), None, Event { kind: RESET_REQUESTED, payload }, now).await?;
    audit::record(&write, None, Deed::ResetRequested, Some(id.to_string())).await?;
    write.commit().await
}

/// Sets a new password with a reset code, and signs out all devices.
pub async fn reset(call: &Call, code: &str, new: &str) -> Result<()> {
    let spent = || refuse(UserErrorCode::Expired, "code", "This code cannot be used any more. Ask for a new one.");
    let code = Secret::parse(Kind::PasswordReset, code.trim()).ok_or_else(spent)?;
    let db = call.read_as_system().await?;
    let account = store::account_of(&db, code.hash(), call.now()).await?.ok_or_else(spent)?;
    let address = accounts::by_id(&db, account).await?.map(|account| account.email).unwrap_or_default();
    drop(db);
    let hash = hash_new(call, "newPassword", new, &[&address]).await?;
    let write = call.write_as_system().await?;
    if !store::use_up(write.db(), code.hash(), write.now()).await? {
        return Err(spent());
    }
    replace(&write, account, hash, None).await?;
    audit::record(&write, None, Deed::PasswordReset, Some(account.to_string())).await?;
    write.commit().await?;
    call.app().identity.sessions.invalidate_all();
    devices::settle(call.app(), account).await
}

/// Checks a new password and hashes it. `own_words` are no secret of the person.
pub async fn hash_new(call: &Call, field: &str, password: &str, own_words: &[&str]) -> Result<String> {
    let normal = acceptable(field, password, own_words)?;
    call.hashing().hash(normal).await.map_err(verification::fault)
}

/// A new password that the rules take, in the form in which it is hashed.
pub fn acceptable(field: &str, password: &str, own_words: &[&str]) -> Result<String> {
    rules::accepted(password, own_words).map_err(|weakness| weakness_refusal(field, weakness))
}

fn weakness_refusal(field: &str, weakness: rules::Weakness) -> Error {
    let code = match weakness {
        rules::Weakness::TooLong => UserErrorCode::TooLong,
        rules::Weakness::TooShort | rules::Weakness::Common => UserErrorCode::Invalid,
    };
    refuse(code, field, weakness.to_string())
}

/// Sets the password and ends all sessions but `kept`, with their devices. No code that was asked for before sets another.
async fn replace(write: &Write<'_>, account: AccountId, hash: String, kept: Option<SessionId>) -> Result<()> {
    accounts::set_password(write.db(), account, hash, write.now()).await?;
    store::void_open(write.db(), account, write.now()).await?;
    sessions::store::revoke_others(write.db(), account, kept, write.now()).await?;
    warn(write, account, "password.changed", account).await
}

async fn own_account(call: &Call, id: AccountId) -> Result<account::Model> {
    let account = accounts::by_id(&call.read_as_system().await?, id).await?;
    account.ok_or_else(|| Error::fault("a signed-in account is gone"))
}
