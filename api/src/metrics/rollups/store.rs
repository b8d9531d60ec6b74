//! The SQL of cells and figures.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Engaged, Metric, Span, cell, census, due, fact, figure, stretch};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable,
    QueryFilter,
};
use uuid::Uuid;

use crate::metrics::definitions::{self, Counting};
use crate::metrics::figures::{Cell, Counts};
use crate::metrics::periods;
use crate::platform::error::{Error, Result};

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// The cells of a school in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub board: BoardId,
    pub school: SchoolId,
    pub span: Span,
    pub starts_on: NaiveDate,
}

/// What is to be made anew by now: the marks, and the school and day of each.
pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(Uuid, BoardId, SchoolId, NaiveDate)>> {
    let select = Query::select()
        .columns([due::Column::Id, due::Column::BoardId, due::Column::SchoolId, due::Column::Day])
        .from(due::Entity)
        .and_where(Expr::col(due::Column::DueAt).lte(now))
        .order_by(due::Column::DueAt, sea_orm::sea_query::Order::Asc)
        .limit(most)
        .to_owned();
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let school = (row.try_get("", "board_id")?, row.try_get("", "school_id")?);
            Ok((row.try_get("", "id")?, school.0, school.1, row.try_get("", "day")?))
        })
        .collect()
}

/// Takes the marks away.
pub(super) async fn done(db: &DatabaseTransaction, marks: &[Uuid]) -> Result<()> {
    for marks in marks.chunks(AT_ONCE) {
        due::Entity::delete_many().filter(due::Column::Id.is_in(marks.iter().copied())).exec(db).await?;
    }
    Ok(())
}

/// Makes the cells of a part anew of what counts by `now`. Students stand as they do on `today`, or did on the last day of the
/// period.
pub(super) async fn make(db: &DatabaseTransaction, part: Part, today: NaiveDate, now: DateTime<Utc>) -> Result<()> {
    use cell::Column;
    let own = Condition::all()
        .add(Column::SchoolId.eq(part.school))
        .add(Column::Span.eq(part.span))
        .add(Column::StartsOn.eq(part.starts_on));
    cell::Entity::delete_many().filter(own).exec(db).await?;
    let last = periods::last(part.span, part.starts_on);
    let mut rows = events(part, last, now);
    for metric in Metric::iter().filter(|metric| definitions::of(*metric).counting != Counting::Events) {
        rows.union(UnionType::All, of_students(part, metric, last, today));
    }
    let columns = [
        Column::SchoolId,
        Column::Span,
        Column::StartsOn,
        Column::BoardId,
        Column::Metric,
        Column::Version,
        Column::ClusterId,
        Column::ClassGroupId,
        Column::Language,
        Column::Numerator,
        Column::Denominator,
        Column::Unknown,
    ];
    let mut insert = Query::insert().into_table(cell::Entity).columns(columns).to_owned();
    insert.select_from(rows).map_err(Error::fault)?;
    db.execute(&insert).await?;
    Ok(())
}

fn of_part(part: Part) -> SelectStatement {
    Query::select()
        .expr(Expr::val(part.school))
        .expr(Expr::val(part.span.to_value()))
        .expr(Expr::val(part.starts_on))
        .expr(Expr::val(part.board))
        .to_owned()
}

