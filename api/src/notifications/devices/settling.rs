//! That nothing comes any more of what was unbound or is not wanted.

use std::time::Duration;

use glans_entity::ids::AccountId;
use glans_entity::scope::Scope;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::store::{self, UnderWay};
use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(20);
/// Longer than a lease lasts. What was sent has arrived by then, and nothing is sent under a lease that ran out.
const LONGEST: Duration = Duration::from_secs(31);

/// Waits until nothing of the account is on its way to devices whose removal was committed, by this act or by one beside it.
/// Whoever hears that they signed out can give the phone out of their hands: nothing of theirs comes any more.
///
/// Two orders meet here. Whoever sends first commits that the delivery is under way, then looks whether the device is there,
/// then sends. Whoever removes a device first commits that it is gone, then looks whether something is under way. So of
/// either two one sees the other: a sender that looks after the removal finds no device and sends nothing, and one that
/// looked before it committed its claim earlier still, which is seen here and waited for. A claim that is made after this
/// looked is of the first kind. There are few of them, and most last as long as a gateway takes to answer.
///
/// # Errors
/// When the database cannot be read. The removal stands; asked again, it is waited for again.
pub async fn settle(app: &App, account: AccountId) -> Result<()> {
    wait_for(app, UnderWay::UnboundOf(account), None).await
}

/// As [`settle`], for all devices that are none any more. Whoever registers a token cannot know all who had it: somebody may
/// have signed out a moment ago, and still wait for what is on its way to the same phone.
///
/// # Errors
/// As [`settle`].
pub async fn settle_unbound(app: &App) -> Result<()> {
    wait_for(app, UnderWay::Unbound, None).await
}

/// As [`settle`], for all that is on its way to an account, by push and e-mail, after a change of what it wants was
/// committed: a sender reads what somebody wants where it reads whether the device is there.
///
/// # Errors
/// As [`settle`].
pub async fn settle_account(app: &App, account: AccountId) -> Result<()> {
    wait_for(app, UnderWay::Of(account), None).await
}

/// As [`settle`], for what is on its way under these leases, to whomever that is by now.
///
/// # Errors
/// As [`settle`].
pub async fn settle_leases(app: &App, leases: &[Uuid]) -> Result<()> {
    wait_for(app, UnderWay::Whatever, Some(leases)).await
}

/// Whatever is claimed meanwhile is looked at afterwards, and not waited for.
async fn wait_for(app: &App, what: UnderWay, known: Option<&[Uuid]>) -> Result<()> {
    let began = Instant::now();
    let mut leases = look(app, what, known).await?;
    while !leases.is_empty() {
        if began.elapsed() > LONGEST {
            tracing::warn!(?what, "what is on its way takes longer than a lease lasts");
            break;
        }
        sleep(EVERY).await;
        leases = look(app, what, Some(&leases)).await?;
    }
    Ok(())
}

/// One short read: no connection is kept while the gateway is waited for, and each look sees what was committed by then.
async fn look(app: &App, what: UnderWay, known: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let now = app.clock.now();
    let everywhere = Scope::system(today(now));
    let db = app.db.read(&everywhere).await?;
    store::leases(&db, &everywhere, what, known, now).await
}
