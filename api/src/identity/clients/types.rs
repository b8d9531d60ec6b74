//! API clients, and the inputs and payloads of their mutations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::identity::{api_client, api_client_secret};
use glans_entity::ids::SchoolId;

use super::actions::{self, NewSecret};
use super::loaders::SecretsOf;
use super::usage::{self, ApiClientUsage, UsageOf};
use crate::access::{self, Action, ApiScope, Place};
use crate::app::App;
use crate::call::Call;
use crate::loaders;
use crate::organisation::boards::Board;
use crate::organisation::schools::School;
use crate::payload;
use crate::platform::error::{Error, Result, UserError, outcome};
use crate::platform::page::PageEdge;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;
use crate::sync_cursor;

pub struct ApiClient(pub api_client::Model);

impl From<api_client::Model> for ApiClient {
    fn from(row: api_client::Model) -> Self {
        Self(row)
    }
}

/// A program of an integrator that reads or writes data of one board (OAuth 2.0, client credentials). Seen by
/// administrators of the board and by itself.
#[Object]
impl ApiClient {
    /// Opaque, stable; the `client_id` of the token endpoint.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called, 1 to 80 characters, unique in the board.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is allowed, each once.
    pub async fn scopes(&self) -> Vec<ApiScope> {
        actions::scopes(&self.0)
    }

    /// The board whose data it can reach.
    pub async fn board(&self, ctx: &Context<'_>) -> Result<Option<Board>> {
        let board = loaders::one(ctx, self.0.board_id).await?;
        Ok(board.map(Board))
    }

    /// The schools that it is narrowed to; null for all of the board.
    #[graphql(directive = list_size::apply(20))]
    pub async fn schools(&self, ctx: &Context<'_>) -> Result<Option<Vec<School>>> {
        let Some(ids) = &self.0.school_ids else { return Ok(None) };
        let ids: Vec<SchoolId> = ids.0.iter().filter_map(|id| id.parse().ok()).collect();
        let mut found = loaders::in_context(ctx).load_many(ids.clone()).await.map_err(Error::fault)?;
        Ok(Some(ids.iter().filter_map(|id| found.remove(id)).map(School).collect()))
    }

    /// Its secrets, the newest first: when they were made and used, never what they are. Empty for the client itself.
    #[graphql(directive = list_size::apply(2))]
    pub async fn secrets(&self, ctx: &Context<'_>) -> Result<Vec<ApiClientSecret>> {
        let rows = loaders::one(ctx, SecretsOf(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Into::into).collect())
    }

    /// What it asked for, by the day, the earliest first, of today up to some seconds ago; a day without a request is left
    /// out. For administrators of the board and for the client itself; empty for others.
    #[graphql(directive = list_size::apply(30))]
    pub async fn usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; 29 days before the last one when absent.")] from: Option<LocalDate>,
        #[graphql(desc = "The last day, inclusive, at most 365 days after the first one; today when absent.")]
        to: Option<LocalDate>,
    ) -> Result<Vec<ApiClientUsage>> {
        let (from, to) = usage::days(from.map(|day| day.0), to.map(|day| day.0), Call::of(ctx).today())?;
        loaders::list(ctx, UsageOf { client: self.0.id, from, to }, ApiClientUsage).await
    }

    /// When it was ended; null while it is in use.
    pub async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// Whether the viewer may give it another secret or end it; false once it was ended, and for the client itself.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let place = Place::board(self.0.board_id);
        self.0.revoked_at.is_none() && access::allows(&Call::of(ctx).standing().actor, Action::ApiClientWrite, &place)
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A secret of an API client, without its text. Seen by administrators of the board.
#[derive(SimpleObject)]
pub struct ApiClientSecret {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; null while it is the newest one.
    pub expires_at: Option<DateTime<Utc>>,
    /// When a token was last given for it; null when never.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<api_client_secret::Model> for ApiClientSecret {
    fn from(row: api_client_secret::Model) -> Self {
        Self { created_at: row.created_at, expires_at: row.expires_at, last_used_at: row.last_used_at }
    }
}

/// A new API client.
#[derive(InputObject)]
pub struct ApiClientCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board whose data it can reach.
    pub board: ID,
    /// What it is called, 1 to 80 characters, unique in the board.
    pub name: String,
    /// What it is allowed, at least one.
    pub scopes: Vec<ApiScope>,
    /// Narrows it to these schools of the board; absent for all.
    pub schools: Option<Vec<ID>>,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Which client gets another secret.
#[derive(InputObject)]
pub struct ApiClientSecretRotateInput {
    /// Which client.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Which client ends.
#[derive(InputObject)]
pub struct ApiClientRevokeInput {
    /// Which client.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `apiClientCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ApiClientCreatePayload {
    /// The new client; null when refused.
    pub api_client: Option<ApiClient>,
    /// Its edge, for an app that puts it into a list without asking again: the cursor is that of the order which comes
    /// unless asked otherwise, and `BAD_CURSOR` in any other. Whether it passes the filter of the list is for the app
    /// to know. Null when the node is.
    pub api_client_edge: Option<PageEdge<ApiClient>>,
    /// Its secret (`client_secret`), shown here and never again; null when refused.
    pub secret: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `apiClientSecretRotate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ApiClientSecretRotatePayload {
    /// The client; null when refused.
    pub api_client: Option<ApiClient>,
    /// The new secret (`client_secret`), shown here and never again; null when refused. The one before it works for
    /// another 30 days, older ones have ended.
    pub secret: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(ApiClientCreatePayload, ApiClientSecretRotatePayload);

payload! {
    /// The answer to `apiClientRevoke`.
    ApiClientRevokePayload {
        /// The ended client; on a conflict, as somebody else left it; null when refused otherwise.
        api_client: ApiClient
    }
}

impl ApiClientCreatePayload {
    pub(super) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let secret = made.as_ref().map(|made| made.open(&app.identity.master, &made.row.id.to_string())).transpose()?;
        let row = made.map(|made| made.row);
        let api_client_edge = row.clone().map(PageEdge::of).transpose()?;
        Ok(Self { api_client: row.map(ApiClient), api_client_edge, secret, user_errors })
    }
}

impl ApiClientSecretRotatePayload {
    pub(super) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let ApiClientCreatePayload { api_client, secret, user_errors, .. } = ApiClientCreatePayload::of(app, done)?;
        Ok(Self { api_client, secret, user_errors })
    }
}
