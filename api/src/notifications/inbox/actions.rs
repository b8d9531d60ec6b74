//! Marking as read.

use glans_entity::ids::NotificationId;

use super::store::{self, Wanted};
use super::topic;
use super::types::NotificationsReadInput;
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Notifications that are named at once.
const MOST: usize = 100;

/// Marks what is named as read, and answers how many are left. That it is the own inbox is the right to do so.
pub(super) async fn read(write: &Write<'_>, input: NotificationsReadInput) -> Result<i32> {
    let scope = write.scope();
    let viewer = write.call().person()?;
    match (input.ids, input.up_to) {
        (Some(ids), None) => {
            let named = named(&ids)?;
            let known = store::by_ids(write.db(), &scope, &named).await?;
            let mut checks = Checks::default();
            for (position, id) in named.iter().enumerate() {
                if known.iter().all(|row| row.id != *id) {
                    checks.add(UserErrorCode::NotFound, &format!("ids.{position}"), "There is no such notification.");
                }
            }
            checks.done(())?;
            store::read(write.db(), &scope, &named, write.now()).await?;
        }
        (None, Some(up_to)) => {
            let unknown = || refuse(UserErrorCode::NotFound, "upTo", "There is no such notification.");
            let id: NotificationId = up_to.parse().map_err(|_| unknown())?;
            let last = store::by_ids(write.db(), &scope, &[id]).await?.pop().ok_or_else(unknown)?;
            store::read_up_to(write.db(), &scope, &last, write.now()).await?;
        }
        _ => return Err(refuse(UserErrorCode::Invalid, "ids", "Give either `ids` or `upTo`.")),
    }
    write.wake(topic(viewer.account));
    let wanted = Wanted { student: None, unread_only: true };
    let left = store::count(write.db(), &scope, &wanted, write.now()).await?;
    Ok(i32::try_from(left).unwrap_or(i32::MAX))
}

fn named(ids: &[async_graphql::ID]) -> Result<Vec<NotificationId>> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(refuse(UserErrorCode::Invalid, "ids", format!("Give 1 to {MOST} ids.")));
    }
    // An id of something else is that of no notification.
    Ok(ids.iter().map(|id| id.parse().unwrap_or_else(|_| NotificationId::new())).collect())
}
