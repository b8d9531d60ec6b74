//! The cells of a school in a period, made anew from facts and stretches in one statement.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Engaged, Metric, Span, cell, fact, stretch};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, Iterable, QueryFilter,
};

use crate::metrics::definitions::{self, Counting};
use crate::metrics::periods;
use crate::platform::error::{Error, Result};

/// A fact counts so much early. Clocks of processes differ by less, so that none takes away what another one counted.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// The cells of a school in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub board: BoardId,
    pub school: SchoolId,
    pub span: Span,
    /// The key of the period.
    pub starts_on: NaiveDate,
}

impl Part {
    pub(super) fn first(self) -> NaiveDate {
        periods::first(self.span, self.starts_on)
    }

    pub(super) fn last(self) -> NaiveDate {
        periods::last(self.span, self.starts_on)
    }
}

/// Makes the cells of a part anew of what counts by `now`. Students stand as they do on `today`, or did at the end of
/// the period.
pub(super) async fn make(db: &DatabaseTransaction, part: Part, today: NaiveDate, now: DateTime<Utc>) -> Result<()> {
    use cell::Column;
    let own = Condition::all()
        .add(Column::SchoolId.eq(part.school))
        .add(Column::Span.eq(part.span))
        .add(Column::StartsOn.eq(part.starts_on));
    cell::Entity::delete_many().filter(own).exec(db).await?;
    let mut rows = events(part, now);
    for metric in Metric::iter().filter(|metric| definitions::of(*metric).counting != Counting::Events) {
        rows.union(UnionType::All, of_students(part, metric, today));
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
fn events(part: Part, now: DateTime<Utc>) -> SelectStatement {
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
        .and_where(own(Column::Day).between(part.first(), part.last()))
        .and_where(own(Column::CountsAt).lte(now + SKEW))
        .and_where(own(Column::Metric).is_in(summed.iter().map(ActiveEnum::to_value)))
        .add_group_by(places.map(own))
        .to_owned()
}

/// How many of the active students of the day fulfil the metric.
fn of_students(part: Part, metric: Metric, today: NaiveDate) -> SelectStatement {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    let day = Ord::min(periods::looked_on(part.span, part.starts_on), today);
    let engaged = |status: Engaged| own(Column::Engaged).eq(status.to_value());
    let (numerator, denominator, unknown) = match metric {
        Metric::Activation => (own(Column::Activated), own(Column::Entitled), Expr::val(0)),
        Metric::Contactability => (one(own(Column::IsReachable).eq(true)), Expr::val(1), Expr::val(0)),
        Metric::FullEngagement => {
            (one(engaged(Engaged::Met)), one(engaged(Engaged::Exempt).not()), one(engaged(Engaged::Unknown)))
        }
        _ => (one(Expr::exists(marks(metric, part.first(), part.last()))), Expr::val(1), Expr::val(0)),
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
