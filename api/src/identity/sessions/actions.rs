//! Signing in, staying signed in, signing out.

use chrono::{DateTime, Utc};
use glans_entity::identity::{refresh_token, session};
use glans_entity::ids::{AccountId, SessionId};
use serde::{Deserialize, Serialize};

use super::rules::{self, Refresh, SessionState, ShownToken};
use super::{Liveness, store};
use crate::access::PersonActor;
use crate::app::App;
use crate::call::{Call, Write, today};
use crate::identity::audit::{self, Deed};
use crate::identity::passwords::verification;
use crate::identity::secret::{Kind, Secret};
use crate::identity::tokens::issue::{AccessToken, Subject, access_token};
use crate::identity::warning::warn;
use crate::identity::{accounts, email, throttle};
use crate::notifications::devices;
use crate::platform::error::{Code, Error, Result, UserErrorCode, coded, not_found, refuse};
use crate::platform::metrics::SignIn;

/// The longest name of a device, in characters; what is longer is cut.
const DEVICE_NAME_LENGTH: usize = 80;

/// What a signed-in device holds. It has no `Debug`, so that no log can hold it.
pub struct Tokens {
    pub access: AccessToken,
    pub refresh: Secret,
}

/// A session just opened, its tokens not yet signed.
pub struct Opened {
    pub account: AccountId,
    pub session: SessionId,
    pub refresh: Secret,
}

/// A session that was ended, and whose it was.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Ended {
    pub session: SessionId,
    pub account: AccountId,
}

/// Signs in with e-mail address and password. An unknown account and a wrong password cost the same work, and leave the
/// same answer.
pub async fn create(call: &Call, typed_email: &str, password: &str, device: Option<&str>) -> Result<Tokens> {
    let signed_in = sign_in(call, typed_email, password, device).await;
    let ended = match &signed_in {
        Ok(_) => Some(SignIn::Done),
        Err(Error::Refused(_)) => Some(SignIn::Refused),
        Err(Error::RateLimited { .. }) => Some(SignIn::Throttled),
        Err(_) => None,
    };
    if let Some(ended) = ended {
        call.app().metrics.sign_in(ended);
    }
    signed_in
}

async fn sign_in(call: &Call, typed_email: &str, password: &str, device: Option<&str>) -> Result<Tokens> {
    let guess = throttle::begin(call, throttle::Purpose::SignIn, &email::guessed(typed_email)).await?;
    let address = email::canonical(typed_email).unwrap_or_default();
    let account = accounts::by_email(&call.read_as_system().await?, &address).await?;
    let verified = verification::verify(call, account, password).await?;
    let write = call.write_as_system().await?;
    let Some(account) = verified.account else {
        guess.failed(&write).await?;
        audit::record(&write, None, Deed::SessionRefused, verified.subject).await?;
        write.commit().await?;
        return Err(refuse(UserErrorCode::Invalid, "", "E-mail address or password is wrong."));
    };
    guess.succeeded(&write).await?;
    verification::keep_rehashed(&write, account, verified.rehashed).await?;
    let opened = open(&write, account, device).await?;
    write.commit().await?;
    finish(call, opened).await
}

/// Opens a session in the transaction of whatever proved who is there. Whose login it is hears of all but the first; of
/// many at about one time, of the first few.
pub async fn open(write: &Write<'_>, account: AccountId, device: Option<&str>) -> Result<Opened> {
    let (now, session) = (write.now(), SessionId::new());
    let refresh = Secret::random(Kind::RefreshToken).map_err(Error::fault)?;
    let row = session::Model {
        id: session,
        account_id: account,
        device_name: device.and_then(device_name),
        created_at: now,
        last_used_at: now,
        expires_at: now + rules::ABSOLUTE,
        revoked_at: None,
        version: 1,
    };
    store::insert(write.db(), &row).await?;
    store::insert_token(write.db(), session, refresh.hash(), 0, now).await?;
    let is_first = accounts::signed_in(write.db(), account, now).await?;
    audit::record(write, None, Deed::SessionCreated, Some(session.to_string())).await?;
    if !is_first {
        warn(write, account, "session.created", session).await?;
    }
    Ok(Opened { account, session, refresh })
}

/// After the commit: signs the tokens, and lets the rest of the request act as who signed in.
pub async fn finish(call: &Call, opened: Opened) -> Result<Tokens> {
    let Opened { account, session, refresh } = opened;
    let app = call.app();
    let access = access_token(app, Subject::Account { id: account, session: Some(session) }).await?;
    let standing = app.standings.of_account(app, account, Some(session), call.board).await?;
    call.stand_as(standing).await;
    Ok(Tokens { access, refresh })
}

