//! Any object by its id.

use async_graphql::{Context, ID, Interface, Object};
use glans_entity::ids::{BoardId, SchoolId, parse_any};

use crate::call::Call;
use crate::organisation::boards::{self, Board};
use crate::organisation::schools::{self, School};
use crate::platform::error::{Code, Result, coded};

/// Ids in one `nodes` at most.
const LARGEST_BATCH: usize = 100;

/// Anything with an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, sortable by time of making."))]
pub enum Node {
    Board(Board),
    School(School),
}

/// Reading any object by its id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its id; null when there is none that the viewer may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of the object.")] id: ID) -> Result<Option<Node>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        one(call, &id).await
    }

    /// Several objects by id, in the order of the ids, with null where there is none that the viewer may see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        if ids.len() > LARGEST_BATCH {
            return Err(coded(Code::BadUserInput, format!("Ask for at most {LARGEST_BATCH} ids at once.")));
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in &ids {
            nodes.push(one(call, id).await?);
        }
        Ok(nodes)
    }
}

async fn one(call: &Call, id: &str) -> Result<Option<Node>> {
    let Some((prefix, uuid)) = parse_any(id) else {
        return Ok(None);
    };
    let db = call.read().await?;
    let scope = call.scope();
    Ok(match prefix {
        BoardId::PREFIX => boards::store::by_id(&*db, &scope, BoardId(uuid)).await?.map(|row| Board(row).into()),
        SchoolId::PREFIX => schools::store::by_id(&*db, &scope, SchoolId(uuid)).await?.map(|row| School(row).into()),
        _ => None,
    })
}
