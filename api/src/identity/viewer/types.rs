//! Who is asking.

use async_graphql::{Context, ID, Object};

use crate::access::Actor;
use crate::call::Call;
use crate::identity::clients::{self, ApiClient};
use crate::identity::sessions::{self, types::Session};
use crate::platform::error::{Error, Result};

pub struct Viewer;

/// Who is asking: a person, in all boards or in the one of the header `Glans-Board`, or a client of an integrator.
#[Object]
impl Viewer {
    /// The account of the person, or the client itself: the same in all boards.
    pub async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        let id = Call::of(ctx).standing().actor.id();
        id.map(ID::from).ok_or_else(|| Error::fault("a viewer is somebody"))
    }

    /// The client of an integrator that is asking; null for a person.
    pub async fn api_client(&self, ctx: &Context<'_>) -> Result<Option<ApiClient>> {
        let call = Call::of(ctx);
        match &call.standing().actor {
            Actor::Client(client) => {
                Ok(clients::store::itself(&call.read_as_system().await?, client.id).await?.map(ApiClient))
            }
            _ => Ok(None),
        }
    }

    /// The devices on which the person is signed in, the newest first; empty for a client.
    pub async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let call = Call::of(ctx);
        let standing = call.standing();
        let Some(person) = standing.actor.person() else { return Ok(Vec::new()) };
        let rows = sessions::actions::open_ones(call, person.account).await?;
        Ok(rows.into_iter().map(Session).collect())
    }
}
