//! Of what there are facts already.

use glans_entity::metrics::{Metric, fact};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use crate::platform::error::Result;

/// Items of one transaction where all of a board are gone through.
pub(super) const AT_ONCE: u64 = 200;
/// For so long the program may have stood still, in days, until what was over meanwhile is not looked for any more but
/// by [`super::all`].
pub(super) const STOOD_STILL: i64 = 60;

fn column(column: fact::Column) -> Expr {
    Expr::col((fact::Entity, column))
}

fn facts(metrics: &[Metric], item: impl Into<Expr>) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(fact::Entity)
        .and_where(column(fact::Column::Metric).is_in(metrics.iter().map(ActiveEnum::to_value)))
        .and_where(column(fact::Column::ItemId).eq(item))
        .to_owned()
}

/// Whether there is a fact of one of these metrics about the item.
pub(super) async fn is_known(rec: &Recorder<'_>, metrics: &[Metric], item: Uuid) -> Result<bool> {
    let first = facts(metrics, item).limit(1).to_owned();
    Ok(rec.db.query_one(&first).await?.is_some())
}

/// There is no fact of these metrics about the item that `item` names in each row.
pub(super) fn is_new(metrics: &[Metric], item: Expr) -> Expr {
    Expr::not_exists(facts(metrics, item))
}

/// The subject counts already.
pub(super) fn counts(about: About, subject: Expr) -> Expr {
    let rows = facts(&[about.metric], about.item)
        .and_where(column(fact::Column::SubjectId).eq(subject))
        .and_where(column(fact::Column::Numerator).gt(0))
        .to_owned();
    Expr::exists(rows)
}
