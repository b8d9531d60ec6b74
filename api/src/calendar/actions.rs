//! Making and ending the own calendar feed.

use glans_entity::identity::calendar_feed;

use super::store;
use crate::access::PersonActor;
use crate::call::Write;
use crate::identity::audit::{self, Deed};
use crate::identity::sealed::WithSecret;
use crate::identity::secret::{Kind, Secret};
use crate::platform::error::{Error, Result};

/// A feed with its new secret.
pub type NewFeed = WithSecret<calendar_feed::Model>;

pub(super) async fn renew(write: &Write<'_>, viewer: &PersonActor) -> Result<NewFeed> {
    let secret = Secret::random(Kind::CalendarFeed).map_err(Error::fault)?;
    let feed = calendar_feed::Model { account_id: viewer.account, secret_hash: secret.hash(), renewed_at: write.now() };
    store::put(write.db(), &feed).await?;
    audit::record(write, None, Deed::CalendarFeedRenewed, Some(viewer.account.to_string())).await?;
    let id = viewer.account.to_string();
    WithSecret::seal(&write.call().app().identity.master, &id, feed, &secret.text())
}

/// The feed that ended, if there was one.
pub(super) async fn revoke(write: &Write<'_>, viewer: &PersonActor) -> Result<Option<calendar_feed::Model>> {
    let Some(feed) = store::of_account(write.db(), viewer.account).await? else { return Ok(None) };
    store::delete(write.db(), viewer.account).await?;
    audit::record(write, None, Deed::CalendarFeedRevoked, Some(viewer.account.to_string())).await?;
    Ok(Some(feed))
}
