//! Who is asking.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::PersonId;

use crate::access::Actor;
use crate::call::Call;
use crate::identity::clients::{self, ApiClient};
use crate::identity::sessions::{self, types::Session};
use crate::loaders;
use crate::notifications::devices::{self, Device};
use crate::organisation::schools::{self, School};
use crate::people::memberships::{Membership, MembershipsOf};
use crate::people::persons::Person;
use crate::people::students::{self, Student};
use crate::platform::error::{Error, Result};
use crate::platform::size::list_size;

pub struct Viewer;

/// Who is asking: a person, in all boards or in the one of the header `Glans-Board`, or a client of an integrator.
#[Object]
impl Viewer {
    /// The account of the person, or the client itself: the same in all boards.
    pub async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        let id = Call::of(ctx).standing().actor.id();
        id.map(ID::from).ok_or_else(|| Error::fault("a viewer is somebody"))
    }

    /// The person in the board of the header, or in the oldest one; null for a client, and for an account that belongs to
    /// no board any more.
    pub async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let own = own_persons(ctx);
        let Some(oldest) = own.first() else { return Ok(None) };
        Ok(loaders::one(ctx, *oldest).await?.map(Person))
    }

    /// The roles that count today, of all boards or of the one of the header; empty for a client.
    #[graphql(directive = list_size::apply(4))]
    pub async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<Membership>> {
        let keys: Vec<_> = own_persons(ctx).into_iter().map(MembershipsOf).collect();
        let mut found = loaders::many(ctx, keys.clone()).await?;
        Ok(keys.iter().flat_map(|key| found.remove(key).unwrap_or_default()).collect())
    }

    /// The own children, as far as the guardianships let them be seen, by name; empty for who is no guardian.
    #[graphql(directive = list_size::apply(3))]
    pub async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        students::of_viewer(Call::of(ctx)).await
    }

    /// All schools in use that the viewer may see, by name: where there is a role or a child.
    #[graphql(directive = list_size::apply(5))]
    pub async fn schools(&self, ctx: &Context<'_>) -> Result<Vec<School>> {
        schools::of_viewer(Call::of(ctx)).await
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
    #[graphql(directive = list_size::apply(5))]
    pub async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let call = Call::of(ctx);
        let standing = call.standing();
        let Some(person) = standing.actor.person() else { return Ok(Vec::new()) };
        let rows = sessions::actions::open_ones(call, person.account).await?;
        Ok(rows.into_iter().map(Session).collect())
    }

    /// The devices to which push notifications of the person go, the one seen last first; empty for a client.
    /// `deviceRegister` adds one.
    #[graphql(directive = list_size::apply(3))]
    pub async fn devices(&self, ctx: &Context<'_>) -> Result<Vec<Device>> {
        let call = Call::of(ctx);
        let standing = call.standing();
        let Some(person) = standing.actor.person() else { return Ok(Vec::new()) };
        let rows = devices::store::of_account(&*call.read().await?, person.account, call.now()).await?;
        Ok(rows.into_iter().map(Device).collect())
    }
}

/// The viewer in each board that counts for this request, oldest first.
fn own_persons(ctx: &Context<'_>) -> Vec<PersonId> {
    let standing = Call::of(ctx).standing();
    let person = standing.actor.person();
    person.map(|person| person.persons.iter().map(|(_, id)| *id).collect()).unwrap_or_default()
}
