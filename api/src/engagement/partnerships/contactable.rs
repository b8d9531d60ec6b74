//! Who can be reached: what the 100 % line asks for, the worklist tells and CONTACTABILITY counts.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, BoardId, PersonId};
use glans_entity::notifications::{Channel, DeliveryState, delivery, device};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::platform::error::Result;

/// A push token that was not seen for so long is of nobody any more.
const TOKEN_LASTS: TimeDelta = TimeDelta::days(90);

/// Those of the people who have a usable channel: a login with a device that was seen of late, or whose last e-mail from
/// their board did not bounce. That its address is theirs was proven when the login was made. A login keeps its address
/// and goes to another with a new one, so that what bounced from the old address is not held against the new one. Whether
/// an e-mail bounced is known for as long as deliveries are kept, and of no other board.
#[expect(clippy::disallowed_methods, reason = "devices belong to no board")]
pub async fn among(
    db: &impl ConnectionTrait,
    scope: &Scope,
    people: &[person::Model],
    now: DateTime<Utc>,
) -> Result<HashSet<PersonId>> {
    let logins: BTreeSet<AccountId> = people.iter().filter_map(|person| person.account_id).collect();
    let with_device: Vec<AccountId> = device::Entity::find()
        .select_only()
        .column(device::Column::AccountId)
        .filter(device::Column::AccountId.is_in(logins.iter().copied()))
        .filter(device::Column::LastSeenAt.gte(now - TOKEN_LASTS))
        .into_tuple()
        .all(db)
        .await?;
    let with_device: HashSet<AccountId> = with_device.into_iter().collect();
    let bounced = bounced(db, scope, &logins).await?;
    let is_reached =
        |login: AccountId, board: BoardId| with_device.contains(&login) || !bounced.contains(&(login, board));
    let reached = people.iter().filter(|it| it.account_id.is_some_and(|login| is_reached(login, it.board_id)));
    Ok(reached.map(|person| person.id).collect())
}

/// The logins whose last e-mail from a board the mail server will never take.
async fn bounced(
    db: &impl ConnectionTrait,
    scope: &Scope,
    logins: &BTreeSet<AccountId>,
) -> Result<HashSet<(AccountId, BoardId)>> {
    use delivery::Column;
    let mut rows: Vec<(AccountId, BoardId, DeliveryState, DateTime<Utc>)> = delivery::Entity::within(scope)
        .select_only()
        .columns([Column::AccountId, Column::BoardId, Column::State])
        .column_as(Column::FinishedAt.max(), "last")
        .filter(Column::AccountId.is_in(logins.iter().copied()))
        .filter(Column::BoardId.is_not_null())
        .filter(Column::Channel.eq(Channel::Email))
        .filter(Column::State.is_in([DeliveryState::Sent, DeliveryState::Failed]))
        .filter(Column::FinishedAt.is_not_null())
        .group_by(Column::AccountId)
        .group_by(Column::BoardId)
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    // The last that is put in stays, of two at once the one that arrived.
    rows.sort_by_key(|(.., state, at)| (*at, *state == DeliveryState::Sent));
    let last: HashMap<_, _> = rows.into_iter().map(|(login, board, state, _)| ((login, board), state)).collect();
    Ok(last.into_iter().filter(|(_, state)| *state == DeliveryState::Failed).map(|(whose, _)| whose).collect())
}