/// The sums of the facts.
fn events(part: Part, last: NaiveDate, now: DateTime<Utc>) -> SelectStatement {
    use fact::Column;
    let own = |column: Column| Expr::col((fact::Entity, column));
    let summed: Vec<Metric> = Metric::iter().filter(|it| definitions::of(*it).counting == Counting::Events).collect();
    let mut version = CaseStatement::new();
    for metric in &summed {
        version = version.case(own(Column::Metric).eq(metric.to_value()), definitions::of(*metric).version);
    }
    let places = [Column::Metric, Column::ClusterId, Column::ClassGroupId, Column::Language];
    of_part(part)
        .expr(own(Column::Metric))
        .expr(SimpleExpr::Case(Box::new(version.finally(0))))
        .expr(own(Column::ClusterId))
        .expr(own(Column::ClassGroupId))
        .expr(own(Column::Language))
        .expr(sum(own(Column::Numerator)))
        .expr(sum(own(Column::Denominator)))
        .expr(sum(own(Column::Unknown)))
        .from(fact::Entity)
        .and_where(own(Column::SchoolId).eq(part.school))
        .and_where(own(Column::Day).between(part.starts_on, last))
        .and_where(own(Column::CountsAt).lte(now))
        .and_where(own(Column::Metric).is_in(summed.iter().map(ActiveEnum::to_value)))
        .add_group_by(places.map(own))
        .to_owned()
}

/// How many of the active students of the day fulfil the metric.
fn of_students(part: Part, metric: Metric, last: NaiveDate, today: NaiveDate) -> SelectStatement {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    let day = Ord::min(last, today);
    let engaged = |status: Engaged| own(Column::Engaged).eq(status.to_value());
    let (numerator, denominator, unknown) = match metric {
        Metric::Activation => (own(Column::Activated), own(Column::Entitled), Expr::val(0)),
        Metric::Contactability => (one(own(Column::IsReachable).eq(true)), Expr::val(1), Expr::val(0)),
        Metric::FullEngagement => {
            (one(engaged(Engaged::Met)), one(engaged(Engaged::Exempt).not()), one(engaged(Engaged::Unknown)))
        }
        _ => (one(Expr::exists(marks(metric, part.starts_on, last))), Expr::val(1), Expr::val(0)),
    };
    of_part(part)
        .expr(Expr::val(metric.to_value()))
        .expr(Expr::val(definitions::of(metric).version))
        .expr(own(Column::ClusterId))
        .expr(own(Column::ClassGroupId))
        .expr(own(Column::Language))
        .expr(sum(numerator))
        .expr(sum(denominator))
        .expr(sum(unknown))
        .from(stretch::Entity)
        .and_where(own(Column::SchoolId).eq(part.school))
        .and_where(own(Column::StartsOn).lte(day))
        .cond_where(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(day)))
        .add_group_by([Column::ClusterId, Column::ClassGroupId, Column::Language].map(own))
        .to_owned()
}

/// The facts of the metric of the student in the period, at whatever school.
fn marks(metric: Metric, first: NaiveDate, last: NaiveDate) -> SelectStatement {
    use fact::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(fact::Entity)
        .and_where(Expr::col((fact::Entity, Column::SubjectId)).equals((stretch::Entity, stretch::Column::StudentId)))
        .and_where(Expr::col((fact::Entity, Column::Metric)).eq(metric.to_value()))
        .and_where(Expr::col((fact::Entity, Column::Day)).between(first, last))
        .to_owned()
}

fn one(condition: SimpleExpr) -> SimpleExpr {
    SimpleExpr::Case(Box::new(CaseStatement::new().case(condition, 1).finally(0)))
}

/// As the databases agree on it: PostgreSQL's sum of integers is of a wider type.
fn sum(value: SimpleExpr) -> SimpleExpr {
    Func::sum(value).cast_as(Alias::new("bigint"))
}

/// All schools and days of which there is something to be made: for making everything anew.
pub(super) async fn everything(db: &impl ConnectionTrait, board: BoardId) -> Result<Vec<(SchoolId, NaiveDate)>> {
    let of_facts = Query::select()
        .distinct()
        .columns([fact::Column::SchoolId, fact::Column::Day])
        .from(fact::Entity)
        .and_where(Expr::col(fact::Column::BoardId).eq(board))
        .to_owned();
    let rows = db.query_all(&of_facts).await?;
    Ok(rows
        .iter()
        .map(|row| Ok::<_, sea_orm::DbErr>((row.try_get("", "school_id")?, row.try_get("", "day")?)))
        .collect::<std::result::Result<_, _>>()?)
}

