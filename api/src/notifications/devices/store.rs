//! The SQL of devices.
#![expect(clippy::disallowed_methods, reason = "devices belong to accounts, not to boards")]

use chrono::{DateTime, Utc};
use glans_entity::identity::session;
use glans_entity::ids::{AccountId, DeviceId, SessionId};
use glans_entity::notifications::device::{Column, Entity, Model};
use glans_entity::notifications::{Channel, DeliveryState, PushPlatform, delivery};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::identity::sessions::IDLE;
use crate::platform::error::Result;

/// Devices whose session is neither revoked nor over.
fn live(now: DateTime<Utc>) -> Select<Entity> {
    use session::Column as Of;
    let session = Query::select()
        .expr(Expr::val(1))
        .from(session::Entity)
        .and_where(Expr::col((session::Entity, Of::Id)).equals((Entity, Column::SessionId)))
        .and_where(Of::RevokedAt.is_null())
        .and_where(Of::ExpiresAt.gt(now))
        .and_where(Of::LastUsedAt.gt(now - IDLE))
        .to_owned();
    Entity::find().filter(Condition::all().add(Expr::exists(session)))
}

/// Those of `ids` to which may be sent at this moment.
pub async fn of_ids(db: &impl ConnectionTrait, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Model>> {
    Ok(live(now).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The devices of an account to which may be sent, the one seen last first.
pub async fn of_account(db: &impl ConnectionTrait, account: AccountId, now: DateTime<Utc>) -> Result<Vec<Model>> {
    let own = live(now).filter(Column::AccountId.eq(account));
    Ok(own.order_by_desc(Column::LastSeenAt).order_by_desc(Column::Id).all(db).await?)
}

/// Puts `row` where its token is not known yet; else finds who has it, seen just now. Of many at once each finds the row
/// that the one before it left, and has it until its transaction ends.
pub(super) async fn claim(db: &impl ConnectionTrait, row: Model) -> Result<Model> {
    let seen = OnConflict::columns([Column::Platform, Column::Token]).update_column(Column::LastSeenAt).to_owned();
    let row = row.into_active_model().reset_all();
    Ok(Entity::insert(row).on_conflict(seen).exec_with_returning(db).await?)
}

/// Gives the device `known` the name.
pub(super) async fn rename(db: &impl ConnectionTrait, known: DeviceId, name: &str) -> Result<()> {
    let named = Entity::update_many().col_expr(Column::Name, Expr::value(name));
    named.filter(Column::Id.eq(known)).exec(db).await?;
    Ok(())
}

/// The device that the session registered at the gateway before.
pub(super) async fn of_session(
    db: &impl ConnectionTrait,
    session: SessionId,
    platform: PushPlatform,
    besides: DeviceId,
) -> Result<Option<Model>> {
    let own = Entity::find().filter(Column::SessionId.eq(session)).filter(Column::Platform.eq(platform));
    Ok(own.filter(Column::Id.ne(besides)).order_by_desc(Column::LastSeenAt).one(db).await?)
}

/// Gives the device `known` the token of `row`, which stands for it from now on. Where it went a moment ago, because its gateway
/// did not know it any more, `row` stays: the device as it is now.
pub(super) async fn renew(db: &impl ConnectionTrait, known: Model, row: Model) -> Result<Model> {
    // One token stands in one row.
    delete(db, Condition::all().add(Column::Id.eq(row.id))).await?;
    let renewed = Model { id: known.id, name: row.name.clone().or(known.name), ..row.clone() };
    let update = Entity::update_many()
        .col_expr(Column::Token, Expr::value(renewed.token.as_str()))
        .col_expr(Column::Name, Expr::value(renewed.name.clone()))
        .col_expr(Column::RegisteredAt, Expr::value(renewed.registered_at))
        .col_expr(Column::LastSeenAt, Expr::value(renewed.last_seen_at))
        .filter(Column::Id.eq(renewed.id));
    if update.exec(db).await?.rows_affected > 0 {
        return Ok(renewed);
    }
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(row)
}

/// Puts `row` in the place of the device `known`, which is none any more.
pub(super) async fn take_over(db: &impl ConnectionTrait, known: DeviceId, row: Model) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Id, Expr::value(row.id))
        .col_expr(Column::AccountId, Expr::value(row.account_id))
        .col_expr(Column::SessionId, Expr::value(row.session_id))
        .col_expr(Column::Name, Expr::value(row.name))
        .col_expr(Column::RegisteredAt, Expr::value(row.registered_at))
        .filter(Column::Id.eq(known))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes the other devices that the session registered at the gateway: a new token takes the place of the old one.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    session: SessionId,
    platform: PushPlatform,
    kept: DeviceId,
) -> Result<Vec<DeviceId>> {
    let of_session = Condition::all().add(Column::SessionId.eq(session)).add(Column::Platform.eq(platform));
    delete(db, of_session.add(Column::Id.ne(kept))).await
}

/// Removes all devices of an account but `kept` and the `most` others that were seen last.
pub(super) async fn keep_latest(
    db: &impl ConnectionTrait,
    account: AccountId,
    kept: DeviceId,
    most: usize,
) -> Result<Vec<DeviceId>> {
    let others = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.ne(kept))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id);
    let others: Vec<DeviceId> = others.into_tuple().all(db).await?;
    match others.get(most..) {
        None | Some([]) => Ok(Vec::new()),
        Some(gone) => delete(db, Condition::all().add(Column::Id.is_in(gone.iter().copied()))).await,
    }
}

