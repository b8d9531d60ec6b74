//! The SQL of figures, and of the school years that are to be published.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Level, Metric, Span, cell, figure, unpublished};
use glans_entity::organisation::board;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::metrics::figures::{Cell, Counts};
use crate::metrics::periods;
use crate::platform::error::Result;

/// Rows of one statement.
const AT_ONCE: usize = 500;
/// Rows that one statement takes away, each by its whole key.
const AWAY_AT_ONCE: usize = 50;
/// How long somebody may take to publish the school years of a board.
const LEASED: TimeDelta = TimeDelta::minutes(20);

/// By which version of its definition the cells of a period were made.
pub(super) type Versions = BTreeMap<(Span, NaiveDate), i32>;

/// The right to publish a school year.
pub(super) struct Lease {
    pub board: BoardId,
    /// The key of the school year.
    pub year: NaiveDate,
    token: Uuid,
    lease: Uuid,
}

impl Lease {
    fn row(&self) -> Condition {
        use unpublished::Column;
        Condition::all().add(Column::BoardId.eq(self.board)).add(Column::SchoolYear.eq(self.year))
    }
}

/// That figures of the school years are older than their cells.
pub(in crate::metrics::rollups) async fn mark(
    db: &DatabaseTransaction,
    board: BoardId,
    years: BTreeSet<NaiveDate>,
) -> Result<()> {
    use unpublished::Column;
    if years.is_empty() {
        return Ok(());
    }
    let row = |school_year| unpublished::Model {
        board_id: board,
        school_year,
        token: Uuid::now_v7(),
        lease: None,
        leased_until: None,
    };
    let rows = years.into_iter().map(|year| row(year).into_active_model());
    let known = OnConflict::columns([Column::BoardId, Column::SchoolYear]).update_column(Column::Token).to_owned();
    unpublished::Entity::insert_many(rows).on_conflict(known).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the marked school years of a board, to be published by nobody else; none if somebody else has one of them.
pub(super) async fn lease(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<Option<Vec<Lease>>> {
    use unpublished::Column;
    let own = unpublished::Entity::within(&Scope::system(NaiveDate::MIN)).filter(Column::BoardId.eq(board));
    let rows = own.order_by_asc(Column::SchoolYear).lock_exclusive().all(db).await?;
    if rows.iter().any(|row| row.leased_until.is_some_and(|until| until > now)) {
        return Ok(None);
    }
    let lease = Uuid::now_v7();
    unpublished::Entity::update_many()
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASED))
        .filter(Column::BoardId.eq(board))
        .filter(Column::SchoolYear.is_in(rows.iter().map(|row| row.school_year)))
        .exec(db)
        .await?;
    Ok(Some(rows.into_iter().map(|row| Lease { board, year: row.school_year, token: row.token, lease }).collect()))
}

/// Whether it is still leased to who asks, until the transaction ends.
pub(super) async fn holds(db: &DatabaseTransaction, lease: &Lease) -> Result<bool> {
    let own = unpublished::Entity::within(&Scope::system(NaiveDate::MIN)).filter(lease.row());
    let row = own.filter(unpublished::Column::Lease.eq(lease.lease)).lock_exclusive().one(db).await?;
    Ok(row.is_some())
}

/// It is published. Where cells changed meanwhile it stays marked.
pub(super) async fn give_back(db: &DatabaseTransaction, lease: &Lease) -> Result<()> {
    use unpublished::Column;
    let own = lease.row().add(Column::Lease.eq(lease.lease));
    unpublished::Entity::delete_many().filter(own.clone()).filter(Column::Token.eq(lease.token)).exec(db).await?;
    release(db, own).await
}

/// It is not gone on with, nor with the others that were taken together with it.
pub(super) async fn give_up(db: &DatabaseTransaction, lease: &Lease) -> Result<()> {
    release(db, Condition::all().add(unpublished::Column::Lease.eq(lease.lease))).await
}

async fn release(db: &DatabaseTransaction, which: Condition) -> Result<()> {
    let until = Expr::value(None::<DateTime<Utc>>);
    let freed = unpublished::Entity::update_many().col_expr(unpublished::Column::LeasedUntil, until).filter(which);
    freed.exec(db).await?;
    Ok(())
}

/// Takes all figures of a board away.
pub(super) async fn unpublish(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    figure::Entity::delete_many().filter(figure::Column::BoardId.eq(board)).exec(db).await?;
    Ok(())
}

/// Of how few the board wishes to show nothing; 0 where it has no wish. Who changes it waits until the transaction ends; an
/// import does not.
pub(super) async fn wished(db: &DatabaseTransaction, board: BoardId) -> Result<i64> {
    let rows = board::Entity::within(&Scope::system(NaiveDate::MIN)).filter(board::Column::Id.eq(board));
    let row = rows.lock(LockType::KeyShare).one(db).await?;
    Ok(row.and_then(|row| row.least_shown).map_or(0, i64::from))
}

