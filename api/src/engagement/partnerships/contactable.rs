//! Who can be reached: what the 100 % line asks for, the worklist tells and CONTACTABILITY counts.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, BoardId, PersonId};
use glans_entity::notifications::DeliveryState::{Dead, Failed, Sent};
use glans_entity::notifications::{Channel, DeliveryState, delivery, device};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::loaders::group;
use crate::notifications::channels::email::{FOR_GOOD, FOR_NOW, is_of_the_mailbox};
use crate::platform::error::Result;

/// A push token that was not seen for so long is of nobody any more.
const TOKEN_LASTS: TimeDelta = TimeDelta::days(90);
/// So many e-mails in a row that the mailbox did not take for as long as they were tried are as good as one that was
/// refused, if they were given up within [`OF_LATE`].
const PUT_OFF: usize = 3;
const OF_LATE: TimeDelta = TimeDelta::days(14);

/// Those of the people who have a usable channel: a login with a device that was seen of late, or to which e-mail from their
/// board, or digests of all boards, did not bounce. That its address is theirs was proven when the login was made. A login
/// keeps its address and goes to another with a new one, so that what bounced from the old address is not held against the
/// new one. Whether an e-mail bounced is known for as long as deliveries are kept, and of no other board. What a server has
/// against the message or its sender is not held against an address.
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
    let mut all = answered(db, scope, &logins).await?;
    all.extend(put_off(db, scope, &logins, now).await?);
    let fates = group(all, |fate| fate.login);
    let is_reached = |login: AccountId, board: BoardId| {
        let known = fates.get(&login).into_iter().flatten().filter(|fate| fate.board.is_none_or(|of| of == board));
        with_device.contains(&login) || !bounces(&known.collect::<Vec<_>>())
    };
    let reached = people.iter().filter(|it| it.account_id.is_some_and(|login| is_reached(login, it.board_id)));
    Ok(reached.map(|person| person.id).collect())
}

/// What became of an e-mail.
#[derive(Clone, Copy, Debug)]
struct Fate {
    login: AccountId,
    /// None of a digest, which is of all boards.
    board: Option<BoardId>,
    state: DeliveryState,
    at: DateTime<Utc>,
}

impl Fate {
    fn of((login, board, state, at): (AccountId, Option<BoardId>, DeliveryState, DateTime<Utc>)) -> Self {
        Self { login, board, state, at }
    }
}

/// Whether an address bounces of whose e-mail this became: since the last one that was taken, one was refused for good, or
/// too many were put off. Of two at once the one that was taken counts.
fn bounces(fates: &[&Fate]) -> bool {
    let of = |state: DeliveryState| fates.iter().filter(move |fate| fate.state == state).map(|fate| fate.at);
    let taken = of(Sent).max();
    let is_since = |at: &DateTime<Utc>| taken.is_none_or(|taken| *at > taken);
    of(Failed).any(|at| is_since(&at)) || of(Dead).filter(is_since).count() >= PUT_OFF
}

/// E-mail to these logins that a board can know of. A code that was asked for without a sign-in is none of it.
fn to(logins: &BTreeSet<AccountId>) -> Condition {
    use delivery::Column;
    Condition::all()
        .add(Column::AccountId.is_in(logins.iter().copied()))
        .add(Column::Channel.eq(Channel::Email))
        .add(Condition::any().add(Column::BoardId.is_not_null()).add(Column::DigestUntil.is_not_null()))
}

/// The last e-mails that a mail server took, and the last that it will never take because of the address or its mailbox.
async fn answered(db: &impl ConnectionTrait, scope: &Scope, logins: &BTreeSet<AccountId>) -> Result<Vec<Fate>> {
    use delivery::Column;
    type Row = (AccountId, Option<BoardId>, DeliveryState, Option<String>, DateTime<Utc>);
    let mut rows: Vec<Row> = delivery::Entity::within(scope)
        .select_only()
        .columns([Column::AccountId, Column::BoardId, Column::State, Column::Failure])
        .column_as(Column::FinishedAt.max(), "last")
        .filter(to(logins))
        .filter(Column::State.is_in([Sent, Failed]))
        .filter(Column::FinishedAt.is_not_null())
        .group_by(Column::AccountId)
        .group_by(Column::BoardId)
        .group_by(Column::State)
        .group_by(Column::Failure)
        .into_tuple()
        .all(db)
        .await?;
    rows.retain(|(_, _, state, why, _)| {
        *state == Sent || why.as_deref().is_some_and(|why| is_of_the_mailbox(why, &FOR_GOOD))
    });
    Ok(rows.into_iter().map(|(login, board, state, _, at)| Fate::of((login, board, state, at))).collect())
}

/// Those of late that were put off until they were given up.
async fn put_off(
    db: &impl ConnectionTrait,
    scope: &Scope,
    logins: &BTreeSet<AccountId>,
    now: DateTime<Utc>,
) -> Result<Vec<Fate>> {
    use delivery::Column;
    let rows: Vec<(AccountId, Option<BoardId>, String, DateTime<Utc>)> = delivery::Entity::within(scope)
        .select_only()
        .columns([Column::AccountId, Column::BoardId, Column::Failure, Column::FinishedAt])
        .filter(to(logins))
        .filter(Column::State.eq(Dead))
        .filter(Column::FinishedAt.gte(now - OF_LATE))
        .filter(Column::Failure.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let of_mailbox = rows.into_iter().filter(|(.., why, _)| is_of_the_mailbox(why, &FOR_NOW));
    Ok(of_mailbox.map(|(login, board, _, at)| Fate::of((login, board, Dead, at))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether an address bounces with e-mail of these fates, at these hours.
    fn bounced(fates: &[(DeliveryState, i64)]) -> bool {
        let login = AccountId::new();
        let fate = |&(state, hour)| Fate::of((login, None, state, DateTime::UNIX_EPOCH + TimeDelta::hours(hour)));
        let fates: Vec<Fate> = fates.iter().map(fate).collect();
        bounces(&fates.iter().collect::<Vec<_>>())
    }

    #[test]
    fn an_address_bounces_until_an_email_is_taken() {
        assert!(!bounced(&[]));
        assert!(bounced(&[(Sent, 1), (Failed, 2)]));
        assert!(!bounced(&[(Failed, 1), (Sent, 2)]));
        assert!(!bounced(&[(Failed, 1), (Sent, 1)]), "of two at once the one that was taken");
        assert!(bounced(&[(Failed, 1), (Failed, 3), (Sent, 2)]), "of two boards");
    }

    #[test]
    fn a_mailbox_that_puts_off_three_in_a_row_bounces() {
        assert!(!bounced(&[(Dead, 1), (Dead, 2)]));
        assert!(bounced(&[(Dead, 1), (Dead, 2), (Dead, 3)]));
        assert!(!bounced(&[(Dead, 1), (Sent, 2), (Dead, 3), (Dead, 4)]));
        assert!(bounced(&[(Dead, 1), (Sent, 2), (Dead, 3), (Dead, 4), (Dead, 5)]));
    }
}