/// Removes a device of an account; false when it has none with this id.
pub(super) async fn remove(db: &impl ConnectionTrait, account: AccountId, id: DeviceId) -> Result<bool> {
    let own = Condition::all().add(Column::Id.eq(id)).add(Column::AccountId.eq(account));
    Ok(!delete(db, own).await?.is_empty())
}

/// Removes the devices of a session that ends in this transaction. Settle the account after the commit.
pub async fn end_with_session(db: &impl ConnectionTrait, session: SessionId) -> Result<()> {
    delete(db, Condition::all().add(Column::SessionId.eq(session))).await?;
    Ok(())
}

/// As [`end_with_session`], of all sessions of an account but `kept`.
pub async fn end_with_sessions(db: &impl ConnectionTrait, account: AccountId, kept: Option<SessionId>) -> Result<()> {
    let all = Condition::all().add(Column::AccountId.eq(account));
    delete(db, all.add_option(kept.map(|kept| Column::SessionId.ne(kept)))).await?;
    Ok(())
}

async fn delete(db: &impl ConnectionTrait, of: Condition) -> Result<Vec<DeviceId>> {
    let gone = Entity::delete_many().filter(of).exec_with_returning(db).await?;
    Ok(gone.into_iter().map(|device| device.id).collect())
}

/// What somebody who holds a lease is sending.
#[derive(Clone, Copy, Debug)]
pub(super) enum UnderWay {
    /// To devices that the account has no more.
    UnboundOf(AccountId),
    /// To devices that nobody has any more.
    Unbound,
    /// To the account, on whatever channel.
    Of(AccountId),
    /// To anybody.
    Whatever,
}

/// The leases under which that is sent; of `known` ones, where they are given, those that still last.
pub(super) async fn leases(
    db: &impl ConnectionTrait,
    scope: &Scope,
    what: UnderWay,
    known: Option<&[Uuid]>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    use delivery::Column as Of;
    let unbound = || Condition::all().add(Of::Channel.eq(Channel::Push)).add(Expr::exists(bound()).not());
    let which = match what {
        UnderWay::UnboundOf(account) => unbound().add(Of::AccountId.eq(account)),
        UnderWay::Unbound => unbound(),
        UnderWay::Of(account) => Condition::all().add(Of::AccountId.eq(account)),
        UnderWay::Whatever => Condition::all(),
    };
    let sending = delivery::Entity::within(scope)
        .select_only()
        .column(Of::Lease)
        .distinct()
        .filter(Of::State.eq(DeliveryState::Sending))
        .filter(Of::LeasedUntil.gt(now))
        .filter(which.add_option(known.map(|known| Of::Lease.is_in(known.iter().copied()))));
    Ok(sending.into_tuple().all(db).await?)
}

/// The device of the delivery around it.
fn bound() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Id)).equals((delivery::Entity, delivery::Column::AddressId)))
        .to_owned()
}
