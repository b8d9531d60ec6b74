//! Following roster imports.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, ID, Subscription};
use glans_entity::ids::RosterImportId;
use glans_entity::roster::roster_import;

use super::progress::Rows;
use super::types::RosterImport;
use super::{rules, store};
use crate::call::Call;
use crate::loaders;
use crate::platform::bus::Wakes;
use crate::platform::error::{Code, Result, coded};
use crate::platform::following::Rests;

/// An import is looked at again after this long, in case that a wake-up call was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The root fields that follow roster imports.
#[derive(Default)]
pub struct RosterSubscription;

#[Subscription]
impl RosterSubscription {
    /// One roster import: as it is now, and again whenever it got further, until it is finished. `NOT_FOUND` when there is
    /// none that the viewer may see, or may see no longer.
    async fn roster_import_progressed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import.")] id: ID,
    ) -> Result<impl Stream<Item = async_graphql::Result<RosterImport>> + use<>> {
        let call = Call::shared(ctx);
        call.signed_in()?;
        let id: RosterImportId = id.parse().map_err(|_| unknown())?;
        // Every event is of its own moment: what was read for one must not stand in the next.
        loaders::in_context(ctx).enable_all_cache(false);
        let wakes = call.app().bus.subscribe(id.to_string());
        let mut following = Following { call, id, wakes, told: None, rests: Rests::default() };
        Box::pin(following.begin()).await?;
        Ok(stream::unfold(Some(following), async |following| following?.next().await))
    }
}

fn unknown() -> crate::platform::error::Error {
    coded(Code::NotFound, "There is no such import.")
}

/// One import, and what was told of it last.
struct Following {
    call: Arc<Call>,
    id: RosterImportId,
    wakes: Wakes,
    told: Option<(i32, Option<Rows>)>,
    rests: Rests,
}

impl Following {
    /// An import that is not there is refused before anything is followed. A database that cannot be asked just now is
    /// waited for.
    async fn begin(&mut self) -> Result<()> {
        loop {
            let present = self.present().await;
            if self.call.heed(&mut self.rests, present).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// The next that is to be told; nothing follows an error or a finished import. A database that cannot be asked just
    /// now is no error.
    async fn next(mut self) -> Option<(async_graphql::Result<RosterImport>, Option<Self>)> {
        loop {
            let present = self.present().await;
            let (import, moment) = match self.call.heed(&mut self.rests, present).await {
                Ok(Some(present)) => present,
                Ok(None) => continue,
                Err(error) => return Some((Err(error.into()), None)),
            };
            let finished = rules::is_finished(import.state);
            if finished || self.told != Some(moment) {
                self.told = Some(moment);
                return Some((Ok(RosterImport(import)), (!finished).then_some(self)));
            }
            // Whoever waits gives the snapshot back.
            self.call.look_again().await;
            let _ = tokio::time::timeout(LOOK_AGAIN, self.wakes.next()).await;
        }
    }

    /// The import as it is now, and what tells this moment from another.
    async fn present(&self) -> Result<(roster_import::Model, (i32, Option<Rows>))> {
        let call = &self.call;
        call.look_again().await;
        let import = store::import(&*call.read().await?, &call.scope(), self.id).await?.ok_or_else(unknown)?;
        let moment = (import.version, call.app().imports.of(self.id));
        Ok((import, moment))
    }
}