/// The keys of the school years of which the board has cells.
pub(super) async fn years(db: &impl ConnectionTrait, board: BoardId) -> Result<BTreeSet<NaiveDate>> {
    let select = Query::select()
        .distinct()
        .column(cell::Column::StartsOn)
        .from(cell::Entity)
        .and_where(cell::Column::BoardId.eq(board))
        .and_where(cell::Column::Metric.is_in(Metric::iter()))
        .and_where(cell::Column::Span.eq(Span::SchoolYear))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "starts_on")).collect::<std::result::Result<_, _>>()?)
}

/// All cells of a metric of the periods of a school year that are over on that day.
pub(super) async fn cells(
    db: &impl ConnectionTrait,
    board: BoardId,
    metric: Metric,
    year: NaiveDate,
    today: NaiveDate,
) -> Result<(Vec<Cell>, Versions)> {
    let rows = cell::Entity::within(&Scope::system(today))
        .filter(cell::Column::BoardId.eq(board))
        .filter(cell::Column::Metric.eq(metric))
        .filter(of_year((cell::Column::Span, cell::Column::StartsOn), year))
        .all(db)
        .await?;
    let over: Vec<_> = rows.into_iter().filter(|row| periods::last(row.span, row.starts_on) < today).collect();
    let mut versions = Versions::new();
    for row in &over {
        let version = versions.entry((row.span, row.starts_on)).or_default();
        *version = Ord::max(*version, row.version);
    }
    Ok((over.into_iter().map(shape).collect(), versions))
}

/// The periods of a school year, itself too, by the columns of their span and key.
fn of_year<C: ColumnTrait>((span, starts_on): (C, C), year: NaiveDate) -> Condition {
    let days = (periods::first(Span::SchoolYear, year), periods::last(Span::SchoolYear, year));
    let dates = (year, periods::until(Span::SchoolYear, year));
    let keys = |of: Span, (from, to): (NaiveDate, NaiveDate)| {
        Condition::all().add(span.eq(of)).add(starts_on.between(from, to))
    };
    let longer = Condition::any().add(keys(Span::Month, dates)).add(keys(Span::SchoolYear, dates));
    longer.add(keys(Span::Week, days))
}

fn shape(row: cell::Model) -> Cell {
    let (numerator, denominator, unknown) = (row.numerator, row.denominator, row.unknown);
    Cell {
        span: row.span,
        starts_on: row.starts_on,
        school: row.school_id,
        cluster: row.cluster_id,
        class_group: row.class_group_id,
        language: row.language,
        counts: Counts { numerator, denominator, unknown },
    }
}

type Key = (Span, Level, String, NaiveDate, Uuid, Uuid);

fn key(row: &figure::Model) -> Key {
    (row.span, row.level, row.language.clone(), row.starts_on, row.parent_id, row.place_id)
}

/// How figures differ from those that are there.
pub(super) struct Changes {
    new: Vec<figure::Model>,
    gone: Vec<figure::Model>,
}

impl Changes {
    pub fn between(known: Vec<figure::Model>, rows: Vec<figure::Model>) -> Self {
        let mut known: BTreeMap<Key, figure::Model> = known.into_iter().map(|row| (key(&row), row)).collect();
        let new = rows.into_iter().filter(|row| known.remove(&key(row)).as_ref() != Some(row)).collect();
        Self { new, gone: known.into_values().collect() }
    }
}

/// The figures of a metric and school year that are there.
pub(super) async fn figures(
    db: &impl ConnectionTrait,
    (board, metric, year): (BoardId, Metric, NaiveDate),
) -> Result<Vec<figure::Model>> {
    use figure::Column;
    let rows = figure::Entity::within(&Scope::system(NaiveDate::MIN))
        .filter(Column::BoardId.eq(board))
        .filter(Column::Metric.eq(metric))
        .filter(of_year((Column::Span, Column::StartsOn), year));
    Ok(rows.all(db).await?)
}

/// Writes what differs.
pub(super) async fn write(db: &DatabaseTransaction, changes: Changes) -> Result<()> {
    use figure::Column;
    let keys = [
        Column::BoardId,
        Column::Span,
        Column::Metric,
        Column::Level,
        Column::Language,
        Column::StartsOn,
        Column::ParentId,
        Column::PlaceId,
    ];
    let values =
        [Column::Version, Column::Numerator, Column::Denominator, Column::Unknown, Column::Inside, Column::Outside];
    let again = OnConflict::columns(keys).update_columns(values).to_owned();
    for rows in changes.new.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        figure::Entity::insert_many(rows).on_conflict(again.clone()).exec_without_returning(db).await?;
    }
    for rows in changes.gone.chunks(AWAY_AT_ONCE) {
        let any = rows.iter().fold(Condition::any(), |any, row| any.add(own_key(row)));
        figure::Entity::delete_many().filter(any).exec(db).await?;
    }
    Ok(())
}

fn own_key(row: &figure::Model) -> Condition {
    use figure::Column;
    Condition::all()
        .add(Column::BoardId.eq(row.board_id))
        .add(Column::Span.eq(row.span))
        .add(Column::Metric.eq(row.metric))
        .add(Column::Level.eq(row.level))
        .add(Column::Language.eq(&row.language))
        .add(Column::StartsOn.eq(row.starts_on))
        .add(Column::ParentId.eq(row.parent_id))
        .add(Column::PlaceId.eq(row.place_id))
}
