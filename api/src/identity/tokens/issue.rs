//! Giving out access tokens.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, ApiClientId, SessionId};
use uuid::Uuid;

use super::claims::{Claims, LIFETIME_SECONDS};
use super::jwt;
use crate::app::App;
use crate::platform::error::{Error, Result};

/// The client id of the school's own apps (claim `client_id`).
pub const APP_CLIENT: &str = "glans-app";

/// Whom a token speaks for.
pub enum Subject {
    /// A human being; without a session only for who operates the machine.
    Account { id: AccountId, session: Option<SessionId> },
    /// A client of an integrator, with its scopes separated by blanks.
    Client { id: ApiClientId, scope: String },
}

/// An access token on its way out. It has no `Debug`, so that no log can hold it.
pub struct AccessToken {
    pub text: String,
    pub expires_at: DateTime<Utc>,
}

/// Signs a token for `subject`. Never inside a write transaction: it may have to read the keys, or make the first.
pub async fn access_token(app: &App, subject: Subject) -> Result<AccessToken> {
    let now = app.clock.now();
    let keys = app.identity.keys.keys(&app.db, &app.identity.master, now).await?;
    let (sub, client_id, sid, scope) = match subject {
        Subject::Account { id, session } => {
            (id.to_string(), APP_CLIENT.to_owned(), session.map(|session| session.to_string()), None)
        }
        Subject::Client { id, scope } => (id.to_string(), id.to_string(), None, Some(scope)),
    };
    let (iat, exp) = (now.timestamp(), now.timestamp() + LIFETIME_SECONDS);
    let claims = Claims {
        iss: app.identity.issuer.name.clone(),
        aud: app.identity.issuer.audience.clone(),
        sub,
        client_id,
        iat,
        nbf: iat,
        exp,
        jti: Uuid::now_v7().simple().to_string(),
        sid,
        scope,
    };
    let text = jwt::sign(keys.current()?, &claims).map_err(Error::fault)?;
    Ok(AccessToken { text, expires_at: now + TimeDelta::seconds(LIFETIME_SECONDS) })
}
