//! Following roster imports.

use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use glans_entity::ids::RosterImportId;
use glans_entity::roster::roster_import;

use super::progress::Rows;
use super::types::RosterImport;
use super::{rules, store};
use crate::call::{Call, Events, Follow};
use crate::platform::error::{Code, Error, Result, coded};

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
    ) -> Result<Events<RosterImport>> {
        Call::of(ctx).signed_in()?;
        let id: RosterImportId = id.parse().map_err(|_| unknown())?;
        Call::follow(ctx, id.to_string(), None, Following { id, told: None, is_over: false }).await
    }
}

fn unknown() -> Error {
    coded(Code::NotFound, "There is no such import.")
}

/// What tells one moment of an import from another.
type Moment = (i32, Option<Rows>);

/// One import, and what was told of it last.
struct Following {
    id: RosterImportId,
    told: Option<Moment>,
    is_over: bool,
}

#[async_trait::async_trait]
impl Follow for Following {
    type Found = (roster_import::Model, Moment);
    type Event = RosterImport;

    async fn begin(&mut self, call: &Call, _after: Option<&str>) -> Result<RosterImport> {
        let present = self.present(call).await?;
        self.tell(call, present)
    }

    async fn look(&mut self, call: &Call) -> Result<Vec<Self::Found>> {
        let (import, moment) = self.present(call).await?;
        let is_new = rules::is_finished(import.state) || self.told != Some(moment);
        Ok(is_new.then_some((import, moment)).into_iter().collect())
    }

    fn tell(&mut self, _call: &Call, (import, moment): Self::Found) -> Result<RosterImport> {
        self.told = Some(moment);
        self.is_over = rules::is_finished(import.state);
        Ok(RosterImport(import))
    }

    fn quiet(&self) -> Duration {
        LOOK_AGAIN
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Following {
    async fn present(&self, call: &Call) -> Result<(roster_import::Model, Moment)> {
        let import = store::import(&*call.read().await?, &call.scope(), self.id).await?.ok_or_else(unknown)?;
        let moment = (import.version, call.app().imports.of(self.id));
        Ok((import, moment))
    }
}
