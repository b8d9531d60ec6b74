//! Sessions, tokens, and the inputs and payloads of their mutations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::identity::session;
use glans_entity::ids::SessionId;

use super::actions::Tokens;
use crate::call::Call;
use crate::identity::viewer::Viewer;
use crate::platform::error::{Result, UserError, outcome};
use crate::sync_cursor;

pub struct Session(pub session::Model);

/// A device on which the viewer is signed in. Seen by its owner alone.
#[Object]
impl Session {
    /// Opaque, stable; give it to `sessionRevoke`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the app called the device at sign-in, at most 80 characters; null when it said nothing.
    pub async fn device_name(&self) -> Option<&str> {
        self.0.device_name.as_deref()
    }

    /// When the device signed in.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When its tokens were last refreshed; to some ten minutes.
    pub async fn last_used_at(&self) -> DateTime<Utc> {
        self.0.last_used_at
    }

    /// When it was changed last: as `lastUsedAt`, for nothing else of it changes.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.last_used_at
    }

    /// Counts up with every change. Nobody edits a session, so no mutation takes it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether this request came from it.
    pub async fn current(&self, ctx: &Context<'_>) -> bool {
        let standing = Call::of(ctx).standing();
        standing.actor.person().and_then(|person| person.session) == Some(self.0.id)
    }
}

/// What a signed-in device holds. Keep it where the platform keeps secrets.
#[derive(SimpleObject)]
pub struct TokenPair {
    /// Goes into the `Authorization: Bearer` header; lives ten minutes.
    pub access_token: String,
    /// When the access token runs out.
    pub expires_at: DateTime<Utc>,
    /// Exchanged for the next pair by `sessionRefresh`, once; if the answer got lost, once more within 60 seconds.
    /// Unused for 60 days, or a year after sign-in, it ends.
    pub refresh_token: String,
}

impl From<Tokens> for TokenPair {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access.text,
            expires_at: tokens.access.expires_at,
            refresh_token: tokens.refresh.text(),
        }
    }
}

/// Who signs in.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// The e-mail address of the account; capitals and blanks around it do not matter.
    pub email: String,
    /// The password, at most 128 characters.
    #[graphql(secret)]
    pub password: String,
    /// What the user calls the device, shown in the list of sessions; cut to 80 characters.
    pub device_name: Option<String>,
    /// Accepted for the sake of uniformity. Tokens are not kept, so signing in again with the same id makes another
    /// session.
    pub client_mutation_id: Option<String>,
}

/// Which session goes on.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token last received.
    #[graphql(secret)]
    pub refresh_token: String,
    /// Accepted for the sake of uniformity. Showing the same refresh token again within 60 seconds has the same answer.
    pub client_mutation_id: Option<String>,
}

/// Which session ends.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// One of the viewer's sessions; absent for the one of this request.
    pub id: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `sessionCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SessionCreatePayload {
    /// The tokens of the new session; null when refused.
    pub tokens: Option<TokenPair>,
    /// Who signed in; null when refused.
    pub viewer: Option<Viewer>,
    /// What the user can mend; empty when it is done. The same for an unknown account and a wrong password.
    pub user_errors: Vec<UserError>,
}

/// The answer to `sessionRefresh`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SessionRefreshPayload {
    /// The next tokens; null when refused.
    pub tokens: Option<TokenPair>,
    /// Whose session it is; null when refused.
    pub viewer: Option<Viewer>,
    /// EXPIRED when the session has ended, whatever the reason: sign in again.
    pub user_errors: Vec<UserError>,
}

/// The answer to `sessionRevoke`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SessionRevokePayload {
    /// The session that ended; null when refused.
    pub deleted_id: Option<ID>,
    /// What the user can mend; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(SessionCreatePayload, SessionRefreshPayload, SessionRevokePayload);

impl SessionCreatePayload {
    pub(super) fn of(done: Result<Tokens>) -> Result<Self> {
        let (tokens, user_errors) = outcome(done)?;
        let viewer = tokens.is_some().then_some(Viewer);
        Ok(Self { tokens: tokens.map(Into::into), viewer, user_errors })
    }
}

impl SessionRefreshPayload {
    pub(super) fn of(done: Result<Tokens>) -> Result<Self> {
        let SessionCreatePayload { tokens, viewer, user_errors } = SessionCreatePayload::of(done)?;
        Ok(Self { tokens, viewer, user_errors })
    }
}

impl SessionRevokePayload {
    pub(super) fn of(done: Result<SessionId>) -> Result<Self> {
        let (id, user_errors) = outcome(done)?;
        Ok(Self { deleted_id: id.map(|id| id.to_string().into()), user_errors })
    }
}
