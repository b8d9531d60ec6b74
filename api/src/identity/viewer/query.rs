//! Reading who is asking.

use async_graphql::{Context, Object};

use super::types::Viewer;
use crate::access::Actor;
use crate::call::Call;
use crate::platform::error::Result;

/// The root field about who is asking.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who is asking; null for who is not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        Ok(match Call::of(ctx).standing().actor {
            Actor::Person(_) | Actor::Client(_) => Some(Viewer),
            Actor::Anonymous | Actor::System(_) => None,
        })
    }
}
