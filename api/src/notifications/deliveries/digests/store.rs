//! The SQL of digests.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, DeliveryId};
use glans_entity::notifications::{Channel, DeliveryState, Digest, delivery, notification, notification_settings};
use glans_entity::people::person;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::{LONG_LIFETIME, SETTLING, lifetime};
use crate::notifications::deliveries::rules::DIGESTS;
use crate::notifications::preferences::wishes;
use crate::platform::error::{Error, Result};
use crate::platform::fresh_id;

/// What is older is not told of any more: two weeks, and a day to be late. Deliveries, which say what was told of by an e-mail
/// of its own, are kept for longer.
const OLDEST: TimeDelta = TimeDelta::days(15);

/// Of a digest that was not sent yet.
const UNFINISHED: [DeliveryState; 2] = [DeliveryState::Queued, DeliveryState::Sending];

/// Each time that people chose for their digest, and the usual one.
#[expect(clippy::disallowed_methods, reason = "settings belong to accounts, not to boards")]
pub(super) async fn chosen(db: &impl ConnectionTrait) -> Result<Vec<notification_settings::Model>> {
    use notification_settings::Column;
    let times = notification_settings::Entity::find()
        .select_only()
        .columns([Column::Digest, Column::DigestHour, Column::TimeZone])
        .distinct();
    let nobody = AccountId(Uuid::nil());
    let rows = times.into_tuple::<(Digest, i32, String)>().all(db).await?;
    let times: BTreeSet<_> = rows.into_iter().filter(|(digest, ..)| *digest != Digest::Immediate).collect();
    let usual = wishes::usual(nobody);
    let own = times.into_iter().map(|(digest, digest_hour, time_zone)| notification_settings::Model {
        version: 1,
        digest,
        digest_hour,
        time_zone,
        ..wishes::usual(nobody)
    });
    Ok(own.chain([usual]).collect())
}

/// A digest for everybody with these settings for whom something waits and no other digest does; `version` 0 is of
/// those who chose none.
pub(super) async fn queue(
    db: &DatabaseTransaction,
    settings: &notification_settings::Model,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    use delivery::Column;
    use notification_settings::Column as Settings;
    let of_settings = |column: Settings| Expr::col((notification_settings::Entity, column));
    let same = if settings.version == 0 {
        Condition::all().add(of_settings(Settings::AccountId).is_null())
    } else {
        Condition::all()
            .add(of_settings(Settings::Digest).eq(settings.digest.to_value()))
            .add(of_settings(Settings::DigestHour).eq(settings.digest_hour))
            .add(of_settings(Settings::TimeZone).eq(settings.time_zone.as_str()))
    };
    let login = Expr::col((person::Entity, person::Column::AccountId));
    // The id is made outside of what is distinct, once for each row.
    let accounts = Query::select()
        .distinct()
        .column((person::Entity, person::Column::AccountId))
        .from(notification::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id))
                .equals((notification::Entity, notification::Column::PersonId)),
        )
        .left_join(notification_settings::Entity, of_settings(Settings::AccountId).eq(login))
        .cond_where(waiting(until))
        .cond_where(same)
        .and_where(Expr::exists(unfinished()).not())
        .to_owned();
    let select = Query::select()
        .expr(fresh_id::in_each_row(db, now)?)
        .expr(Expr::val(until))
        .column(Column::AccountId)
        .expr(Expr::val(Channel::Email.to_value()))
        .column(Column::AccountId)
        .expr(Expr::val(DIGESTS))
        .expr(Expr::val(DeliveryState::Queued.to_value()))
        .expr(Expr::val(0))
        .expr(Expr::val(now))
        .expr(Expr::val(until + lifetime(settings.digest)))
        .expr(Expr::val(now))
        .from_subquery(accounts, "waiting")
        // SQLite needs a condition here: without one it takes the `ON` of `ON CONFLICT` for that of a join.
        .and_where(Expr::col(Column::AccountId).is_not_null())
        .to_owned();
    let mut insert = Query::insert();
    insert
        .into_table(delivery::Entity)
        .columns([
            Column::Id,
            Column::DigestUntil,
            Column::AccountId,
            Column::Channel,
            Column::AddressId,
            Column::Lane,
            Column::State,
            Column::Attempts,
            Column::DueAt,
            Column::ExpiresAt,
            Column::CreatedAt,
        ])
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .select_from(select)
        .map_err(Error::fault)?;
    Ok(db.execute(&insert).await?.rows_affected())
}

/// A digest of the person around it that is not sent yet: it tells what the next one would tell, too.
fn unfinished() -> SelectStatement {
    use delivery::Column;
    let own = |column: Column| Expr::col((delivery::Entity, column));
    let states = UNFINISHED.map(|state| state.to_value());
    Query::select()
        .expr(Expr::val(1))
        .from(delivery::Entity)
        .and_where(own(Column::AccountId).equals((person::Entity, person::Column::AccountId)))
        .and_where(own(Column::DigestUntil).is_not_null())
        .and_where(own(Column::State).is_in(states))
        .to_owned()
}

/// Until when the other digests of the person tell that are not sent yet.
pub(super) async fn other_ends(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
    account: AccountId,
) -> Result<Vec<DateTime<Utc>>> {
    use delivery::Column;
    let others = Query::select()
        .column(Column::DigestUntil)
        .from(delivery::Entity)
        .and_where(Column::AccountId.eq(account))
        .and_where(Column::Id.ne(row.id))
        .and_where(Column::DigestUntil.is_not_null())
        .and_where(Column::State.is_in(UNFINISHED))
        .to_owned();
    let rows = db.query_all(&others).await?;
    Ok(rows.iter().map(|row| row.try_get("", "digest_until")).collect::<Result<_, _>>()?)
}

/// A last digest for who wants each thing by itself from now on: of what waited until then there is no other e-mail. It
/// comes when all is committed that was told without knowing of the change.
pub(in crate::notifications) async fn queue_last(
    db: &DatabaseTransaction,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    let until = now + SETTLING;
    let row = delivery::ActiveModel {
        id: Set(DeliveryId::new()),
        digest_until: Set(Some(until)),
        account_id: Set(Some(account)),
        channel: Set(Channel::Email),
        address_id: Set(account.0),
        lane: Set(DIGESTS),
        state: Set(DeliveryState::Queued),
        attempts: Set(0),
        due_at: Set(until),
        expires_at: Set(until + LONG_LIFETIME),
        created_at: Set(now),
        ..Default::default()
    };
    let once = OnConflict::new().do_nothing().to_owned();
    delivery::Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    Ok(())
}

/// What waits for a digest: told of before `until`, neither read nor told of by e-mail.
pub(super) fn waiting(until: DateTime<Utc>) -> Condition {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let mailed = Query::select()
        .expr(Expr::val(1))
        .from(delivery::Entity)
        .and_where(Expr::col((delivery::Entity, delivery::Column::NotificationId)).eq(own(Column::Id)))
        .and_where(Expr::col((delivery::Entity, delivery::Column::Channel)).eq(Channel::Email.to_value()))
        .to_owned();
    Condition::all()
        // As the index has it: SQLite takes no other form for the same.
        .add(own(Column::Bundled))
        .add(own(Column::DigestedAt).is_null())
        .add(own(Column::ReadAt).is_null())
        .add(own(Column::WithdrawnAt).is_null())
        .add(own(Column::CreatedAt).lt(until))
        .add(own(Column::CreatedAt).gte(until - OLDEST))
        .add(Expr::exists(mailed).not())
}