/// The stretches of the board: school, first day and last day.
pub(super) async fn stretches(
    db: &impl ConnectionTrait,
    board: BoardId,
) -> Result<Vec<(SchoolId, NaiveDate, Option<NaiveDate>)>> {
    use stretch::Column;
    let select = Query::select()
        .distinct()
        .columns([Column::SchoolId, Column::StartsOn, Column::EndsOn])
        .from(stretch::Entity)
        .and_where(Expr::col(Column::BoardId).eq(board))
        .to_owned();
    let rows = db.query_all(&select).await?;
    let of = |row: &sea_orm::QueryResult| {
        Ok::<_, sea_orm::DbErr>((
            row.try_get("", "school_id")?,
            row.try_get("", "starts_on")?,
            row.try_get("", "ends_on")?,
        ))
    };
    Ok(rows.iter().map(of).collect::<std::result::Result<_, _>>()?)
}

/// Takes all cells and figures of the board away.
pub(super) async fn clear(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    cell::Entity::delete_many().filter(cell::Column::BoardId.eq(board)).exec(db).await?;
    figure::Entity::delete_many().filter(figure::Column::BoardId.eq(board)).exec(db).await?;
    Ok(())
}

/// The first days of the school years of which the board has cells.
pub(super) async fn years(db: &impl ConnectionTrait, board: BoardId) -> Result<BTreeSet<NaiveDate>> {
    let select = Query::select()
        .distinct()
        .column(cell::Column::StartsOn)
        .from(cell::Entity)
        .and_where(cell::Column::BoardId.eq(board))
        .and_where(cell::Column::Span.eq(Span::SchoolYear))
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "starts_on")).collect::<std::result::Result<_, _>>()?)
}

/// The first day of the last week of which the board has figures.
pub(super) async fn published_until(db: &impl ConnectionTrait, board: BoardId) -> Result<Option<NaiveDate>> {
    let select = Query::select()
        .expr_as(Expr::col(figure::Column::StartsOn).max(), Alias::new("last"))
        .from(figure::Entity)
        .and_where(figure::Column::BoardId.eq(board))
        .and_where(figure::Column::Span.eq(Span::Week))
        .to_owned();
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| row.try_get("", "last")).transpose()?.flatten())
}

/// All cells of a metric of the periods of a school year that are over on that day.
pub(super) async fn cells(
    db: &impl ConnectionTrait,
    board: BoardId,
    metric: Metric,
    year: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<Cell>> {
    let rows = cell::Entity::within(&Scope::system(today))
        .filter(cell::Column::BoardId.eq(board))
        .filter(cell::Column::Metric.eq(metric))
        .filter(of_year(cell::Column::StartsOn, year))
        .all(db)
        .await?;
    let over = rows.into_iter().filter(|row| periods::last(row.span, row.starts_on) < today);
    Ok(over.map(shape).collect())
}

/// Periods that begin in the school year.
fn of_year<C: ColumnTrait>(starts_on: C, year: NaiveDate) -> Condition {
    Condition::all().add(starts_on.gte(year)).add(starts_on.lt(periods::next(Span::SchoolYear, year)))
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

/// Writes the figures of a metric and school year in place of those that are there.
pub(super) async fn replace(
    db: &DatabaseTransaction,
    board: BoardId,
    metric: Metric,
    year: NaiveDate,
    rows: Vec<figure::Model>,
) -> Result<()> {
    figure::Entity::delete_many()
        .filter(figure::Column::BoardId.eq(board))
        .filter(figure::Column::Metric.eq(metric))
        .filter(of_year(figure::Column::StartsOn, year))
        .exec(db)
        .await?;
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        figure::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The boards of whose schools a census was taken.
pub(super) async fn boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    let select = Query::select().distinct().column(census::Column::BoardId).from(census::Entity).to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "board_id")).collect::<std::result::Result<_, _>>()?)
}
