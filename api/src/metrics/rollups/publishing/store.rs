//! The SQL of figures, and of the school years that are to be published.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::futures_util::TryStreamExt;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Metric, Span, cell, figure, unpublished};
use glans_entity::organisation::board;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::changes::{Changes, Comparison, Key, Step};
use crate::metrics::figures::{Cell, Counts};
use crate::metrics::periods;
use crate::platform::error::Result;

/// How long the school years of a board stay leased since they were taken, or something of them was written.
const LEASED: TimeDelta = TimeDelta::minutes(20);
/// After how long who decides what is to be written takes the lease for longer.
pub(super) const RENEWED: TimeDelta = TimeDelta::minutes(5);

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

/// Whether it is still leased to who asks, until the transaction ends. If it is, it goes on to be, with the others that
/// were taken together with it.
pub(super) async fn holds(db: &DatabaseTransaction, lease: &Lease, now: DateTime<Utc>) -> Result<bool> {
    use unpublished::Column;
    let taken = || Condition::all().add(Column::BoardId.eq(lease.board)).add(Column::Lease.eq(lease.lease));
    // In the order in which others lock them.
    let rows = unpublished::Entity::within(&Scope::system(NaiveDate::MIN)).filter(taken());
    let rows = rows.order_by_asc(Column::SchoolYear).lock_exclusive().all(db).await?;
    if rows.iter().all(|row| row.school_year != lease.year) {
        return Ok(false);
    }
    unpublished::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASED))
        .filter(taken())
        .filter(Column::LeasedUntil.is_not_null())
        .exec(db)
        .await?;
    Ok(true)
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

/// Of how few a board wishes to show nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// 0 where it has no wish.
    pub least: i64,
    /// Of the board, which counts up with each change. A wish that was changed there and back is another one: meanwhile
    /// all that was published was withdrawn.
    version: i32,
}

/// What the board wishes. Who changes it waits until the transaction ends; an import does not.
pub(super) async fn wished(db: &DatabaseTransaction, board: BoardId) -> Result<Wish> {
    let rows = board::Entity::within(&Scope::system(NaiveDate::MIN)).filter(board::Column::Id.eq(board));
    let row = rows.lock(LockType::KeyShare).one(db).await?;
    let wish = |row: board::Model| Wish { least: row.least_shown.map_or(0, i64::from), version: row.version };
    Ok(row.map(wish).unwrap_or_default())
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
    db: &DatabaseTransaction,
    board: BoardId,
    metric: Metric,
    year: NaiveDate,
    today: NaiveDate,
) -> Result<(Vec<Cell>, Versions)> {
    let select = cell::Entity::within(&Scope::system(today))
        .filter(cell::Column::BoardId.eq(board))
        .filter(cell::Column::Metric.eq(metric))
        .filter(of_year((cell::Column::Span, cell::Column::StartsOn), year));
    // One by one: a row of the driver takes many times what is kept of it.
    let mut rows = select.into_model::<cell::Model>().stream(db).await?;
    let (mut cells, mut versions) = (Vec::new(), Versions::new());
    while let Some(row) = rows.try_next().await? {
        if periods::last(row.span, row.starts_on) < today {
            let version = versions.entry((row.span, row.starts_on)).or_default();
            *version = Ord::max(*version, row.version);
            cells.push(shape(row));
        }
    }
    Ok((cells, versions))
}

/// The periods of a school year, itself too, by the columns of their span and key.
fn of_year<C: ColumnTrait>((span, starts_on): (C, C), year: NaiveDate) -> Condition {
    let days = (periods::first(Span::SchoolYear, year), periods::last(Span::SchoolYear, year));
    let dates = (year, periods::until(Span::SchoolYear, year));
    let keys = |of: Span, (from, to): (NaiveDate, NaiveDate)| {
        Condition::all().add(span.eq(of)).add(starts_on.between(from, to))
    };
    let longer = Condition::any().add(keys(Span::Month, dates)).add(keys(Span::SchoolYear, dates));
    // All spans there are, said once more beside: with them an index leads to the metric.
    Condition::all().add(span.is_in(Span::iter())).add(longer.add(keys(Span::Week, days)))
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

/// The figures of a metric in the school year.
fn of_metric(lease: &Lease, metric: Metric) -> Condition {
    use figure::Column;
    Condition::all()
        .add(Column::BoardId.eq(lease.board))
        .add(Column::Metric.eq(metric))
        .add(of_year((Column::Span, Column::StartsOn), lease.year))
}

/// How the figures that are decided differ from those that are there.
pub(super) async fn compare(db: &DatabaseTransaction, lease: &Lease, mut decided: Comparison) -> Result<Changes> {
    let select = figure::Entity::within(&Scope::system(NaiveDate::MIN)).filter(of_metric(lease, decided.metric));
    let mut rows = select.into_model::<figure::Model>().stream(db).await?;
    while let Some(row) = rows.try_next().await? {
        decided.lay(&row);
    }
    Ok(decided.changes())
}

/// Writes some of what differs.
pub(super) async fn write(db: &DatabaseTransaction, board: BoardId, step: &Step<'_>) -> Result<()> {
    match step {
        Step::Away(metric, keys) => {
            let any = keys.iter().map(|key| own_key(board, *metric, key)).fold(Condition::any(), Condition::add);
            figure::Entity::delete_many().filter(any).exec(db).await?;
        }
        Step::Add(changes, figures) => {
            let rows = figures.iter().map(|figure| changes.row(board, figure).into_active_model());
            figure::Entity::insert_many(rows).exec_without_returning(db).await?;
        }
    }
    Ok(())
}

fn own_key(board: BoardId, metric: Metric, key: &Key<String>) -> Condition {
    use figure::Column;
    let (span, level, language, starts_on, parent, place) = key;
    Condition::all()
        .add(Column::BoardId.eq(board))
        .add(Column::Span.eq(*span))
        .add(Column::Metric.eq(metric))
        .add(Column::Level.eq(*level))
        .add(Column::Language.eq(language))
        .add(Column::StartsOn.eq(*starts_on))
        .add(Column::ParentId.eq(*parent))
        .add(Column::PlaceId.eq(*place))
}
