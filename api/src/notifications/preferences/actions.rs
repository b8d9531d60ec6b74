//! Changing what one wants to be told where and when.

use async_graphql::MaybeUndefined;
use chrono::Timelike;
use glans_entity::ids::AccountId;
use glans_entity::notifications::{Digest, notification_settings};
use glans_entity::people::Role;

use super::rules::{self, Choice};
use super::store;
use super::types::NotificationPreferencesUpdateInput;
use super::wishes::Wishes;
use crate::access::PersonActor;
use crate::app::App;
use crate::call::Write;
use crate::notifications::categories::Audience;
use crate::notifications::deliveries::digests;
use crate::notifications::devices::settle_account;
use crate::platform::error::{Result, check_version};
use crate::platform::scalars::LocalTime;
use crate::platform::text::Checks;

/// As whom the person is told of things.
pub(super) fn audiences(person: &PersonActor) -> &'static [Audience] {
    let is_staff = person.held.iter().any(|held| held.role != Role::Guardian);
    rules::audiences(person.holds(Role::Guardian), is_staff)
}

/// After the commit of whose preferences were changed: nothing begins any more that is not wanted.
pub(super) async fn settle(app: &App, changed: Option<AccountId>) -> Result<()> {
    match changed {
        Some(account) => settle_account(app, account).await,
        None => Ok(()),
    }
}

pub(super) async fn update(
    write: &Write<'_>,
    viewer: &PersonActor,
    input: NotificationPreferencesUpdateInput,
) -> Result<Wishes> {
    let known = store::lock(write.db(), viewer.account).await?;
    check_version(&known, known.settings.version, input.if_version)?;
    let choices: Vec<Choice> = input.channels.unwrap_or_default().into_iter().map(Into::into).collect();
    let bundled = known.settings.digest != Digest::Immediate;
    let settings = notification_settings::Model {
        quiet_from: over(&input.quiet_from, known.settings.quiet_from),
        quiet_until: over(&input.quiet_until, known.settings.quiet_until),
        time_zone: input.time_zone.unwrap_or_else(|| known.settings.time_zone.clone()),
        digest: input.digest.map_or(known.settings.digest, Into::into),
        digest_hour: input.digest_hour.unwrap_or(known.settings.digest_hour),
        ..known.settings.clone()
    };
    let mut checks = Checks::default();
    rules::check_choices(&mut checks, &choices, audiences(viewer));
    rules::check(&mut checks, &settings);
    checks.done(())?;
    let wanted = Wishes { settings, chosen: known.chosen.clone() }.with(&choices);
    if wanted == known {
        return Ok(known);
    }
    let (updated_at, version) = (write.now(), known.settings.version + 1);
    let settings = notification_settings::Model { updated_at, version, ..wanted.settings };
    store::put(write.db(), settings.clone()).await?;
    if bundled && settings.digest == Digest::Immediate {
        digests::queue_last(write.db(), viewer.account, write.now()).await?;
    }
    store::choose(write.db(), viewer.account, &choices, write.now()).await?;
    Ok(Wishes { settings, chosen: wanted.chosen })
}

/// What is absent stays; null clears.
fn over(given: &MaybeUndefined<LocalTime>, kept: Option<i32>) -> Option<i32> {
    match given {
        MaybeUndefined::Undefined => kept,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(time) => i32::try_from(time.0.num_seconds_from_midnight() / 60).ok(),
    }
}