fn device_name(typed: &str) -> Option<String> {
    let name: String = typed.chars().filter(|c| !c.is_control()).take(DEVICE_NAME_LENGTH).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Exchanges a refresh token for new tokens. What is wrong with one that is refused, nobody is told.
pub async fn refresh(call: &Call, shown: &str) -> Result<Tokens> {
    let over = || refuse(UserErrorCode::Expired, "refreshToken", "This session has ended. Sign in again.");
    let shown = Secret::parse(Kind::RefreshToken, shown).ok_or_else(over)?;
    let write = call.write_as_system().await?;
    let Some((session, token)) = locked(&write, &shown).await? else { return Err(over()) };
    let now = write.now();
    let refresh = successor(call.app(), &shown);
    let replaced = store::token(write.db(), refresh.hash()).await?.is_some_and(|next| next.rotated_at.is_some());
    let shown_token = ShownToken { replaced_at: token.rotated_at, successor_replaced: replaced };
    match rules::refresh(state(&session), shown_token, now) {
        Refresh::Over => return Err(over()),
        Refresh::Revoke => {
            store::revoke(write.db(), session.id, now).await?;
            audit::record(&write, None, Deed::TokenReused, Some(session.id.to_string())).await?;
            write.commit().await?;
            call.app().identity.sessions.invalidate(&session.id).await;
            return Err(over());
        }
        Refresh::Repeat => {}
        Refresh::Rotate => {
            store::mark_rotated(write.db(), token.hash, now).await?;
            store::insert_token(write.db(), session.id, refresh.hash(), token.generation + 1, now).await?;
            store::touch(write.db(), session.id, now).await?;
        }
    }
    write.commit().await?;
    finish(call, Opened { account: session.account_id, session: session.id, refresh }).await
}

/// The token that was shown and its session, which nobody else refreshes until the transaction ends. The token is read
/// again once the session is locked: another request may have replaced it in between.
async fn locked(write: &Write<'_>, shown: &Secret) -> Result<Option<(session::Model, refresh_token::Model)>> {
    let Some(token) = store::token(write.db(), shown.hash()).await? else { return Ok(None) };
    let session = store::lock(write.db(), token.session_id).await?;
    let token = store::token(write.db(), shown.hash()).await?;
    Ok(session.zip(token))
}

fn successor(app: &App, shown: &Secret) -> Secret {
    Secret::of_bytes(Kind::RefreshToken, app.identity.master.successor(shown.bytes()))
}

fn state(session: &session::Model) -> SessionState {
    SessionState {
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        revoked: session.revoked_at.is_some(),
    }
}

/// Ends one of the caller's sessions: `id`, or the one that the call came in.
pub async fn revoke(write: &Write<'_>, person: &PersonActor, id: Option<&str>) -> Result<Ended> {
    let id = match id {
        Some(id) => id.parse().map_err(|_| not_found("id"))?,
        None => person.session.ok_or_else(|| coded(Code::BadUserInput, "This token has no session. Give an id."))?,
    };
    let session = store::by_id(write.db(), id).await?.filter(|session| session.account_id == person.account);
    let session = session.ok_or_else(|| not_found("id"))?;
    if store::revoke(write.db(), session.id, write.now()).await? {
        audit::record(write, None, Deed::SessionRevoked, Some(session.id.to_string())).await?;
    }
    Ok(Ended { session: session.id, account: session.account_id })
}

/// After the commit: nobody is taken to be signed in any more, and nothing is on its way to a device.
pub async fn ended(app: &App, ended: Option<Ended>) -> Result<()> {
    let Some(ended) = ended else { return Ok(()) };
    app.identity.sessions.invalidate(&ended.session).await;
    devices::settle(app, ended.account).await
}

/// Ends the session of a refresh token, whoever shows it (RFC 7009). An unknown one is no error. After it comes
/// [`ended`].
pub async fn revoke_by_token(call: &Call, shown: &str) -> Result<Option<Ended>> {
    let Some(shown) = Secret::parse(Kind::RefreshToken, shown) else { return Ok(None) };
    let write = call.write_as_system().await?;
    let Some(token) = store::token(write.db(), shown.hash()).await? else { return Ok(None) };
    let Some(session) = store::by_id(write.db(), token.session_id).await? else { return Ok(None) };
    if store::revoke(write.db(), session.id, write.now()).await? {
        audit::record(&write, None, Deed::SessionRevoked, Some(session.id.to_string())).await?;
    }
    write.commit().await?;
    Ok(Some(Ended { session: session.id, account: session.account_id }))
}

/// The sessions of `account` that are live, the newest first.
pub async fn open_ones(call: &Call, account: AccountId) -> Result<Vec<session::Model>> {
    let now = call.now();
    let rows = store::open(&*call.read().await?, account, now).await?;
    Ok(rows.into_iter().filter(|row| rules::is_live(state(row), now)).collect())
}

/// Whether `session` is live and belongs to `account`; believed for a moment.
pub async fn is_live(app: &App, session: SessionId, account: AccountId) -> Result<bool> {
    let now = app.clock.now();
    let known = app.identity.sessions.get(&session).await;
    let liveness = if let Some(known) = known {
        known
    } else {
        let known = look_up(app, session, now).await?;
        app.identity.sessions.insert(session, known).await;
        known
    };
    Ok(liveness.is_some_and(|live| live.account == account && now < live.until))
}

async fn look_up(app: &App, session: SessionId, now: DateTime<Utc>) -> Result<Liveness> {
    let db = app.db.look_up(today(now)).await?;
    let row = store::by_id(&db, session).await?.filter(|row| rules::is_live(state(row), now));
    Ok(row.map(|row| super::Live { account: row.account_id, until: rules::expires_at(state(&row)) }))
}
