//! What can wait, told of together: one e-mail for a person and a time, over all schools and children.

mod contents;
mod store;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::notifications::{Digest, notification_settings};
use glans_entity::scope::Scope;

pub(super) use self::contents::contents;
pub(in crate::notifications) use self::store::queue_last;
use crate::app::App;
use crate::call::today;
use crate::notifications::preferences::digest_end;
use crate::platform::error::Result;
use crate::platform::rounds::{Lately, in_vain};

/// A digest that could not be sent for so long is of no use: the next one tells the same.
const LIFETIME: TimeDelta = TimeDelta::hours(20);
/// The same of one after which no other comes soon, a weekly or a last one. As long as another e-mail.
const LONG_LIFETIME: TimeDelta = TimeDelta::hours(72);
/// After its time, until all that was told before it is committed.
const SETTLING: TimeDelta = TimeDelta::minutes(2);

/// Queues the digests whose time has come; how many. However often, and by however many processes: one for a person and a
/// time.
pub async fn round(app: &Arc<App>) -> Result<u64> {
    round_after(app, &mut Done::default()).await
}

/// The times that people chose for which digests were queued lately. It is done again now and then for who chose a time today
/// that has passed.
pub type Done = Lately<(i32, Digest, i32, String)>;

/// As [`round`], but for those times for which it was done lately. Done again it changes nothing for who has the digest.
pub async fn round_after(app: &Arc<App>, done: &mut Done) -> Result<u64> {
    let now = app.clock.now();
    done.forget(now);
    let everywhere = Scope::system(today(now));
    let db = app.db.read(&everywhere).await?;
    let wishes = store::chosen(&db).await?;
    drop(db);
    let mut queued = 0;
    for settings in wishes {
        let Some(until) = digest_end(&settings, now) else { continue };
        let time = (settings.version, settings.digest, settings.digest_hour, settings.time_zone.clone());
        let is_over = now >= until + lifetime(settings.digest);
        if is_over || done.has(&time) {
            continue;
        }
        match queue_those(app, &settings, until, now).await {
            Ok(some) => {
                queued += some;
                if is_settled(until, now) {
                    done.did(time, now);
                }
            }
            Err(error) => in_vain!(error, ?time, "digests were not made up; it is tried again"),
        }
    }
    Ok(queued)
}

/// How long a digest that comes so often is of use.
fn lifetime(digest: Digest) -> TimeDelta {
    match digest {
        Digest::Immediate | Digest::Daily => LIFETIME,
        Digest::Weekly => LONG_LIFETIME,
    }
}

/// Queues the digests of one time, in a transaction of its own: a time that fails keeps no other.
async fn queue_those(
    app: &App,
    settings: &notification_settings::Model,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let db = app.db.write(&Scope::system(today(now))).await?;
    let queued = store::queue(&db, settings, until, now).await?;
    db.commit().await?;
    Ok(queued)
}

/// Whether all is committed by now that the digests of `until` tell of.
fn is_settled(until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now > until + SETTLING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_queues_them_until_all_is_committed() {
        let until = DateTime::UNIX_EPOCH;
        let after = |seconds: i64| is_settled(until, until + TimeDelta::seconds(seconds));
        assert_eq!([0, 120, 121].map(after), [false, false, true]);
    }
}
