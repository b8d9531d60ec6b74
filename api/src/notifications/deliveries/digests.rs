//! What can wait, told of together: one e-mail for a person and a time, over all schools and children.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, DeliveryId, NotificationId};
use glans_entity::notifications::{Channel, DeliveryState, Digest, delivery, notification, notification_settings};
use glans_entity::people::person;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::bundles::{Piece, by_school};
use super::contents::{Parcel, Step};
use super::look::{self, Seen};
use super::rules::{Outcome, Reason};
use super::store;
use crate::app::App;
use crate::call::today;
use crate::loaders::group;
use crate::notifications::categories::Audience;
use crate::notifications::channels::letter::{Letter, Matter};
use crate::notifications::preferences::rules::{self, Wishes};
use crate::platform::error::{Error, Result};
use crate::platform::fresh_id;
use crate::platform::rounds::Lately;

/// What is older is not told of any more: two weeks, and a day to be late. Deliveries, which say what was told of by an e-mail
/// of its own, are kept for longer.
const OLDEST: TimeDelta = TimeDelta::days(15);
/// A digest that could not be sent for so long is of no use: the next one tells the same.
const LIFETIME: TimeDelta = TimeDelta::hours(20);
/// The same of one after which no other comes soon, a weekly or a last one. As long as another e-mail.
const LONG_LIFETIME: TimeDelta = TimeDelta::hours(72);
/// How long a digest waits before it looks again for an earlier one of the same person.
const BESIDE: TimeDelta = TimeDelta::seconds(10);
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
    let wishes = chosen(&db).await?;
    drop(db);
    let mut queued = 0;
    for settings in wishes {
        let Some(until) = rules::digest_end(&settings, now) else { continue };
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
            Err(error) => tracing::error!(?error, ?time, "digests were not made up; it is tried again"),
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
    let queued = queue(&db, settings, until, now).await?;
    db.commit().await?;
    Ok(queued)
}

/// Whether all is committed by now that the digests of `until` tell of.
fn is_settled(until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now > until + SETTLING
}

/// Each time that people chose for their digest, and the usual one.
#[expect(clippy::disallowed_methods, reason = "settings belong to accounts, not to boards")]
async fn chosen(db: &impl ConnectionTrait) -> Result<Vec<notification_settings::Model>> {
    use notification_settings::Column;
    let times = notification_settings::Entity::find()
        .select_only()
        .columns([Column::Digest, Column::DigestHour, Column::TimeZone])
        .distinct();
    let nobody = AccountId(Uuid::nil());
    let rows = times.into_tuple::<(Digest, i32, String)>().all(db).await?;
    let times: BTreeSet<_> = rows.into_iter().filter(|(digest, ..)| *digest != Digest::Immediate).collect();
    let usual = rules::usual(nobody);
    let own = times.into_iter().map(|(digest, digest_hour, time_zone)| notification_settings::Model {
        version: 1,
        digest,
        digest_hour,
        time_zone,
        ..rules::usual(nobody)
    });
    Ok(own.chain([usual]).collect())
}

/// A digest for everybody with these settings for whom something waits and no other digest does; `version` 0 is of
/// those who chose none.
async fn queue(
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
        .expr(Expr::val(super::rules::DIGESTS))
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

const UNFINISHED: [DeliveryState; 2] = [DeliveryState::Queued, DeliveryState::Sending];

/// What becomes of a digest beside another one of the same person, made while the person changed the settings: nothing is
/// told by both. An earlier one that is tried for the first time leaves it all to the later one. One that was tried before
/// may have arrived, though nobody heard of it, and goes on under its own name. The later one goes out when no earlier one
/// is left, and tells the rest. Each was claimed before this looks, so of two that are under way one sees the other.
async fn beside(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
    account: AccountId,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Outcome>> {
    use delivery::Column;
    let others = Query::select()
        .column(Column::DigestUntil)
        .from(delivery::Entity)
        .and_where(Column::AccountId.eq(account))
        .and_where(Column::Id.ne(row.id))
        .and_where(Column::DigestUntil.is_not_null())
        .and_where(Column::State.is_in(UNFINISHED))
        .to_owned();
    // The claim counted it; a claim after which nothing was tried does not count.
    let is_first_try = row.attempts <= 1;
    let mut waits = None;
    for other in db.query_all(&others).await? {
        let its_end: DateTime<Utc> = other.try_get("", "digest_until")?;
        if its_end < until {
            waits = Some(super::rules::wait(now + BESIDE, row.expires_at, "ANOTHER_DIGEST"));
        } else if is_first_try {
            return Ok(Some(Outcome::Suppressed(Reason::Nothing)));
        }
    }
    Ok(waits)
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
        lane: Set(super::rules::DIGESTS),
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
fn waiting(until: DateTime<Utc>) -> Condition {
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

/// What a claimed digest says: how much waits at which school about which children, as far as the person wants to hear of it
/// and still may.
pub(super) async fn contents(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
    login: &account::Model,
    wishes: &Wishes,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Step> {
    if let Some(outcome) = beside(db, row, login.id, until, now).await? {
        return Ok(Step::Done(outcome));
    }
    let of_login = Expr::col((person::Entity, person::Column::AccountId)).eq(login.id);
    let all = look::seen(db, waiting(until).add(of_login), today(now)).await?;
    let ids: Vec<NotificationId> = all.iter().map(|seen| seen.id).collect();
    let wanted = |seen: &Seen| wishes.wants(seen.category, Channel::Email, Audience::of(seen.as_staff));
    let mut told = all;
    told.retain(|seen| seen.may_know && !seen.read_there && !seen.taken_back && wanted(seen));
    if told.is_empty() {
        return Ok(Step::Skip(ids));
    }
    let schools = by_school(pieces(db, told, today(now)).await?);
    let letter = Letter {
        delivery: row.id,
        to: login.email.clone(),
        language: login.language.clone(),
        account: Some(login.id),
        matter: Matter::Digest { schools },
    };
    Ok(Step::Send(Parcel::Digest(Box::new(letter), ids)))
}

/// What is told of, each with its place and its children: in two statements, however much it is.
async fn pieces(db: &impl ConnectionTrait, told: Vec<Seen>, on: NaiveDate) -> Result<Vec<Piece>> {
    let ids: Vec<NotificationId> = told.iter().map(|seen| seen.id).collect();
    let mut children = group(store::concerned(db, &ids, on).await?, |row| row.notification_id);
    let of_none = told.iter().filter(|seen| !children.contains_key(&seen.id));
    let matters: Vec<Uuid> = of_none.filter_map(|seen| seen.about_id).collect();
    let schools = store::schools(db, &matters).await?;
    let piece = |seen: Seen| {
        let mut piece = Piece::of(seen.category);
        for row in children.remove(&seen.id).unwrap_or_default() {
            piece.places.insert((row.school, row.school_id.0));
            piece.children.insert(row.student_id);
            piece.groups.insert(row.class_group);
        }
        if piece.children.is_empty() {
            let school = seen.about_id.and_then(|matter| schools.get(&matter).cloned());
            piece.places.insert(school.unwrap_or((seen.board, seen.board_id.0)));
        }
        piece
    };
    Ok(told.into_iter().map(piece).collect())
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
